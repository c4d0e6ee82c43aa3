"""Declaring what people see in a browser: pages of a plugin's own, parts of pages, and how generic pages look.

Every noun and every verb has a list, a detail and a form without any declaration. A plugin declares a page where a job
needs more than that. A page is a GraphQL query, which runs as its reader, and a template that shows the answer; what
the page writes is a GraphQL mutation of its own. The module ``pages`` of a plugin's package holds them::

    PAGES = (
        Page(
            "library.overdue",
            title="Overdue loans",
            path="library/overdue",
            query=HERE / "overdue.graphql",
            template=HERE / "overdue.html",
            nav=Nav("school"),
        ),
    )
    WIDGETS = (Widget("library.due_today", title="Due today", query=..., template=..., place="home"),)
    FIGURES = (Figure("library.loans", "Loans", "{ loans { totalCount } }", "loans"),)
    LOOKS = (Look("Loan", columns=("book", "student", "due_on"), groups={"Return": ("returned_on", "condition")}),)

They are pure values: what shows them is a plugin of the host that an installation may switch off.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from homeroom.resources import Resource

__all__ = ["SECTIONS", "Figure", "Look", "Nav", "Page", "Widget", "day", "look_faults", "texts_in_files", "texts_of"]

#: The sections of the navigation, in their order.
SECTIONS: Final = ("teaching", "people", "school", "office", "settings")

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_PATH: Final = re.compile(r"(?:[a-z0-9-]+|\{[a-z][A-Za-z0-9]*\})(?:/(?:[a-z0-9-]+|\{[a-z][A-Za-z0-9]*\}))*")
#: A text of a template, ``t("...")``, or of Python code, ``reader.text("...")``.
_SAID: Final = re.compile(r"""(?:\bt|\breader\.text)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_PLACE: Final = re.compile(rf"home|[A-Z][A-Za-z0-9]*|{_NAME.pattern}")


@dataclass(frozen=True, slots=True)
class Nav:
    """Where the navigation shows a page or a noun. It is shown to those who may see something there.

    Args:
        section: One of :data:`SECTIONS`.
        order: Orders the entries of a section, from 0 to 99.
        needs: Names of commands and computed queries of which the reader must have the right to one at least.
        whole: Of a noun: whether it is shown to those alone who may see all rows of the school, and not to people who
            see their own.
        without: Roles for which it is not in the navigation: people who have no other role find it under all lists.
    """

    section: str
    order: int = 50
    needs: Sequence[str] = ()
    whole: bool = False
    without: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.section not in SECTIONS:
            raise ConfigurationError(f"the navigation has no section {self.section!r}, only {', '.join(SECTIONS)}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a plugin's own.

    Each page is also a place for widgets of all plugins: those whose ``place`` is its name are shown below its content,
    or where its template puts ``beside``. Their queries may declare each variable of the page.

    The query runs as the reader. Where its first field answers null, there is no such page for that reader. Variables
    of the query come from the path and from the address's query; all are texts unless the query declares them as
    ``Int`` or ``Boolean``. A query may declare ``$today: Date`` and ``$language: String``, which the host fills in.

    Args:
        name: Dotted: ``<plugin>.<page>``.
        title: For people, in English; the plugin's catalogues translate it, as all texts of the template.
        path: Below ``/pages/``, with variables in braces: ``gradebooks/{gradebook}``.
        template: A Jinja file that extends ``console/page.html``. It gets the answer as ``data`` and ``errors``.
        query: A GraphQL query, or the file that has it; empty for a page that asks nothing.
        operations: Name to a GraphQL operation, or its file. The page's script runs a mutation or a query by its name,
            and listens to a subscription by its hash, which is the template's ``listens("name")``.
        modules: JavaScript modules that the page loads, as files.
        styles: Style sheets of its own, as files; most pages need none.
        nav: Where the navigation has it; none: other pages lead to it.
        tab_of: A noun whose detail has this page as a tab. The path has one variable then, the row's id.
        needs: Names of commands and computed queries of which the reader must have the right to one at least.
        fill: Makes further variables of those of the address and of today's date, such as the ends of a month, or
            :func:`day`. The template gets all of them as ``variables``; the query gets those that it declares.
        arrange: Makes of the answer what the template gets as ``data``, such as the rows and columns of a table.
    """

    name: str
    title: str
    path: str
    template: Path
    query: str | Path = ""
    operations: Mapping[str, str | Path] = field(default_factory=dict)
    modules: Sequence[Path] = ()
    styles: Sequence[Path] = ()
    nav: Nav | None = None
    tab_of: str = ""
    needs: Sequence[str] = ()
    fill: Callable[[Mapping[str, str], date], Mapping[str, Any]] | None = None
    arrange: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None

    def __post_init__(self) -> None:
        _check_name("page", self.name)
        _check_files(
            "page", self.name, self.template, self.query, *self.operations.values(), *self.modules, *self.styles
        )
        if not _PATH.fullmatch(self.path):
            raise ConfigurationError(f"page {self.name}: expected a path like gradebooks/{{gradebook}}")
        if self.nav is not None and self.variables:
            raise ConfigurationError(f"page {self.name}: the navigation cannot know {self.variables[0]}")
        if self.tab_of and len(self.variables) != 1:
            raise ConfigurationError(f"page {self.name}: a tab of {self.tab_of} has one variable in its path")

    @property
    def variables(self) -> list[str]:
        """The variables of the path, in their order."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def document(self) -> str:
        """The text of the query; empty if the page asks nothing."""
        return _text(self.query)

    def operation(self, name: str) -> str | None:
        """The text of an operation; none if the page has no such operation."""
        return _text(self.operations[name]) if name in self.operations else None


@dataclass(frozen=True, slots=True)
class Widget:
    """A part of a page that other plugins have: of the first page, of the detail of a noun, or of a plugin's page.

    A widget whose query may not be asked, or whose template gives nothing, is not shown.

    Args:
        name: Dotted: ``<plugin>.<widget>``.
        title: For people, in English.
        template: A Jinja file that gives the content. It gets the answer as ``data``, and the variables of the page as
            ``variables``.
        query: As of a page. For the detail of a noun it declares ``$id: ID!``, the row's id; for a page of a plugin
            it declares variables of that page, such as ``$date: Date!``.
        place: ``home``, the name of a noun, or the name of a page: ``school.class_day``.
        order: Orders the widgets of a place, from 0 to 99. Those below 10 come before the fields of a noun's detail,
            over the whole width.
        needs: As of a page.
        modules: JavaScript modules that it needs, as files.
        person: A noun of persons, such as ``Student``: only readers who are a row of it see the widget, and its query
            may declare ``$me: [ID!]``, the ids of these rows.
    """

    name: str
    title: str
    template: Path
    query: str | Path
    place: str = "home"
    order: int = 50
    needs: Sequence[str] = ()
    modules: Sequence[Path] = ()
    person: str = ""

    def __post_init__(self) -> None:
        _check_name("widget", self.name)
        _check_files("widget", self.name, self.template, self.query, *self.modules)
        if not _PLACE.fullmatch(self.place):
            raise ConfigurationError(f"widget {self.name}: its place is home, a noun or a page, not {self.place!r}")

    @property
    def document(self) -> str:
        """The text of the query."""
        return _text(self.query)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a school that its district sees beside its other schools.

    The query runs in the school, as the reader there: only people of the district who have a role in the school, and by
    it the right to what the query asks, see the number.

    Args:
        name: Dotted: ``<plugin>.<figure>``.
        title: For people, in English.
        query: A GraphQL query, or the file that has it. It may declare ``$today: Date!`` and ``$weekAgo: DateTime!``.
        count: The name of a list in the query whose ``totalCount`` is the number, or what makes it of the answer; none
            where the school has no such number.
        of: Makes the number of which ``count`` is a part; such a figure is shown as a share.
        wrong: Whether anything above zero needs somebody's attention.
        order: Orders the figures of a school, from 0 to 99.
    """

    name: str
    title: str
    query: str | Path
    count: str | Callable[[Mapping[str, Any]], int | None]
    of: Callable[[Mapping[str, Any]], int | None] | None = None
    wrong: bool = False
    order: int = 50

    def __post_init__(self) -> None:
        _check_name("figure", self.name)
        _check_files("figure", self.name, self.query)

    @property
    def document(self) -> str:
        """The text of the query."""
        return _text(self.query)

    @property
    def needs(self) -> Sequence[str]:
        """As of a page: nothing but what the query asks."""
        return ()

    def counted(self, data: Mapping[str, Any]) -> int | None:
        """The number of an answer."""
        return data[self.count]["totalCount"] if isinstance(self.count, str) else self.count(data)


@dataclass(frozen=True, slots=True)
class Look:
    """How the generic pages show a noun. All of it is optional; names are those of fields, in Python.

    Args:
        noun: The noun, such as ``Student``.
        columns: What the list shows, in this order. Without them it shows what people know a row by, then the first
            fields that are short.
        groups: Of the detail: the English title of a group to its fields. All other fields follow.
        quiet: Fields that the detail shows last, folded away.
        filters: What the list offers to filter by, in this order.
        order: What the list is ordered by at first; a minus sign before a name orders downwards.
        actions: Commands that the detail offers first, in this order; the others are in a menu. One that is about no
            noun, such as adding a member, is offered at the list.
        hidden: Commands that no generic page offers, because a page of the plugin's own does.
        nav: Where the navigation has the list.
        shows: Relations to several rows whose first rows the detail shows at once, in this order. Other lists are shown
            when somebody opens them.
        names: What a row is called by, the best first, where that is not its full name, name, title, code or number.
        absent: Relation to one row to the English text that is shown where there is no such row, such as that a student
            without a change of status is enrolled. Only readers who may see all such rows of the school see it, because
            others may just not see the row.
    """

    noun: str
    columns: Sequence[str] = ()
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    quiet: Sequence[str] = ()
    filters: Sequence[str] = ()
    order: str = ""
    actions: Sequence[str] = ()
    hidden: Sequence[str] = ()
    nav: Nav | None = None
    shows: Sequence[str] = ()
    names: Sequence[str] = ()
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> list[str]:
        """All fields that it names."""
        grouped = [each for fields in self.groups.values() for each in fields]
        order = [self.order.removeprefix("-")] if self.order else []
        return [*self.columns, *grouped, *self.quiet, *self.filters, *self.shows, *self.names, *self.absent, *order]


def day(given: Mapping[str, Any], today: date) -> dict[str, str]:
    """The day that an address names as ``date=2026-09-05``, else today: the ``fill`` of a page about one day.

    Args:
        given: The variables of the address.
        today: The present date.

    Returns:
        The day (``date``), the days before and after it (``previous``, ``next``), in ISO 8601.
    """
    try:
        found = date.fromisoformat(str(given.get("date", "")))
        before, after = found - timedelta(days=1), found + timedelta(days=1)
    except (ValueError, OverflowError):
        return day({"date": today.isoformat()}, today)
    return {"date": found.isoformat(), "previous": before.isoformat(), "next": after.isoformat()}


def texts_of(what: Page | Widget | Figure | Look) -> Iterator[str]:
    """The English texts of a declaration itself: titles, and titles of groups. Those of templates are in files."""
    if isinstance(what, Look):
        yield from (*what.groups, *what.absent.values())
    else:
        yield what.title


def texts_in_files(folder: Path) -> Iterator[tuple[str, str]]:
    """The English texts in the templates and the code of a package, each with the name of its file.

    Args:
        folder: The package's.
    """
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".py") and path.is_file():
            for match in _SAID.finditer(path.read_text("utf-8")):
                yield re.sub(r"\\(.)", r"\1", match[1] or match[2] or ""), path.relative_to(folder).as_posix()


def look_faults(look: Look, resources: Mapping[str, Resource], commands: Collection[str]) -> Iterator[str]:
    """What a look names that does not exist.

    Args:
        look: The look.
        resources: Type name to resource, of the plugin and of those that it requires.
        commands: The names of commands of the same plugins.
    """
    resource = resources.get(look.noun)
    if resource is None:
        near = difflib.get_close_matches(look.noun, resources, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        yield f"look {look.noun}: there is no such noun in this plugin or in those that it requires{meant}"
        return
    known = resource.fields.keys() | resource.leaves.keys() | resource.relations.keys()
    for name in look.fields:
        if name not in known:
            yield f"look {look.noun}: {look.noun} has no field {name!r}"
    for name in look.filters:
        if name in known and name not in resource.filters:
            yield f"look {look.noun}: one cannot filter by {name!r}"
    if look.order and look.order.removeprefix("-") not in resource.order:
        yield f"look {look.noun}: one cannot order by {look.order.removeprefix('-')!r}"
    for name in (*look.actions, *look.hidden, *(look.nav.needs if look.nav is not None else ())):
        if name not in commands:
            yield f"look {look.noun}: there is no command {name!r}"


def _check_name(kind: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{kind} {name!r}: expected a name like gradebook.book")


def _check_files(kind: str, name: str, *files: str | Path) -> None:
    for each in files:
        if isinstance(each, Path) and not each.is_file():
            raise ConfigurationError(f"{kind} {name}: there is no file {each}")


@functools.cache  # each answer needs it, and the files of an installed plugin do not change
def _text(source: str | Path) -> str:
    return source.read_text("utf-8") if isinstance(source, Path) else source
