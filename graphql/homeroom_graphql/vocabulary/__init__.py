"""The nouns and verbs of a school with their labels, for clients that make lists and forms of them.

:mod:`~homeroom_graphql.vocabulary.values` says what the answer holds.
"""

from __future__ import annotations

from homeroom_graphql.vocabulary.values import Vocabulary

__all__ = ["Vocabulary"]
