"""The inbox: notices, things to do, and how each kind of notice reaches the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from litestar import MediaType, Request, Response, get, post

from homeroom.notices.kinds import title_in
from homeroom.notices.states import NoticeMode
from homeroom_console.answers import SAFE
from homeroom_console.bells import bells_for
from homeroom_console.routes.serving import Answer, Missing, Serving
from homeroom_console.showing.values import row_address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader

__all__ = ["inbox_routes"]

_FIELDS: Final = "id subject body about dueOn todo createdAt readAt doneAt"
_LIST: Final = """query Inbox($after: String, $todo: NoticeFilter) {
  notices(first: 30, after: $after, filter: $todo) {
    totalCount pageInfo { hasNextPage endCursor } nodes { %s }
  }
}"""
_TODO: Final = {"todo": {"eq": True}, "doneAt": {"isNull": True}}
_MARK: Final = """mutation Mark($notices: [ID!]!, $read: Boolean!) {
  markNotices(input: {notices: $notices, read: $read}) { errors { message } }
}"""
_FINISH: Final = """mutation Finish($notices: [ID!]!, $done: Boolean!) {
  finishTodos(input: {notices: $notices, done: $done}) { errors { message } }
}"""
_MODES: Final = "query Modes { noticePreferences(first: 200) { nodes { kind mode } } }"
_PREFER: Final = """mutation Prefer($kind: String!, $mode: NoticeMode!) {
  setNoticePreference(input: {kind: $kind, mode: $mode}) { errors { message } }
}"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice with how it reaches the reader.

    Args:
        name: Of the kind.
        title: In the reader's language.
        mode: Where it is delivered.
        optional: Whether it can be turned off.
    """

    name: str
    title: str
    mode: str
    optional: bool


def inbox_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """

    async def listed(request: Request[Any, Any, Any], reader: Reader, show: str) -> dict[str, Any]:
        if "Notice" not in reader.words.nouns:
            raise Missing
        asked = {"after": request.query_params.get("after"), "todo": _TODO if show == "todo" else None}
        document = _LIST.replace("%s", _FIELDS)
        answer = await serving.asking.ask(reader, document, {key: value for key, value in asked.items() if value})
        found = answer.data.get("notices") or {"nodes": [], "totalCount": 0, "pageInfo": {"hasNextPage": False}}
        return {"inbox": found, "show": show, "about": lambda notice: _about(reader, notice)}

    async def shown(request: Request[Any, Any, Any], show: str) -> Answer:
        async def work(reader: Reader) -> Answer:
            return serving.page(request, reader, "console/inbox.html", **await listed(request, reader, show))

        return await serving.answer(request, work)

    @get("/inbox", media_type=MediaType.HTML)
    async def notices(request: Request[Any, Any, Any]) -> Answer:
        """All notices of the reader, the newest first."""
        return await shown(request, "all")

    @get("/inbox/todo", media_type=MediaType.HTML)
    async def todo(request: Request[Any, Any, Any]) -> Answer:
        """What the reader is to do."""
        return await shown(request, "todo")

    @post("/inbox", status_code=200)
    async def mark(request: Request[Any, Any, Any]) -> Answer:
        """Mark notices as read or unread, or things as done or not; answers with the list as it is then."""

        async def work(reader: Reader) -> Answer:
            form = await request.form()
            given = {"notices": form.getall("notices", [])}
            show = "todo" if form.get("show") == "todo" else "all"
            match form.get("do"):
                case "read" | "unread" as how:
                    document, given["read"] = _MARK, how == "read"
                case "done" | "undone" as how:
                    document, given["done"] = _FINISH, how == "done"
                case _:
                    raise Missing
            await serving.asking.ask(reader, document, given)
            answer = serving.part(request, reader, "console/inbox_rows.html", **await listed(request, reader, show))
            answer.headers["hx-trigger"] = "hr-changed"
            return answer

        return await serving.answer(request, work)

    @get("/inbox/settings", media_type=MediaType.HTML)
    async def settings(request: Request[Any, Any, Any]) -> Answer:
        """How each kind of notice reaches the reader."""

        async def work(reader: Reader) -> Answer:
            answer = await serving.asking.ask(reader, _MODES)
            chosen = {each["kind"]: each["mode"] for each in (answer.first or {"nodes": []})["nodes"]}
            kinds = [
                Kind(
                    each.name,
                    title_in(each, reader.language),
                    chosen.get(each.name, each.channel.upper()),
                    each.optional and not each.todo,
                )
                for each in reader.variant.notices.values()
            ]
            return serving.page(
                request,
                reader,
                "console/inbox_settings.html",
                kinds=sorted(kinds, key=lambda each: each.title),
                modes=_mode_titles(reader),
            )

        return await serving.answer(request, work)

    @post("/inbox/settings", status_code=200)
    async def prefer(request: Request[Any, Any, Any]) -> Answer:
        """Choose for one kind of notice."""

        async def work(reader: Reader) -> Answer:
            form = await request.form()
            kind, mode = str(form.get("kind", "")), str(form.get("mode", ""))
            if mode not in _mode_titles(reader):
                raise Missing
            answer = await serving.asking.ask(reader, _PREFER, {"kind": kind, "mode": mode})
            if answer.errors or (answer.first or {}).get("errors"):
                raise Missing
            return Response(b"", status_code=204, headers=dict(SAFE))

        return await serving.answer(request, work)

    @get("/bells", media_type=MediaType.HTML)
    async def bells(request: Request[Any, Any, Any]) -> Answer:
        """What waits for the reader, for a page that is open; looking keeps no session alive."""

        async def work(reader: Reader) -> Answer:
            reader.kept["bells"] = await bells_for(serving.asking, reader)
            path = request.query_params.get("at", "")
            return serving.part(request, reader, "console/bells.html", path=path)

        return await serving.answer(request, work, used=False)

    return [notices, todo, mark, settings, prefer, bells]


def _mode_titles(reader: Reader) -> Mapping[str, str]:
    return {
        NoticeMode.INBOX.name: reader.text("In the inbox alone"),
        NoticeMode.MAIL.name: reader.text("By mail at once"),
        NoticeMode.DIGEST.name: reader.text("In one mail a day"),
        NoticeMode.OFF.name: reader.text("Not at all"),
    }


def _about(reader: Reader, notice: Mapping[str, Any]) -> str:
    """Where the row is that a notice is about; empty if it is about none that the reader may see."""
    row = notice["about"] or ""
    noun = reader.words.nouns.get(row.partition("_")[0])
    return "" if noun is None else row_address(noun, row)
