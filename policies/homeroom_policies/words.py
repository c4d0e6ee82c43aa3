"""What permissions are called: people know nouns and tasks, and not the names that rules have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom.labels import labels_in
from homeroom.permissions import GIVE, WHOLE_SPACE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from homeroom.host import Host
    from homeroom.variants import Variant

__all__ = ["PermissionWords", "words_for"]

#: Translated by the catalogues of this package.
_GIVING: Final = "Give and take the role “{role}”"
_EVERYTHING: Final = "{what}: everything"
_PART: Final = "policies.words"


class PermissionWords:
    """The words for the permissions of a variant, in one language.

    Args:
        variant: What the rules speak of.
        language: One of :data:`~homeroom.languages.LANGUAGES`.
        titles: Plugin to its title.
    """

    def __init__(self, variant: Variant, language: str, titles: Mapping[str, str]) -> None:
        self._variant = variant
        self._labels = labels_in(variant, language)
        self._titles = titles
        self._nouns: dict[str, str] = {}
        for name, command in variant.commands.items():
            if command.returns in variant.resources:
                self._nouns.setdefault(name.rpartition(".")[0], command.returns or "")

    def role(self, name: str) -> str:
        """The title of a role."""
        return self._labels.role(name)

    def label(self, name: str) -> str:
        """What a rule is about: rows, a field of them, a task, or a pattern of these."""
        variant, labels = self._variant, self._labels
        if name.endswith("*"):
            beginning = name[:-1].rstrip(".")
            what = self.group(f"{beginning}.") if beginning else labels.text("policies", "All tasks")
            return self.said(_EVERYTHING, what=what)
        if name.startswith(GIVE):
            return self.said(_GIVING, role=labels.role(name.removeprefix(GIVE)))
        owner, dot, part = name.partition(".")
        resource = variant.resources.get(owner)
        if resource is not None:
            return f"{labels.nouns(resource)}: {labels.field(resource, part)}" if dot else labels.nouns(resource)
        verb = variant.commands.get(name) or variant.queries.get(name)
        if verb is not None:
            return labels.verb(verb)
        job = variant.jobs.get(name)
        if job is not None:
            return labels.job(job, variant.given_by.get(f"jobs.{name}", ""))
        return labels.right(name) if name in variant.rights else name

    def group(self, name: str) -> str:
        """The noun that a permission is about; for a task of no noun, the plugin that has it."""
        owner, _, _ = name.partition(".")
        noun = owner if owner in self._variant.resources else self._nouns.get(name.rpartition(".")[0], "")
        if noun:
            return self._labels.nouns(self._variant.resources[noun])
        if name.startswith(GIVE):
            return self._labels.text("policies", "Roles")
        given_by = self._variant.given_by
        return self.plugin(given_by.get(name) or given_by.get(f"jobs.{name}", "") or owner)

    def plugin(self, name: str) -> str:
        """The title of a plugin."""
        return self._labels.text(name, self._titles[name]) if name in self._titles else name

    def scopes(self, names: Collection[str]) -> str:
        """Which rows a permission reaches, such as own class; empty for all rows."""
        if not names or WHOLE_SPACE in names:
            return ""
        return ", ".join(self._labels.text("policies", each.replace("_", " ")) for each in sorted(names))

    def said(self, text: str, **values: str) -> str:
        """A text of this package, with values."""
        return self._labels.text("policies", text).format(**values)


def words_for(host: Host, variant: Variant, language: str) -> PermissionWords:
    """The words of a variant; made once.

    Args:
        host: The host.
        variant: What the rules speak of.
        language: In which language.
    """
    found = variant.parts.get((_PART, language))
    if not isinstance(found, PermissionWords):
        titles = {name: plugin.title for name, plugin in host.registry.plugins.items()}
        found = variant.parts[_PART, language] = PermissionWords(variant, language, titles)
    return found
