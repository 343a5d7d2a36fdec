"""The audience of a campaign: whom its rule reaches, in which language, with which of two texts."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, update

from campaigns.models import Campaign, CampaignText, Subscriber
from campaigns.planning import audience
from campaigns.planning.audience import Rule, RuleRefused
from campaigns.quiet import DAYTIME
from campaigns.sending import expansion
from hotline.models import Outbox
from hotline.vault import recipient_name
from tests.campaigns.desk import HEADER, number


def rules(desk, campaign, **columns):
    with desk.sessions.begin() as session:
        session.execute(update(Campaign).where(Campaign.id == campaign).values(**columns))


def rewords(desk, campaign, words, *, language="en", variant="B"):
    with desk.sessions.begin() as session:
        session.add(
            CampaignText(campaign_id=campaign, language=language, variant=variant, text=words)
        )


def knows(desk, n, **columns):
    """Something more about the subscriber with this number."""
    found = desk.vault.address_hash("tel:" + number(n))
    with desk.sessions.begin() as session:
        session.execute(
            update(Subscriber).where(Subscriber.address_hash == found).values(**columns)
        )


def reached(desk):
    return sorted(int(row.address[-7:]) - 1_000_000 for row in desk.claims())


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ({}, [0, 1, 2, 3]),
        ({"countries": ["CH"]}, [0, 1]),
        ({"tags": ["north"]}, [0, 2]),
        ({"tags": ["north"], "countries": ["CH"]}, [0]),
        ({"sources": ["RADIO7"]}, [3]),
        ({"since": "2026-02-01"}, [1, 2, 3]),
        ({"since": "2026-02-01", "until": "2026-02-01"}, [1]),
        ({"days_after": 2}, [2]),
        ({"channels": ["telegram"]}, []),
        ({"languages": ["fr"]}, []),
    ],
)
def test_a_rule_reaches_whom_it_says(desk, rule, who):
    desk.has_subscribers(4)
    for n, country, tag, day in (
        (0, "CH", "north", date(2026, 1, 31)),
        (1, "CH", "south", date(2026, 2, 1)),
        (2, "IT", "north", date(2026, 2, 28)),
        (3, "IT", "", date(2026, 3, 1)),
    ):
        knows(desk, n, country=country, tag=tag, consent_date=day)
    knows(desk, 3, consent_source="RADIO7")
    campaign = desk.drafts(en="Hello")
    rules(desk, campaign, audience=rule)
    desk.schedules(campaign)
    desk.advances(campaign, batch=2)
    with desk.sessions() as session:
        sizes = audience.sizes(session, desk.line_id, Rule.of(rule), desk.now.date())
    assert reached(desk) == who
    # What the page says beforehand counts every channel.
    assert sum(sizes.values()) == len(who)


@pytest.mark.parametrize(
    "kept",
    [
        {"colour": ["red"]},
        {"since": "2026-02-02", "until": "2026-02-01"},
        {"days_after": -1},
        {"tags": [str(n) for n in range(301)]},
    ],
)
def test_a_rule_that_cannot_be_is_refused(kept):
    with pytest.raises(RuleRefused):
        Rule.of(kept)


def test_a_rule_comes_back_as_it_was_kept():
    rule = Rule(countries=("NE", "CH"), since=date(2026, 1, 1), days_after=3)
    kept = {"countries": ["CH", "NE"], "since": "2026-01-01", "days_after": 3}
    assert rule.kept() == kept
    assert Rule.of(kept).kept() == kept


def test_choices_that_few_share_are_not_named(desk):
    desk.has_subscribers(12)
    knows(desk, 0, tag="one village")
    with desk.sessions() as session:
        found = audience.choices(session, desk.line_id, 10)
    assert found["languages"] == ["en"]
    assert found["tags"] == []


def test_readers_of_a_language_without_a_text_get_the_fallback(desk):
    desk.has_subscribers(3, ("en", "fr", "ar"))
    campaign = desk.drafts(en="Hello", fr="Salut")
    rules(desk, campaign, fallback_language="en")
    desk.schedules(campaign)
    desk.advances(campaign)
    assert sorted(desk.delivers()) == ["Hello", "Hello", "Salut"]


def test_a_split_gives_each_its_share_and_everybody_one_of_them(desk):
    desk.has_subscribers(400)
    campaign = desk.drafts(en="One way")
    rewords(desk, campaign, "The other way")
    rules(desk, campaign, b_share=25)
    desk.schedules(campaign)
    desk.advances(campaign, batch=7)
    told = desk.delivers()
    assert len(told) == 400
    # 100 on average; the odds of being outside are one in several millions.
    assert 55 <= told.count("The other way") <= 150
    by_variant = desk.balance(campaign).by_variant
    assert by_variant["B"]["accepted"] == told.count("The other way")
    assert by_variant["A"]["planned"] + by_variant["B"]["planned"] == 400
    assert desk.balance(campaign) == desk.audits(campaign)


def test_a_language_with_one_text_is_not_split(desk):
    desk.has_subscribers(40, ("en", "fr"))
    campaign = desk.drafts(en="One way", fr="Salut")
    rewords(desk, campaign, "The other way")
    rules(desk, campaign, b_share=100)
    desk.schedules(campaign)
    desk.advances(campaign)
    assert set(desk.delivers()) == {"The other way", "Salut"}


def test_what_stands_for_something_is_filled_in_when_it_starts(desk):
    desk.has_subscribers(2, ("en", "fr"))
    campaign = desk.schedules(desk.drafts(en="{line}: {stop} to end", fr="{stop} pour finir"))
    desk.advances(campaign)
    assert sorted(desk.delivers()) == ["STOP pour finir", "Waypost demonstration line: STOP to end"]


def test_the_database_and_the_vault_call_people_the_same(desk):
    desk.has_subscribers(1)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign)
    with desk.sessions() as session:
        key = desk.vault.open(session.get_one(Campaign, campaign).ledger_key_sealed, "ledger-key")
        who, called = session.execute(
            select(Subscriber.id, Outbox.recipient_hash).join(
                Outbox, Outbox.campaign_id == campaign
            )
        ).one()
    assert bytes(called) == recipient_name(who, key)


def test_who_moves_while_a_batch_is_made_waits_for_their_own_morning(desk, monkeypatch):
    """Their zone was not among those for which the hours had been looked up."""
    desk.imports(f"{HEADER}{number(0)},en,fair\n")
    campaign = desk.schedules(desk.drafts(DAYTIME))
    write = expansion._write

    def moves_first(session, *args):
        session.execute(update(Subscriber).values(time_zone="Pacific/Auckland"))
        write(session, *args)

    monkeypatch.setattr(expansion, "_write", moves_first)
    desk.now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    desk.advances(campaign)
    with desk.sessions() as session:
        opens, zone = session.execute(select(Outbox.due_at, Outbox.time_zone)).one()
        assert session.scalar(select(func.count()).select_from(Outbox)) == 1
    assert zone == "Pacific/Auckland"
    # 08:00 on the next day there.
    assert opens == datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
