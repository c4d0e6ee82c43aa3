"""Forms of all verbs."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from homeroom_console.answers import SAFE, going_to
from homeroom_console.declared import declared_in
from homeroom_console.forms.form import SUBJECT, Form, NoSuchRow
from homeroom_console.forms.results import said_of
from homeroom_console.placing import is_import, offering
from homeroom_console.routes.import_page import import_page
from homeroom_console.routes.serving import Answer, Missing, Serving
from homeroom_console.showing.lists import matching_rows
from homeroom_graphql.uploads import TemporaryUpload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["WANTS", "sent_form", "verb_named", "verb_routes"]

_PIECE: Final = 256 * 1024
#: By this header a script knows that the password has to be given, and that the form then is to be sent again.
WANTS: Final = "hr-wants"


def verb_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """
    most = serving.host.settings.max_upload

    @get("/do/{name:str}", media_type=MediaType.HTML)
    async def form(request: Request[Any, Any, Any], name: FromPath[str]) -> Answer:
        """The form of a verb."""

        async def work(reader: Reader) -> Answer:
            verb = verb_named(reader, name)
            if is_import(verb):
                return await import_page(serving, request, reader, verb)
            subjects = await _chosen(serving, reader, request)
            made = _form(serving, reader, verb, subjects)
            given: dict[str, Any] = {
                each.name: request.query_params.getall(each.name) if each.many else request.query_params[each.name]
                for each in verb.inputs
                if each.name in request.query_params
            }
            try:
                shown = await made.opened(given)
            except NoSuchRow:
                raise Missing from None
            shown.then = _then({"then": request.query_params.getall("then", [])})
            return serving.page(request, reader, "console/form.html", form=shown)

        return await serving.answer(request, work)

    @post("/do/{name:str}", media_type=MediaType.HTML, status_code=200, request_max_body_size=most + 1_000_000)
    async def done(request: Request[Any, Any, Any], name: FromPath[str]) -> Answer:
        """Run a verb with what its form sends."""

        async def work(reader: Reader) -> Answer:
            verb = verb_named(reader, name)
            sent, files = await sent_form(request)
            try:
                return await _run(serving, request, reader, verb, sent)
            finally:
                for each in files:
                    each.close()

        return await serving.answer(request, work)

    @post("/check/{name:str}", status_code=200, request_max_body_size=most + 1_000_000)
    async def checked(request: Request[Any, Any, Any], name: FromPath[str]) -> Answer:
        """What would be refused of a form that somebody is filling in."""

        async def work(reader: Reader) -> Answer:
            sent, files = await sent_form(request)
            for each in files:
                each.close()
            made = _form(serving, reader, verb_named(reader, name), _subjects(sent))
            found = await made.check(sent) if made.checks and not files else []
            return Response(msgspec.json.encode(found), media_type=MediaType.JSON, headers=dict(SAFE))

        return await serving.answer(request, work)

    return [form, done, checked]


def verb_named(reader: Reader, name: str) -> VocabularyVerb:
    """A verb that the reader may run. Raises Missing."""
    verb = reader.words.verbs.get(name)
    if verb is None:
        raise Missing
    return verb


def _form(serving: Serving, reader: Reader, verb: VocabularyVerb, subjects: Sequence[str]) -> Form:
    looks = (look for _, look in declared_in(serving.host, reader.variant).looks.values())
    return Form(serving.asking, reader, verb, subjects, offering(looks, verb))


async def _run(
    serving: Serving, request: Request[Any, Any, Any], reader: Reader, verb: VocabularyVerb, sent: dict[str, list[Any]]
) -> Answer:
    made = _form(serving, reader, verb, _subjects(sent))
    read, own, outcome = await made.run(sent)
    if outcome.wants_password:
        # The page stays as it is, files included: its script asks for the password and sends the form again.
        return Response(b"", status_code=403, headers={**SAFE, WANTS: "password"})
    if not outcome.done:
        try:
            shown = await made.refused(read, own, sent, outcome)
        except NoSuchRow:
            raise Missing from None
        shown.then = _then(sent)
        return serving.part(request, reader, "console/form_body.html", status=422, form=shown)
    if outcome.result is not None:
        said = await said_of(serving.asking, reader, verb, outcome.result)
        return serving.part(request, reader, "console/form_result.html", said=said, verb=verb, back=made.back())
    text = reader.text("Done: {what}").format(what=verb.label)
    # The standard library writes what is not ASCII by escapes, as a header needs it.
    return going_to(_then(sent) or made.after(outcome), {"hx-trigger": json.dumps({"hr-done": text})})


def _then(sent: Mapping[str, Sequence[Any]]) -> str:
    """The page of the console that a form names to go on with, such as the first page; empty if it names none."""
    then = str(next(iter(sent.get("then", ())), ""))
    # Only ASCII: it is a header of an answer that is given after the command has written.
    return then if re.fullmatch(r"/([\w-][\w/?=&.-]*)?", then, re.ASCII) else ""


async def _chosen(serving: Serving, reader: Reader, request: Request[Any, Any, Any]) -> list[str]:
    """The rows that somebody chose in a list: each by itself, or all that match the address of the list."""
    chosen: list[str] = request.query_params.getall(SUBJECT, [])
    plural, _, query = request.query_params.get("matching", "").partition("?")
    noun = reader.words.lists.get(plural)
    if chosen or noun is None or noun.list_field is None:
        return chosen
    look = declared_in(serving.host, reader.variant).look(noun.name)
    return await matching_rows(serving.asking, reader, noun, look, dict(parse_qsl(query)))


def _subjects(sent: Mapping[str, Sequence[Any]]) -> list[str]:
    return [str(each) for each in sent.get(SUBJECT, ())]


async def sent_form(request: Request[Any, Any, Any]) -> tuple[dict[str, list[Any]], list[TemporaryUpload]]:
    """What a form sent: name to values, and the files among them."""
    found: dict[str, list[Any]] = {}
    files: list[TemporaryUpload] = []
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            if not value.filename:
                continue
            kept = TemporaryUpload(value.filename, value.content_type or "application/octet-stream")
            files.append(kept)
            digest = hashlib.sha256()
            while piece := await value.read(_PIECE):
                digest.update(piece)
                await kept.write(piece)
            kept.sha256 = digest.hexdigest()
            found.setdefault(name, []).append(kept)
        else:
            found.setdefault(name, []).append(value)
    return found, files
