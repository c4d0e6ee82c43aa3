"""A talent bank, as an author outside would write it: what a plugin declares and the host makes."""
