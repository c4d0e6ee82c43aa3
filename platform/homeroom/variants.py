"""What a space consists of: the parts of the plugins that it has switched on.

Two spaces with the same plugins share one :class:`Variant`, so a thousand schools need a handful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from homeroom.claims import Claim, Claims, NoClaims
from homeroom.code_tables.declare import CodeTable, table_faults
from homeroom.commands import Command
from homeroom.computed_queries import ComputedQuery
from homeroom.custom import CustomField, FieldKind
from homeroom.database.sql import Predicates
from homeroom.declared import command_faults, query_faults, resource_faults, subscription_faults
from homeroom.declared_codes import shared_codes
from homeroom.errors import ConfigurationError, HookError, PluginError
from homeroom.jobs import Job
from homeroom.languages import catalogue_faults
from homeroom.notices.kinds import NoticeKind, kind_faults
from homeroom.pages import Look, look_faults
from homeroom.permissions import Access, Rule, Scopes
from homeroom.personal_data import PersonalData
from homeroom.plugins import KERNEL
from homeroom.recipients import Recipients, recipient_faults
from homeroom.refusals import Code, FailureCode
from homeroom.resources import Extension, Resource
from homeroom.subscriptions import Subscription

if TYPE_CHECKING:
    from pathlib import Path

    from homeroom.hooks import Hooks

Part = TypeVar("Part")

#: Names of resources to commands and computed queries, by identity, that have no fault among these: nor have they among
#: more resources. The hundreds of commands of a further set of plugins need not be taken apart again.
_SOUND: Final[dict[frozenset[str], dict[int, Command | ComputedQuery]]] = {}
_MOST_SETS: Final = 64

__all__ = ["Variant", "assemble", "full_access", "with_custom_fields"]


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """The parts of one set of plugins.

    Args:
        plugins: The set.
        resources: Type name to resource, extensions applied.
        by_table: Table name to resource.
        commands: Dotted name to command.
        jobs: Dotted name to job.
        rules: The default permissions.
        subscriptions: Field of the ``Subscription`` type to subscription.
        rights: Dotted name of a right to what it opens.
        roles: Role name to title.
        predicates: Writes the rows of scopes as SQL.
        given_by: Which plugin declares a resource (``Student``), a field that extends another's (``Student.marks``), a
            command, a query or a right (``school.student.create``), or titles a role (``roles.teacher``).
        deprecated: Deprecated field (``Student.marks``) or command to the reason.
        notices: Dotted name to kind of notice.
        locales: Plugin to the folder of its message catalogues.
        catalogues: Plugin to the folders of the catalogues that translate its labels, the nearest first.
        labels: Plugin to the English labels that it, or what it requires, gives in place of those that follow from
            names, by key.
        parts: What other host parts keep per variant, such as the GraphQL schema.
        queries: Dotted name to computed query.
        codes: Name to code of each refusal that commands may answer with.
        persons: The resources whose rows are people: those that plugins declare as data subjects.
        code_tables: Name to code table that a plugin declares, without what regions add.
        recipients: Name to the recipients that belong to rows of a table.
        own_scopes: The scopes in which people read as those whom the rows are about, or as their family.
    """

    plugins: frozenset[str]
    resources: Mapping[str, Resource]
    by_table: Mapping[str, Resource]
    commands: Mapping[str, Command]
    jobs: Mapping[str, Job]
    rules: tuple[Rule, ...]
    subscriptions: Mapping[str, Subscription]
    rights: Mapping[str, str]
    roles: Mapping[str, str]
    predicates: Predicates
    given_by: Mapping[str, str] = field(default_factory=dict)
    deprecated: Mapping[str, str] = field(default_factory=dict)
    notices: Mapping[str, NoticeKind] = field(default_factory=dict)
    locales: Mapping[str, Path] = field(default_factory=dict)
    catalogues: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parts: dict[Any, Any] = field(default_factory=dict)
    queries: Mapping[str, ComputedQuery] = field(default_factory=dict)
    persons: tuple[str, ...] = ()
    codes: Mapping[str, Code] = field(default_factory=dict)
    own_scopes: frozenset[str] = frozenset()
    code_tables: Mapping[str, CodeTable] = field(default_factory=dict)
    recipients: Mapping[str, Recipients] = field(default_factory=dict)


def assemble(hooks: Hooks, plugins: frozenset[str], *, check_texts: bool = True, check_names: bool = True) -> Variant:
    """Put together what a set of plugins contributes.

    Args:
        hooks: Calls the plugins.
        plugins: The set.
        check_texts: Whether a missing or wrong translation is a fault. It is none while translations are being written.
        check_names: Whether to look for names that are given twice and for faults of texts. There are none in a part of
            a set that has none.

    Raises:
        ConfigurationError: Two plugins give the same resource, field, command or job.
        PluginError: A plugin failed to say what it contributes, gives a name twice or one of the host's own.
    """
    claims = Claims(hooks.host_parts) if check_names else NoClaims()
    check_texts = check_texts and check_names
    given_by: dict[str, str] = {}
    by_table: dict[str, Resource] = {}
    for plugin, found in _collect(hooks, "resources", Resource, plugins):
        for each in found:
            claims.take(Claim("resource", each.name, plugin))
            claims.take(Claim("resource over the table", each.table, plugin))
            for name in (*each.fields, *each.leaves, *each.relations) if check_names else ():
                claims.take(Claim(f"{each.name} field", name, plugin))
            for name in each.scopes if check_names else ():
                claims.take(Claim(f"{each.name} scope", name, plugin))
            by_table[each.table] = each
            given_by[each.name] = plugin
    for plugin, extensions in _collect(hooks, "extensions", Extension, plugins):
        for extension in extensions:
            extended = _extended(by_table, extension, plugin)
            for part in extension.parts:
                claims.take(Claim(f"{extended.name} field", part.name, plugin))
                given_by[f"{extended.name}.{part.name}"] = plugin
            for name in extension.scopes:
                # A scope that another plugin widens would let its roles see more than their rules say.
                claims.take(Claim(f"{extended.name} scope", name, plugin))
            by_table[extension.table] = extended.with_extension(extension)
    resources = {each.name: each for each in by_table.values()}
    commands: dict[str, Command] = {}
    for plugin, declared in _collect(hooks, "commands", Command, plugins):
        for command in declared:
            claims.take(Claim("command", command.name, plugin))
            claims.take(Claim("mutation", command.field, plugin))
            commands[command.name] = command
            given_by[command.name] = plugin
    queries: dict[str, ComputedQuery] = {}
    for plugin, asked in _collect(hooks, "queries", ComputedQuery, plugins):
        for query in asked:
            claims.take(Claim("command", query.name, plugin))  # rules speak of both in one breath
            queries[query.name] = query
            given_by[query.name] = plugin
    jobs: dict[str, Job] = {}
    for plugin, declared_jobs in _collect(hooks, "jobs", Job, plugins):
        for each_job in declared_jobs:
            claims.take(Claim("job", each_job.name, plugin))
            jobs[each_job.name] = each_job
    subscriptions: dict[str, Subscription] = {}
    for plugin, found_subscriptions in _collect(hooks, "subscriptions", Subscription, plugins):
        for subscription in found_subscriptions:
            claims.take(Claim("subscription", subscription.field, plugin))
            subscriptions[subscription.field] = subscription
            for fault in subscription_faults(subscription, resources):
                raise HookError(plugin, "subscriptions", ConfigurationError(fault))
    locales = hooks.locales(plugins)
    notices: dict[str, NoticeKind] = {}
    for plugin, kinds in _collect(hooks, "notice_kinds", NoticeKind, plugins):
        for kind in kinds:
            claims.take(Claim("kind of notice", kind.name, plugin))
            notices[kind.name] = kind
            kind.belongs_to(locales.get(plugin))
            for fault in kind_faults(kind) if check_texts else ():
                raise HookError(plugin, "notice_kinds", ConfigurationError(fault))
    for plugin, folder in locales.items() if check_texts else ():
        for fault in catalogue_faults(folder):
            raise PluginError(plugin, f"message catalogues: {fault}")
    rights: dict[str, str] = {}
    for plugin, found_rights in hooks.declared("rights", plugins):
        for name, opens in found_rights:
            claims.take(Claim("command", name, plugin))  # rules speak of both in one breath
            rights[name] = opens
            given_by[name] = plugin
    roles: dict[str, str] = {}
    for plugin, titles in hooks.declared("role_titles", plugins):
        for name, title in titles:
            roles[name] = title
            given_by[f"roles.{name}"] = plugin
    for plugin, looks in _collect(hooks, "looks", Look, plugins):
        for look in looks:
            for fault in look_faults(look, resources, commands):
                raise HookError(plugin, "looks", ConfigurationError(fault))
    codes = _codes(hooks, plugins, check_names=check_names)
    code_tables = _code_tables(hooks, plugins, claims)
    _refuse_faults(hooks, plugins, resources, by_table)
    return Variant(
        plugins=plugins,
        resources=resources,
        by_table=by_table,
        commands=commands,
        jobs=jobs,
        rules=tuple(rule for _, rules in _collect(hooks, "rules", Rule, plugins) for rule in rules),
        subscriptions=subscriptions,
        rights=rights,
        roles=roles,
        predicates=Predicates(by_table),
        given_by=given_by,
        deprecated=hooks.deprecated(plugins),
        notices=notices,
        locales=locales,
        catalogues=hooks.catalogues(plugins),
        labels=hooks.labels(plugins),
        queries=queries,
        codes=codes,
        code_tables=code_tables,
        recipients=_recipients(hooks, plugins, claims, by_table),
        persons=tuple(
            by_table[each.table._meta.tablename].name
            for _, declared in _collect(hooks, "personal_data", PersonalData, plugins)
            for each in declared
            if each.is_subject and each.table._meta.tablename in by_table
        ),
        own_scopes=frozenset(
            scope
            for _, declared in _collect(hooks, "personal_data", PersonalData, plugins)
            for each in declared
            for scope in each.own_scopes
        ),
    )


def _codes(hooks: Hooks, plugins: frozenset[str], *, check_names: bool) -> dict[str, Code]:
    """The codes of refusals, by name. A code that is imported from elsewhere belongs to who made it."""
    claims = Claims(hooks.host_parts | {KERNEL}) if check_names else NoClaims()
    codes: dict[str, Code] = {}
    owners: dict[int, str] = {}
    for plugin, found in [(KERNEL, shared_codes()), *hooks.refusal_codes(plugins)]:
        for code in found:
            if owners.setdefault(id(code), plugin) != plugin or code.base is not None:
                continue
            kind = "code of failures" if isinstance(code, FailureCode) else "code of refusals"
            shared = plugin in (KERNEL, *hooks.host_parts)
            claims.take(Claim(kind, str(code), plugin, meaning=None if shared else code.text))
            if not isinstance(code, FailureCode):
                codes[str(code)] = code
    return codes


def _code_tables(hooks: Hooks, plugins: frozenset[str], claims: Claims) -> dict[str, CodeTable]:
    collected = _collect(hooks, "code_tables", CodeTable, plugins)
    tables: dict[str, CodeTable] = {}
    for plugin, found in collected:
        for each in found:
            if not each.region:
                claims.take(Claim("code table", each.name, plugin))
                tables[each.name] = each
    for plugin, found in collected:
        for each in found:
            for fault in table_faults(each, tables):
                raise HookError(plugin, "code_tables", ConfigurationError(fault))
    return tables


def _recipients(
    hooks: Hooks, plugins: frozenset[str], claims: Claims, by_table: Mapping[str, Resource]
) -> dict[str, Recipients]:
    found: dict[str, Recipients] = {}
    for plugin, declared in _collect(hooks, "recipients", Recipients, plugins):
        for each in declared:
            claims.take(Claim("recipients", each.name, plugin))
            found[each.name] = each
            for fault in recipient_faults(each, by_table):
                raise HookError(plugin, "recipients", ConfigurationError(fault))
    return found


def full_access(variant: Variant) -> Access:
    """Everything that the variant has, restricted fields included, in every row of the space."""
    everywhere = Scopes(frozenset({"school"}))
    return Access(
        key="everything",
        resources=dict.fromkeys(variant.resources, everywhere),
        commands=dict.fromkeys((*variant.commands, *variant.queries, *variant.jobs, *variant.rights), everywhere),
    )


def _collect(hooks: Hooks, hook: str, kind: type[Part], plugins: frozenset[str]) -> list[tuple[str, Sequence[Part]]]:
    """What each plugin gives to a hook. Something of another kind is that plugin's failure and nobody else's."""
    collected = hooks.declared(hook, plugins)
    for plugin, found in collected:
        if (plugin, hook) not in hooks.of_their_kind:
            for each in found:
                if not isinstance(each, kind):
                    raise HookError(plugin, hook, TypeError(f"expected a {kind.__name__}, got {each!r}"))
            hooks.of_their_kind.add((plugin, hook))
    return collected


def _refuse_faults(
    hooks: Hooks, plugins: frozenset[str], resources: Mapping[str, Resource], by_table: Mapping[str, Resource]
) -> None:
    """What cannot work is the failure of the plugin that declares it."""
    declared: list[tuple[str, str, Sequence[Resource | Extension]]] = [
        *((plugin, "resources", found) for plugin, found in _collect(hooks, "resources", Resource, plugins)),
        *((plugin, "extensions", found) for plugin, found in _collect(hooks, "extensions", Extension, plugins)),
    ]
    for plugin, hook, parts in declared:
        for part in parts:
            for fault in resource_faults(part, by_table):
                raise HookError(plugin, hook, ConfigurationError(fault))
    names = frozenset(resources)
    sound = {key for earlier, keys in _SOUND.items() if earlier <= names for key in keys}
    checked: dict[int, Command | ComputedQuery] = {}
    for plugin, commands in _collect(hooks, "commands", Command, plugins):
        for command in commands:
            if id(command) not in sound:
                for fault in command_faults(command, resources):
                    raise HookError(plugin, "commands", ConfigurationError(fault))
                checked[id(command)] = command
    for plugin, queries in _collect(hooks, "queries", ComputedQuery, plugins):
        for query in queries:
            if id(query) not in sound:
                for fault in query_faults(query, resources):
                    raise HookError(plugin, "queries", ConfigurationError(fault))
                checked[id(query)] = query
    if len(_SOUND) > _MOST_SETS:
        _SOUND.clear()
    _SOUND.setdefault(names, {}).update(checked)


def _extended(by_table: Mapping[str, Resource], extension: Extension, plugin: str) -> Resource:
    """What an extension extends."""
    resource = by_table.get(extension.table)
    if resource is None:
        missing = LookupError(f"no plugin that it requires has a resource over the table {extension.table}")
        raise HookError(plugin, "extensions", missing)
    return resource


def with_custom_fields(variant: Variant, fields: Sequence[CustomField]) -> Variant:
    """What a set of plugins consists of, with the fields of one school.

    Args:
        variant: Of the plugins alone.
        fields: The school's; those on nouns that it does not have now are left out.
    """
    by_table = dict(variant.by_table)
    for each in fields:
        known = variant.resources.get(each.noun)
        if known is not None:
            by_table[known.table] = _with_own_field(by_table[known.table], each)
    return replace(
        variant,
        resources={each.name: each for each in by_table.values()},
        by_table=by_table,
        predicates=Predicates(by_table),
        parts={},
    )


def _with_own_field(resource: Resource, own: CustomField) -> Resource:
    made = own.as_field()
    # A list is neither compared nor ordered by; what is sensitive is not ordered by (cursors would carry it).
    comparable = own.kind is not FieldKind.CHOICES
    hidden = frozenset({made.name}) if own.sensitive else frozenset()
    return replace(
        resource,
        fields={**resource.fields, made.name: made},
        filters=(*resource.filters, *([made.name] if comparable else [])),
        order=(*resource.order, *([made.name] if comparable and not own.sensitive else [])),
        restricted=resource.restricted | hidden,
        sensitive=resource.sensitive | hidden,
    )
