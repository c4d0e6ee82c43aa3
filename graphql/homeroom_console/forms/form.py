"""One form: what it shows, what it does with what people send, and how it says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import msgspec

from homeroom_console.forms.choosing import names_of_rows
from homeroom_console.forms.conflicts import merged, with_choices
from homeroom_console.forms.controls import ControlMaker, FormControl, suggested
from homeroom_console.forms.own_fields import OWN, SET, names_in, own_inputs, own_values, section_noun, value_rows
from homeroom_console.forms.present import only_changed, present_values
from homeroom_console.forms.reading import Read, read_form
from homeroom_console.forms.running import Outcome, names_of, place_errors, run_verb
from homeroom_console.forms.settling import settle
from homeroom_console.forms.users import users_of
from homeroom_console.showing.values import row_address
from homeroom_graphql.vocabulary.values import Control, VerbPlace

if TYPE_CHECKING:
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyInput, VocabularyNoun, VocabularyVerb

__all__ = ["Form", "NoSuchRow", "Shown"]

#: What every form sends beside the inputs of its verb.
KEY, REASON, SUBJECT, UNSEEN, SEEN = "idempotencyKey", "~reason", "subject", "~unseen", "~seen"
#: Rows that a form names of those that it is about.
_NAMED: Final = 20


class NoSuchRow(Exception):  # noqa: N818 - it is an answer
    """The reader may not see the row that the form is about."""


@dataclass(slots=True)
class Shown:
    """What the template of a form shows.

    Args:
        verb: What it is the form of.
        controls: Its controls.
        own: Those of the school's own fields.
        subjects: The ids of the rows that it is about.
        names: What people call some of these.
        back: Where somebody comes from who does not send it.
        trail: The pages above it, each with its title and its address.
        key: By which a repeated request is known.
        seen: The present values that it shows, as JSON.
        unseen: Inputs whose present value it does not show.
        errors: What is wrong, each with its control where it has one.
        failures: Why the request failed as a whole.
        users: What uses a row that is to be removed.
        checks: Whether it is checked while people fill it in.
        then: The page to go on with, where the page that leads to the form has named one.
    """

    verb: VocabularyVerb
    controls: list[FormControl]
    own: list[FormControl]
    subjects: Sequence[str]
    names: Sequence[str]
    back: str
    trail: Sequence[tuple[str, str]]
    key: str
    seen: str = ""
    unseen: Sequence[str] = ()
    errors: list[tuple[FormControl | None, str]] = field(default_factory=list)
    failures: Sequence[str] = ()
    users: Sequence[tuple[VocabularyField, int]] = ()
    checks: bool = False
    then: str = ""

    @property
    def files(self) -> bool:
        """Whether it sends files."""
        return any(each.input.control is Control.FILE for each in self.controls)


class Form:
    """The form of a verb for one reader.

    Args:
        asking: Asks.
        reader: Who fills it in.
        verb: What it is the form of.
        subjects: The ids of the rows that it is about.
        offered: The noun whose list offers a verb that is about no noun; empty where none does.
    """

    def __init__(
        self, asking: Asking, reader: Reader, verb: VocabularyVerb, subjects: Sequence[str], offered: str = ""
    ) -> None:
        self._asking = asking
        self._reader = reader
        self.verb = verb
        self.subjects = subjects
        self._offered = offered
        self._own = section_noun(reader, verb, subjects[0] if len(subjects) == 1 else "")
        if verb.name == SET and self._own is not None:
            self._inputs: Sequence[VocabularyInput] = []
        else:
            without = frozenset({verb.subject}) if verb.subject is not None and subjects else frozenset()
            self._inputs = suggested(reader, verb, without)

    async def opened(self, values: Mapping[str, Any]) -> Shown:
        """The form as it is opened.

        Args:
            values: What is known of the inputs, as JSON.

        Raises:
            NoSuchRow: The reader may not see the row that it is about.
        """
        present = await self._present()
        own = await self._own_values()
        shown = await self._shown({**present, **values}, own)
        shown.seen = self._as_seen(present, own)
        shown.unseen = self._unseen(present)
        if self.verb.removes and self.subjects:
            await self._add_removal(shown)
        return shown

    async def refused(
        self, read: Read, own: Mapping[str, Any], sent: Mapping[str, Sequence[Any]], outcome: Outcome
    ) -> Shown:
        """The form with what was sent and what is wrong with it.

        Args:
            read: What was sent.
            own: The values of own fields among it.
            sent: The form itself.
            outcome: What is wrong.
        """
        values, seen = dict(read.arguments), _last(sent, SEEN)
        theirs: dict[str, Any] = {}
        if outcome.conflict and seen:
            present = await self._present()
            before = _decoded(seen)
            values, theirs = merged(self._inputs, values, before, present)
            seen = self._as_seen(present, {name: before.get(f"{OWN}{name}") for name in own})
        shown = await self._shown(values, own)
        for control in shown.controls:
            if control.input.name in theirs:
                control.theirs = theirs[control.input.name]
                control.theirs_shown = await self._as_text(control)
        shown.seen, shown.unseen = seen, [str(each) for each in sent.get(UNSEEN, ())]
        shown.errors = place_errors(self._reader, [*shown.controls, *shown.own], outcome.errors)
        shown.failures = [each["message"] for each in outcome.failures]
        return shown

    async def run(self, sent: dict[str, list[Any]], *, rehearse: bool = False) -> tuple[Read, dict[str, Any], Outcome]:
        """Run the verb with what a form sent. Gives what was read, the values of own fields, and what became of it.

        Args:
            sent: Name to values.
            rehearse: Whether everything is done and nothing kept.
        """
        unresolved = await settle(self._asking, self._reader, self._inputs, sent)
        zone = self._reader.space.time_zone
        read = read_form(self._inputs, sent, zone, [str(each) for each in sent.get(UNSEEN, ())])
        with_choices(read.arguments, sent)
        own: dict[str, Any] = {}
        if self._own is not None:
            inside = {name.removeprefix(OWN): values for name, values in sent.items() if name.startswith(OWN)}
            own = read_form(own_inputs(self._own), inside, zone).arguments
        if unresolved:
            errors = [{**each, "field": read.in_arguments(each["field"])} for each in unresolved]
            return read, own, Outcome(errors=errors)
        return read, own, await self._run(read, own, sent, rehearse=rehearse)

    async def _run(
        self, read: Read, own: Mapping[str, Any], sent: Mapping[str, Sequence[Any]], *, rehearse: bool
    ) -> Outcome:
        changed: list[str] = []
        rows: list[dict[str, Any]] = []
        if self._own is not None:
            seen = {
                name.removeprefix(OWN): value
                for name, value in _decoded(_last(sent, SEEN)).items()
                if name.startswith(OWN)
            }
            changed, rows = value_rows(self._own, self.subjects[0], own, seen)
        if rows:
            # The verb and the values are two requests: what is wrong with the values is known before either is done.
            outcome = await self._set_own(changed, rows, rehearse=rehearse or self.verb.name != SET)
            if not outcome.done or rehearse or self.verb.name == SET:
                return outcome
        if self.verb.name == SET and self._own is not None:
            return Outcome()
        whole = only_changed(self._inputs, read.arguments, _decoded(_last(sent, SEEN)))
        if self.verb.subject is not None and self.subjects:
            many = self.verb.place is VerbPlace.ROWS
            whole[self.verb.subject] = list(self.subjects) if many else self.subjects[0]
        if _last(sent, KEY) and not rehearse:
            whole[KEY] = _last(sent, KEY)
        if rehearse:
            whole["rehearse"] = True
        if self.verb.reason is not None and _last(sent, REASON):
            whole[self.verb.reason] = _last(sent, REASON)
        outcome = await run_verb(self._asking, self._reader, self.verb, whole)
        if outcome.done and rows and not rehearse:
            kept = await self._set_own(changed, rows, rehearse=False)
            return outcome if kept.done else kept
        return outcome

    async def _set_own(self, changed: Sequence[str], rows: Sequence[Mapping[str, Any]], *, rehearse: bool) -> Outcome:
        assert self._own is not None
        setting = self._reader.words.verbs[SET]
        arguments = {"noun": self._own.name, "rows": rows, "overwrite": False, "rehearse": rehearse}
        outcome = await run_verb(self._asking, self._reader, setting, arguments)
        return Outcome(errors=names_in(changed, outcome.errors), failures=outcome.failures)

    async def check(self, sent: dict[str, list[Any]]) -> list[dict[str, Any]]:
        """What would be refused: for each error the names of its control, the nearest first, and the message.

        Args:
            sent: What the form would send now.
        """
        read, own, outcome = await self.run(sent, rehearse=True)
        if outcome.done or outcome.conflict:
            return []
        maker = ControlMaker(self._asking, self._reader)
        controls = await maker.of_inputs(self._inputs, read.arguments)
        if self._own is not None:
            controls += await maker.of_inputs(own_inputs(self._own), own, OWN)
        place_errors(self._reader, controls, outcome.errors)
        return [
            {"names": [read.in_form(name) for name in names_of(error)], "message": message}
            for error, (_, message) in zip(
                outcome.errors, place_errors(self._reader, controls, outcome.errors), strict=True
            )
        ]

    @property
    def checks(self) -> bool:
        """Whether a rehearsal of the verb is cheap and says something: it writes rows, and sends no file."""
        return (
            not self.verb.removes
            and self.verb.place in (VerbPlace.ROW, VerbPlace.LIST, VerbPlace.TABLE)
            and not any(each.control is Control.FILE for each in self.verb.inputs)
        )

    def back(self) -> str:
        """Where somebody comes from who does not send the form."""
        noun = self._about
        if noun is None:
            return "/nouns"
        if len(self.subjects) == 1 and (self.verb.subject_noun is not None or self._own is not None):
            return row_address(noun, self.subjects[0])
        return f"/nouns/{noun.list_field or noun.row_field}"

    def after(self, outcome: Outcome) -> str:
        """Where somebody is taken when the verb is done: to what it made or changed."""
        noun = self._noun(self.verb.noun)
        if self.verb.removes and noun is not None:
            return f"/nouns/{noun.list_field or noun.row_field}"
        if self.verb.place is not VerbPlace.ROW and self.subjects:
            return self.back()
        if noun is not None and len(outcome.rows) == 1:
            return row_address(noun, outcome.rows[0]["id"])
        return self.back()

    @property
    def _about(self) -> VocabularyNoun | None:
        """What the form is about, where the list of it is above the form."""
        return (
            self._own
            if self._own is not None
            else self._noun(self.verb.subject_noun or self.verb.noun or self._offered)
        )

    def _trail(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """The pages above the form, each with its title and its address."""
        noun, back = self._about, self.back()
        if noun is None:
            return [(self._reader.text("All lists and tasks"), back)]
        above = (noun.many, f"/nouns/{noun.list_field or noun.row_field}")
        return [above] if above[1] == back or not names else [above, (names[0], back)]

    # Within --------------------------------------------------------------------------------------------------

    async def _shown(self, values: Mapping[str, Any], own: Mapping[str, Any]) -> Shown:
        maker = ControlMaker(self._asking, self._reader)
        noun = (self.subjects[0] if self.subjects else "").partition("_")[0]
        named = await names_of_rows(self._asking, self._reader, noun, self.subjects[:_NAMED]) if noun else {}
        return Shown(
            verb=self.verb,
            controls=await maker.of_inputs(self._inputs, values),
            own=await maker.of_inputs(own_inputs(self._own), own, OWN) if self._own is not None else [],
            subjects=self.subjects,
            names=list(named.values()),
            back=self.back(),
            trail=self._trail(list(named.values())),
            key=uuid4().hex,
            checks=self.checks,
        )

    async def _present(self) -> Mapping[str, Any]:
        """The present values of the row that the form is about."""
        if self.verb.subject is None or self.verb.place is VerbPlace.ROWS or not self.subjects:
            return {}
        found = await present_values(self._asking, self._reader, self.verb, self.subjects[0])
        if found is None:
            raise NoSuchRow
        return found[1]

    async def _own_values(self) -> Mapping[str, Any]:
        if self._own is None:
            return {}
        return await own_values(self._asking, self._reader, self._own, self.subjects[0])

    def _as_seen(self, present: Mapping[str, Any], own: Mapping[str, Any]) -> str:
        versioned = any(each.control is Control.VERSION for each in self._inputs)
        seen = {**(present if versioned else {}), **{f"{OWN}{name}": value for name, value in own.items()}}
        return msgspec.json.encode(seen).decode() if seen else ""

    def _unseen(self, present: Mapping[str, Any]) -> list[str]:
        """What may be cleared, and of which the form does not know whether there is something."""
        if self.verb.place is not VerbPlace.ROW or not self.subjects:
            return []
        return [each.name for each in self._inputs if each.name not in present]

    async def _add_removal(self, shown: Shown) -> None:
        """Say what uses a row, and why it cannot be removed, before somebody tries."""
        if len(self.subjects) == 1:
            shown.users = await users_of(self._asking, self._reader, self.subjects[0])
        if self.verb.subject is not None and not any(each.required for each in self._inputs):
            many = self.verb.place is VerbPlace.ROWS
            given = {self.verb.subject: list(self.subjects) if many else self.subjects[0], "rehearse": True}
            outcome = await run_verb(self._asking, self._reader, self.verb, given)
            shown.errors = place_errors(self._reader, shown.controls, outcome.errors)

    async def _as_text(self, control: FormControl) -> str:
        """What somebody else wrote, for people."""
        maker = ControlMaker(self._asking, self._reader)
        (theirs,) = await maker.of_inputs([control.input], {control.input.name: control.theirs})
        if theirs.theirs in (None, "", [], {}) and theirs.value in (None, "", [], {}):
            return self._reader.text("(empty)")
        if theirs.chosen:
            return ", ".join(each.label for each in theirs.chosen)
        if isinstance(theirs.value, bool):
            return self._reader.text("Yes") if theirs.value else self._reader.text("No")
        if isinstance(theirs.value, dict):
            return "; ".join(str(each) for each in theirs.value.values() if each)
        return str(theirs.value)

    def _noun(self, name: str | None) -> VocabularyNoun | None:
        return self._reader.words.nouns.get(name or "")


def _last(sent: Mapping[str, Sequence[Any]], name: str) -> str:
    return str((sent.get(name) or [""])[-1])


def _decoded(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return {}
    return found if isinstance(found, dict) else {}
