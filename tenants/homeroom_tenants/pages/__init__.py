"""The page that mailed links lead to, where a school has none of its own: what can be done with a one-time code."""
