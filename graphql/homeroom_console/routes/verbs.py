"""The form of every verb, and what becomes of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import msgspec
from litestar import MediaType, Request, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from homeroom_console.answers import going_to
from homeroom_console.forms.controls import ControlMaker
from homeroom_console.forms.reading import arguments_of
from homeroom_console.forms.running import Outcome, place_errors, run_verb
from homeroom_console.routes.serving import Answer, Missing, Serving
from homeroom_console.showing.values import row_address
from homeroom_graphql.uploads import TemporaryUpload
from homeroom_graphql.vocabulary.values import Control, VerbPlace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["verb_routes"]

_PIECE: Final = 256 * 1024
#: What every form sends beside the inputs of its verb.
_KEY, _BACK, _REASON = "idempotencyKey", "back", "reason"


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
            verb = _verb(reader, name)
            subjects = request.query_params.getall("subject", [])
            given = {
                each.name: request.query_params[each.name] for each in verb.inputs if each.name in request.query_params
            }
            return await _form(serving, request, reader, verb, subjects, given)

        return await serving.answer(request, work)

    @post("/do/{name:str}", media_type=MediaType.HTML, status_code=200, request_max_body_size=most + 1_000_000)
    async def done(request: Request[Any, Any, Any], name: FromPath[str]) -> Answer:
        """Run a verb with what its form sends."""

        async def work(reader: Reader) -> Answer:
            verb = _verb(reader, name)
            sent, files = await _sent(request)
            try:
                return await _run(serving, request, reader, verb, sent)
            finally:
                for each in files:
                    each.close()

        return await serving.answer(request, work)

    return [form, done]


def _verb(reader: Reader, name: str) -> VocabularyVerb:
    verb = reader.words.verbs.get(name)
    if verb is None:
        raise Missing
    return verb


async def _form(
    serving: Serving,
    request: Request[Any, Any, Any],
    reader: Reader,
    verb: VocabularyVerb,
    subjects: Sequence[str],
    values: Mapping[str, Any],
    *,
    key: str = "",
    outcome: Outcome | None = None,
) -> Answer:
    maker = ControlMaker(serving.asking, reader, verb)
    current: Mapping[str, Any] = {}
    if verb.subject is not None and verb.place is not VerbPlace.ROWS and subjects:
        found = await maker.current(subjects[0])
        if found is None:
            raise Missing
        current = found
    without = frozenset({verb.subject}) if verb.subject is not None and subjects else frozenset()
    known = {**current, **values} if outcome is None else values
    controls = await maker.controls(known, without)
    errors = place_errors(controls, outcome.errors) if outcome is not None else []
    failures = [each["message"] for each in outcome.failures] if outcome is not None else []
    shown: dict[str, Any] = {
        "verb": verb,
        "controls": controls,
        "subjects": subjects,
        "subject_name": current.get("", ""),
        "errors": errors,
        "failures": failures,
        "key": key or uuid4().hex,
        "back": _back(reader, verb, subjects),
        "files": any(each.control is Control.FILE for each in verb.inputs),
    }
    if outcome is not None:
        return serving.part(request, reader, "console/form_body.html", status=422, **shown)
    return serving.page(request, reader, "console/form.html", **shown)


async def _run(
    serving: Serving,
    request: Request[Any, Any, Any],
    reader: Reader,
    verb: VocabularyVerb,
    sent: Mapping[str, Sequence[Any]],
) -> Answer:
    arguments = arguments_of(verb.inputs, sent, reader.space.time_zone)
    subjects = [str(each) for each in sent.get("subject", ())]
    if verb.subject is not None and subjects:
        arguments[verb.subject] = subjects if verb.place is VerbPlace.ROWS else subjects[0]
    key = str((sent.get(_KEY) or [""])[-1])
    whole = dict(arguments)
    if key:
        whole[_KEY] = key
    if verb.reason is not None and (sent.get(_REASON) or [""])[-1]:
        whole[verb.reason] = sent[_REASON][-1]
    outcome = await run_verb(serving.asking, reader, verb, whole)
    if not outcome.done:
        return await _form(serving, request, reader, verb, subjects, arguments, outcome=outcome)
    said = msgspec.json.encode({"hr-done": reader.text("Done: {what}").format(what=verb.label)}).decode("latin-1")
    return going_to(
        _after(reader, verb, outcome, subjects), {"hx-trigger": said.encode("ascii", "backslashreplace").decode()}
    )


def _back(reader: Reader, verb: VocabularyVerb, subjects: Sequence[str]) -> str:
    """Where somebody comes from who does not send the form."""
    noun = reader.words.nouns.get(verb.subject_noun or verb.noun or "")
    if noun is None:
        return "/"
    if len(subjects) == 1 and verb.subject_noun is not None:
        return row_address(noun, subjects[0])
    return f"/nouns/{noun.list_field or noun.row_field}"


def _after(reader: Reader, verb: VocabularyVerb, outcome: Outcome, subjects: Sequence[str]) -> str:
    """Where somebody is taken when the verb is done: to what it made or changed."""
    noun = reader.words.nouns.get(verb.noun or "")
    if verb.removes and noun is not None:
        return f"/nouns/{noun.list_field or noun.row_field}"
    if verb.place is not VerbPlace.ROW and subjects:
        return _back(reader, verb, subjects)
    if noun is not None and len(outcome.rows) == 1:
        return row_address(noun, outcome.rows[0]["id"])
    return _back(reader, verb, subjects)


async def _sent(request: Request[Any, Any, Any]) -> tuple[dict[str, list[Any]], list[TemporaryUpload]]:
    """What a form sent: name to values, and the files among them."""
    found: dict[str, list[Any]] = {}
    files: list[TemporaryUpload] = []
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            kept = TemporaryUpload(value.filename or "", value.content_type or "application/octet-stream")
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
