"""Generic forms of verbs: their controls, what people send, and what becomes of it."""
