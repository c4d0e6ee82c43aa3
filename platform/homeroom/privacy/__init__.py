"""People's rights to what a school has about them: a copy of it, its erasure, and a hold that keeps it.

What belongs to whom is said by the plugins themselves; see :mod:`homeroom.personal_data`. Nothing here names a domain.
"""
