"""``homeroom graphql``: documents of files go onto a school's list and off it, all or none."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from homeroom.callers import Space
from homeroom.settings import Settings
from homeroom.testing import People
from homeroom_graphql.documents import document_hash
from in_process import homeroom

GOOD = "query Me { viewer { login } }"
OTHER = "query People { viewer { roles } }"


def graphql(settings: Settings, *words: str | Path) -> tuple[int, str]:
    """The command's exit code and what it said."""
    application = msgspec.structs.replace(settings, owner_database_url=None)
    done = homeroom(application.environment(), "graphql", *map(str, words))
    # A loaded machine may warn of a slow hook on standard error.
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


async def test_documents_of_a_folder(
    database_settings: Settings, school_a: Space, school_b: Space, as_role: People, tmp_path: Path
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "me.graphql").write_text(GOOD)
    (tmp_path / "more.json").write_text(json.dumps({"people": OTHER}))
    (tmp_path / "README").write_text("no document")
    hashes = {document_hash(each) for each in (GOOD, OTHER)}

    bad = tmp_path / "bad.graphql"
    bad.write_text("{ nobody }")
    code, reported = graphql(database_settings, "register", school_a.slug, tmp_path)
    assert (1, True) == (code, "bad.graphql" in reported), reported
    assert (0, "") == graphql(database_settings, "list", school_a.slug)  # none of them

    bad.unlink()
    code, reported = graphql(database_settings, "register", school_a.slug, tmp_path)
    assert (0, hashes) == (code, {line.split("\t")[0] for line in reported.splitlines()})
    code, reported = graphql(database_settings, "list", school_a.slug, "--text")
    assert (0, True, True) == (code, GOOD in reported, "\tme\n" in reported)
    assert (0, "") == graphql(database_settings, "list", school_b.slug)

    assert (0, f"{school_a.slug} answers listed documents\n") == graphql(
        database_settings, "restrict", school_a.slug, "listed"
    )
    teacher, foreign = await as_role(school_a, "teacher"), await as_role(school_b, "teacher")
    assert ["PERSISTED_QUERY_NOT_ALLOWED"] == await teacher.refused("{ viewer { commands } }")
    assert teacher.login == (await teacher.gql(GOOD))["viewer"]["login"]
    assert await foreign.gql("{ viewer { commands } }")
    assert 0 == graphql(database_settings, "restrict", school_a.slug, "any")[0]

    code, reported = graphql(database_settings, "remove", school_b.slug, *hashes)
    assert (1, True) == (code, "has registered no document" in reported)
    assert (0, "2 removed\n") == graphql(database_settings, "remove", school_a.slug, *hashes)
    assert (0, "") == graphql(database_settings, "list", school_a.slug)
