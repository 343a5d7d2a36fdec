"""How a text becomes a reply: one transaction, no network call.

Seen before? → who is it? → what does the flow say? → queue the answer, note what happened, count it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import triage
from hotline import (
    consent,
    contacts,
    counts,
    erasures,
    forgetting,
    hearing,
    outbox,
    outofhours,
    thread,
    turns,
)
from hotline.body import AT, Body, label, speak
from hotline.channels import Inbound
from hotline.contacts import Known
from hotline.counts import Count
from hotline.naming import named
from hotline.notices import addresses
from hotline.regions import region_languages
from hotline.vault import Vault
from locales import likeliest
from triage import Flow, Heard, State, Turn, understand

# After this long we ask again whether it is safe; the phone may be in other hands.
LONG_SILENCE = timedelta(hours=2)
# What is kept of one text; Twilio's longest message has 1,600 characters.
LONGEST_TEXT = 10_000
# Two presses this close are one.
IN_A_HURRY = timedelta(seconds=10)
# An option that no step has.
UNKNOWN = "?"
# Where a conversation stands whose contact was asked whether to sign up.
SIGN_UP = "signup"


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of a text: `turn` is None for one that was heard before."""

    turn: Turn | None
    language: str = ""
    # Who has to be woken once the caller has committed.
    rings: tuple[str, ...] = ()
    # What was said besides, as message ids: out of hours, when somebody will be there.
    besides: tuple[str, ...] = ()


# Questionnaires whose end is counted, besides the screenings.
CHECKED = {"offer": "offers_checked"}


def nobody_to_tell(_session: Session, _line_id: int, _address: str, _now: datetime) -> None:
    """For a line without campaigns."""


def nobody_signs_up(
    _session: Session, _known: Known, _inbound: Inbound, _heard: Heard, _now: datetime
) -> Turn | None:
    """The same: every text is for the flow."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The line's side of every talk.

    `ear` hears what free sentences are about; without one, only words and digits are understood.
    `opted_out` is told when a person says stop, so that queued campaign messages are withdrawn, and
    `erased` when they ask to be forgotten, so that campaigns forget them too. `signing_up` gives the turn
    when a text is a code of campaigns, or the answer to what it was asked about; else None.
    """

    vault: Vault = field(repr=False)
    flow: Flow = field(repr=False)
    line_id: int
    languages: tuple[str, ...]
    opted_out: Callable[[Session, int, str, datetime], None] = nobody_to_tell
    erased: Callable[[Session, int, str, datetime], None] = nobody_to_tell
    ear: triage.Ear | None = field(default=None, repr=False)
    signing_up: Callable[[Session, Known, Inbound, Heard, datetime], Turn | None] = nobody_signs_up

    def receive(self, session: Session, inbound: Inbound, now: datetime) -> Handled:
        """Hear `inbound` and queue the answer, in the caller's transaction."""
        inbound = replace(inbound, text=_clean(inbound.text))
        if addresses.is_link(inbound.code):
            # One of ours shows which chat is theirs: nobody who writes to the helpline.
            addresses.link(session, self.vault, inbound.code, inbound.address, now)
            return Handled(None)
        known = contacts.meet(session, self.vault, self.line_id, inbound, now)
        if known is None:
            return Handled(None)
        option, _, place = inbound.picked.partition(AT)
        heard = self._heard(known, replace(inbound, picked=option), now)
        answered = consent.hear(session, known, heard, now)
        signup = None if answered else self.signing_up(session, known, inbound, heard, now)
        state = replace(known.state, signup="")
        if not (answered or signup) and place and place != _place(state):
            # A button of an earlier question. Pressed twice in a hurry: the next question stands there
            # already. Pressed later: it is asked again.
            if known.heard_at is not None and now - known.heard_at < IN_A_HURRY:
                return Handled(None)
            heard = replace(heard, picked=UNKNOWN)
        answer = answered.turn if answered else signup
        turn = answer or triage.step(self.flow, state, heard, self.ear)
        language = turn.state.signup or turn.state.language or known.state.language or heard.guess
        erased = any(isinstance(event, triage.ErasureConfirmed) for event in turn.events)
        talks = not known.state.step and signup is None
        tally = [*_arrivals(known, inbound, language, talks=talks)]
        touched: set[int] = {answered.case_id} if answered else set()
        for event in turn.events:
            tally += self._apply(session, event, known, inbound, language, now, touched)
        body = speak(turn.messages, language, _place(turn.state))
        if erased:
            self._say_goodbye(session, body, known, inbound, language, now)
            counts.increase(session, self.line_id, now, tally)
        else:
            turns.end(
                session,
                self.vault,
                known,
                line_id=self.line_id,
                channel=inbound.channel,
                language=language,
                state=turn.state,
                body=body,
                counted=tally,
                now=now,
            )
        asked = (
            consent.after(session, self.vault, known, turn, now)
            if not (answer or erased)
            else set[int]()
        )
        # While it is not sure that it is safe, nothing is said that was not asked for.
        quiet = erased or turn.state.safety
        told = () if quiet else self._tell_hours(session, touched, now)
        rings = [f"outbox:{inbound.channel}"] if body or asked or told else []
        for case_id in touched | asked:
            rings += thread.topics(self.line_id, case_id)
        return Handled(turn, language, tuple(rings), told)

    def _tell_hours(self, session: Session, touched: set[int], now: datetime) -> tuple[str, ...]:
        told = (outofhours.tell(session, self.vault, case_id, now) for case_id in touched)
        return tuple(each for each in told if each is not None)

    def _heard(self, known: Known, inbound: Inbound, now: datetime) -> Heard:
        # Loads numpy and CLD2, 20 MB: a worker that hears no texts is spared them.
        from hotline.languages import written_in  # noqa: PLC0415

        spoken = known.state.language
        names, written = (
            named(inbound.text, self.languages),
            written_in(inbound.text, self.languages),
        )
        ordered = likeliest(
            self.languages,
            named=names,
            written=written.likely,
            text=inbound.text,
            offered=known.state.offered,
            profile=inbound.language_hint,
            region_languages=region_languages(inbound.address),
        )
        guess = spoken or ordered[0]
        silent = known.heard_at is not None and now - known.heard_at > LONG_SILENCE
        # A message without words is a picture, a sticker, or nothing we could read.
        kind = inbound.kind if inbound.text.strip() or inbound.kind == "edited" else "picture"
        return Heard(
            text=inbound.text,
            languages=ordered,
            guess=guess,
            picked=inbound.picked,
            kind="text" if inbound.picked else kind,
            silence=silent,
            labels=self._labels(known.state, inbound.text, guess),
            written=written.sure,
            named=names,
        )

    def _labels(self, state: State, text: str, language: str) -> dict[str, str]:
        """The labels of what can be picked now; a number needs none."""
        if understand.digit(text, language) is not None:
            return {}
        return {option.id: label(option, language) for option in triage.offered(self.flow, state)}

    def _say_goodbye(
        self,
        session: Session,
        body: Body | None,
        known: Known,
        inbound: Inbound,
        language: str,
        now: datetime,
    ) -> None:
        """The last answer to somebody forgotten: a row that points at no contact, until it is sent."""
        if body is not None:
            outbox.queue(
                session,
                self.vault,
                body,
                line_id=self.line_id,
                channel=inbound.channel,
                language=language,
                address_sealed=known.address_sealed,
                contact_id=None,
                now=now,
            )

    def _apply(
        self,
        session: Session,
        event: triage.Event,
        known: Known,
        inbound: Inbound,
        language: str,
        now: datetime,
        touched: set[int],
    ) -> Iterator[Count]:
        """Do what an event means, give what is to be counted, and add the cases it touched."""
        match event:
            case triage.PathChosen() | triage.Screened() | triage.Checked():
                if name := _counter(event):
                    yield Count(name, inbound.channel, language)
            case triage.CaseRequested():
                case_id = hearing.open_case(
                    session,
                    self.vault,
                    line_id=self.line_id,
                    contact_id=known.id,
                    channel=inbound.channel,
                    language=language,
                    request=event,
                    now=now,
                )
                touched.add(case_id)
            case triage.OptedOut():
                if contacts.opt_out(session, self.line_id, known.hashes):
                    self.opted_out(session, self.line_id, known.address, now)
                    yield Count("opt_outs", inbound.channel, language)
            case triage.OptedIn():
                if contacts.opt_in(session, self.line_id, known.hashes):
                    yield Count("opt_ins", inbound.channel, language)
            case triage.ErasureConfirmed():
                touched.update(self._erase(session, known, now))
                yield Count("erasures", inbound.channel, language)
            case _:
                touched.update(hearing.tell(session, event, known.id, now))

    def _erase(self, session: Session, known: Known, now: datetime) -> list[int]:
        self.erased(session, self.line_id, known.address, now)
        found = forgetting.forget(session, known.id, now)
        contacts.forget(session, known.id)
        erasures.note(session, self.vault, self.line_id, known.address, now)
        return found


def _counter(event: triage.PathChosen | triage.Screened | triage.Checked) -> str:
    """What is counted of what was gone through; nothing for somebody else's situation."""
    match event:
        case triage.PathChosen(path):
            return f"paths_{path}"
        case triage.Screened():
            return "screenings"
        case triage.Checked(questionnaire):
            return CHECKED.get(questionnaire, "")


def _arrivals(known: Known, inbound: Inbound, language: str, *, talks: bool) -> Iterator[Count]:
    yield Count("texts_in", inbound.channel, language)
    if known.new:
        yield Count("contacts", inbound.channel, language)
    if talks:
        yield Count("conversations", inbound.channel, language)


def _place(state: State) -> str:
    if state.signup:
        return SIGN_UP
    return f"{state.step}.{state.question}" if state.step else ""


def _clean(text: str) -> str:
    """What a provider hands us, without the characters that no text needs."""
    return text.replace("\x00", "")[:LONGEST_TEXT]
