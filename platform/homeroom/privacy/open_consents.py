"""Questions of consent that wait for an answer of the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from homeroom.commands import Ref
from homeroom.computed_queries import query
from homeroom.context import Context
from homeroom.database.sql import fill
from homeroom.privacy.finding import kinds_of
from homeroom.privacy.rules import who_answers

__all__ = ["QUERIES", "OpenConsent"]

# $1 the caller's persons, $2 today. Answers to an earlier edition of the text do not count.
_OPEN: Final = """
SELECT n.id AS person, n.born, n.own, n.name, p.id AS purpose, p.title, p.text, p.guardian_below_age, p.person_from_age
FROM consent_purpose p CROSS JOIN
    (SELECT r.id, {born} AS born, r.id = ANY($1::uuid[]) AS own, {name} AS name FROM {table} r
     WHERE $2::date IS NOT NULL AND (r.id = ANY($1::uuid[]) OR {stand_in})) n
WHERE p.active AND NOT EXISTS (
    SELECT FROM consent_answer a WHERE a.purpose_id = p.id AND a.person_id = n.id AND a.edition = p.edition
    AND a.side IN ('both', CASE WHEN n.own THEN 'person' ELSE 'guardian' END))
ORDER BY p.title, n.name, n.id
"""


@dataclass(frozen=True)
class OpenConsent:
    """A question of consent that the caller has not answered.

    Args:
        purpose: What is asked.
        title: Of the purpose, as people call it.
        text: What people are asked.
        person_kind: What kind of person it is about, such as Student.
        person: Whom it is about, as an id of the schema.
        name: The person's name; empty where it is about the caller.
    """

    purpose: Annotated[UUID, Ref("ConsentPurpose")]
    title: str
    text: str
    person_kind: str
    person: str
    name: str


@query("privacy.consent.open")
async def open_consents(context: Context) -> list[OpenConsent]:
    """What the caller is asked about oneself or as a guardian, and has not answered.

    Only questions about kinds of persons for whom guardians may answer, such as students, are among them.
    """
    persons = list(context.caller.persons)
    found: list[OpenConsent] = []
    for kind, subject in kinds_of(context).items() if persons else ():
        if not subject.stand_in:
            continue
        given = {"persons": "$1::uuid[]", "today": "$2::date"}
        named = "full_name" in {each._meta.name for each in subject.table._meta.columns}
        parts = {
            "born": f"r.{subject.born}" if subject.born else "NULL::date",
            "name": "r.full_name" if named else "''",
            "table": subject.name,
            "stand_in": fill(subject.stand_in, "r", given.__getitem__),
        }
        for row in await context.fetch(_OPEN.format_map(parts), persons, context.today):
            ages = (row["guardian_below_age"], row["person_from_age"])
            by_person, by_guardian = who_answers(row["born"], *ages, context.today)
            if by_person if row["own"] else by_guardian:
                asked = (row["purpose"], row["title"], row["text"])
                found.append(OpenConsent(*asked, kind, f"{kind}_{row['person']}", "" if row["own"] else row["name"]))
    return found


QUERIES: Final = (open_consents,)
