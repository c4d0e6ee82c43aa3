"""``homeroom run``: any mutation of a school on the command line, those of plugins included."""

from __future__ import annotations

import difflib
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from homeroom.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphql import GraphQLSchema

    from homeroom.callers import Caller, Space
    from homeroom.host import Host
    from homeroom.variants import Variant
    from homeroom_graphql.uploads import TemporaryUpload

__all__ = ["run"]

#: What is wrong with a row or a value that was given.
_ERRORS: Final = "errors { code message field row column }"
#: Types whose values are written as they are; values of all others are JSON.
_TEXTS: Final = frozenset({"String", "ID", "Date", "DateTime", "Decimal", "PersonKind"})


@click.command("run")
@click.argument("school")
@click.argument("verb", required=False)
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--input", "given", default="{}", help="Input as a JSON object; @FILE reads it from a file.")
@click.option("--show", default="", metavar="FIELDS", help="What the answer shows of rows: a selection of GraphQL.")
@click.option("--as", "login", help="Run it with the permissions of this account.")
@click.option("--rehearse", is_flag=True, help="Do everything, answer, and keep nothing of it.")
@click.option("--fields", is_flag=True, help="Print the fields of the input instead of running it.")
def run(
    school: str,
    verb: str | None,
    values: tuple[str, ...],
    given: str,
    show: str,
    login: str | None,
    rehearse: bool,
    fields: bool,
) -> None:
    """Run the mutation VERB in a school, such as createRoom; without VERB, print all of them.

    NAME=VALUE gives a field of the input: code=R1. A repeated name makes a list. Numbers, true, false, lists and
    objects are written as in JSON; a file is given by its path. VERB may also be the name of a command, such as
    school.room.create. It runs with the permission of the installation, or with those of the account of --as.

    Prints the answer as JSON, with the ids of rows unless --show says more. What is refused is printed with its row and
    field on standard error, in the language of the terminal or the one that the account has chosen; then the exit code
    is 1.
    """
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> bool:
        from homeroom_graphql.limits import Limits
        from homeroom_graphql.schemas import operations_of

        space = await host.directory.space(school)
        caller = await _caller(host, space, login)
        variant = host.variant_of(space)
        if verb is None:
            for command in sorted(variant.commands.values(), key=lambda each: each.field):
                click.echo("\t".join((command.field, command.name, command.description.split("\n", 1)[0])))
            return True
        field = _field_of(variant, verb)
        schema = (await operations_of(variant, Limits.of(host.settings))).schema
        if fields:
            _show_fields(schema, field)
            return True
        made = _object(given)
        uploads: list[TemporaryUpload] = []
        try:
            for name, texts in _by_name(values).items():
                made[name] = await _value(_type_of(schema, field, name), name, texts, uploads)
            if rehearse:
                made["rehearse"] = True
            return await _done(host, caller, field, _selection(schema, field, show), made)
        finally:
            for each in uploads:
                each.close()

    if not run_with_host(work):
        raise SystemExit(1)


async def _caller(host: Host, space: Space, login: str | None) -> Caller:
    if login is None:
        return host.system_caller(space)
    import dataclasses
    from typing import cast

    from homeroom_tenants.cli import account_of
    from homeroom_tenants.directory import TenantDirectory

    account = await account_of(cast("TenantDirectory", host.directory), login)
    return dataclasses.replace(await host.directory.caller(space.id, account), via="cli")


def _field_of(variant: Variant, verb: str) -> str:
    """The mutation that somebody means. Raises Refusal with those that are spelt alike."""
    from homeroom_graphql.refusals import NO_SUCH_VERB, NO_SUCH_VERB_BUT

    if verb in variant.commands:
        return variant.commands[verb].field
    known = [each.field for each in variant.commands.values()]
    if verb not in known:
        near = difflib.get_close_matches(verb, [*known, *variant.commands], n=5)
        if near:
            raise Refusal(NO_SUCH_VERB_BUT, "verb", name=verb, names=near)
        raise Refusal(NO_SUCH_VERB, "verb", name=verb)
    return verb


# The input ----------------------------------------------------------------------------------------------


def _object(given: str) -> dict[str, Any]:
    from homeroom.worker.refusals import ARGUMENTS_NOT_JSON, ARGUMENTS_NOT_OBJECT

    try:
        made = json.loads(Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given)
    except OSError as error:
        raise click.BadParameter(f"{given[1:]}: {error.strerror}", param_hint="--input") from None
    except ValueError as error:
        raise Refusal(ARGUMENTS_NOT_JSON, "input", detail=str(error)) from None
    if not isinstance(made, dict):
        raise Refusal(ARGUMENTS_NOT_OBJECT, "input")
    return made


def _by_name(values: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in values:
        name, equals, value = each.partition("=")
        if not equals:
            raise click.UsageError(f"{each!r} is not NAME=VALUE.")
        found.setdefault(name, []).append(value)
    return found


def _type_of(schema: GraphQLSchema, field: str, name: str) -> Any:
    fields = _input(schema, field).fields
    if name not in fields:
        near = difflib.get_close_matches(name, fields, n=1)
        hint = f" Did you mean {near[0]}?" if near else f" It has {', '.join(fields)}."
        raise click.UsageError(f"The input of {field} has no field {name}.{hint}")
    return fields[name].type


def _input(schema: GraphQLSchema, field: str) -> Any:
    from graphql import get_named_type

    assert schema.mutation_type is not None
    return get_named_type(schema.mutation_type.fields[field].args["input"].type)


async def _value(kind: Any, name: str, texts: Sequence[str], uploads: list[TemporaryUpload]) -> Any:
    """The value of a field from the command line; whether it fits is decided by the mutation."""
    from graphql import GraphQLEnumType, GraphQLList, get_nullable_type

    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        if len(texts) == 1 and texts[0].startswith("["):
            return _json(texts[0])
        return [await _value(kind.of_type, name, [each], uploads) for each in texts]
    if len(texts) > 1:
        raise click.UsageError(f"{name} takes one value.")
    if kind.name == "Upload":
        uploads.append(made := await _upload(Path(texts[0])))
        return made
    return texts[0] if kind.name in _TEXTS or isinstance(kind, GraphQLEnumType) else _json(texts[0])


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # the mutation refuses it by its type


async def _upload(path: Path) -> TemporaryUpload:
    import mimetypes

    from homeroom_graphql.uploads import TemporaryUpload

    try:
        content = path.read_bytes()  # noqa: ASYNC240 - nobody else waits for this process
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    made = TemporaryUpload(path.name, kind, sha256=hashlib.sha256(content).hexdigest())
    await made.write(content)
    return made


def _show_fields(schema: GraphQLSchema, field: str) -> None:
    """Print the fields of an input, one a line: name, type, description; those of inputs within it are indented."""
    from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type

    def show(kind: Any, indent: str, within: frozenset[str]) -> None:
        for name, each in kind.fields.items():
            inner = get_named_type(each.type)
            values = f" ({', '.join(inner.values)})" if isinstance(inner, GraphQLEnumType) else ""
            click.echo(f"{indent}{name}\t{each.type}\t{each.description or ''}{values}".rstrip())
            if isinstance(inner, GraphQLInputObjectType) and inner.name not in within:
                show(inner, f"{indent}  ", within | {inner.name})

    show(_input(schema, field), "", frozenset())


# The answer ---------------------------------------------------------------------------------------------


def _selection(schema: GraphQLSchema, field: str, show: str) -> str:
    """What is asked of a payload: of rows the ids or what was chosen, of declared values everything."""
    from graphql import GraphQLObjectType, get_named_type

    def whole(kind: GraphQLObjectType) -> str:
        parts = []
        for name, each in kind.fields.items():
            inner = get_named_type(each.type)
            parts.append(f"{name} {{ {whole(inner)} }}" if isinstance(inner, GraphQLObjectType) else name)
        return " ".join(parts)

    assert schema.mutation_type is not None
    payload: Any = get_named_type(schema.mutation_type.fields[field].type)
    parts = [_ERRORS]
    for name, each in payload.fields.items():
        inner = get_named_type(each.type)
        if name == "errors":
            continue
        if not isinstance(inner, GraphQLObjectType):
            parts.append(name)
        elif any(every.name == "Node" for every in inner.interfaces):
            parts.append(f"{name} {{ {show or 'id'} }}")
        else:
            parts.append(f"{name} {{ {whole(inner)} }}")
    return " ".join(parts)


async def _done(host: Host, caller: Caller, field: str, selection: str, given: Mapping[str, Any]) -> bool:
    """Run a mutation and print its answer; gives whether nothing was refused."""
    from homeroom.cli.group import problem_line
    from homeroom.messages import environment_language, language_for
    from homeroom_graphql.executor import Executor
    from homeroom_graphql.operations import RequestError

    kind = f"{field[0].upper()}{field[1:]}Input"
    document = f"mutation ($input: {kind}!) {{ {field}(input: $input) {{ {selection} }} }}"
    accept = environment_language().encode()
    language = await language_for(host, caller, accept)
    try:
        answer = json.loads(await Executor(host).execute(caller, document, {"input": given}, accept=accept))
    except RequestError as error:
        answer = {"errors": host.messages.errors(error.errors, language)}
    payload = (answer.get("data") or {}).get(field) or {}
    problems = payload.pop("errors", [])
    if any(each is not None for each in payload.values()) or not (problems or answer.get("errors")):
        click.echo(json.dumps(payload, ensure_ascii=False, indent=2))
    for each in problems:
        click.echo(problem_line(each["code"], each["message"], each, language), err=True)
    for each in answer.get("errors", ()):
        click.echo(problem_line(each.get("extensions", {}).get("code", ""), each["message"], {}), err=True)
    return not problems and not answer.get("errors")
