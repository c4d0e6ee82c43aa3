"""Systems that are informed, and an installation that tells them."""
