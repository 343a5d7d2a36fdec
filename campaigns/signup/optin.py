"""Sign-up by a code, twice agreed: who texts it is asked once, and only a clear yes subscribes them.

Everything else they say goes to the helpline as if nobody had asked: a need is never taken for an answer.
Nothing is asked of who has an open case, is under cover, or has a question with a yes in front of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import Row, delete, insert
from sqlalchemy.orm import Session

import triage
from campaigns.models import SignUpPending
from campaigns.signup import codes, consent
from campaigns.signup.codewords import read
from hotline import counts
from hotline.body import AT, label, numbered, speak
from hotline.channels import Inbound
from hotline.contacts import Known
from hotline.conversation import SIGN_UP
from hotline.counts import Count
from hotline.retention import KEEP
from hotline.vault import Vault
from locales import count_segments
from triage import Heard, Option, Say, State, Turn, alarms, offering, phrasebook, understand
from triage.flow import YES_NO
from triage.lexicon import lexicon
from triage.reading import SURE

ASK, DONE, NOT_DONE, ALREADY = "signup.ask", "signup.done", "signup.not_done", "signup.already"
SIGN_UP_MESSAGES: Final = (ASK, DONE, NOT_DONE, ALREADY)
# A code that was just made is known everywhere after this long.
CODES_LAST: Final = timedelta(seconds=10)
# A longer text is no clear yes or no, and to find that out takes a millisecond.
LONGEST_ANSWER: Final = 40
# Below the question stand as many of the likeliest other languages as leave it this short.
MOST_LANGUAGES, MOST_SEGMENTS = 3, 2


def forget(session: Session, line_id: int, address: str, vault: Vault) -> None:
    """Nobody waits for an answer of theirs any more."""
    _take(session, line_id, vault.signup_hash(address))


@dataclass(slots=True)
class SignUps:
    """The turns of a line's sign-ups; `hear` is what a conversation asks before the flow.

    The open codes are remembered for a moment, so that an ordinary text costs the database nothing.
    """

    vault: Vault = field(repr=False)
    line_id: int
    _codes: tuple[datetime, frozenset[str]] | None = None

    def hear(
        self, session: Session, known: Known, inbound: Inbound, heard: Heard, now: datetime
    ) -> Turn | None:
        """The turn that a code makes, or the answer to what it was asked about; None for the flow."""
        state = known.state
        if heard.kind != "text" or state.case or state.safety == "covered" or state.step == "cover":
            return None
        code = self._code(session, inbound.code or inbound.text, heard, now)
        if code and ("yes" not in heard.labels or heard.silence):
            return self._asked(session, known, inbound, heard, code, now)
        # Where the state has gone since, or there was no talk, only the database knows whether they wait.
        waits = bool(state.signup) or not (state.step or known.new)
        return self._answered(session, known, inbound, heard, now) if waits else None

    # ---- a code

    def _code(self, session: Session, said: str, heard: Heard, now: datetime) -> str:
        code = read(said)
        if not code or code not in self._open_codes(session, now):
            return ""
        # Words and alarms that this version knows and the one did not that made the code.
        means = understand.command(said, heard.guess) or alarms.hear(said, phrasebook.languages())
        return "" if means else code

    def _open_codes(self, session: Session, now: datetime) -> frozenset[str]:
        if self._codes is None or abs(now - self._codes[0]) >= CODES_LAST:
            self._codes = now, codes.open_ones(session, self.line_id)
        return self._codes[1]

    def _asked(
        self,
        session: Session,
        known: Known,
        inbound: Inbound,
        heard: Heard,
        code: str,
        now: datetime,
    ) -> Turn:
        signup_hash = self.vault.signup_hash(inbound.address)
        before = _take(session, self.line_id, signup_hash)
        if consent.stands(session, self.line_id, known.hashes):
            return Turn(_rested(known.state, heard), (Say(ALREADY),))
        session.execute(
            insert(SignUpPending).values(
                line_id=self.line_id, signup_hash=signup_hash, code=code, at=now
            )
        )
        language = known.state.language or heard.guess
        if before is None or before.code != code:
            self._count(
                session, code, "asked", Count("signups_asked", inbound.channel, language), now
            )
        return _ask(known.state, heard, language)

    def _count(
        self, session: Session, code: str, event: codes.Event, count: Count, now: datetime
    ) -> None:
        """For the code's own page, and for what is published, where no code is named."""
        codes.count(session, self.line_id, code, event, now.date())
        counts.increase(session, self.line_id, now, [count])

    # ---- the answer

    def _answered(
        self, session: Session, known: Known, inbound: Inbound, heard: Heard, now: datetime
    ) -> Turn | None:
        state = known.state
        asked_in = state.signup or state.language or heard.guess
        options = _options(state, heard.languages, asked_in)
        if not _may_answer(inbound.picked, options):
            return None
        meaning, language = _meaning(heard, options, asked_in)
        if meaning in heard.languages and state.signup:
            return _ask(replace(state, language=meaning), heard, meaning)
        if meaning not in ("yes", "no") and not state.signup:
            return None
        return self._settled(
            session, known, inbound, heard, meaning, state.language or language, now
        )

    def _settled(
        self,
        session: Session,
        known: Known,
        inbound: Inbound,
        heard: Heard,
        meaning: str,
        language: str,
        now: datetime,
    ) -> Turn | None:
        """What a yes, a no or anything else makes of the waiting, which it ends."""
        pending = _take(session, self.line_id, self.vault.signup_hash(inbound.address))
        if pending is None or now - pending.at > _lasts() or meaning not in ("yes", "no"):
            return None
        rested = _rested(known.state, heard)
        if meaning == "no":
            return Turn(rested, (Say(NOT_DONE),))
        consent.given(
            session, self.vault, self.line_id, known, inbound.channel, language, pending.code, now
        )
        said_yes = Count("signups_agreed", inbound.channel, language)
        self._count(session, pending.code, "agreed", said_yes, now)
        return Turn(replace(rested, language=language), (Say(DONE),), (triage.OptedIn(),))


def _ask(state: State, heard: Heard, language: str) -> Turn:
    """The question, with a yes, a no, and the likeliest other languages for who never chose one."""
    options = _options(state, heard.languages, language)
    rested = _rested(state, heard)
    # In the order that a number of the answer is counted by.
    rested = replace(rested, signup=language, offered=state.offered or heard.languages)
    return Turn(rested, (Say(ASK, options),))


def _options(state: State, languages: Sequence[str], asked_in: str) -> tuple[Option, ...]:
    if state.language:
        return YES_NO
    options = YES_NO
    for code in state.offered or languages:
        longer = (*options, offering.tongue(code))
        known = code in languages and code != asked_in
        if known and len(longer) <= len(YES_NO) + MOST_LANGUAGES and _fits(longer, asked_in):
            options = longer
    return options


@lru_cache(maxsize=512)
def _fits(options: tuple[Option, ...], language: str) -> bool:
    body = speak((Say(ASK, options),), language)
    assert body is not None
    return count_segments(numbered(body.text, body.options)).segments <= MOST_SEGMENTS


def _may_answer(picked: str, options: Sequence[Option]) -> bool:
    """Not a button of something else, even if it says yes, nor a language that a first press picked."""
    option, _, place = picked.partition(AT)
    return not option or (place == SIGN_UP and option in {each.id for each in options})


def _meaning(heard: Heard, options: Sequence[Option], asked_in: str) -> tuple[str, str]:
    """The id of the option that a whole answer surely picks, and the language it was given in.

    A yes in another language of the line is one where it means nothing else in any of them.
    """
    if heard.picked:
        return heard.picked, asked_in
    if len(heard.text) > LONGEST_ANSWER or understand.command(heard.text, asked_in):
        return "", ""
    labels = {option.id: label(option, asked_in) for option in options}
    reading = offering.pick(heard.text, options, asked_in, labels)
    if reading.confidence == SURE:
        return reading.meaning, asked_in
    if heard.named:
        return heard.named, asked_in
    said = {code: understand.answer(heard.text, code) for code in heard.languages}
    sure = {code: found.meaning for code, found in said.items() if found.confidence == SURE}
    if len(set(sure.values())) != 1:
        return "", ""
    # "Oui" is understood elsewhere too; it is French where that is what we print.
    printed = (code for code, said in sure.items() if _is_first(heard.text, said, code))
    language = next(printed, next(iter(sure)))
    return sure[language], language


def _is_first(text: str, meaning: str, language: str) -> bool:
    first = lexicon(language).first.get(meaning, "")
    return understand.plain(first) == understand.plain(text)


def _rested(state: State, heard: Heard) -> State:
    """The state that is gone on from: after a long silence a talk begins anew, with whether it is safe."""
    if heard.silence:
        return State(language=state.language)
    return replace(state, signup="")


def _lasts() -> timedelta:
    after = KEEP[SignUpPending.__tablename__].after
    assert after is not None
    return after


def _take(session: Session, line_id: int, signup_hash: bytes) -> Row[str, datetime] | None:
    """What they were asked about, and when; it is answered by that."""
    return session.execute(
        delete(SignUpPending)
        .where(SignUpPending.line_id == line_id, SignUpPending.signup_hash == signup_hash)
        .returning(SignUpPending.code, SignUpPending.at)
    ).first()
