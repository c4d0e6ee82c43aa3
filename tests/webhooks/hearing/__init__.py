"""Systems that are told, and an installation that tells them."""
