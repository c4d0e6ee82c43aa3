"""Imports of files and jobs: what may be imported, what runs did, what runs now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath

from homeroom_console.answers import SAFE
from homeroom_console.forms.imports import columns_of, read_run, run_import, template_of
from homeroom_console.placing import imports_of, is_import
from homeroom_console.routes.import_page import import_page
from homeroom_console.routes.serving import Answer, Missing, Serving
from homeroom_console.routes.verbs import sent_form, verb_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["import_routes"]

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RUNS: Final = (
    "query ConsoleImportRuns($first: Int) { importRuns(first: $first) {"
    " nodes { id at kind state command fileName login } } }"
)
_JOBS: Final = (
    "query ConsoleJobs($first: Int) { jobs(first: $first) { nodes { id name state login attempts error progressDone"
    " progressTotal progressMessage enqueuedAt finishedAt } } }"
)
#: Jobs in these states still do something.
_ACTIVE: Final = ("QUEUED", "RUNNING", "RETRYING")
_MOST: Final = 50


def import_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """
    most = serving.host.settings.max_upload

    @get("/imports", media_type=MediaType.HTML)
    async def overview(request: Request[Any, Any, Any]) -> Answer:
        """What may be imported, and the latest runs."""

        async def work(reader: Reader) -> Answer:
            runs: list[dict[str, Any]] = []
            if "importRuns" in reader.words.lists:
                runs = ((await serving.asking.ask(reader, _RUNS, {"first": _MOST})).first or {"nodes": []})["nodes"]
            verbs = imports_of(reader)
            if not verbs and "importRuns" not in reader.words.lists:
                raise Missing
            return serving.page(request, reader, "console/imports.html", verbs=verbs, runs=runs)

        return await serving.answer(request, work)

    @get("/imports/{name:str}", media_type=MediaType.HTML)
    async def form(request: Request[Any, Any, Any], name: FromPath[str]) -> Answer:
        """The form of an import."""

        async def work(reader: Reader) -> Answer:
            return await import_page(serving, request, reader, _import_named(reader, name))

        return await serving.answer(request, work)

    @get("/imports/{name:str}/template", media_type=_XLSX)
    async def template(request: Request[Any, Any, Any], name: FromPath[str]) -> Answer:
        """An empty workbook with the headers of an import."""

        async def work(reader: Reader) -> Answer:
            verb = _import_named(reader, name)
            content = template_of(reader, verb, await columns_of(serving.asking, reader, verb))
            headers = {**SAFE, "content-disposition": f'attachment; filename="{verb.name}.xlsx"'}
            return Response(content, media_type=_XLSX, headers=headers)

        return await serving.answer(request, work)

    @post("/imports/{name:str}", media_type=MediaType.HTML, status_code=200, request_max_body_size=most + 1_000_000)
    async def sent(request: Request[Any, Any, Any], name: FromPath[str]) -> Answer:
        """Import a file, or rehearse that; answers with the report."""

        async def work(reader: Reader) -> Answer:
            verb = _import_named(reader, name)
            given, files = await sent_form(request)
            keep = (given.get("~step") or [""])[-1] == "import"
            try:
                report = await run_import(serving.asking, reader, verb, given, keep=keep)
            finally:
                for each in files:
                    each.close()
            mapping = _mapping(given)
            columns = await columns_of(serving.asking, reader, verb) if report.passed_over or mapping else []
            return serving.part(
                request, reader, "console/import_report.html",
                report=report, verb=verb, columns=columns, mapping=mapping, key=uuid4().hex,
            )  # fmt: skip

        return await serving.answer(request, work)

    @get("/import-runs/{run:str}", media_type=MediaType.HTML)
    async def one_run(request: Request[Any, Any, Any], run: FromPath[str]) -> Answer:
        """What a run did, or how far it is; a part of a page for a script that asks again and again."""

        async def work(reader: Reader) -> Answer:
            report = await read_run(serving.asking, reader, run)
            if report is None or report.run is None:
                raise Missing
            job = await _job(serving, reader, report.run["jobId"]) if report.waits else None
            verb = reader.words.verbs.get(report.run["command"])
            shown: dict[str, Any] = {
                "report": report,
                "verb": verb,
                "job": job,
                "within": "part" in request.query_params,
            }
            if shown["within"]:
                shown |= {"columns": [], "mapping": {}, "key": uuid4().hex}
                return serving.part(request, reader, "console/import_run_part.html", **shown)
            return serving.page(request, reader, "console/import_run.html", **shown)

        return await serving.answer(request, work)

    @get("/jobs", media_type=MediaType.HTML)
    async def jobs(request: Request[Any, Any, Any]) -> Answer:
        """What runs in the background, how far it is, and what failed and why."""

        async def work(reader: Reader) -> Answer:
            if "jobs" not in reader.words.lists:
                raise Missing
            found = ((await serving.asking.ask(reader, _JOBS, {"first": _MOST})).first or {"nodes": []})["nodes"]
            states = {each.value: each.label for each in _values(reader, "Job", "state")}
            labels = {each.name: each.label for each in reader.vocabulary.jobs}
            shown: dict[str, Any] = {
                "jobs": found,
                "states": states,
                "labels": labels,
                "active": any(each["state"] in _ACTIVE for each in found),
            }
            if request.headers.get("hx-request"):
                return serving.part(request, reader, "console/jobs_part.html", **shown)
            return serving.page(request, reader, "console/jobs.html", **shown)

        return await serving.answer(request, work)

    return [overview, form, template, sent, one_run, jobs]


def _import_named(reader: Reader, name: str) -> VocabularyVerb:
    verb = verb_named(reader, name)
    if not is_import(verb):
        raise Missing
    return verb


def _mapping(given: dict[str, list[Any]]) -> dict[str, str]:
    """What headers of the file mean, as it was chosen: header to column."""
    found: dict[str, str] = {}
    for name, values in given.items():
        if name.startswith("headers.") and name.endswith(".header"):
            column = given.get(f"{name.removesuffix('header')}column") or [""]
            found[str(values[-1])] = str(column[-1])
    return found


def _values(reader: Reader, noun: str, name: str) -> Sequence[Any]:
    return next((each.values for each in reader.words.nouns[noun].fields if each.name == name), [])


async def _job(serving: Serving, reader: Reader, job: str | None) -> Any:
    if not job or "jobs" not in reader.words.lists:
        return None
    document = "query ConsoleJob($id: ID!) { job(id: $id) { state progressDone progressTotal progressMessage error } }"
    return (await serving.asking.ask(reader, document, {"id": job})).first
