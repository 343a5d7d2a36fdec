"""What a campaign says: placeholders from a fixed list, variants, a fallback, and who stands for the words."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Campaign
from campaigns.planning import content, placeholders, plan
from campaigns.planning.content import Facts
from campaigns.planning.placeholders import NAMES
from campaigns.planning.plan import PlanRefused
from hotline.channels import SIMULATOR, SMS, TELEGRAM
from hotline.models import Line

FACTS = Facts("Waypost line", "+41791112233", "WaypostBot")


def refused(desk, act, *args, **more):
    with pytest.raises(PlanRefused) as caught, desk.sessions.begin() as session:
        act(session, *args, **more)
    return caught.value


@pytest.fixture
def reached(desk):
    """The line's number and bot are known."""
    with desk.sessions.begin() as session:
        line = session.get_one(Line, desk.line_id)
        line.number, line.bot, line.name = FACTS.number, FACTS.bot, FACTS.line


def test_placeholders_are_filled_with_what_is_true_of_the_line_and_the_language():
    words = "{line}: {number}. {stop}"
    said = {
        language: placeholders.fill(words, FACTS.values(language, SMS))
        for language in ("en", "fr", "ar")
    }
    assert said["en"] == said["fr"] == "Waypost line: +41791112233. STOP"
    # The mark keeps the + of the number before it, in a text that runs from right to left.
    assert said["ar"] == "Waypost line: \u200e+41791112233. توقف"
    assert placeholders.fill(words, FACTS.values("en", TELEGRAM)).endswith("@WaypostBot. STOP")
    assert placeholders.fill("{number}", FACTS.values("en", SIMULATOR)) == "+12025550100"


@pytest.mark.parametrize(
    ("words", "reason", "named"),
    [
        ("Hello {name}", "plan.placeholder_unknown", "{name}"),
        ("Hello {Line}", "plan.placeholder_unknown", "{Line}"),
        ("Hello {}", "plan.placeholder_unknown", "{}"),
        ("Hello {line.__class__}", "plan.placeholder_unknown", "{line.__class__}"),
        ("Hello {line!r:>9}", "plan.placeholder_unknown", "{line!r:>9}"),
        ("Hello {line", "plan.placeholder_broken", "{"),
        ("Hello }", "plan.placeholder_broken", "}"),
        ("{{line}}", "plan.placeholder_broken", "{"),
    ],
)
def test_what_is_no_placeholder_is_refused_by_its_name(desk, words, reason, named):
    campaign = desk.drafts()
    why = refused(desk, plan.set_text, campaign, "en", words)
    assert why.reason == reason
    assert named in why.values.values()


@given(st.text("ab{}linestop number\n", max_size=60))
def test_a_text_is_filled_or_refused_and_nothing_of_it_is_lost(words):
    values = FACTS.values("en", SMS)
    try:
        filled = placeholders.fill(words, values)
    except PlanRefused:
        return
    assert not set("{}") & set(filled)
    for name in NAMES:
        words = words.replace(f"{{{name}}}", values[name])
    assert filled == words


def test_the_length_that_counts_is_that_of_the_filled_text(desk, reached):
    campaign = desk.drafts()
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "en", "{number}" + "x" * (1600 - len(FACTS.number)))
    long = "{number}" + "x" * (1601 - len(FACTS.number))
    assert refused(desk, plan.set_text, campaign, "en", long).reason == "plan.text_too_long"


def test_every_text_is_filled_by_language_and_variant(desk, reached):
    campaign = desk.drafts(en="{line} {stop}", ar="{stop}")
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "en", "Or {number}", variant="B")
        row = session.get_one(Campaign, campaign)
        assert content.filled(session, row, SMS) == {
            ("ar", "A"): "توقف",
            ("en", "A"): "Waypost line STOP",
            ("en", "B"): "Or +41791112233",
        }


def test_a_text_with_a_number_that_nobody_knows_is_not_submitted(desk):
    campaign = desk.drafts(en="Call {number}")
    with desk.sessions.begin() as session:
        plan.sign_off(session, campaign, "en", desk.officer)
    why = refused(desk, plan.submit, campaign, desk.officer, desk.now, usual=SMS)
    assert why.reason == "plan.number_unknown"
    with desk.sessions.begin() as session:
        plan.submit(session, campaign, desk.officer, desk.now, usual=SIMULATOR)


def test_a_language_is_submitted_only_when_somebody_stands_for_its_words(desk):
    campaign = desk.drafts(en="Call us", fr="Appelez")
    with desk.sessions.begin() as session:
        plan.sign_off(session, campaign, "en", desk.officer)
        assert content.signed_off(session, campaign) == {"en": desk.officer, "fr": None}
    why = refused(desk, plan.submit, campaign, desk.officer, desk.now)
    assert (why.reason, why.values) == ("plan.not_confirmed", {"languages": "Français"})


@pytest.mark.parametrize("variant", ["A", "B"])
def test_any_change_of_its_words_takes_the_confirmation_of_a_language_away(desk, variant):
    campaign = desk.drafts(en="Call us", fr="Appelez")
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "fr", "Écrivez", variant="B")
        for language in ("en", "fr"):
            plan.sign_off(session, campaign, language, desk.supervisor)
        plan.set_text(session, campaign, "fr", "Tout autre chose", variant=variant)
        assert content.signed_off(session, campaign) == {"en": desk.supervisor, "fr": None}


def test_what_was_changed_since_somebody_read_it_is_not_confirmed(desk):
    campaign = desk.drafts(en="Call us")
    with desk.sessions.begin() as session:
        seen = content.fingerprint(content.variants(session, campaign), "en")
        plan.set_text(session, campaign, "en", "Call them")
    why = refused(desk, plan.sign_off, campaign, "en", desk.officer, seen=seen)
    assert why.reason == "plan.changed_meanwhile"
    why = refused(desk, plan.sign_off, campaign, "fr", desk.officer)
    assert why.reason == "plan.no_text_to_confirm"


def test_a_split_needs_a_second_text_and_a_second_text_a_split(desk):
    campaign = desk.drafts(en="Call us")

    def why():
        with desk.sessions.begin() as session:
            for language, _variant in content.variants(session, campaign):
                plan.sign_off(session, campaign, language, desk.officer)
        return refused(desk, plan.submit, campaign, desk.officer, desk.now).reason

    with desk.sessions.begin() as session:
        plan.set_split(session, campaign, 50)
    assert why() == "plan.share_without_b"
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "en", "Text us", variant="B")
        plan.set_split(session, campaign, 0)
    assert why() == "plan.b_without_share"
    with desk.sessions.begin() as session:
        plan.set_split(session, campaign, 50)
        plan.set_text(session, campaign, "fr", "Écrivez", variant="B")
    assert why() == "plan.b_without_a"
    assert refused(desk, plan.set_split, campaign, 100).reason == "plan.share_wrong"


def test_the_fallback_is_a_language_that_has_a_text(desk):
    campaign = desk.drafts(en="Call us")
    with desk.sessions.begin() as session:
        plan.set_fallback(session, campaign, "fr")
        plan.sign_off(session, campaign, "en", desk.officer)
    why = refused(desk, plan.submit, campaign, desk.officer, desk.now)
    assert why.reason == "plan.fallback_without_text"
    assert refused(desk, plan.set_fallback, campaign, "xx").reason == "plan.language_unknown"


def test_readers_get_their_variant_and_their_language_or_the_fallback(desk):
    desk.has_subscribers(40, ("en", "fr", "es"))
    campaign = desk.drafts(en="English", fr="Français")
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "en", "English too", variant="B")
        plan.set_split(session, campaign, 50)
        plan.set_fallback(session, campaign, "en")
    desk.schedules(campaign)
    desk.advances(campaign)
    said = Counter(desk.delivers())
    assert said["Français"] == 13
    assert said["English"] + said["English too"] == 27
    assert min(said["English"], said["English too"]) > 3
