"""The tables of requests and holds."""
