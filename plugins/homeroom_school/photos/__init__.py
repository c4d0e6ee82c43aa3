"""Pictures of people: what is taken from a file that somebody sends, and archives of many."""
