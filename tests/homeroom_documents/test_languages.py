"""Papers and the heads of lists speak the reader's language: texts, dates, decimals and the shapes of characters."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
import pytest_asyncio
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from homeroom import Plugin, hookimpl
from homeroom.boot import closed_host
from homeroom.callers import Space
from homeroom.cli import main
from homeroom.documents import Document
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.labels.translations import append, missing, said_by
from homeroom.languages import (
    LANGUAGES,
    catalogue_faults,
    decimal_sign,
    placeholders,
    read_catalogue,
    texts_in,
    written,
)
from homeroom.notices import NoticeKind
from homeroom.plugins import PluginRegistry
from homeroom.testing import Client, People
from homeroom_documents.pdf import _set
from homeroom_documents.speech import speech_of


def _read(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def _letters(content: bytes) -> set[str]:
    return {
        str(font.get_object()["/BaseFont"]).partition("+")[2].removesuffix("-Identity-H")
        for page in pypdf.PdfReader(io.BytesIO(content)).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }


async def _class_list(client: Client, school: Any, **more: str) -> Any:
    given_class = f"SchoolClass_{school.filled.school_class}"
    answer = await client.http.get("/documents/school.class_list", params={"schoolClass": given_class, **more})
    assert 200 == answer.status_code, answer.text
    return answer


#: Language to what a class list says in it.
CLASS_LIST = {
    "en": ("Class list", "Full name", "Sex"),
    "vi": ("Danh sách lớp", "Họ và tên", "Giới tính"),
    "zh-Hant": ("班級名單", "姓名", "性別"),
    "zh-Hans": ("班级名单", "姓名", "性别"),
}


@pytest.mark.parametrize(
    ("region", "language", "letters"),
    [
        ("vn", "en", "sc"), ("vn", "vi", "sc"), ("vn", "zh-Hant", "tc"), ("vn", "zh-Hans", "sc"),
        ("hk", "en", "hk"), ("hk", "vi", "hk"), ("hk", "zh-Hant", "hk"), ("hk", "zh-Hans", "sc"),
    ],
)  # fmt: skip
async def test_a_paper_is_set_in_the_language_that_is_asked_for(
    region: str, language: str, letters: str, vietnamese: Any, chinese: Any, as_role: People
) -> None:
    school = {"vn": vietnamese, "hk": chinese}[region]
    registrar = await as_role.as_role(school.space, "registrar")
    answer = await _class_list(registrar, school, language=language)
    assert language == answer.headers["content-language"]
    text = _read(answer.content)
    for said in CLASS_LIST[language]:
        assert said in text
    for other, (title, *_) in CLASS_LIST.items():
        assert (other == language) == (title in text)
    assert {f"NotoSansCJK{letters}-Regular"} == _letters(answer.content)


async def test_the_account_s_language_takes_precedence_over_the_school_s(
    vietnamese: Any, chinese: Any, as_role: People
) -> None:
    for school, here, chosen in ((vietnamese, "vi", "en"), (chinese, "zh-Hant", "zh-Hans")):
        clerk = await as_role.newcomer(school.space)
        host = as_role._host
        assert clerk.account is not None
        await host.directory.add_member(school.space.id, clerk.account, roles=["registrar"])
        assert CLASS_LIST[here][0] in _read((await _class_list(clerk, school)).content)
        assert 204 == (await clerk.http.post("/auth/language", json={"language": chosen})).status_code
        assert CLASS_LIST[chosen][0] in _read((await _class_list(clerk, school)).content)
        assert CLASS_LIST["vi"][0] in _read((await _class_list(clerk, school, language="vi")).content)
        # A program with a token speaks as the account does.
        program = await as_role.with_token(clerk, school.space)
        assert chosen == (await _class_list(program, school)).headers["content-language"]
        # Nobody else's papers have changed.
        other = await as_role.as_role(school.space, "registrar")
        assert here == (await _class_list(other, school)).headers["content-language"]


async def test_a_school_chooses_its_language_and_no_other_s(
    vietnamese: Any, chinese: Any, as_role: People, host: Host
) -> None:
    choose = "mutation($l: String!) { setLanguage(input: {language: $l}) { errors { code field } } }"
    admin = await as_role.as_role(chinese.space, "admin")
    registrar = await as_role.as_role(chinese.space, "registrar")
    other = await as_role.as_role(vietnamese.space, "registrar")
    try:
        assert [] == (await admin.gql(choose, l="en"))["setLanguage"]["errors"]
        assert "en" == (await _class_list(registrar, chinese)).headers["content-language"]
        assert "en" == (await registrar.gql("{ viewer { space { locale } } }"))["viewer"]["space"]["locale"]
        assert "vi" == (await _class_list(other, vietnamese)).headers["content-language"]
        wrong = (await admin.gql(choose, l="fr"))["setLanguage"]["errors"]
        assert [{"code": "INVALID", "field": "language"}] == wrong
        await registrar.refused(choose, l="vi")
    finally:
        # Its own again, with the region that its preset names.
        assert [] == (await admin.gql(choose, l="zh-Hant"))["setLanguage"]["errors"]
    assert "zh-Hant-HK" == (await registrar.gql("{ viewer { space { locale } } }"))["viewer"]["space"]["locale"]
    async with host.database.transaction(chinese.space.id) as transaction:
        changes = await transaction.fetch(
            "SELECT arguments::text FROM audit_entry WHERE command = 'tenants.language.set' ORDER BY at"
        )
    assert ["en", "zh-Hant"] == [json.loads(each["arguments"])["language"] for each in changes]


async def test_the_papers_are_named_in_the_language(vietnamese: Any, chinese: Any, as_role: People) -> None:
    for school, title, variable in ((vietnamese, "Danh sách lớp", "Lớp học."), (chinese, "班級名單", "班別。")):
        registrar = await as_role.as_role(school.space, "registrar")
        listed = (await registrar.http.get("/documents")).json()
        assert {"name": "school.class_list", "title": title, "variables": {"schoolClass": variable}} in listed
        asked = (await registrar.http.get("/documents", params={"language": "en"})).json()
        assert {"name": "school.class_list", "title": "Class list", "variables": {"schoolClass": "The class."}} in asked


@pytest.mark.parametrize("language", ["fr", "", "VI", "zh", "../vi", "zh-Hant-HK"])
async def test_a_language_that_the_house_does_not_speak_is_refused(
    language: str, chinese: Any, as_role: People
) -> None:
    registrar = await as_role.as_role(chinese.space, "registrar")
    given_class = f"SchoolClass_{chinese.filled.school_class}"
    for path, params in (
        ("/documents", {}),
        ("/documents/school.class_list", {"schoolClass": given_class}),
        ("/lists/students.csv", {}),
    ):
        answer = await registrar.http.get(path, params={**params, "language": language})
        assert (422, "language") == (answer.status_code, answer.json()["errors"][0]["field"])
        assert all(each in answer.json()["errors"][0]["message"] for each in LANGUAGES)
    # What is not there is not there in any language.
    absent = await registrar.http.get("/documents/gradebook.term_report", params={"language": language})
    assert 404 == absent.status_code


@pytest.mark.parametrize(
    ("language", "said", "sign"),
    [
        ("en", ("Term report: ", "Mid-term", "no official form"), "."),
        ("vi", ("Bảng điểm học kỳ: ", "Giữa kỳ", "Đánh giá thường xuyên", "không phải là mẫu chính thức"), ","),
        ("zh-Hant", ("學期成績表：", "期中", "平時成績", "並非官方表格"), "."),
        ("zh-Hans", ("学期成绩单：", "期中", "平时成绩", "不是官方表格"), "."),
    ],
)
async def test_marks_have_the_decimal_sign_of_the_language(
    language: str, said: tuple[str, ...], sign: str, vietnamese: Any, as_role: People
) -> None:
    student = vietnamese.filled.student
    reader = await as_role.as_role(vietnamese.space, "student", person=student)
    data = await reader.gql(
        "{ terms(first: 1) { nodes { id } } subjectResults(first: 100) { nodes { score term { id } } } }"
    )
    term = data["terms"]["nodes"][0]["id"]
    params = {"student": f"Student_{student}", "term": term, "language": language}
    answer = await reader.http.get("/documents/gradebook.term_report", params=params)
    assert 200 == answer.status_code, answer.text
    text = _read(answer.content)
    for each in said:
        assert each in text
    scores = [
        each["score"]
        for each in data["subjectResults"]["nodes"]
        if each["score"] is not None and each["term"] is not None and each["term"]["id"] == term
    ]
    assert scores
    for score in scores:
        assert f"{Decimal(score):.1f}".replace(".", sign) in text
    other = {".": ",", ",": "."}[sign]
    assert not re.search(rf"(?<![\d/.])\d{re.escape(other)}\d+\b", text), "a mark is written in another manner"


# Lists --------------------------------------------------------------------------------------------------


async def _head(client: Client, name: str, **params: str) -> list[str]:
    answer = await client.http.get(f"/lists/{name}.csv", params=params)
    assert 200 == answer.status_code, answer.text
    return next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


#: Language to some heads of the lists of students and of enrolments.
HEADS = {
    "en": ({"Full name", "Birth date", "Sex"}, {"School class: name", "Student: full name", "Class number"}),
    "vi": ({"Họ và tên", "Ngày sinh", "Giới tính"}, {"Lớp: Tên", "Học sinh: Họ và tên", "Số thứ tự trong lớp"}),
    "zh-Hant": ({"姓名", "出生日期", "性別"}, {"班別：名稱", "學生：姓名", "班號"}),
    "zh-Hans": ({"姓名", "出生日期", "性别"}, {"班级：名称", "学生：姓名", "班内序号"}),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_list_is_headed_in_the_language_that_is_asked_for(
    language: str, vietnamese: Any, chinese: Any, as_role: People
) -> None:
    for school in (vietnamese, chinese):
        registrar = await as_role.as_role(school.space, "registrar")
        students, enrolments = HEADS[language]
        assert students <= set(await _head(registrar, "students", language=language))
        assert enrolments <= set(await _head(registrar, "classEnrolments", language=language))
        # What is below is one and the same, whatever is above it.
        lists = [
            (await registrar.http.get("/lists/students.csv", params=params)).content.decode().partition("\r\n")[2]
            for params in ({}, {"language": language})
        ]
        assert lists[0] == lists[1]


async def test_programs_know_a_list_by_its_english_heads(vietnamese: Any, as_role: People) -> None:
    clerk = await as_role.newcomer(vietnamese.space)
    assert clerk.account is not None
    await as_role._host.directory.add_member(vietnamese.space.id, clerk.account, roles=["registrar"])
    before = await _head(clerk, "students")
    assert 204 == (await clerk.http.post("/auth/language", json={"language": "vi"})).status_code
    assert before == await _head(clerk, "students") == await _head(clerk, "students", language="en")
    assert before == await _head(await as_role.with_token(clerk, vietnamese.space), "students")


async def test_a_workbook_speaks_too_and_a_head_is_that_of_its_own_plugin(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    answer = await registrar.http.get("/lists/marks.xlsx", params={"language": "vi"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    # In the registry a number is an ordinal, in the gradebook a mark.
    assert {"Điểm", "Học sinh: Họ và tên", "Lần đánh giá: Tên gọi"} <= {cell.value for cell in sheet[1]}
    assert {"Số thứ tự", "Tên gọi"} <= set(await _head(registrar, "gradeLevels", language="vi"))


async def test_what_the_office_lists_beside_has_heads_too(vietnamese: Any, as_role: People) -> None:
    admin = await as_role.as_role(vietnamese.space, "admin")
    for name, heads in {
        "consentPurposes": {"Mã", "Căn cứ pháp lý"},
        "auditEntries": {"Thời điểm", "Tài khoản", "Thao tác"},
        "jobs": {"Tình trạng"},
        "invitations": {"Thời điểm hết hạn"},
        "customFields": {"Tối đa"},
    }.items():
        assert heads <= set(await _head(admin, name, language="vi"))


# What plugins bring -------------------------------------------------------------------------------------


def test_papers_notices_and_columns_are_among_the_texts_of_a_plugin(host: Host) -> None:
    said = {text for plugin in host.registry.plugins for text, _ in said_by(host, plugin)}
    # A title, a variable, a text of a template, one of a notice, and the head of a column.
    assert {"Class list", "The class.", "as on {date}", "Enter marks: {title}", "Birth date"} <= said


def test_every_text_is_given_the_values_that_it_names(host: Host) -> None:
    call = re.compile(r'\bt\("([^"]*)"((?:, \w+: [^,()]*(?:\((?:[^()]|\([^()]*\))*\))?)*),?\s*\)', re.DOTALL)
    for _, documents in host.hooks.collect_by_plugin("documents"):
        for document in documents:
            source = document.template.read_text("utf-8")
            found = call.findall(source)
            assert len(found) == len(re.findall(r'\bt\("', source)), document.name
            for text, values in found:
                own = re.sub(r"\(.*?\)+", "", values, flags=re.DOTALL)  # without the arguments of inner calls
                assert placeholders(text) == set(re.findall(r", (\w+):", own)), text


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        ('msgid "Of {name}"\nmsgstr "Của {ten}"\n', "vi.po has other values than 'Of {name}'"),
        ('msgid "Of {name}"\nmsgstr "Của {name"\n', "vi.po: 'Of {name}': expected '}' before end of string"),
        ('msgctxt "Student"\nmsgid "Name"\nmsgstr "Tên {x}"\n', "vi.po has other values than 'Name'"),
        ("Of {name} = Của {name}\n", "vi.po cannot be read: Unknown or misformatted"),
        (None, "there is no folder"),
    ],
)
def test_a_plugin_whose_catalogue_is_wrong_is_left_out(
    content: str | None, reported: str, host: Host, tmp_path: Path
) -> None:
    folder = tmp_path / "locale"
    if content is not None:
        folder.mkdir()
        (folder / "vi.po").write_text(_header("vi") + content, "utf-8")
    kind = type("Wrong", (Plugin,), {"name": "wrong", "title": "Wrong", "locale": folder})
    registry = PluginRegistry.discover([kind()])
    Host(registry, host.database, host.queue, settings=host.settings)
    assert ["wrong"] == [each.name for each in registry.quarantined]
    assert reported in registry.quarantined[0].reason


def test_an_author_is_informed_of_what_lacks_a_translation(host: Host, tmp_path: Path) -> None:
    template = tmp_path / "list.typ"
    template.write_text('#t("found on {date}", date: "x") #t("a \\"quoted\\" word") #t("known")', "utf-8")
    paper = Document("lost.list", "Lost property", "{ viewer { login } }", template, {"item": "The item."})
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "vi.po").write_text(_header("vi") + '# Ours.\nmsgid "known"\nmsgstr "đã biết"\n', "utf-8")

    class Lost(Plugin):
        name = "lost"
        title = "Lost property"
        locale = tmp_path / "locale"

        @hookimpl
        def documents(self) -> list[Document]:
            return [paper]

    registry = PluginRegistry.discover([Lost()])
    there = Host(registry, host.database, host.queue, settings=host.settings)
    assert [] == registry.quarantined
    texts = ["Lost property", "The item.", "found on {date}", 'a "quoted" word']
    assert texts == list(missing(there, "lost", "vi"))
    assert [*texts, "known"] == list(missing(there, "lost", "zh-Hans"))
    for language in ("vi", "zh-Hans"):
        path = append(there, "lost", language, missing(there, "lost", language))
        content = path.read_text("utf-8")
        assert ("# Ours." in content) == (language == "vi"), "what was there stays"
        assert "#. The paper lost.list." in content
        filled = tmp_path / f"{language}.po"  # what was read once is not read again
        filled.write_text(content.replace('on {date}"\nmsgstr ""', 'on {date}"\nmsgstr "+{date}"'), "utf-8")
        assert "+{date}" == read_catalogue(filled)["found on {date}"]
        assert 1 + (language == "vi") == len(read_catalogue(filled)), "what is not filled in is no translation"
        appended = append(there, "lost", language, missing(there, "lost", language)).read_text("utf-8")
        assert appended == content, "a text that waits for its translation is not added twice"
    with pytest.raises(ConfigurationError, match="plugin nobody: it is not installed"):
        missing(there, "nobody", "vi")


def test_a_plugin_that_is_quarantined_for_its_texts_can_be_given_them(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    words = {"title": "Found", "subject": "Something was found", "body": "It is at the gate."}
    kind = NoticeKind("lost.found", locale=tmp_path / "locale", **words)

    class Lost(Plugin):
        name = "lost"
        title = "Lost property"
        locale = tmp_path / "locale"

        @hookimpl
        def notice_kinds(self) -> list[NoticeKind]:
            return [kind]

    registry = PluginRegistry.discover([Lost()])
    closed_host(registry)
    assert ["lost"] == [each.name for each in registry.quarantined]
    for language in LANGUAGES[1:]:
        there = closed_host(PluginRegistry.discover([Lost()]), check_texts=False)
        lacking = missing(there, "lost", language)
        assert [*words.values(), "Lost property"] == list(lacking)
        path = append(there, "lost", language, lacking)
        path.write_text(re.sub(r'(msgid ".+"\n)msgstr ""', r'\1msgstr "x"', path.read_text("utf-8")), "utf-8")
    for cached in (read_catalogue, texts_in, catalogue_faults):  # a process reads each catalogue once
        cached.cache_clear()
    registry = PluginRegistry.discover([Lost()])
    closed_host(registry)
    assert [] == registry.quarantined


def test_the_command_line_says_it(host: Host) -> None:
    reported = CliRunner().invoke(main, ["translations", "gradebook", "vi"])
    assert (0, "gradebook lacks no text in vi\n") == (reported.exit_code, reported.output)
    assert 0 != CliRunner().invoke(main, ["translations", "gradebook", "fr"]).exit_code
    unknown = CliRunner().invoke(main, ["translations", "nobody", "vi"])
    assert (1, "homeroom: plugin nobody: it is not installed\n") == (unknown.exit_code, unknown.output)


def _header(name: str) -> str:
    return f'msgid ""\nmsgstr ""\n"Language: {name}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest_asyncio.fixture(loop_scope="session")
async def speaking(tmp_path: Path, chinese: Any) -> AsyncIterator[Any]:
    """Sets a template of a plugin that has a Vietnamese catalogue and no other."""
    folder = tmp_path / "locale"
    folder.mkdir()
    (folder / "vi.po").write_text(_header("vi") + 'msgid "Said about {who}"\nmsgstr "Nói về {who} {{}}"\n', "utf-8")
    template = tmp_path / "said.typ"

    def say(language: str, source: str, answer: Any, space: Space = chinese.space) -> str:
        head = '#import "paper.typ": answer, day, listed, number, paper, shown, t\n#show: paper.with(title: "x")\n'
        template.write_text(head + source, "utf-8")
        school = {"name": space.name, "region": space.region, "locale": space.locale, "printed": ""}
        speech = speech_of(language, space, folder, answer)
        return _read(_set(template, answer, school, speech, datetime(2026, 1, 1, tzinfo=UTC)))

    yield say


async def test_what_lacks_a_translation_stays_english_and_values_stay_values(speaking: Any) -> None:
    source = '#t("Said about {who}", who: answer.who)\n\n#t("nobody has translated {n}", n: 3)'
    answer = {"who": "{who} {x} #panic()"}
    for language, title in (("vi", "Nói về {who} {x} #panic() {}"), ("zh-Hans", "Said about {who} {x} #panic()")):
        text = speaking(language, source, answer)
        assert title in text
        assert "nobody has translated 3" in text


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "5 October 2025", "6 October 2025 01:30"),
        ("vi", "05/10/2025", "06/10/2025 01:30"),
        ("zh-Hant", "2025年10月5日", "2025年10月6日 01:30"),
        ("zh-Hans", "2025年10月5日", "2025年10月6日 01:30"),
    ],
)
async def test_dates_are_written_as_the_language_does_and_moments_on_the_school_s_clock(
    language: str, day: str, moment: str, speaking: Any
) -> None:
    source = "#day(answer.on)|#day(answer.deep.first().at)|#day(none)|#day(answer.odd)"
    answer = {"on": "2025-10-05", "deep": [{"at": "2025-10-05T17:30:00+00:00"}], "odd": "2025-99-99"}
    assert f"{day}|{moment}||2025-99-99" in speaking(language, source, answer).splitlines()


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "7.5 8 8.0 -0.25 a.b|A, B"), ("vi", "7,5 8 8,0 -0,25 Đ|A, B"), ("zh-Hant", "7.5 8 8.0 -0.25 Đ|A、B")],
)
async def test_numbers_and_lists_are_written_as_the_language_does(language: str, said: str, speaking: Any) -> None:
    word = "a.b" if language == "en" else "Đ"
    source = (
        '#number("7.50") #number("8.00") #number("8", places: 1) #number("-0.25") #answer.word|#listed(("A", "B"))'
        "#listed(())#number(none)"
    )
    assert said in speaking(language, source, {"word": word}).splitlines()


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(LANGUAGES))
def test_a_written_date_has_its_year_and_its_day(value: date, language: str) -> None:
    numbers = [int(each) for each in re.findall(r"\d+", written(value, language))]
    assert {value.year, value.day} <= set(numbers)
    assert (language == "en") == (len(numbers) == 2), "the month is a word in English alone"
    assert decimal_sign(language) in {",", "."}
