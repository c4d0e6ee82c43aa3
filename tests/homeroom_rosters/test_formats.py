"""Roster bundles: what is read comes back when it is written, and every fault is named."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import zipfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeroom.names import Script
from homeroom.reading.faults import Fault, FileRefused
from homeroom.refusals import INVALID
from homeroom.texts import forbidden, tidy
from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import FORMATS, problem_at, read_roster, write_roster
from homeroom_rosters.roster.records import Roster, without_places

SAMPLES = Path(os.environ.get("HOMEROOM_TEST_SAMPLES", Path(__file__).parents[3] / "shared" / "data"))
NAMES = sorted(FORMATS)


def bundle(form: str, **more: object) -> dict[str, bytes]:
    """A small generated bundle of a format."""
    return write_roster(generate_roster([SchoolShape("a"), SchoolShape("b", students=2)], form=form, **more))  # type: ignore[arg-type]


def problems(files: dict[str, bytes], form: str | None = None) -> list[Fault]:
    """The faults that a bundle is refused for."""
    with pytest.raises(FileRefused) as refused:
        read_roster(files, form)
    return list(refused.value.problems)


def rows(files: dict[str, bytes], name: str) -> list[list[str]]:
    """A file of a bundle as rows."""
    return list(csv.reader(io.StringIO(files[name].decode(), newline="")))


def with_rows(files: dict[str, bytes], name: str, table: list[list[str]]) -> dict[str, bytes]:
    """The bundle with other rows in one file."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return {**files, name: out.getvalue().encode()}


@pytest.mark.parametrize("form", NAMES)
def test_what_is_written_is_read_back_equal(form: str) -> None:
    roster = generate_roster([SchoolShape("a", script=Script.VIETNAMESE), SchoolShape("b")], form=form)
    files = write_roster(roster)
    assert roster == read_roster(files)
    assert files == write_roster(read_roster(files))


@pytest.mark.parametrize("form", NAMES)
def test_a_record_knows_where_it_was_read(form: str) -> None:
    roster = read_roster(bundle(form))
    fault = problem_at(roster, roster.people[1], "given", INVALID)
    kept = [*roster.orgs, *roster.sections, *roster.people, *roster.roles, *roster.enrolments]
    assert all(each.place.line >= 2 for each in kept)  # type: ignore[union-attr]
    assert (fault.line, fault.column in ("givenName", "First Name")) == (3, True)
    assert str(fault).startswith(roster.people[1].place.file)  # type: ignore[union-attr]
    assert b"place" not in msgspec.json.encode(without_places([{"a": roster.people[0]}]))


@pytest.mark.parametrize("form", NAMES)
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    script=st.sampled_from(Script),
    students=st.integers(0, 4),
    guardians=st.integers(0, 2),
    classes=st.integers(1, 2),
)
def test_any_generated_roster_survives_zip_and_csv(
    form: str, seed: int, script: Script, students: int, guardians: int, classes: int
) -> None:
    shape = SchoolShape("s", script=script, students=students, guardians=guardians, classes=classes)
    roster = generate_roster([shape], seed=seed, form=form)
    assert roster == read_roster(write_zip(write_roster(roster)))


@pytest.mark.parametrize("form", NAMES)
@settings(max_examples=40, deadline=None)
@given(
    name=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1)
    .map(tidy)
    .filter(lambda name: name and forbidden(name) is None)
)
def test_any_name_survives(form: str, name: str) -> None:
    roster = generate_roster([SchoolShape("s", name=name)], form=form)
    back = read_roster(write_roster(roster))
    assert name in [org.name for org in back.orgs]


@pytest.mark.parametrize("source", NAMES)
@pytest.mark.parametrize("target", NAMES)
def test_a_roster_can_be_written_in_another_format(source: str, target: str) -> None:
    roster = generate_roster([SchoolShape("a")], form=source)
    back = read_roster(write_zip(write_roster(roster, target)))
    assert target == back.format
    assert len(roster.enrolments) == len(back.enrolments)
    assert {
        person.source_id for person in roster.people if "-s-" in person.source_id and "-g" not in person.source_id
    } <= {person.source_id for person in back.people}


@pytest.mark.parametrize("form", NAMES)
def test_passwords_are_never_held(form: str) -> None:
    files = bundle(form)
    people = next(name for name in files if name in ("users.csv", "Student.csv"))
    table = rows(files, people)
    place = [header.casefold() for header in table[0]].index("password")
    for row in table[1:]:
        row[place] = "hunter2-secret"
    files = with_rows(files, people, table)
    roster = read_roster(files)
    assert "hunter2" not in repr(roster)
    assert b"hunter2" not in b"".join(write_roster(roster).values())
    assert table[0] == rows(write_roster(roster), people)[0], "the column itself stays"


@pytest.mark.parametrize("form", NAMES)
def test_a_byte_order_mark_and_other_line_ends_are_taken(form: str) -> None:
    files = {name: b"\xef\xbb\xbf" + data.replace(b"\r\n", b"\n") for name, data in bundle(form).items()}
    assert read_roster(bundle(form)) == read_roster(files)


@pytest.mark.parametrize("form", NAMES)
def test_folders_zips_and_names_in_memory_are_one(form: str, tmp_path: Path) -> None:
    files = bundle(form)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    zipped = tmp_path / "bundle.zip"
    zipped.write_bytes(write_zip({f"inner/{name}": data for name, data in files.items()}))
    assert read_roster(files) == read_roster(tmp_path) == read_roster(zipped) == read_roster(zipped.read_bytes())


def test_other_encodings_are_refused_with_file_and_line() -> None:
    files = bundle("sds-v2.1")
    files["users.csv"] = files["users.csv"] + "x1,x1,Zoë,Z,,,,,".encode("latin-1")
    files["orgs.csv"] = files["orgs.csv"].decode().encode("utf-16")
    lines = files["users.csv"].count(b"\n") + 1
    assert [("users.csv", lines, "NOT_UTF8")] == [(each.file, each.line, each.code) for each in problems(files)]


def test_every_bad_row_is_named_with_file_line_and_column() -> None:
    files = bundle("sds-v2.1")
    users = rows(files, "users.csv")
    users[1][0] = ""
    users[2][2] = ""
    users[4][0] = users[3][0]
    files = with_rows(files, "users.csv", users)
    roles = rows(files, "roles.csv")
    roles[1][6] = "31/12/2025"
    roles[2][5] = "perhaps"
    roles[3][1] = "nowhere"
    files = with_rows(files, "roles.csv", roles)
    found = {(each.file, each.line, each.column, each.code) for each in problems(files)}
    assert {
        ("users.csv", 2, "sourcedId", "REQUIRED"),
        ("users.csv", 3, "givenName", "REQUIRED"),
        ("users.csv", 5, "sourcedId", "LISTED_TWICE"),
        ("roles.csv", 2, "roleStartDate", "BAD_DATE"),
        ("roles.csv", 3, "isPrimary", "BAD_BOOLEAN"),
        ("roles.csv", 4, "orgSourcedId", "UNKNOWN_REFERENCE"),
    } <= found


def test_a_missing_file_and_a_missing_column_are_named() -> None:
    files = bundle("sds-v1")
    del files["TeacherRoster.csv"]
    table = [row[1:] for row in rows(files, "School.csv")]
    found = {(each.file, each.line, each.column, each.code) for each in problems(with_rows(files, "School.csv", table))}
    assert ("TeacherRoster.csv", 0, "", "MISSING_FILE") in found
    assert ("School.csv", 1, "SIS ID", "MISSING_COLUMN") in found
    assert not [each for each in found if each[3] == "UNKNOWN_REFERENCE"], (
        "one fault is reported once, not a thousand times"
    )


def test_rows_that_contradict_each_other_are_named() -> None:
    files = bundle("sds-v1")
    sections = rows(files, "Section.csv")
    place = sections[0].index("Term Name")
    sections[2][place] = "another"
    found = problems(with_rows(files, "Section.csv", sections))
    assert [("Section.csv", 3, "Term SIS ID", "CONTRADICTION")] == [
        (each.file, each.line, each.column, each.code) for each in found
    ]


def test_dates_of_the_first_format_are_month_day_year() -> None:
    files = bundle("sds-v1")
    sections = rows(files, "Section.csv")
    place = sections[0].index("Term StartDate")
    assert "9/1/2025" == sections[1][place]
    sections[1][place] = "2025-09-01"
    assert read_roster(files) == read_roster(with_rows(files, "Section.csv", sections))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("oneroster.version", "1.1", "BAD_VERSION"),
        ("file.users", "delta", "DELTA"),
        ("file.users", "absent", "UNANNOUNCED_FILE"),
        ("file.results", "bulk", None),
        ("file.userProfiles", "bulk", "MISSING_FILE"),
        ("file.orgs", "some", "BAD_WORD"),
    ],
)
def test_the_manifest_is_believed(name: str, value: str, code: str | None) -> None:
    files = bundle("oneroster-1.2")
    table = [[each[0], value if each[0] == name else each[1]] for each in rows(files, "manifest.csv")]
    files = with_rows(files, "manifest.csv", table)
    if code is None:
        assert isinstance(read_roster(files), Roster)
    else:
        assert [code] == [each.code for each in problems(files)]


def test_an_organisation_is_not_its_own_ancestor() -> None:
    files = bundle("oneroster-1.2")
    orgs = rows(files, "orgs.csv")
    parent = orgs[0].index("parentSourcedId")
    orgs[1][parent] = "a"
    assert {"CIRCULAR"} == {each.code for each in problems(with_rows(files, "orgs.csv", orgs))}


def test_cells_without_a_field_of_their_own_come_back() -> None:
    files = bundle("oneroster-1.2")
    users = rows(files, "users.csv")
    users[0].append("metadata.house")
    for row in users[1:]:
        row.append("Red, or Blue")
        row[users[0].index("pronouns")] = "they"
    files = with_rows(files, "users.csv", users)
    back = rows(write_roster(read_roster(files)), "users.csv")
    assert users == back


def test_files_that_are_no_part_of_a_roster_are_counted() -> None:
    files = {**bundle("oneroster-1.2"), "results.csv": b"sourcedId\r\n1\r\n2\r\n"}
    assert {"results.csv": 3} == dict(read_roster(files).other_files)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"no zip", "BAD_ZIP"),
        (write_zip({"readme.txt": b"x"}), "EMPTY_FILE"),
        (write_zip({"a/orgs.csv": b"x", "b/users.csv": b"x"}), "SEVERAL_FOLDERS"),
        (write_zip({"one.csv": b"x"}), "UNKNOWN_FORMAT"),
        (Path("/nonexistent/bundle.zip"), "MISSING"),
    ],
)
def test_what_is_no_bundle_is_refused(source: bytes | Path, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_roster(source)
    assert [code] == [each.code for each in refused.value.problems]


def test_a_zip_that_unpacks_to_more_than_a_bundle_may_hold_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("orgs.csv", "w") as entry:
        for _ in range(300):
            entry.write(b"\0" * 1024 * 1024)
    with pytest.raises(FileRefused) as refused:
        read_roster(out.getvalue())
    assert ["FILE_TOO_LARGE"] == [each.code for each in refused.value.problems]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_damaged_file_is_refused_or_read_but_never_breaks(form: str, data: st.DataObject) -> None:
    files = bundle(form)
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name])
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    files[name] = bytes(content)
    with contextlib.suppress(FileRefused):
        assert isinstance(read_roster(files, form), Roster)


@pytest.mark.parametrize(("folder", "people", "enrolments"), [("sds-v2.1", 8, 6), ("sds-v1-100-users", 98, 630)])
def test_the_published_samples(folder: str, people: int, enrolments: int) -> None:
    if not (SAMPLES / folder).is_dir():
        pytest.skip(f"no sample bundle at {SAMPLES / folder}; set HOMEROOM_TEST_SAMPLES")
    roster = read_roster(SAMPLES / folder)
    assert (people, enrolments) == (len(roster.people), len(roster.enrolments))
    written = write_roster(roster)
    assert roster == read_roster(written)
    for path in (SAMPLES / folder).iterdir():
        header = path.read_text("utf-8-sig").splitlines()[0]
        assert header == written[path.name].decode().splitlines()[0], path.name


def _sds_v1(sections: list[str], learners: list[str]) -> dict[str, bytes]:
    """A bundle of the first format with these lines of sections and of students in them."""
    texts = {
        "School.csv": "SIS ID,Name\nS,Hoa Sen\n",
        "Section.csv": "\n".join(sections) + "\n",
        "Student.csv": "SIS ID,School SIS ID,First Name,Last Name\np1,S,Mai,Lê\np2,S,Lan,Vũ\n",
        "Teacher.csv": "SIS ID,School SIS ID,First Name,Last Name\nt1,S,Hoa,Đỗ\n",
        "StudentEnrollment.csv": "Section SIS ID,SIS ID\n" + "".join(f"{each}\n" for each in learners),
        "TeacherRoster.csv": "Section SIS ID,SIS ID\n",
    }
    return {name: text.encode() for name, text in texts.items()}


def test_sections_may_name_a_course_without_an_id_or_have_none() -> None:
    head = "SIS ID,School SIS ID,Section Name,Course Name"
    named = read_roster(_sds_v1([head, "h,S,6A,", "m,S,Toán 6A,Toán"], ["h,p1", "h,p2", "m,p1", "m,p2"]))
    assert ["Toán"] == [each.title for each in named.courses]
    assert [True, False] == [not each.course for each in named.sections], "one is a homeroom class"
    bare = read_roster(_sds_v1([head, "a,S,Toán 6A,", "b,S,Văn 6A,"], ["a,p1", "a,p2", "b,p1", "b,p2"]))
    assert ["Toán 6A", "Văn 6A"] == [each.title for each in bare.courses]
    assert all(each.course for each in bare.sections)
    for roster in (named, bare):
        assert b"Course SIS ID,Course Name" in write_roster(roster)["Section.csv"]
        assert b"of the section" not in write_roster(roster)["Section.csv"]
        assert roster == read_roster(write_roster(roster))


@pytest.mark.parametrize(
    ("form", "file", "column", "longest"),
    [
        ("oneroster-1.2", "users.csv", "givenName", 120),
        ("oneroster-1.2", "users.csv", "phone", 40),
        ("oneroster-1.2", "users.csv", "email", 254),
        ("oneroster-1.2", "classes.csv", "title", 120),
        ("oneroster-1.2", "classes.csv", "classCode", 60),
        ("oneroster-1.2", "courses.csv", "courseCode", 40),
        ("sds-v2.1", "users.csv", "sms", 40),
        ("sds-v2.1", "courses.csv", "title", 120),
        ("sds-v1", "Student.csv", "Last Name", 120),
        ("sds-v1", "Section.csv", "Section Name", 120),
    ],
)
def test_a_value_that_the_registry_cannot_hold_is_named_and_not_shortened(
    form: str, file: str, column: str, longest: int
) -> None:
    files = bundle(form)
    table = rows(files, file)
    table[1][table[0].index(column)] = "x" * longest
    read_roster(with_rows(files, file, table))
    table[1][table[0].index(column)] = "x" * (longest + 1)
    assert [(file, 2, column, "TOO_LONG")] == [
        (each.file, each.line, each.column, each.code) for each in problems(with_rows(files, file, table))
    ]
