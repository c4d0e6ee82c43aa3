"""Putting vocabularies together: all words of a language once, and of these what an access opens."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from homeroom.labels import labels_in
from homeroom.signatures import prose
from homeroom_graphql.sight import Sight
from homeroom_graphql.vocabulary.nouns import noun_of, readable_noun
from homeroom_graphql.vocabulary.speaker import Speaker
from homeroom_graphql.vocabulary.values import Vocabulary, VocabularyTitle
from homeroom_graphql.vocabulary.verbs import verb_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from homeroom.callers import Caller
    from homeroom.custom_fields.titles import OwnField
    from homeroom.host import Host
    from homeroom.permissions import Access
    from homeroom.variants import Variant
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["vocabulary_for"]

#: What is kept for each set of plugins: the words of all languages, and vocabularies of some combinations of roles.
_MOST: Final = 24


def vocabulary_for(host: Host, caller: Caller, language: str, own: Sequence[OwnField]) -> Vocabulary:
    """The vocabulary of a reader.

    Args:
        host: The host.
        caller: The reader.
        language: One of :data:`~homeroom.languages.LANGUAGES`.
        own: The school's own fields, with their titles in the language.
    """
    space = caller.space
    variant, plain = host.variant_of(space), host.variant(space.plugins)

    def make() -> Vocabulary:
        # Schools with fields of their own share all words but those of the nouns that have such fields.
        words = _kept(plain, "words", language, lambda: _whole(host, plain, language))
        return _allowed(_of_school(words, variant, own, space.logged), variant, caller.access)

    return _kept(variant, "vocabularies", (caller.access.key, language, space.logged, repr(own)), make)


def _kept(variant: Variant, part: str, key: Hashable, make: Callable[[], Vocabulary]) -> Vocabulary:
    """What was made once; what was used longest ago is dropped."""
    known: dict[Any, Vocabulary] = variant.parts.setdefault(part, {})
    made = known.pop(key, None)
    if made is None:
        made = make()
        while len(known) >= _MOST:
            known.pop(next(iter(known)), None)
    known[key] = made
    return made


def _whole(host: Host, variant: Variant, language: str) -> Vocabulary:
    """Everything that a set of plugins has, in one language."""
    labels = labels_in(variant, language)
    speaker = Speaker(variant, labels)

    def titled(hook: str, name: Callable[[Any], str], title: Callable[[Any], str]) -> list[VocabularyTitle]:
        collected = host.hooks.collect_by_plugin(hook, only=variant.plugins)
        found = {name(each): labels.text(plugin, title(each)) for plugin, given in collected for each in given}
        return [VocabularyTitle(each, label, "") for each, label in found.items()]

    return Vocabulary(
        language=language,
        nouns=[noun_of(speaker, each, {}, frozenset()) for each in variant.resources.values()],
        verbs=[verb_of(speaker, each) for each in variant.commands.values()],
        queries=[verb_of(speaker, each) for each in variant.queries.values()],
        roles=[VocabularyTitle(name, labels.role(name), "") for name in variant.roles],
        rights=[VocabularyTitle(name, labels.right(name), "") for name in variant.rights],
        plugins=[
            VocabularyTitle(each.name, labels.text(each.name, each.title), "")
            for each in host.registry.in_order(variant.plugins)
        ],
        jobs=[
            VocabularyTitle(each.name, labels.job(each, plugin), prose(each.description))
            for plugin, given in host.hooks.collect_by_plugin("jobs", only=variant.plugins)
            for each in given
        ],
        notices=titled("notice_kinds", lambda each: each.name, lambda each: each.title),
        documents=titled("documents", lambda each: each.name, lambda each: each.title),
        refusals=[
            VocabularyTitle(name, host.messages.text(code, {}, language), "")
            for name, code in sorted(variant.codes.items())
        ],
    )


def _of_school(words: Vocabulary, variant: Variant, own: Sequence[OwnField], logged: frozenset[str]) -> Vocabulary:
    """The same with the fields that a school has added, and with what it has chosen to have logged."""
    changed = {each.noun for each in own} | {each.partition(".")[0] for each in logged}
    if not changed:
        return words
    titles = {(each.noun, each.name): each.title for each in own}
    speaker = Speaker(variant, labels_in(variant, words.language, titles))
    by_name = {(each.noun, each.name): each for each in own}
    nouns = [
        noun_of(speaker, variant.resources[each.name], by_name, logged) if each.name in changed else each
        for each in words.nouns
    ]
    return replace(words, nouns=nouns)


def _allowed(whole: Vocabulary, variant: Variant, access: Access) -> Vocabulary:
    """The part of a vocabulary that an access opens."""
    verbs = [each for each in whole.verbs if each.name in access.commands]
    about: dict[str | None, list[VocabularyVerb]] = defaultdict(list)
    for verb in verbs:
        about[verb.noun].append(verb)
    sight = Sight(variant, access, lambda name: f":{name}")
    return replace(
        whole,
        nouns=[
            readable_noun(each, sight, resource, about[each.name])
            for each in whole.nouns
            if sight.some(resource := variant.resources[each.name])
        ],
        verbs=verbs,
        queries=[each for each in whole.queries if each.name in access.commands],
    )
