"""Written dialogues, played through the real engine on a throwaway database.

A dialogue is TOML: what they say, which message ids we answer, what happened. The same files are the
golden tests and the way a deployer tries wording.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy.orm import Session, sessionmaker

from hotline import cases, contacts, hearing, outbox, rota, shifts, staff
from hotline.body import numbered
from hotline.channels import SIMULATOR, Inbound
from hotline.conversation import Conversation, Handled
from hotline.models import Line as LineRow
from hotline.outbox import Outcome
from hotline.shifts import Wanted
from locales import native_name
from triage import offered, phrasebook, understand
from triage.assess import ADULT_TEAM

STARTS = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BETWEEN_TEXTS = timedelta(seconds=20)
SAYS = (
    "says",
    "picks",
    "word",
    "alarm",
    "waits_minutes",
    "sends_picture",
    "caseworker",
    "caseworker_says",
    "hours",
)


class DialogueWrong(Exception):
    """A dialogue file cannot be played; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript; `problem` says where it left the script."""

    speaker: str
    text: str
    problem: str = ""


@dataclass(slots=True)
class Rehearsal:
    """Plays one dialogue. The database must be migrated and hold a line."""

    sessions: sessionmaker[Session]
    conversation: Conversation
    language: str
    phone: str = field(repr=False)
    now: datetime = STARTS
    texts: int = 0
    _worker: cases.Colleague | None = field(default=None)

    def play(self, turns: list[dict[str, Any]]) -> Iterator[Line]:
        for number, turn in enumerate(turns, 1):
            self.now += BETWEEN_TEXTS
            yield from self._turn(number, turn)

    def _turn(self, number: int, turn: dict[str, Any]) -> Iterator[Line]:
        if "waits_minutes" in turn:
            self.now += timedelta(minutes=turn["waits_minutes"])
            yield Line("", f"({turn['waits_minutes']} minutes later)")
            return
        if "hours" in turn:
            yield Line("", f"(on duty: {turn['hours'] or 'whoever is signed in'})")
            self._works(turn["hours"])
            return
        if "caseworker" in turn or "caseworker_says" in turn:
            yield Line(
                "caseworker", turn.get("caseworker_says") or f"({turn['caseworker']} the case)"
            )
            self._caseworker(turn)
            answers, happened, besides = None, None, None
        else:
            text = "" if turn.get("sends_picture") else self._words(turn)
            yield Line("contact", text or "(a picture)")
            handled = self._hear(text, "picture" if turn.get("sends_picture") else "text")
            answers = [say.id for say in handled.turn.messages] if handled.turn else []
            happened = [type(e).__name__ for e in handled.turn.events] if handled.turn else []
            besides = list(handled.besides)
        for spoken in self._delivered():
            yield Line("line", spoken)
        yield from _compare(number, "answers", turn, answers)
        yield from _compare(number, "happened", turn, happened)
        yield from _compare(number, "besides", turn, besides)

    def _words(self, turn: dict[str, Any]) -> str:
        if "says" in turn:
            return str(turn["says"])
        if "word" in turn:
            return understand.word_for(turn["word"], self.language)
        if "alarm" in turn:
            return phrasebook.phrase_for(turn["alarm"], self.language)
        with self.sessions.begin() as session:
            known = contacts.find(
                session, self.conversation.vault, self.conversation.line_id, f"tel:{self.phone}"
            )
        if known is None:
            raise DialogueWrong("nothing can be picked before something was said")
        picks = "language:" if turn["picks"] == "language" else str(turn["picks"])
        wanted = self.language if picks == "language:" else picks
        state = known.state
        options = [option.id for option in offered(self.conversation.flow, state)]
        if state.step == "language" and wanted in {*state.offered} - {*options}:
            # On another page of languages: then by its name.
            return native_name(wanted)
        if wanted not in options:
            raise DialogueWrong(f'"{wanted}" is not among {", ".join(options) or "no options"}')
        return str(options.index(wanted) + 1)

    def _hear(self, text: str, kind: Any) -> Handled:
        self.texts += 1
        inbound = Inbound(
            SIMULATOR,
            f"tel:{self.phone}",
            text,
            f"{self.phone}-{self.texts}",
            self.now,
            kind,
            language_hint=self.language,
        )
        with self.sessions.begin() as session:
            return self.conversation.receive(session, inbound, self.now)

    def _works(self, hours: str) -> None:
        """The line is open at these hours of every day, by its clock; without any it has no rota."""
        line_id = self.conversation.line_id
        with self.sessions.begin() as session:
            worker = self._worker or _hire(session, line_id)
            self._worker = worker
            for shift, _ in shifts.listed(session, line_id):
                shifts.remove(session, line_id, shift.id, self.now, by=worker.id)
            if not hours:
                return
            starts, ends = (int(at[:2]) * 60 + int(at[3:]) for at in hours.split("-"))
            zone = session.get_one(LineRow, line_id).time_zone
            wanted = Wanted(ADULT_TEAM, worker.id, rota.DUTY, starts, ends, zone, range(7))
            shifts.add(session, line_id, wanted, self.now, by=worker.id)

    def _caseworker(self, turn: dict[str, Any]) -> None:
        vault, line_id = self.conversation.vault, self.conversation.line_id
        with self.sessions.begin() as session:
            worker = self._worker or _hire(session, line_id)
            self._worker = worker
            known = contacts.find(session, vault, line_id, f"tel:{self.phone}")
            case_id = hearing.open_case_of(session, known.id) if known else None
            if case_id is None:
                raise DialogueWrong("there is no open case for the caseworker")
            match turn:
                case {"caseworker": "takes"}:
                    cases.take(session, vault, case_id, worker, self.now)
                case {"caseworker": "closes"}:
                    cases.close(session, vault, case_id, worker, self.now)
                case {"caseworker_says": text}:
                    cases.reply(session, vault, case_id, worker, text, self.now)
                case _:
                    raise DialogueWrong('a caseworker "takes" or "closes"')

    def _delivered(self) -> list[str]:
        vault = self.conversation.vault
        with self.sessions.begin() as session:
            claimed = outbox.claim(session, vault, SIMULATOR, 50, self.now)
            outcomes = [Outcome(row, "accepted", f"r{row.id}", 1) for row in claimed]
            outbox.settle(session, vault, outcomes, self.now)
        return [numbered(row.body.text, row.body.options) for row in claimed]


def read_dialogue(path: Path) -> dict[str, Any]:
    """The dialogue in `path`. Raises DialogueWrong."""
    try:
        dialogue = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DialogueWrong(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DialogueWrong(f"{path}: {error}") from None
    turns = dialogue.get("turn")
    if not isinstance(turns, list) or not turns:
        raise DialogueWrong(f"{path}: there is no [[turn]]")
    for number, turn in enumerate(cast("list[dict[str, Any]]", turns), 1):
        if len(turn.keys() & set(SAYS)) != 1:
            raise DialogueWrong(f"{path}: turn {number} needs exactly one of {', '.join(SAYS)}")
    return dialogue


def _hire(session: Session, line_id: int) -> cases.Colleague:
    there = next((p for p in staff.listed(session, line_id) if p.login == "rehearsal"), None)
    if there is not None:
        return there
    staff.add(
        session,
        line_id=line_id,
        login="rehearsal",
        display_name="Sam",
        role="caseworker",
        language="en",
    )
    return next(p for p in staff.listed(session, line_id) if p.login == "rehearsal")


def _compare(
    number: int, what: str, turn: dict[str, Any], found: list[str] | None
) -> Iterator[Line]:
    wanted = turn.get(what)
    if wanted is not None and found is not None and wanted != found:
        yield Line("", "", f"turn {number}: {what} {found}, but the dialogue says {wanted}")
