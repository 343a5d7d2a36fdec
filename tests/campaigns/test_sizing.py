"""How many a plan reaches and what it costs, and that nobody finds a person by narrowing a rule."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from campaigns.models import Subscriber
from campaigns.planning import sizing
from campaigns.planning.audience import Rule
from campaigns.planning.sizing import Asked, Veil
from hotline.channels import SMS, TELEGRAM

TODAY = date(2026, 3, 2)
LANGUAGES = ("en", "fr", "ar")
PLAIN = Veil(1, b"secret")
VEILED = Veil(10, b"secret")
TEXTS = {("en", "A"): "Call us", ("fr", "A"): "é" * 100 + "ê"}


@pytest.fixture
def peopled(sessions, line_id):
    """`peopled(n, country="CH", language="en")`: so many more subscribers."""
    made = iter(range(1_000_000))

    def add(n, **more):
        row = {
            "line_id": line_id,
            "address_sealed": b"-",
            "language": "en",
            "channel": SMS,
            "country": "CH",
            "time_zone": "",
            "consent_source": "fair",
            "consent_date": TODAY,
        } | more
        rows = [row | {"address_hash": next(made).to_bytes(20, "big")} for _ in range(n)]
        with sessions.begin() as session:
            session.execute(insert(Subscriber), rows)

    return add


@pytest.fixture
def reach(sessions, line_id):
    def reached(rule=None, veil=PLAIN, prices=None, **more):
        asked = replace(Asked(rule or Rule(), SMS, LANGUAGES, TEXTS), **more)
        with sessions() as session:
            return sizing.reach(session, line_id, asked, veil, prices or {}, today=TODAY)

    return reached


def test_a_plan_reaches_those_who_read_one_of_its_texts(peopled, reach):
    peopled(30)
    peopled(20, language="fr")
    peopled(5, language="ar")
    peopled(7, channel=TELEGRAM)
    found = reach()
    assert found.reached == 50
    assert found.by_language == {"en": 30, "fr": 20, "ar": 5}
    assert found.without == 5
    assert reach(fallback="en").reached == 55
    assert reach(fallback="ar").reached == 50
    assert reach(channel=TELEGRAM).reached == 7


def test_it_costs_what_the_segments_of_each_text_cost_in_each_country(peopled, reach):
    peopled(30)
    peopled(20, language="fr", country="FR")
    peopled(10, language="ar", country="DE")
    prices = {"CH": 0.05, "FR": 0.1, "": 0.2}
    found = reach(prices=prices)
    assert found.segments == 30 + 20 * 2
    assert found.cost == pytest.approx(30 * 0.05 + 40 * 0.1)
    assert reach(prices=prices, fallback="en").cost == pytest.approx(30 * 0.05 + 40 * 0.1 + 2.0)


def test_a_split_costs_by_the_share_of_its_variants(peopled, reach):
    peopled(100)
    texts = {("en", "A"): "a", ("en", "B"): "b" * 161}
    found = reach(prices={"CH": 1.0}, texts=texts, b_share=25)
    assert (found.segments, found.cost) == (125, 125)


def test_countries_without_a_price_are_named_and_are_not_in_the_cost(peopled, reach):
    peopled(30)
    peopled(20, country="FR")
    found = reach(prices={"CH": 1.0})
    assert (found.cost, found.unpriced) == (30, ("FR",))
    assert reach(prices={"CH": 1.0, "": 2.0}).unpriced == ()
    nothing = reach()
    assert (nothing.cost, nothing.unpriced) == (None, ())


def test_a_message_on_telegram_costs_no_segment(peopled, reach):
    peopled(30, channel=TELEGRAM)
    found = reach(channel=TELEGRAM, prices={"": 1.0})
    assert (found.reached, found.segments, found.cost) == (30, None, None)


@given(st.integers(0, 500), st.integers(2, 20), st.binary(min_size=1, max_size=64), st.text())
def test_a_shown_number_is_a_multiple_of_k_and_never_more_than_there_are(n, k, secret, what):
    veil = Veil(k, secret)
    shown = veil.shown(n, what)
    if shown is None:
        assert n < veil.few
    else:
        assert shown >= k
        assert shown % k == 0
        assert n - 2 * k < shown <= n
    assert veil.shown(n, what) == shown


def test_nothing_under_k_is_shown_of_anything_nor_that_there_is_nobody(peopled, reach):
    peopled(9)
    peopled(3, language="fr", country="FR")
    found = reach(veil=VEILED, prices={"CH": 1.0})
    assert found.reached is None
    assert set(found.by_language.values()) == {None}
    assert (found.without, found.segments, found.cost, found.unpriced) == (None, None, None, ())


def test_the_cost_of_many_is_near_the_truth_though_small_groups_are_veiled(peopled, reach):
    peopled(2000)
    for country in ("FR", "DE", "IT", "ES", "AT"):
        peopled(7, country=country)
    exact = reach(prices={"": 0.1})
    veiled = reach(veil=VEILED, prices={"": 0.1})
    assert veiled.reached <= exact.reached
    assert veiled.cost == pytest.approx(exact.cost, rel=0.02)


def test_everything_that_is_told_follows_from_veiled_numbers(peopled, reach):
    """One more person where the veiled numbers stay as they are changes nothing, not even the cost."""
    peopled(2003)
    peopled(12, country="FR")
    prices = {"CH": 0.051, "FR": 0.977, "": 0.3}
    before = reach(veil=VEILED, prices=prices)
    told = before
    for _ in range(4):
        peopled(1, country="MT")
        now = reach(veil=VEILED, prices=prices)
        if now.reached == told.reached:
            assert now.cost == told.cost
        told = now


def attack(rng, there: bool, veil: Veil) -> bool:
    """An officer wants to know whether somebody of a rare kind is there. They move the days of a rule of
    many until the number steps up, so that one more would be seen, and then ask for both together.

    True when what they see says that somebody is there.
    """
    days = [rng.randint(0, 3) for _ in range(60)]

    def ask(until, rare):
        rule = Rule(
            countries=("CH", "MT") if rare else ("CH",), until=TODAY + timedelta(days=until)
        )
        n = sum(days[: until + 1]) + (1 if rare and there else 0)
        return veil.shown(n, rule.kept())

    steps = [d for d in range(20, 59) if ask(d, rare=False) != ask(d + 1, rare=False)]
    # The day before a step is the likeliest to be one short of it.
    votes = [ask(day, rare=True) != ask(day, rare=False) for day in steps]
    return sum(votes) * 2 > len(votes)


class Rounding(Veil):
    """Rounding down alone, as a control: this one the attack breaks."""

    def _less(self, what):
        return 0


@pytest.mark.parametrize(("kind", "safe"), [(Veil, True), (Rounding, False)])
def test_narrowing_and_moving_a_rule_does_not_tell_whether_one_person_is_there(kind, safe):
    rng = Random(20260302)
    runs = 400
    says = {
        there: sum(attack(rng, there, kind(10, rng.randbytes(32))) for _ in range(runs))
        for there in (True, False)
    }
    advantage = abs(says[True] - says[False]) / runs
    assert (advantage < 0.15) == safe, (says, advantage)
