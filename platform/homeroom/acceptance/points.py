"""The points that a plugin is checked for. Each is a function from what is looked at to what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from homeroom import hookspecs
from homeroom.acceptance.imports import foreign_imports
from homeroom.budget import taken_by
from homeroom.commands import Command
from homeroom.computed_queries import ComputedQuery
from homeroom.hookspecs import API_VERSION
from homeroom.jobs import Job
from homeroom.labels.translations import label_faults, missing
from homeroom.languages import LANGUAGES
from homeroom.personal_data import PersonalData
from homeroom.personal_data_faults import declaration_faults
from homeroom.plugins import GROUP, KERNEL
from homeroom.resources import Extension, Field, Leaf, Resource

if TYPE_CHECKING:
    from homeroom.acceptance.statements import Statement
    from homeroom.acceptance.subject import Subject
    from homeroom.permissions import Rule

#: Texts without a translation that are named for each language.
_SHOWN: Final = 5

__all__ = ["POINTS", "Point", "points_for"]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is asked of every plugin.

    Args:
        title: What holds if it holds.
        advice: What to do where it does not.
        faults: Gives what is wrong, a sentence each.
        advisory: Whether a plugin that does not hold it is fit for others all the same.
        statements: Gives the SQL that follows from what is checked; PostgreSQL is asked whether it accepts it.
    """

    title: str
    advice: str
    faults: Callable[[Subject], Iterator[str]]
    advisory: bool = False
    statements: Callable[[Subject], Iterator[Statement]] | None = None


def _metadata(subject: Subject) -> Iterator[str]:
    found = subject.distribution
    if found is None:
        yield "it belongs to no distribution"
        return
    for name in ("Version", "Summary", "Requires-Python"):
        if name not in found.metadata:
            yield f"the distribution {found.name} states no {name}"
    needs = [each.lower().replace(" ", "") for each in found.requires or ()]
    if found.name != KERNEL and not any(each.startswith(KERNEL) and ">=" in each for each in needs):
        yield f"the distribution {found.name} does not say which versions of {KERNEL} it needs"
    names = [each.name for each in found.entry_points if each.group == GROUP]
    if subject.name not in names:
        yield f"its entry point is called {', '.join(names)}, and the plugin {subject.name}"
    if not (type(subject.plugin).__doc__ or "").strip():
        yield f"the class {type(subject.plugin).__name__} has no docstring"


def _hook_versions(subject: Subject) -> Iterator[str]:
    wanted = SpecifierSet(subject.plugin.api)
    present = Version(API_VERSION)
    if wanted.contains(f"{present.major + 1}.0"):
        yield f"api is {subject.plugin.api!r}, which takes version {present.major + 1} of the hooks unseen"


def _names(subject: Subject) -> Iterator[str]:
    for kind, names in _runnable(subject).items():
        for name in names:
            if not name.startswith(f"{subject.name}."):
                yield f"the {kind} {name} does not begin with {subject.name}."


def _runnable(subject: Subject) -> dict[str, list[str]]:
    """The names to which rules give the right to run them, by kind."""
    return {
        "command": [each.name for each in subject.given("commands", Command)],
        "query": [each.name for each in subject.given("queries", ComputedQuery)],
        "job": [each.name for each in subject.given("jobs", Job)],
        "right": [name for name, _ in subject.given("rights", tuple)],
    }


def _imports(subject: Subject) -> Iterator[str]:
    yield from dict.fromkeys(foreign_imports(subject))  # once a line, however many names it imports


def _migrations(subject: Subject) -> Iterator[str]:
    if subject.migration_fault:
        yield subject.migration_fault
    for fault in subject.table_faults:
        yield str(fault)


def _statements(subject: Subject) -> Iterator[str]:
    yield from subject.statement_faults
    parts = [part for each in subject.given("resources", Resource) for part in each.leaves.values()]
    parts += [part for each in subject.given("extensions", Extension) for part in each.parts if isinstance(part, Leaf)]
    for leaf in parts:
        if (made := _made_of_nothing(leaf)) != []:
            yield f"the field {leaf.name} is computed as {made!r} for no rows, and should be an empty list"


def _made_of_nothing(leaf: Leaf) -> object:
    try:
        return leaf.compute([])
    except Exception as error:  # noqa: BLE001 - the author's code may fail in any way
        return error


def _shown_tables(subject: Subject) -> Iterator[str]:
    reasons = subject.plugin.unshown_tables
    declared = {table._meta.tablename for table in subject.tables}
    for name in sorted(declared):
        shown = name in subject.variant.by_table
        if not shown and not reasons.get(name, "").strip():
            yield f"the table {name} has no resource"
        elif shown and name in reasons:
            yield f"the table {name} has a resource, and a reason for having none"
    for name in sorted(reasons.keys() - declared):
        yield f"unshown_tables names {name}, which is no table of this plugin"


def _personal_data(subject: Subject) -> Iterator[str]:
    everybody = subject.host.hooks.collect("personal_data")
    yield from declaration_faults(subject.tables, subject.given("personal_data", PersonalData), everybody)


def _permissions(subject: Subject) -> Iterator[str]:
    # Rights are given by the plugins that bring the roles, whichever these are.
    rules = [rule for rule in subject.host.hooks.collect("rules") if rule.effect == "allow"]
    for each in subject.given("resources", Resource):
        if not _given(rules, "read", each.name):
            yield f"no rule lets any role read {each.name}"
    # Only the installation runs what comes by the calendar.
    periodic = {each.name for each in subject.given("jobs", Job) if each.cron is not None}
    for kind, names in _runnable(subject).items():
        for name in names:
            reason = subject.plugin.system_only.get(name, "").strip()
            if not reason and name not in periodic and not _given(rules, "run", name):
                yield f"no rule lets any role run the {kind} {name}"


def _given(rules: list[Rule], action: str, name: str) -> bool:
    return any(rule.action == action and fnmatchcase(name, rule.object) for rule in rules)


def _descriptions(subject: Subject) -> Iterator[str]:
    for each in subject.given("resources", Resource):
        if not each.description.strip():
            yield f"the resource {each.name} has no description"
        parts: list[Field | Leaf] = [*each.fields.values(), *each.leaves.values()]
        for part in parts:
            if not part.description.strip() and part.name not in _EVIDENT:
                yield f"the field {each.name}.{part.name} has no description"
    for extension in subject.given("extensions", Extension):
        owner = subject.variant.by_table[extension.table].name
        for added in extension.parts:
            if not added.description.strip():
                yield f"the field {owner}.{added.name} has no description"
    verbs: list[Command | ComputedQuery | Job] = [
        *subject.given("commands", Command),
        *subject.given("queries", ComputedQuery),
        *subject.given("jobs", Job),
    ]
    for found in verbs:
        if not found.description.partition("\n\n")[0].rstrip().endswith("."):
            yield f"the docstring of {found.name} does not begin with a sentence"
    given = {each.name for each in verbs}
    for each in subject.variant.resources.values():
        given |= {f"{each.name}.{name}" for name in (*each.fields, *each.leaves, *each.relations)}
    for name in sorted(subject.plugin.deprecated.keys() - given):
        yield f"`deprecated` names {name}, which is no field and no command"


#: Columns that mean the same in every table of the house.
_EVIDENT: Final = frozenset({"version"})


def _tests(subject: Subject) -> Iterator[str]:
    source = subject.source
    if source is None:
        yield f"{subject.registry.origins.get(subject.name)} was not installed from a folder of this machine"
        return
    places = [source / "tests", source / "tests" / subject.package, subject.folder / "tests"]
    if not any(file for place in places for file in place.glob("test_*.py")):
        yield f"there is no test_*.py in {source / 'tests'}"


def _hooks(subject: Subject) -> Iterator[str]:
    for taken in taken_by(subject.registry, subject.host.hooks):
        if taken.plugin == subject.name and taken.is_over:
            what = f"the hook {taken.hook}" if taken.hook else "its import"
            yield f"{what} took {taken.longest:.0f} ms, of {taken.budget:.0f}"


def _labels(subject: Subject) -> Iterator[str]:
    yield from label_faults(subject.host, subject.plugin)


def _translations(subject: Subject) -> Iterator[str]:
    for language in LANGUAGES[1:]:
        lacking = list(missing(subject.host, subject.name, language))
        if lacking:
            more = f" and {len(lacking) - _SHOWN} more" if len(lacking) > _SHOWN else ""
            yield f"{language} lacks {', '.join(map(repr, lacking[:_SHOWN]))}{more}"


POINTS: Final[tuple[Point, ...]] = (
    Point(
        "The distribution says what it is",
        "Complete [project] in pyproject.toml; give the entry point the plugin's name and its class a docstring.",
        _metadata,
    ),
    Point(
        f"It fits the hooks of this host ({hookspecs.API_VERSION})",
        'Let `api` have an upper end, as ">=1.0,<2": the next major version may have other hooks.',
        _hook_versions,
    ),
    Point(
        "Its names are its own",
        "Begin the names of commands, jobs and rights with the plugin's name and a dot: others choose names as well.",
        _names,
    ),
    Point(
        "It imports no plugin that it does not require",
        "Name the other plugin in `requires`, and import only what has no leading underscore.",
        _imports,
    ),
    Point(
        "Its migrations apply, and its tables have the walls of their school",
        "Make tables by Schema.create_table and declare them; `homeroom migrations new` writes what is missing.",
        _migrations,
    ),
    Point(
        "PostgreSQL accepts every statement",
        "Correct the SQL of the scope, field or call that is named; a statement made at run time is not checked here.",
        _statements,
    ),
    Point(
        "Every table can be read, or says why not",
        "Declare a resource over it, or give the reason in `unshown_tables` of the plugin.",
        _shown_tables,
    ),
    Point(
        "Every table declares whose data it has",
        "Declare each table by the hook `personal_data`: whose its rows are and what erasing a person does, or nobody.",
        _personal_data,
    ),
    Point(
        "Every resource, command and job has a role that may",
        "Give rules by the hook `rules`; what only the installation runs is named in `system_only` with the reason.",
        _permissions,
    ),
    Point(
        "Everything that people meet is described",
        "Write docstrings, `help_text` of columns and `description` of fields; frontends show them.",
        _descriptions,
    ),
    Point(
        "It labels what it declares",
        "Correct the key in `labels.LABELS`: a noun, a field, a verb, an argument or a value of this plugin.",
        _labels,
    ),
    Point(
        "People read it in each language",
        "`homeroom translations NAME LANGUAGE --write` adds the texts to the plugin's catalogue; fill them in there.",
        _translations,
        advisory=True,
    ),
    Point(
        "It has tests",
        "Put test_*.py into the folder tests beside pyproject.toml, and install from there: pip install -e .",
        _tests,
    ),
    Point(
        "Its import and its hooks keep within their time",
        "Import what is heavy inside the hook that needs it, and give each hook what was made once.",
        _hooks,
    ),
)


def points_for(subject: Subject) -> tuple[Point, ...]:
    """All points that a plugin is checked for: those of the kernel, and those that the installed plugins add."""
    return (*POINTS, *subject.host.hooks.collect("acceptance_points"))
