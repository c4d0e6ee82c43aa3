"""The person who asked for a job that ends for good without success is informed, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from bulletin.acting import School, inbox_of, make_school, work
from bulletin.plugin import GIVEN_UP, order_print

from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom.worker.commands import retry_jobs


async def order(host: Host, school: School, client: Client, fault: str) -> Any:
    """A job that somebody asked for and that comes to nothing."""
    assert client.account is not None
    caller = await host.directory.caller(school.space.id, client.account)
    return await host.execute(caller, order_print, fault=fault)


async def reported(client: Client) -> list[dict[str, Any]]:
    """What somebody was informed about jobs."""
    return [each for each in await inbox_of(client) if each["kind"] == "notices.job_given_up"]


async def test_the_person_who_asked_is_informed_and_nobody_else(
    board: Host, ours: School, theirs: School, people: People
) -> None:
    clerk, other, admin = [await people.newcomer(ours.space) for _ in range(3)]
    for client, role in ((clerk, "clerk"), (other, "clerk"), (admin, "admin")):
        await board.directory.add_member(ours.space.id, client.account, roles=[role])
    foreign = await people(theirs.space, "clerk")
    asked = await order(board, ours, clerk, "hết giấy")
    await work(board, ours.space)
    (notice,) = await reported(clerk)
    assert ("Không thực hiện được: bulletin.print", f"Job_{asked}", False, None) == (
        notice["subject"], notice["about"], notice["todo"], notice["doneAt"],
    )  # fmt: skip
    assert "hết giấy" in notice["body"]
    found = await clerk.gql("query($id: ID!) { node(id: $id) { ... on Job { state error } } }", id=notice["about"])
    assert {"state": "FAILED", "error": "hết giấy"} == found["node"]
    for somebody in (other, admin, foreign):
        assert [] == await reported(somebody)
    # Who was informed of what is in the audit, under the job's own name.
    lines = await ours.rows(
        "SELECT e.login, e.via, l.noun FROM audit_entry e JOIN audit_line l ON l.entry_id = e.id"
        " WHERE e.command = 'bulletin.print'"
    )
    assert [("job", "notice")] == [(each["via"], each["noun"]) for each in lines]


@pytest.mark.parametrize(
    ("region", "subject"),
    [
        ("board-hk", "未能完成：bulletin.print"),
        ("board-en", "It could not be done: bulletin.print"),
    ],
)
async def test_in_the_language_of_the_school(board: Host, people: People, region: str, subject: str) -> None:
    school = await make_school(board, region)
    clerk = await people(school.space, "clerk")
    await order(board, school, clerk, "no paper")
    await work(board, school.space)
    assert [subject] == [each["subject"] for each in await reported(clerk)]


async def test_only_the_end_is_reported_and_an_internal_error_says_nothing(
    board: Host, ours: School, people: People
) -> None:
    clerk = await people(ours.space, "clerk")
    await order(board, ours, clerk, "jam")
    await work(board, ours.space)
    assert [] == await reported(clerk)  # it waits to be tried again
    await work(board, ours.space, retry=True)
    (notice,) = await reported(clerk)
    assert "Lý do: Đã xảy ra lỗi nội bộ (RuntimeError). Không có gì" in notice["body"]
    assert "SECRET" not in notice["body"]


async def test_one_that_fails_once_more_is_informed_of_once_more(board: Host, ours: School, people: People) -> None:
    clerk = await people(ours.space, "clerk")
    asked = await order(board, ours, clerk, "no paper")
    await work(board, ours.space)
    await ours.do(retry_jobs, jobs=[asked], reason="there is paper")
    await work(board, ours.space)
    assert [f"Job_{asked}"] * 2 == [each["about"] for each in await reported(clerk)]


async def test_one_that_may_not_run_it_any_more_is_informed(board: Host, ours: School, people: People) -> None:
    clerk = await people(ours.space, "clerk")
    assert clerk.account is not None
    asked = await order(board, ours, clerk, "no paper")
    await board.directory.add_member(ours.space.id, clerk.account, roles=["porter"])
    await work(board, ours.space)
    (notice,) = await reported(clerk)
    assert (f"Job_{asked}", True) == (
        notice["about"],
        "Lý do: Bạn không có quyền bulletin.print. Không có gì" in notice["body"],
    )
    found = await clerk.gql("query($id: ID!) { node(id: $id) { ... on Job { state } } }", id=notice["about"])
    assert {"state": "FORBIDDEN"} == found["node"]


async def test_what_the_installation_asked_for_is_reported_to_nobody(board: Host, ours: School, people: People) -> None:
    admin = await people(ours.space, "admin")
    await ours.do(order_print, fault="no paper")
    await work(board, ours.space)
    assert [] == await reported(admin)
    assert [{"state": "failed"}] == await ours.rows("SELECT state FROM job WHERE name = 'bulletin.print'")


@pytest.mark.parametrize("fault", ["no hearing", "any other"])
async def test_a_plugin_that_fails_or_refuses_undoes_nothing_but_its_own(
    board: Host, ours: School, people: People, fault: str
) -> None:
    """The hook `job_given_up` tells; the job has ended whatever a plugin makes of that."""
    clerk = await people(ours.space, "clerk")
    await order(board, ours, clerk, fault)
    GIVEN_UP.clear()
    await work(board, ours.space)
    assert [(clerk.account, fault)] == GIVEN_UP
    assert [{"state": "failed", "error": fault}] == await ours.rows(
        "SELECT state, error FROM job WHERE name = 'bulletin.print'"
    )
    assert ["Không thực hiện được: bulletin.print"] == [each["subject"] for each in await reported(clerk)]
