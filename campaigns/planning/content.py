"""What a campaign says: a text for each language and variant, and who stands for the words.

Half of a language's readers may get variant B. Readers of a language without a text get that of the
fallback language, if there is one. A language's words are confirmed by somebody who has read them, and
are unconfirmed again with any change.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from campaigns.models import Campaign, CampaignText
from campaigns.planning import placeholders, states
from campaigns.planning.states import PlanRefused
from hotline.channels import SIMULATOR, TELEGRAM
from hotline.models import Line
from locales import direction, native_name
from triage.lexicon import lexicon

Variant = Literal["A", "B"]
VARIANTS: Final = cast("tuple[Variant, ...]", get_args(Variant))
LONGEST_TEXT: Final = 1600  # characters Twilio takes in one message
# Of a hundred; with none or all there is nothing to compare.
SHARES: Final = range(100)
# Kept free for stories (NANPA): the simulated line has no number of its own.
SIMULATED_NUMBER: Final = "+12025550100"
LEFT_TO_RIGHT: Final = "\u200e"

# Words by language and variant.
Texts = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands for the placeholders of a line; `number` and `bot` are empty when not known."""

    line: str
    number: str
    bot: str

    @classmethod
    def of(cls, session: Session, line_id: int) -> "Facts":
        line = session.get_one(Line, line_id)
        return cls(line.name, line.number, line.bot)

    def values(self, language: str, channel: str) -> dict[str, str]:
        """What is filled in for the readers of a language on a channel."""
        numbers = {SIMULATOR: SIMULATED_NUMBER, TELEGRAM: self.bot and f"@{self.bot}"}
        number = numbers.get(channel, self.number)
        # Or a phone shows the + of a number behind it, where the text runs from right to left.
        mark = LEFT_TO_RIGHT if number and direction(language) == "rtl" else ""
        return {
            "line": self.line,
            "number": mark + number,
            "stop": stop_word(language),
        }


def set_text(
    session: Session, campaign_id: int, language: str, words: str, *, variant: Variant = "A"
) -> None:
    """What people who read `language` get; without words they get nothing. Raises PlanRefused."""
    campaign = states.editable(session, campaign_id)
    words = tidy(words)
    if language not in session.get_one(Line, campaign.line_id).languages:
        raise PlanRefused("plan.language_unknown")
    known = Facts.of(session, campaign.line_id).values(language, campaign.channel)
    if len(words) > LONGEST_TEXT or len(placeholders.fill(words, known)) > LONGEST_TEXT:
        raise PlanRefused("plan.text_too_long")
    if words == variants(session, campaign_id).get((language, variant), ""):
        return
    if words:
        session.execute(
            upsert(CampaignText)
            .values(campaign_id=campaign_id, language=language, variant=variant, text=words)
            .on_conflict_do_update(
                index_elements=["campaign_id", "language", "variant"], set_={"text": words}
            )
        )
    else:
        gone = (CampaignText.language == language, CampaignText.variant == variant)
        session.execute(delete(CampaignText).where(_of(campaign_id), *gone))
    _confirm(session, campaign_id, language, None)
    states.void(session, campaign)


def set_split(session: Session, campaign_id: int, b_share: int) -> None:
    """How many of a hundred get variant B where there is one. Raises PlanRefused."""
    campaign = states.editable(session, campaign_id)
    if b_share not in SHARES:
        raise PlanRefused("plan.share_wrong")
    if b_share != campaign.b_share:
        campaign.b_share = b_share
        states.void(session, campaign)


def set_fallback(session: Session, campaign_id: int, language: str) -> None:
    """Whose text readers of a language without one get; "": they get nothing. Raises PlanRefused."""
    campaign = states.editable(session, campaign_id)
    if language and language not in session.get_one(Line, campaign.line_id).languages:
        raise PlanRefused("plan.language_unknown")
    if language != campaign.fallback_language:
        campaign.fallback_language = language
        states.void(session, campaign)


def sign_off(
    session: Session, campaign_id: int, language: str, staff_id: int, *, seen: str | None = None
) -> None:
    """Somebody read the words of a language and stands for them. Raises PlanRefused.

    `seen` is the `fingerprint` of what they read: what was changed since is not confirmed.
    """
    campaign = states.editable(session, campaign_id)
    there = fingerprint(variants(session, campaign.id), language)
    if not there:
        raise PlanRefused("plan.no_text_to_confirm")
    if seen is not None and seen != there:
        raise PlanRefused("plan.changed_meanwhile")
    _confirm(session, campaign_id, language, staff_id)


def signed_off(session: Session, campaign_id: int) -> dict[str, int | None]:
    """Who confirmed the text of each language; None where nobody has confirmed all of it."""
    found: dict[str, int | None] = {}
    for row in rows(session, campaign_id):
        found[row.language] = row.signed_off_by and found.get(row.language, row.signed_off_by)
    return found


def complete(session: Session, campaign: Campaign, channel: str = "") -> None:
    """Raises PlanRefused unless it can be sent as it stands and somebody stands for every word."""
    there = variants(session, campaign.id)
    main = {language for language, variant in there if variant == "A"}
    other = {language for language, variant in there if variant == "B"}
    if not there:
        raise PlanRefused("plan.no_text")
    if other - main:
        raise PlanRefused("plan.b_without_a", languages=_named(other - main))
    if bool(other) != bool(campaign.b_share):
        raise PlanRefused("plan.b_without_share" if other else "plan.share_without_b")
    if campaign.fallback_language and campaign.fallback_language not in main:
        raise PlanRefused("plan.fallback_without_text")
    if any(len(words) > LONGEST_TEXT for words in filled(session, campaign, channel).values()):
        raise PlanRefused("plan.text_too_long")
    unread = {each for each, by in signed_off(session, campaign.id).items() if by is None}
    if unread:
        raise PlanRefused("plan.not_confirmed", languages=_named(unread))


def filled(session: Session, campaign: Campaign, channel: str = "") -> dict[tuple[str, str], str]:
    """Every text as it is sent on `channel`, by default the campaign's. Raises PlanRefused when
    something cannot be filled in.
    """
    facts = Facts.of(session, campaign.line_id)
    sent: dict[tuple[str, str], str] = {}
    for (language, variant), words in variants(session, campaign.id).items():
        values = facts.values(language, channel or campaign.channel)
        if not all(values[name] for name in placeholders.used(words)):
            raise PlanRefused("plan.number_unknown")
        sent[language, variant] = placeholders.fill(words, values)
    return sent


def facts_used(session: Session, campaign: Campaign) -> dict[str, list[str]]:
    """What stands for the placeholders that the texts use, on whichever channel: part of what is
    approved, so that a text whose number was changed meanwhile is not sent.
    """
    facts, there = Facts.of(session, campaign.line_id), variants(session, campaign.id)
    names = {name for words in there.values() for name in placeholders.known(words)}
    stops = [stop_word(language) for language, _ in there]
    known = {"line": [facts.line], "number": [facts.number, facts.bot], "stop": stops}
    return {name: known[name] for name in sorted(names)}


def texts(session: Session, campaign_id: int) -> dict[str, str]:
    """The words of variant A by language, as they were written."""
    return {
        language: words
        for (language, variant), words in variants(session, campaign_id).items()
        if variant == "A"
    }


def variants(session: Session, campaign_id: int) -> dict[tuple[str, str], str]:
    """All words by language and variant, as they were written."""
    return {(row.language, row.variant): row.text for row in rows(session, campaign_id)}


def rows(session: Session, campaign_id: int) -> Sequence[CampaignText]:
    return session.scalars(
        select(CampaignText)
        .where(_of(campaign_id))
        .order_by(CampaignText.language, CampaignText.variant)
        .execution_options(populate_existing=True)
    ).all()


def stop_word(language: str) -> str:
    """As it is printed; every line hears the English one too."""
    return lexicon(language).first.get("stop", "stop").upper()


def fingerprint(there: Texts, language: str) -> str:
    """Of the words of one language; empty when it has none."""
    words = [there.get((language, variant), "") for variant in VARIANTS]
    return (
        hashlib.blake2b("\0".join(words).encode(), digest_size=20).hexdigest() if any(words) else ""
    )


def tidy(words: str) -> str:
    """Words as they are kept: browsers write the ends of lines in their own way."""
    return words.replace("\x00", "").replace("\r\n", "\n").strip()


def _of(campaign_id: int) -> ColumnElement[bool]:
    return CampaignText.campaign_id == campaign_id


def _confirm(session: Session, campaign_id: int, language: str, staff_id: int | None) -> None:
    session.execute(
        update(CampaignText)
        .where(_of(campaign_id), CampaignText.language == language)
        .values(signed_off_by=staff_id)
    )


def _named(languages: set[str]) -> str:
    return ", ".join(sorted(native_name(language) for language in languages))
