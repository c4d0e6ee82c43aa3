"""Generic pages of nouns: how values, lists and details are shown."""
