"""A school's talent year, played over HTTP as the different people: what ``homeroom demo play talent`` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from homeroom_demo.client import Person
from homeroom_demo.steps import StepFailed, Steps, expect, payload
from homeroom_demo.talent_school import TalentSchool, paper_path

__all__ = ["LANGUAGES", "play_talent"]

#: In which languages the profile is printed.
LANGUAGES: Final = ("en", "zh-Hant", "vi")
_ERRORS: Final = "errors { code message field row column }"
_ITEM: Final = "talentItem { id state approvals { nodes { id seen state } } }"
_NOMINATE: Final = f"""mutation($input: CreateTalentItemInput!) {{
  createTalentItem(input: $input) {{ {_ITEM} {_ERRORS} }} }}"""
_TEAM: Final = f"""mutation($rows: [TalentTeamMemberInput!]!, $evidence: [Upload!]) {{
  nominateTalentTeam(input: {{section: COMPETITION, category: "chess", title: "全港小學棋藝團體賽", level: TERRITORY,
    titles: {{en: "Primary schools chess league, team", vi: "Giải cờ đồng đội các trường tiểu học"}},
    happenedOn: "2026-10-20", organiser: "香港棋藝會", rows: $rows, evidence: $evidence}}) {{
    talentItems {{ id approvals {{ nodes {{ id seen }} }} evidence {{ nodes {{ name }} }} }} {_ERRORS} }} }}"""
_IMPORT: Final = f"""mutation($file: Upload!, $rehearse: Boolean) {{
  importTalentItems(input: {{file: $file, rehearse: $rehearse}}) {{ importRun {{ id }} {_ERRORS} }} }}"""
_ADD: Final = f"""mutation($item: ID!, $evidence: [Upload!]!) {{
  addTalentEvidence(input: {{talentItem: $item, evidence: $evidence}}) {{ talentEvidences {{ id }} {_ERRORS} }} }}"""
_AGAIN: Final = (
    f"mutation($id: ID!) {{ resubmitApproval(input: {{approval: $id}}) {{ approval {{ state }} {_ERRORS} }} }}"
)
_DECIDE: Final = f"""mutation($rows: [ApprovalDecisionRowInput!]!) {{
  decideApprovals(input: {{rows: $rows}}) {{ approvals {{ id state }} {_ERRORS} }} }}"""
_INBOX: Final = """{ approvals(first: 100, filter: {waitsForMe: {eq: true}}) { nodes { id seen title } } }"""
_CONSENT: Final = f"""mutation($purpose: ID!, $student: ID!, $answer: ConsentReply!) {{
  answerConsent(input: {{purpose: $purpose, personKind: Student, person: $student, answer: $answer}}) {{
    {_ERRORS} }} }}"""
_PURPOSE: Final = "{ consentPurposes(first: 20) { nodes { id code } } }"
_SEEN: Final = "{ talentItems(first: 100) { totalCount nodes { id title state section student { id } } } }"
_STUDENTS: Final = "{ students(first: 100) { nodes { id code currentEnrolment { schoolClass { id name } } } } }"
_MATCH: Final = """query($level: ID, $day: Date) {
  matchTalents(category: "violin", leastGrade: 5, gradeLevel: $level, freeOn: $day) {
    student name schoolClass grade } }"""
_ENGAGE: Final = f"""mutation($student: ID!) {{ createTalentEngagement(input: {{student: $student, title: "Camp",
  startsOn: "2027-03-01", endsOn: "2027-03-03"}}) {{ {_ERRORS} }} }}"""
_FIGURES: Final = """{ talentItemsAggregate(groupBy: [{field: SCHOOL_YEAR}, {field: SCHOOL_CLASS}, {field: LEVEL}]) {
  groups { key { schoolYear { name } schoolClass { name } level } count sum { hours } } } }"""
_CERTIFICATE: Final = ("certificate.pdf", b"%PDF-1.7 a scanned certificate")


class _Play:
    """The people, and what they have found out so far."""

    def __init__(self, school: TalentSchool, papers: Path) -> None:
        self._school, self._papers = school, papers
        self._signed_in: dict[str, Person] = {}
        filled = school.filled
        self.child = f"Student_{filled.student}"
        self.item = ""
        self.request: dict[str, Any] = {}

    def who(self, name: str) -> Person:
        """Somebody, signed in."""
        if name not in self._signed_in:
            self._signed_in[name] = self._school.who(name)
        return self._signed_in[name]

    def leave(self) -> None:
        """Close everybody's connections."""
        for person in self._signed_in.values():
            person.close()

    def _class(self) -> list[dict[str, Any]]:
        """The students of the class of the child."""
        nodes = self.who("homeroom").ask(_STUDENTS).data["students"]["nodes"]
        home = next(each["currentEnrolment"]["schoolClass"]["id"] for each in nodes if each["id"] == self.child)
        return [
            each
            for each in nodes
            if each["currentEnrolment"] is not None and each["currentEnrolment"]["schoolClass"]["id"] == home
        ]

    def _decide(self, name: str, *rows: dict[str, Any]) -> dict[str, Any]:
        return payload(self.who(name).ask(_DECIDE, rows=list(rows)), "decideApprovals")

    # -- the steps ----------------------------------------------------------------------------------

    def a_teacher_nominates(self) -> None:
        given = {
            "student": self.child, "section": "COMPETITION", "category": "violin", "title": "香港學校音樂節小提琴獨奏",
            "titles": {"en": "Hong Kong Schools Music Festival, violin solo",
                       "vi": "Liên hoan âm nhạc học đường Hồng Kông, độc tấu vĩ cầm"},
            "happenedOn": "2026-10-12", "level": "TERRITORY", "award": "冠軍", "rank": 1, "grade": 6,
            "organiser": "香港學校音樂及朗誦協會", "hours": "40", "teacher": f"Staff_{self._school.filled.teacher}",
            "evidence": [None],
        }  # fmt: skip
        answer = self.who("homeroom").send(_NOMINATE, [_CERTIFICATE], "input.evidence", input=given)
        made = payload(answer, "createTalentItem")
        expect([], made["errors"], "errors")
        expect("NOMINATED", made["talentItem"]["state"], "state")
        self.item = made["talentItem"]["id"]
        self.request = made["talentItem"]["approvals"]["nodes"][0]

    def a_team_in_one_call(self) -> None:
        rows = [{"student": each["id"], "award": "亞軍", "hours": "25.5"} for each in self._class()[:4]]
        answer = self.who("homeroom").send(_TEAM, [_CERTIFICATE], "evidence", rows=rows, evidence=[None])
        made = payload(answer, "nominateTalentTeam")
        expect([], made["errors"], "errors")
        expect([1] * 4, [len(each["evidence"]["nodes"]) for each in made["talentItems"]], "files of each")

    def a_file_with_a_bad_line(self) -> None:
        lines = [
            "Student,Section,Category,Title,Day of the result,Level,Award,Hours",
            *(
                f"{each['code']},Other,service,圖書館服務,2026-11-02,School,,{12 + n}"
                for n, each in enumerate(self._class())
            ),
        ]
        bad = "\n".join([*lines, "nobody,Other,service,x,2026-11-02,School,,1"]).encode()
        found = payload(
            self.who("coordinator").send(_IMPORT, [("talents.csv", bad)], "file", file=None), "importTalentItems"
        )
        expect([(len(lines) + 1, "Student")], [(each["row"], each["column"]) for each in found["errors"]], "errors")
        good = "\n".join(lines).encode()
        for rehearse in (True, False):
            answer = self.who("coordinator").send(
                _IMPORT, [("talents.csv", good)], "file", file=None, rehearse=rehearse
            )
            expect([], payload(answer, "importTalentItems")["errors"], "errors")

    def nobody_verifies_the_own_nomination(self) -> None:
        row = {"approval": self.request["id"], "seen": self.request["seen"], "outcome": "APPROVE"}
        expect(["NOT_FOUND"], [each["code"] for each in self._decide("homeroom", row)["errors"]], "the teacher's codes")
        imported = self._requests_of("圖書館服務")[0]
        row = {"approval": imported["id"], "seen": imported["seen"], "outcome": "APPROVE"}
        expect(["OWN_REQUEST"], [each["code"] for each in self._decide("coordinator", row)["errors"]], "codes")

    def _inbox(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = self.who("coordinator").ask(_INBOX).data["approvals"]["nodes"]
        return nodes

    def _requests_of(self, title: str) -> list[dict[str, Any]]:
        document = """query($title: String!) { talentItems(first: 100, filter: {search: {matches: $title}}) {
          nodes { id title state approvals { nodes { id seen state } } } } }"""
        nodes = self.who("coordinator").ask(document, title=title).data["talentItems"]["nodes"]
        return [each["approvals"]["nodes"][0] for each in nodes]

    def evidence_that_changes_returns_the_request(self) -> None:
        page = ("second-page.pdf", b"%PDF-1.7 another page")
        answer = self.who("homeroom").send(_ADD, [page], "evidence", item=self.item, evidence=[None])
        expect([], payload(answer, "addTalentEvidence")["errors"], "errors")
        row = {"approval": self.request["id"], "seen": self.request["seen"], "outcome": "APPROVE"}
        # It does not wait for the coordinator any more, who has not seen the new page.
        expect(["NOT_FOUND"], [each["code"] for each in self._decide("coordinator", row)["errors"]], "codes")
        again = payload(self.who("homeroom").ask(_AGAIN, id=self.request["id"]), "resubmitApproval")
        expect([], again["errors"], "errors of submitting again")

    def others_verify_and_refuse(self) -> None:
        mine = {each["id"] for each in self._requests_of("圖書館服務")}
        rows = [
            {"approval": each["id"], "seen": each["seen"], "outcome": "APPROVE"}
            for each in self._inbox()
            if each["id"] not in mine
        ]
        last = next(each for each in reversed(rows) if each["approval"] != self.request["id"])
        last |= {"outcome": "REFUSE", "note": "The certificate names somebody else."}
        outcome = self._decide("coordinator", *rows)
        expect([], outcome["errors"], "errors")
        expect(4, sum(each["state"] == "APPROVED" for each in outcome["approvals"]), "nominations that are verified")

    def _answer(self, answer: str) -> None:
        purposes = self.who("guardian").ask(_PURPOSE).data["consentPurposes"]["nodes"]
        purpose = next(each["id"] for each in purposes if each["code"] == "talent_bank")
        given = self.who("guardian").ask(_CONSENT, purpose=purpose, student=self.child, answer=answer)
        expect([], payload(given, "answerConsent")["errors"], "errors")

    def nothing_is_public_without_the_family(self) -> None:
        expect(0, self.who("guardian").ask(_SEEN).data["talentItems"]["totalCount"], "what the family sees")

    def the_family_consents(self) -> None:
        self._answer("GIVEN")
        nodes = self.who("guardian").ask(_SEEN).data["talentItems"]["nodes"]
        expect({"PUBLISHED"}, {each["state"] for each in nodes}, "states")
        expect({self.child}, {each["student"]["id"] for each in nodes}, "whose")
        seen = self.who("teacher").ask(_SEEN).data["talentItems"]["nodes"]
        expect({self.child}, {each["student"]["id"] for each in seen if each["state"] == "PUBLISHED"}, "published")

    def the_gradebook_brings_its_best(self) -> None:
        for _ in range(2):
            self._school.run_job("talent.item.find")
        found = [
            each
            for each in self.who("coordinator").ask(_SEEN).data["talentItems"]["nodes"]
            if each["section"] == "ACADEMIC"
        ]
        expect(1, len(found), "items that the gradebook has brought")
        rows = [
            {"approval": each["id"], "seen": each["seen"], "outcome": "APPROVE"}
            for each in self._requests_of("全年成績第一名")
        ]
        expect([], self._decide("coordinator", *rows)["errors"], "errors")

    def a_match(self) -> None:
        expect([self.child], [each["student"] for each in self._matched("2027-03-10")], "students")
        engaged = payload(self.who("coordinator").ask(_ENGAGE, student=self.child), "createTalentEngagement")
        expect([], engaged["errors"], "errors")
        expect([], self._matched("2027-03-02"), "students on a day of the camp")

    def _matched(self, day: str) -> list[dict[str, Any]]:
        answer = self.who("teacher").ask(_MATCH, day=day)
        if answer.errors:
            raise StepFailed(str(answer))
        found: list[dict[str, Any]] = answer.data["matchTalents"]
        return found

    def statistics(self) -> None:
        groups = self.who("principal").ask(_FIGURES).data["talentItemsAggregate"]["groups"]
        everything = self.who("principal").ask(_SEEN).data["talentItems"]["totalCount"]
        expect(everything, sum(each["count"] for each in groups), "items in all groups")

    def the_profile_in_three_languages(self) -> None:
        for language in LANGUAGES:
            response = self.who("principal").page(f"/documents/talent.profile?student={self.child}&language={language}")
            if response.status_code != 200 or not response.content.startswith(b"%PDF"):
                raise StepFailed(f"{language}: HTTP {response.status_code} {response.text[:300]}")
            paper_path(self._papers, language).write_bytes(response.content)

    def the_family_withdraws(self) -> None:
        self._answer("WITHDRAWN")
        expect(0, self.who("guardian").ask(_SEEN).data["talentItems"]["totalCount"], "what the family sees")
        states = {each["state"] for each in self.who("principal").ask(_SEEN).data["talentItems"]["nodes"]}
        expect(False, "PUBLISHED" in states, "whether anything is published")


def play_talent(school: TalentSchool, papers: Path, say: Callable[[str], None]) -> int:
    """Play it all.

    Args:
        school: A fresh school and a server that answers.
        papers: The folder that gets the profiles.
        say: Prints a line.

    Returns:
        How many steps failed.
    """
    year, steps = _Play(school, papers), Steps(say)
    try:
        for sentence, step in (
            ("a teacher nominates a student, with a scanned certificate", year.a_teacher_nominates),
            ("a whole team is nominated in one call", year.a_team_in_one_call),
            ("a file with a bad line is refused by line and column, then imported", year.a_file_with_a_bad_line),
            ("nobody verifies what they have nominated", year.nobody_verifies_the_own_nomination),
            ("evidence that changes returns the nomination", year.evidence_that_changes_returns_the_request),
            ("the coordinator verifies many at once and refuses one", year.others_verify_and_refuse),
            ("nothing is public before the family consents", year.nothing_is_public_without_the_family),
            ("the family consents, and the achievements are published", year.the_family_consents),
            ("the gradebook brings the best of the year, once", year.the_gradebook_brings_its_best),
            ("a violinist is found for a day, and not for the days of a camp", year.a_match),
            ("statistics by year, class and level add up", year.statistics),
            ("the profile is printed in three languages", year.the_profile_in_three_languages),
            ("the family withdraws, and everything is hidden at once", year.the_family_withdraws),
        ):
            steps.play(sentence, step)
    finally:
        year.leave()
    return steps.failed
