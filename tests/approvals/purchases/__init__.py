"""Purchases of a school: an amount decides how many people approve, and a price is corrected by proposal."""
