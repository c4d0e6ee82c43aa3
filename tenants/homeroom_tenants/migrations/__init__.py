"""The directory's tables: outside every space, without rights for the application, reached through functions.

Functions that change a space take it from the signed context and not from an argument, so that a statement
which somebody managed to inject in one school cannot make members or rules in another.
"""
