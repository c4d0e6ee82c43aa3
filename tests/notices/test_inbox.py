"""The inbox: what one is informed of comes with what happened, to oneself alone, in one's own language."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from bulletin.acting import School, inbox_of, registry
from bulletin.plugin import GOSSIP, POSTED, SIGN, all_signed, ask_to_sign, gossip, mistake, post_bulletin
from hypothesis import given
from hypothesis import strategies as st

from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.notices import LANGUAGES, NoticeKind
from homeroom.notices.kinds import kind_faults, language_of, rendered
from homeroom.testing import People

READ = """mutation($ids: [ID!]!, $read: Boolean) { markNotices(input: {notices: $ids, read: $read}) {
  notices { id readAt } errors { code field row }
} }"""
FINISH = "mutation($ids: [ID!]!) { finishTodos(input: {notices: $ids}) { notices { doneAt } errors { code row } } }"
PREFER = """mutation($kind: String!, $mode: NoticeMode!) { setNoticePreference(input: {kind: $kind, mode: $mode}) {
  noticePreference { kind mode } errors { code field }
} }"""


async def test_one_is_informed_and_nobody_else(ours: School, theirs: School, people: People) -> None:
    porter, other = await people(ours.space, "porter"), await people(ours.space, "clerk")
    admin, foreign = await people(ours.space, "admin"), await people(theirs.space, "porter")
    assert porter.account is not None
    await ours.do(post_bulletin, title="Họp phụ huynh", to=[porter.account])
    (found,) = await inbox_of(porter)
    assert ("bulletin.posted", "Họp phụ huynh", "vi") == (found["kind"], found["subject"], found["language"])
    assert "Ngày 20 tháng 10, 2025: Họp phụ huynh. SECRET" == found["body"]
    assert "Job_0199f5a0-0000-7000-8000-000000000001" == found["about"]
    for somebody in (other, admin, foreign):
        assert [] == await inbox_of(somebody)


async def test_what_is_not_done_is_not_reported(ours: School, people: People) -> None:
    porter = await people(ours.space, "porter")
    with pytest.raises(Refusal):
        await ours.do(post_bulletin, title="never", to=[porter.account], regret=True)
    assert [] == await inbox_of(porter)
    assert [] == await ours.rows("SELECT FROM notice_delivery")


async def test_roles_and_persons_are_addressed_here_and_not_elsewhere(
    ours: School, theirs: School, people: People
) -> None:
    (person,) = [row["id"] for row in await ours.rows("SELECT gen_random_uuid() AS id")]
    porter, clerk = await people(ours.space, "porter"), await people(ours.space, "clerk", person=person)
    stranger, foreign = await people.newcomer(ours.space), await people(theirs.space, "porter")
    reported = await ours.do(
        post_bulletin, title="x", roles=["porter"], persons=[person], to=[stranger.account, foreign.account]
    )
    assert 2 == len(reported)
    assert (1, 1, 0) == (len(await inbox_of(porter)), len(await inbox_of(clerk)), len(await inbox_of(foreign)))


async def test_with_a_key_one_is_informed_once(ours: School, people: People) -> None:
    porter = await people(ours.space, "porter")
    for _ in range(3):
        await ours.do(post_bulletin, title="once", roles=["porter"], key="once")
    await ours.do(post_bulletin, title="twice", roles=["porter"])
    assert ["twice", "once"] == [each["subject"] for each in await inbox_of(porter)]


async def test_reading_is_ones_own_affair(ours: School, theirs: School, people: People) -> None:
    porter, clerk = await people(ours.space, "porter"), await people(ours.space, "clerk")
    foreign = await people(theirs.space, "porter")
    await ours.do(post_bulletin, title="x", roles=["porter"])
    (mine,) = await inbox_of(porter)
    for somebody in (clerk, foreign):
        refused = (await somebody.gql(READ, ids=[mine["id"]]))["markNotices"]
        assert [{"code": "NOT_FOUND", "field": "notices", "row": 0}] == refused["errors"]
    assert (await inbox_of(porter))[0]["readAt"] is None
    read = (await porter.gql(READ, ids=[mine["id"]]))["markNotices"]["notices"]
    assert read[0]["readAt"] is not None
    again = (await porter.gql(READ, ids=[mine["id"]]))["markNotices"]["notices"]
    assert read == again
    unread = (await porter.gql(READ, ids=[mine["id"]], read=False))["markNotices"]["notices"]
    assert unread[0]["readAt"] is None


async def test_what_is_to_be_done_is_settled_and_asked_for_again(ours: School, people: People) -> None:
    porter = await people(ours.space, "porter")
    await ours.do(ask_to_sign, title="Bản cam kết", roles=["porter"], key="pledge")
    (asked,) = await inbox_of(porter)
    assert (True, "2025-10-20", None) == (asked["todo"], asked["dueOn"], asked["doneAt"])
    assert 1 == await ours.do(all_signed, key="pledge")
    assert 0 == await ours.do(all_signed, key="pledge")
    assert (await inbox_of(porter))[0]["doneAt"] is not None
    await ours.do(ask_to_sign, title="Bản cam kết", roles=["porter"], key="pledge")
    (again,) = await inbox_of(porter)
    assert (asked["id"], None) == (again["id"], again["doneAt"])
    done = (await porter.gql(FINISH, ids=[asked["id"]]))["finishTodos"]
    assert ([], True) == (done["errors"], done["notices"][0]["doneAt"] is not None)


async def test_what_asks_for_nothing_cannot_be_done(ours: School, people: People) -> None:
    porter = await people(ours.space, "porter")
    await ours.do(post_bulletin, title="x", roles=["porter"])
    await ours.do(ask_to_sign, title="y", roles=["porter"], key="y")
    ids = [each["id"] for each in await inbox_of(porter)]
    answer = (await porter.gql(FINISH, ids=ids))["finishTodos"]
    assert [{"code": "INVALID", "row": 1}] == answer["errors"]
    assert [None, None] == [each["doneAt"] for each in await inbox_of(porter)]


async def test_what_nobody_need_hear_can_be_turned_off(ours: School, people: People) -> None:
    porter, clerk = await people(ours.space, "porter"), await people(ours.space, "clerk")
    chosen = (await porter.gql(PREFER, kind="bulletin.gossip", mode="OFF"))["setNoticePreference"]
    assert {"kind": "bulletin.gossip", "mode": "OFF"} == chosen["noticePreference"]
    await ours.do(gossip, roles=["porter", "clerk"])
    assert (0, 1) == (len(await inbox_of(porter)), len(await inbox_of(clerk)))
    for kind in ("bulletin.posted", "bulletin.sign"):
        refused = (await porter.gql(PREFER, kind=kind, mode="OFF"))["setNoticePreference"]
        assert [{"code": "INVALID", "field": "mode"}] == refused["errors"]
    unknown = (await porter.gql(PREFER, kind="bulletin.nothing", mode="OFF"))["setNoticePreference"]
    assert [{"code": "NOT_FOUND", "field": "kind"}] == unknown["errors"]


async def test_a_notice_without_its_values_is_a_mistake(ours: School, people: People) -> None:
    porter = await people(ours.space, "porter")
    with pytest.raises(ValueError, match="wants the values"):
        await ours.do(mistake, roles=["porter"])
    assert [] == await inbox_of(porter)


async def test_the_audit_tells_who_was_informed_and_not_what(ours: School, people: People) -> None:
    porter = await people(ours.space, "porter")
    await ours.do(post_bulletin, title="Quiet", roles=["porter"])
    lines = await ours.rows("SELECT new_values::text AS new FROM audit_line WHERE noun = 'notice'")
    assert 1 == len(lines)
    assert str(porter.account) in lines[0]["new"]
    assert "Quiet" not in lines[0]["new"]
    assert "SECRET" not in lines[0]["new"]


def test_the_kinds_here_lack_nothing() -> None:
    assert [] == [fault for kind in (POSTED, SIGN, GOSSIP) for fault in kind_faults(kind)]


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({"subject": "{title} and {more}"}, "names 'more'"),
        ({"subject": "{title.upper}"}, "names 'title.upper'"),
        ({"body": "No such text"}, "zh-Hant.po has no text"),
        ({"locale": Path(__file__).parent}, "no catalogue for zh-Hant"),
    ],
)
def test_the_fault_of_a_kind_is_named(change: dict[str, object], reported: str) -> None:
    wrong: NoticeKind = dataclasses.replace(SIGN, **change)  # type: ignore[arg-type]
    assert any(reported in fault for fault in kind_faults(wrong))


async def test_such_a_plugin_is_left_out(board: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = registry()
    wrong = dataclasses.replace(SIGN, body="Nobody has translated this")
    monkeypatch.setattr("bulletin.plugin.SIGN", wrong)
    Host(plugins, board.database, board.queue, settings=board.settings)
    assert ["bulletin"] == [each.name for each in plugins.quarantined]
    assert "no text for 'Nobody has translated this'" in plugins.quarantined[0].reason


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("vi", "vi"), ("vi-VN", "vi"), ("zh-Hant-HK", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh", "zh-Hant"),
        ("zh-CN", "zh-Hans"), ("zh-Hans-SG", "zh-Hans"), ("en-GB", "en"), ("fr", "en"), (None, "en"),
    ],
)  # fmt: skip
def test_the_language_of_a_tag(tag: str | None, language: str) -> None:
    assert language == language_of(tag)


@given(st.text(), st.sampled_from(LANGUAGES))
def test_a_subject_is_one_line_whatever_the_values(title: str, language: str) -> None:
    subject, body = rendered(SIGN, language, {"title": title})
    assert [subject] == (subject.splitlines() or [""])
    assert len(subject) <= 300
    assert len(body.splitlines()) == 1
    assert subject.encode() is not None
