"""Who reads a page: caller, language, and the words of the school."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from homeroom.custom_fields.titles import own_fields
from homeroom.labels import labels_in
from homeroom.messages import accept_header, language_for
from homeroom_console.brands import brand_of_space
from homeroom_graphql.vocabulary.build import vocabulary_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from homeroom.callers import Caller, Space
    from homeroom.host import Host
    from homeroom.labels import Labels
    from homeroom.variants import Variant
    from homeroom_console.brands import Brand
    from homeroom_graphql.vocabulary.values import Vocabulary, VocabularyField, VocabularyNoun, VocabularyVerb

__all__ = ["Reader", "Words", "reader_of"]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Words:
    """A vocabulary, by names.

    Args:
        nouns: By the name of the type.
        lists: By the field of ``Query`` with all rows.
        verbs: By the dotted name.
        fields: Commands by the field of ``Mutation``.
        queries: Computed queries by the field of ``Query``.
        parts: By the name of the type and of the field.
        kept: What pages make of the vocabulary once.
    """

    nouns: Mapping[str, VocabularyNoun]
    lists: Mapping[str, VocabularyNoun]
    verbs: Mapping[str, VocabularyVerb]
    fields: Mapping[str, VocabularyVerb]
    queries: Mapping[str, VocabularyVerb]
    parts: Mapping[str, Mapping[str, VocabularyField]]
    kept: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Words:
        """The words of a vocabulary; made once for each."""
        found = _WORDS.get(vocabulary)
        if found is None:
            found = _WORDS[vocabulary] = cls(
                nouns={each.name: each for each in vocabulary.nouns},
                lists={each.list_field or each.row_field: each for each in vocabulary.nouns},
                verbs={each.name: each for each in vocabulary.verbs},
                fields={each.field: each for each in vocabulary.verbs},
                queries={each.field: each for each in vocabulary.queries},
                parts={each.name: {part.name: part for part in each.fields} for each in vocabulary.nouns},
            )
        return found


_WORDS: Final[WeakKeyDictionary[Vocabulary, Words]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page.

    Args:
        host: The host.
        caller: Who is signed in, and where.
        language: One of :data:`~homeroom.languages.LANGUAGES`.
        accept: The header ``Accept-Language``.
        vocabulary: What the reader may read and do, in the language.
        words: The same by names.
        now: The moment of the request, UTC.
        brand: How the pages of the school look.
        kept: What the parts of one page share.
    """

    host: Host
    caller: Caller
    language: str
    accept: bytes
    vocabulary: Vocabulary
    words: Words
    now: datetime
    brand: Brand
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def space(self) -> Space:
        """The school or the district."""
        return self.caller.space

    @property
    def variant(self) -> Variant:
        """What the school consists of."""
        return self.host.variant_of(self.space)

    @property
    def labels(self) -> Labels:
        """Labels in the reader's language."""
        return labels_in(self.variant, self.language)

    @property
    def today(self) -> str:
        """The date where the school is, as GraphQL has it."""
        return self.now.astimezone(self.space.time_zone).date().isoformat()

    def text(self, text: str, plugin: str = "console") -> str:
        """A text of a plugin in the reader's language.

        Args:
            text: In English.
            plugin: Whose it is; what it lacks is looked for in the catalogues of the console.
        """
        found = self.labels.text(plugin, text)
        return found if found != text or plugin == "console" else self.labels.text("console", text)

    def may(self, *names: str) -> bool:
        """Whether the reader may run or ask one of several commands and computed queries."""
        return any(each in self.caller.access.commands for each in names)


async def reader_of(host: Host, scope: Mapping[str, Any], *, used: bool = True) -> Reader:
    """The sender of an HTTP request.

    Args:
        host: The host.
        scope: Of the request.
        used: Whether this counts as a use of the session, which keeps it alive.

    Raises:
        Unauthenticated: Nobody is signed in.
        Forbidden: The reader has nothing to do with the school, or the request names none.
    """
    caller = await host.directory.authenticate(scope, used=used)
    accept = accept_header(scope["headers"])
    language = await language_for(host, caller, accept)
    brand = await brand_of_space(host, caller.space)
    own: list[Any] = []
    if caller.space.fields:
        async with host.database.transaction(caller.space.id) as transaction:
            own = await own_fields(transaction, language)
    # Making it for the first time takes a tenth of a second, for which others should not wait.
    vocabulary = await asyncio.to_thread(vocabulary_for, host, caller, language, own)
    return Reader(host, caller, language, accept, vocabulary, Words.of(vocabulary), host.clock(), brand)
