"""Declaring documents: papers that a plugin sets from what its reader may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Document"]

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


@dataclass(frozen=True, slots=True)
class Document:
    """A paper: what is asked, and how the answer is set.

    The query runs as the person who wants the paper, so it shows what that person may see and nothing else. Where the
    first field of the answer is null, there is no such paper for that person.

    Args:
        name: Dotted: ``<plugin>.<paper>``.
        title: For people.
        query: One GraphQL query.
        template: A Typst file. It finds the answer with ``json(bytes(sys.inputs.answer))`` and the house's paper with
            ``#import "paper.typ"``; see the guide for authors of plugins.
        variables: Variables of the query to what each is, for people. All of them are given as texts.
    """

    name: str
    title: str
    query: str
    template: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"document {self.name!r}: expected a name like school.class_list")
        if not self.template.is_file():
            raise ConfigurationError(f"document {self.name}: there is no template {self.template}")
