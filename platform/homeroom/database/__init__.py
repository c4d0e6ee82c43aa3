"""The database: PostgreSQL, one set of tables for all spaces, with walls between them."""
