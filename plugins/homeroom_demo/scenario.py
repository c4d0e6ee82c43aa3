"""A day of school, played over HTTP as the different people: what ``homeroom demo --check`` does."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from homeroom.boot import build_host
from homeroom_demo.bundle import ORGANISATION, roster_bundle
from homeroom_demo.client import Answer, Person
from homeroom_demo.plans import SCHOOLS
from homeroom_demo.show import QUERIES
from homeroom_demo.steps import StepFailed, Steps, expect, payload

if TYPE_CHECKING:
    from homeroom_demo.running import Demonstration

__all__ = ["play"]

_VN, _HK = SCHOOLS[0].slug, SCHOOLS[1].slug

_ERRORS = "errors { code message field row }"
_ENTER = f"""mutation Enter($gradebook: ID!, $rows: [MarkRowInput!]!) {{
  enterMarks(input: {{gradebook: $gradebook, rows: $rows}}) {{ marks {{ id version }} {_ERRORS} }} }}"""
_OPEN = f"""mutation Open($term: ID!) {{
  openEntryRound(input: {{title: "End of term", term: $term}}) {{ entryRound {{ id status }} {_ERRORS} }} }}"""
_CLOSE = f"""mutation Close($round: ID!) {{
  closeEntryRound(input: {{entryRound: $round}}) {{ entryRound {{ id status }} {_ERRORS} }} }}"""
_ROSTER = f"""mutation Roster($bundle: String!, $organisations: [String!]!, $rehearse: Boolean!) {{
  importRoster(input: {{bundle: $bundle, organisations: $organisations, rehearse: $rehearse}}) {{
    importRun {{ id report }} {_ERRORS} }} }}"""
_BOOKS = """query Books($name: String!) {
  gradebooks(first: 50, filter: {schoolClass: {name: {eq: $name}}}) { nodes {
    id measure schemeVersion subject { title } classSubject { id } schoolClass { id name }
    assessments(first: 50) { nodes { id kind coefficient term { id number } } } } } }"""
_PUPILS = """query Pupils($id: ID!) {
  schoolClass(id: $id) { currentEnrolments(first: 60) { nodes { classNumber student { id fullName } } } } }"""
_LINES = """query Lines($gradebook: ID!, $student: ID!) {
  subjectResults(first: 10, filter: {gradebook: {id: {eq: $gradebook}}, student: {id: {eq: $student}}}) {
    nodes { span score schemeVersion term { number } } } }"""
_COUNT = "{ students(first: 1) { totalCount } }"
_HAS_GRADEBOOK = "{ gradebooks(first: 1) { totalCount } }"


class _Play:
    """The people, and what they found out so far."""

    def __init__(self, running: Demonstration) -> None:
        self._running = running
        self._signed_in: dict[tuple[str, str], Person] = {}
        self.book: dict[str, Any] = {}
        self.pupils: list[dict[str, Any]] = []
        self.term = ""
        self.round = ""
        self.columns: list[dict[str, Any]] = []

    def who(self, role: str, slug: str = _VN) -> Person:
        """Somebody of a school, signed in."""
        person = self._signed_in.get((role, slug))
        if person is None:
            person = Person(self._running.address, slug, self._running.record.schools[slug].login(role))
            response = person.sign_in(self._running.record.password)
            if response.status_code // 100 != 2:
                raise StepFailed(f"{person.login} cannot sign in: HTTP {response.status_code} {response.text}")
            self._signed_in[role, slug] = person
        return person

    def leave(self) -> None:
        """Close everybody's connections."""
        for person in self._signed_in.values():
            person.close()

    def switch(self, *plugins: str) -> None:
        """What the operator does at the command line: switch plugins of the school on and off."""

        async def change() -> None:
            host = build_host(self._running.settings)
            await host.open()
            try:
                space = await host.directory.space(_VN)
                await host.directory.set_plugins(space.id, plugins)
            finally:
                await host.close()

        asyncio.run(change())

    # -- the steps ----------------------------------------------------------------------------------

    def strangers_stay_outside(self) -> None:
        person = Person(self._running.address, _VN, self._running.record.schools[_VN].login("teacher"))
        expect(401, person.sign_in("not the password").status_code, "a wrong password")
        expect(401, person.ask(_COUNT).status, "a question without a session")

    def _roster(self, *, broken_line: int | None = None, rehearse: bool = False) -> dict[str, Any]:
        answer = self.who("registrar").ask(
            "{ schoolYears(first: 1, filter: {status: {eq: CURRENT}}) { nodes { startsOn endsOn } } }"
        )
        year = answer.data["schoolYears"]["nodes"][0]
        bundle = roster_bundle(
            starts_on=date.fromisoformat(year["startsOn"]),
            ends_on=date.fromisoformat(year["endsOn"]),
            students=5,
            broken_line=broken_line,
        )
        answer = self.who("registrar").ask(_ROSTER, bundle=bundle, organisations=[ORGANISATION], rehearse=rehearse)
        return payload(answer, "importRoster")

    def _students(self) -> int:
        return int(self.who("registrar").ask(_COUNT).data["students"]["totalCount"])

    def a_bad_roster_is_refused(self) -> None:
        before = self._students()
        outcome = self._roster(broken_line=4)
        if not any("enrollments.csv" in each["message"] and each["row"] == 4 for each in outcome["errors"]):
            raise StepFailed(f"no error names line 4 of enrollments.csv: {outcome}")
        expect(before, self._students(), "students after the refusal")

    def a_roster_is_tried(self) -> None:
        before = self._students()
        outcome = self._roster(rehearse=True)
        expect([], outcome["errors"], "errors")
        expect(before, self._students(), "students after the rehearsal")

    def a_roster_comes_in(self) -> None:
        before = self._students()
        for attempt in ("first", "second"):
            outcome = self._roster()
            expect([], outcome["errors"], f"errors of the {attempt} import")
            expect(before + 5, self._students(), f"students after the {attempt} import")

    def no_gradebook(self) -> None:
        answer = self.who("teacher").ask(_HAS_GRADEBOOK)
        if answer.data or not any("gradebooks" in each["message"] for each in answer.errors):
            raise StepFailed(f"the schema should not know the field: {answer}")

    def the_gradebook_is_switched_off(self) -> None:
        self._before = frozenset(self._plugins())
        self.switch(*(self._before - {"gradebook", "vn"}))
        self.no_gradebook()

    def _plugins(self) -> list[str]:
        async def ask() -> list[str]:
            host = build_host(self._running.settings)
            await host.open()
            try:
                return sorted((await host.directory.space(_VN)).plugins)
            finally:
                await host.close()

        return asyncio.run(ask())

    def the_gradebook_comes_on(self) -> None:
        self.switch(*self._before)
        answer = self.who("admin").ask(_HAS_GRADEBOOK)
        if answer.errors or not answer.data["gradebooks"]["totalCount"]:
            raise StepFailed(f"no books: {answer}")

    def the_teacher_finds_the_class(self) -> None:
        name = self._running.record.schools[_VN].class_name
        books = self.who("teacher").ask(_BOOKS, name=name).data["gradebooks"]["nodes"]
        self.book = next(book for book in books if book["measure"] == "SCORED")
        self.term = next(
            each["term"]["id"] for each in self.book["assessments"]["nodes"] if each["term"]["number"] == 1
        )
        self.columns = [each for each in self.book["assessments"]["nodes"] if each["term"]["number"] == 1]
        answer = self.who("teacher").ask(_PUPILS, id=self.book["schoolClass"]["id"])
        self.pupils = [each["student"] for each in answer.data["schoolClass"]["currentEnrolments"]["nodes"]]
        if len(self.pupils) < 20:
            raise StepFailed(f"{len(self.pupils)} students in {name}: {answer}")

    def nothing_without_a_round(self) -> None:
        outcome = payload(self._enter("teacher", self._rows(first=1)), "enterMarks")
        expect({"ROUND_CLOSED"}, {each["code"] for each in outcome["errors"]}, "codes")

    def a_teacher_cannot_open_a_round(self) -> None:
        answer = self.who("teacher").ask(_OPEN, term=self.term)
        if not answer.errors or (answer.data.get("openEntryRound") or {}).get("entryRound"):
            raise StepFailed(f"a teacher opened a round: {answer}")

    def the_round_opens(self) -> None:
        outcome = payload(self.who("admin").ask(_OPEN, term=self.term), "openEntryRound")
        expect([], outcome["errors"], "errors")
        self.round = outcome["entryRound"]["id"]

    def _value(self, student: int, column: int) -> str:
        return str(Decimal(50 + (student * 7 + column * 3) % 50) / 10)

    def _rows(self, first: int | None = None) -> list[dict[str, Any]]:
        return [
            {"student": pupil["id"], "assessment": column["id"], "value": self._value(number, place)}
            for number, pupil in enumerate(self.pupils)
            for place, column in enumerate(self.columns)
        ][:first]

    def _enter(self, role: str, rows: list[dict[str, Any]]) -> Answer:
        return self.who(role).ask(_ENTER, gradebook=self.book["id"], rows=rows)

    def a_mark_out_of_range_is_refused(self) -> None:
        rows = self._rows()
        rows[3]["value"] = "11"
        outcome = payload(self._enter("teacher", rows), "enterMarks")
        expect([("INVALID", "rows.value", 3)], [(e["code"], e["field"], e["row"]) for e in outcome["errors"]], "errors")
        answer = self.who("teacher").ask(
            "query M($g: ID!) { marks(first: 1, filter: {gradebook: {id: {eq: $g}}}) { totalCount } }",
            g=self.book["id"],
        )
        expect(0, answer.data["marks"]["totalCount"], "marks after the refusal")

    def the_teacher_enters_the_term(self) -> None:
        rows = self._rows()
        outcome = payload(self._enter("teacher", rows), "enterMarks")
        expect([], outcome["errors"], "errors")
        expect(len(rows), len(outcome["marks"]), "marks in the answer")

    def two_save_the_same_cell(self) -> None:
        outcome = payload(
            self.who("registrar").ask(
                "mutation Assign($rows: [TeachingRowInput!]!) {"
                f" assignTeaching(input: {{rows: $rows}}) {{ teachingAssignments {{ id }} {_ERRORS} }} }}",
                rows=[{"classSubject": self.book["classSubject"]["id"], "staff": self._second_teacher()}],
            ),
            "assignTeaching",
        )
        expect([], outcome["errors"], "errors of assigning the second teacher")
        cell = {"student": self.pupils[0]["id"], "assessment": self.columns[0]["id"], "expectedVersion": 1}
        self.who("homeroom teacher")
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda each: self._enter(each[0], [{**cell, "value": each[1]}]),
                    (("teacher", "9.5"), ("homeroom teacher", "6.5")),
                )
            )
        codes = sorted(",".join(e["code"] for e in payload(answer, "enterMarks")["errors"]) for answer in answers)
        expect(["", "CONFLICT"], codes, "outcomes")
        # Back to the planned value, so that the averages below can be foretold.
        back = {**cell, "expectedVersion": 2, "value": self._value(0, 0)}
        expect([], payload(self._enter("teacher", [back]), "enterMarks")["errors"], "errors")

    def _second_teacher(self) -> str:
        answer = self.who("homeroom teacher").ask(
            "query H($id: ID!) { schoolClass(id: $id) { currentHomeroomAppointment { staff { id } } } }",
            id=self.book["schoolClass"]["id"],
        )
        return str(answer.data["schoolClass"]["currentHomeroomAppointment"]["staff"]["id"])

    def the_round_closes(self) -> None:
        outcome = payload(self.who("admin").ask(_CLOSE, round=self.round), "closeEntryRound")
        expect([], outcome["errors"], "errors")
        late = {"student": self.pupils[0]["id"], "assessment": self.columns[0]["id"], "value": "1",
                "expectedVersion": 3}  # fmt: skip
        outcome = payload(self._enter("teacher", [late]), "enterMarks")
        expect(["ROUND_CLOSED"], [each["code"] for each in outcome["errors"]], "codes")

    def averages_follow_the_circular(self) -> None:
        """Circular 22/2021/TT-BGDĐT, article 9: regular marks count once, midterm twice, final three times."""
        for number in (0, 11, len(self.pupils) - 1):
            weighted = [
                (Decimal(self._value(number, place)), column["coefficient"])
                for place, column in enumerate(self.columns)
            ]
            mean = sum((mark * weight for mark, weight in weighted), Decimal()) / sum(w for _, w in weighted)
            expected = mean.quantize(Decimal("0.1"), ROUND_HALF_UP)
            answer = self.who("homeroom teacher").ask(
                _LINES, gradebook=self.book["id"], student=self.pupils[number]["id"]
            )
            lines = answer.data["subjectResults"]["nodes"]
            line = next(each for each in lines if each["span"] == "TERM" and each["term"]["number"] == 1)
            expect(expected, Decimal(line["score"]), f"average of {self.pupils[number]['fullName']}")
            if "22/2021" not in line["schemeVersion"].replace("TT22", "22/2021").replace("22_2021", "22/2021"):
                raise StepFailed(f"not by circular 22/2021: {line}")

    def each_grade_has_its_circular(self) -> None:
        answer = self.who("principal").ask("{ gradebooks(first: 200) { nodes { grade schemeVersion } } }")
        by_grade = {each["grade"]: each["schemeVersion"] for each in answer.data["gradebooks"]["nodes"]}
        if len({by_grade[grade] for grade in (1, 6)}) != 2:
            raise StepFailed(f"grades 1 and 6 should stand under different circulars: {by_grade}")

    def students_see_their_own(self) -> None:
        answer = self.who("student").ask(
            "{ students { totalCount nodes { id } } marks(first: 50) { totalCount nodes { student { id } } } }"
        )
        expect(1, answer.data["students"]["totalCount"], "students that a student sees")
        me = answer.data["students"]["nodes"][0]["id"]
        expect({me}, {each["student"]["id"] for each in answer.data["marks"]["nodes"]}, "whose marks")
        expect(len(self.columns), answer.data["marks"]["totalCount"], "marks that the student sees")
        other = next(each["id"] for each in self.pupils if each["id"] != me)
        answer = self.who("student").ask("query O($id: ID!) { student(id: $id) { fullName } }", id=other)
        expect(None, answer.data.get("student"), "another student")

    def guardians_see_their_child(self) -> None:
        answer = self.who("guardian").ask("{ students(first: 5) { totalCount } marks(first: 1) { totalCount } }")
        expect(1, answer.data["students"]["totalCount"], "students that the guardian sees")
        expect(len(self.columns), answer.data["marks"]["totalCount"], "marks that the guardian sees")

    def nothing_in_the_other_school(self) -> None:
        there = self.who("teacher").elsewhere(_HK)
        answer = there.ask(_COUNT)
        there.close()
        expect((403, {}), (answer.status, answer.data), "the other school")
        nowhere = self.who("teacher").elsewhere("no-such-school")
        absent = nowhere.ask(_COUNT)
        nowhere.close()
        expect((absent.status, absent.errors), (answer.status, answer.errors), "a school that does not exist")

    def the_printed_queries_answer(self) -> None:
        for plan in SCHOOLS:
            for heading, role, document in QUERIES[plan.region]:
                answer = self.who(role, plan.slug).ask(document)
                if answer.errors or not answer.data or "'totalCount': 0" in str(answer.data):
                    raise StepFailed(f"{plan.slug}, {heading}: {answer}")

    def graphiql_needs_no_network(self) -> None:
        page = self.who("teacher").page("/graphiql")
        expect(200, page.status_code, "the page")
        links = re.findall(r'(?:src|href)="([^"]*)"', page.text)
        for link in links:
            expect("/", link[:1], f"the first letter of the link {link}")
            expect(200, self.who("teacher").page(link).status_code, link)
        if len(links) < 4:
            raise StepFailed(f"where are its parts? {links}")

    def no_gradebook_in_hong_kong(self) -> None:
        answer = self.who("teacher", _HK).ask(_HAS_GRADEBOOK)
        if answer.data or not any("gradebooks" in each["message"] for each in answer.errors):
            raise StepFailed(f"the schema should not know the field: {answer}")
        answer = self.who("teacher", _HK).ask('{ __type(name: "Gradebook") { name } }')
        expect({"__type": None}, answer.data, "the type")


def play(running: Demonstration) -> int:
    """Play it all.

    Args:
        running: Fresh schools and a server that answers.

    Returns:
        How many steps failed.
    """
    from homeroom_demo.running import say

    day = _Play(running)
    steps = Steps(say)
    say("")
    try:
        for sentence, step in (
            ("strangers and wrong passwords stay outside", day.strangers_stay_outside),
            ("the registrar's roster with a bad line is refused, the line named", day.a_bad_roster_is_refused),
            ("the registrar rehearses the import of a roster", day.a_roster_is_tried),
            ("the registrar imports it, and a second time changes nothing", day.a_roster_comes_in),
            ("the school without its gradebook has no such field", day.the_gradebook_is_switched_off),
            ("the school switches the gradebook on, and its books are there", day.the_gradebook_comes_on),
            ("a subject teacher finds the class and its book", day.the_teacher_finds_the_class),
            ("marks are refused while no entry round is open", day.nothing_without_a_round),
            ("a teacher cannot open a round", day.a_teacher_cannot_open_a_round),
            ("the board member opens the entry round", day.the_round_opens),
            ("a mark out of range is refused, the row named", day.a_mark_out_of_range_is_refused),
            ("the teacher enters the term's marks of the class in one call", day.the_teacher_enters_the_term),
            ("two teachers save the same cell at once: one wins, the other is refused", day.two_save_the_same_cell),
            ("the round closes and entry is refused", day.the_round_closes),
            ("the homeroom teacher sees the averages of the circular", day.averages_follow_the_circular),
            ("another grade is under another circular", day.each_grade_has_its_circular),
            ("a student sees the own marks alone", day.students_see_their_own),
            ("a guardian sees the child's marks alone", day.guardians_see_their_child),
            ("the same account in the other school sees nothing", day.nothing_in_the_other_school),
            ("the school without a gradebook has no such field in its schema", day.no_gradebook_in_hong_kong),
            ("every query that the demonstration prints is answered", day.the_printed_queries_answer),
            ("GraphiQL is served whole from here", day.graphiql_needs_no_network),
        ):
            steps.play(sentence, step)
    finally:
        day.leave()
    return steps.failed
