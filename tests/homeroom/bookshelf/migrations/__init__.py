"""The bookshelf's tables."""
