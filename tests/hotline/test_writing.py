"""When a contact may be written to, and that everything a case says to them keeps to it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hotline import cases, forgetting, outbox, safetimes, writing
from hotline.hours import Hours, Rule
from hotline.models import Case, Contact, Line, Outbox
from hotline.regions import region_zones
from hotline.writing import Agreed

PARIS = "Europe/Paris"
ZONES = ["UTC", PARIS, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Riyadh"]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUARTERS = st.integers(0, 95).map(lambda quarter: quarter * 15)


def daily(opens, closes, days=range(7)):
    return Hours((Rule(tuple(days), ((opens * 60, closes * 60),)),))


@st.composite
def some_hours(draw):
    opens, closes = draw(QUARTERS), draw(QUARTERS)
    closes = closes if closes != opens else (opens + 15) % 1440
    days = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    return Hours((Rule(days, ((opens, closes or 1440),)),))


def on_the_wall(hours, zone, at):
    """The rule read off a clock and a calendar, minute by minute."""
    here = at.astimezone(ZoneInfo(zone))
    minute, today = here.hour * 60 + here.minute, here.weekday()
    ((opens, closes),) = hours.rules[0].spans
    days = hours.rules[0].days
    if opens < closes:
        return today in days and opens <= minute < closes
    return (today in days and minute >= opens) or ((today - 1) % 7 in days and minute < closes)


MOMENTS = st.integers(0, 365 * 1440).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * MINUTE)


@given(some_hours(), st.sampled_from(ZONES), MOMENTS, st.none() | st.integers(0, 180))
def test_it_opens_at_the_first_minute_that_is_safe_and_closes_at_the_first_that_is_not(
    hours, zone, now, heard_minutes_ago
):
    heard_at = None if heard_minutes_ago is None else now - heard_minutes_ago * MINUTE
    found = writing.window(Agreed(hours, zone), heard_at, now)

    def safe(at):
        spoke = heard_at is not None and at < heard_at + HOUR
        return spoke or on_the_wall(hours, zone, at)

    assert safe(found.opens)
    minutes = (found.opens - now) // MINUTE
    before = [now + n * MINUTE for n in range(max(0, minutes - 2000), minutes)]
    assert not any(safe(at) for at in before)
    end = found.closes or found.opens + outbox.REPLY_LIVES
    during = (found.opens + n * MINUTE for n in range((end - found.opens) // MINUTE))
    assert all(safe(at) for at in during)
    assert found.closes is None or not safe(found.closes)


def test_on_the_night_on_which_the_clocks_change_the_wall_decides():
    # 2026-03-29 in Paris: 02:00 becomes 03:00.
    hours = Agreed(daily(2, 3), PARIS)
    late = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert writing.window(hours, None, late).opens == datetime(2026, 3, 30, 0, tzinfo=UTC)
    # 2026-10-25: 02:00 to 03:00 comes twice.
    late = datetime(2026, 10, 24, 23, tzinfo=UTC)
    found = writing.window(hours, None, late)
    assert (found.opens, found.closes) == (
        datetime(2026, 10, 25, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 2, tzinfo=UTC),
    )


NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


def test_who_writes_now_may_be_answered_for_an_hour_and_no_longer():
    hours = Agreed(daily(9, 17), PARIS)
    asked = NIGHT - timedelta(minutes=20)
    assert writing.window(hours, asked, NIGHT) == writing.Window(NIGHT, asked + HOUR)
    assert writing.window(hours, NIGHT - HOUR, NIGHT).opens == MORNING


def test_not_before_holds_against_what_was_written_before_and_opens_to_new_words():
    held = Agreed(not_before=MORNING, held_at=NIGHT)
    assert writing.window(held, NIGHT - MINUTE, NIGHT).opens == MORNING
    assert writing.window(held, NIGHT + MINUTE, NIGHT + 2 * MINUTE).opens == NIGHT + 2 * MINUTE
    assert writing.window(held, None, MORNING) == writing.Window(MORNING)


def test_what_was_agreed_comes_back_as_it_was_sealed():
    agreed = Agreed(daily(22, 6, (0, 6)), PARIS, MORNING, NIGHT)
    assert Agreed.from_json(agreed.to_json()) == agreed


@pytest.mark.parametrize(
    ("address", "zones"),
    [
        ("tel:+33612345678", (PARIS,)),
        ("tel:+33639980001", (PARIS,)),
        ("tel:+12025550101", ("America/New_York",)),
        ("telegram:12345", ()),
        ("tel:nonsense", ()),
    ],
)
def test_a_number_says_what_time_it_may_be_there(address, zones):
    assert region_zones(address) == zones


@pytest.fixture
def talk(person, caseworker, sessions, vault):
    """Somebody whose case was taken an hour and a half ago; outside their safe hours now."""
    person.calls_a_person()
    with sessions.begin() as session:
        case_id = session.scalar(select(Case.id))
        cases.take(session, vault, case_id, caseworker.member, person.now)
        agreed = Agreed(daily(18, 20), "America/New_York")
        safetimes.agree(session, vault, case_id, caseworker.member, agreed, person.now)
    person.hears()
    person.now += timedelta(minutes=90)
    return Talk(person, caseworker, sessions, vault, case_id)


class Talk:
    """A caseworker and a contact, with the words they exchange."""

    def __init__(self, person, caseworker, sessions, vault, case_id):
        self.person, self.caseworker = person, caseworker
        self.sessions, self.vault, self.case_id = sessions, vault, case_id

    def replies(self, text="Are you well?", **how):
        with self.sessions.begin() as session:
            who, now = self.caseworker.member, self.person.now
            return cases.reply(session, self.vault, self.case_id, who, text, now, **how)

    def agrees(self, agreed):
        with self.sessions.begin() as session:
            who, now = self.caseworker.member, self.person.now
            safetimes.agree(session, self.vault, self.case_id, who, agreed, now)

    def does(self, what, *more):
        with self.sessions.begin() as session:
            what(session, self.vault, self.case_id, self.caseworker.member, *more, self.person.now)

    def row(self):
        with self.sessions() as session:
            return session.scalars(select(Outbox).order_by(Outbox.id.desc())).first()


def test_a_reply_at_an_unsafe_time_is_refused_and_says_when_it_opens(talk):
    with pytest.raises(cases.CaseRefused, match=r"refused\.not_now") as refused:
        talk.replies()
    # 09:30 UTC and a while; six in the evening in New York.
    assert refused.value.opens == datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert talk.person.hears() == []


def test_a_reply_kept_for_a_safe_time_leaves_then_and_not_before(talk):
    talk.replies(when_safe=True)
    talk.person.now = datetime(2026, 3, 2, 22, 59, tzinfo=UTC)
    assert talk.person.hears() == []
    talk.person.now += MINUTE
    assert talk.person.hears() == ["Are you well?"]


def test_what_does_not_leave_inside_the_hours_does_not_leave(talk):
    talk.replies(when_safe=True)
    # The window is two hours long; a provider that is away for it has missed it.
    assert talk.row().expires_at == datetime(2026, 3, 3, 1, tzinfo=UTC)


def test_a_contact_who_writes_may_be_answered_at_once(talk):
    talk.person.texts_us("are you there?")
    talk.person.hears()
    talk.replies()
    assert talk.person.hears() == ["Are you well?"]
    talk.person.now += HOUR
    with pytest.raises(cases.CaseRefused, match=r"refused\.not_now"):
        talk.replies()


def test_words_that_wait_can_be_taken_back_and_then_never_leave(talk):
    message_id = talk.replies(when_safe=True)
    with talk.sessions.begin() as session:
        safetimes.withdraw(
            session, talk.case_id, talk.caseworker.member, message_id, talk.person.now
        )
    row = talk.row()
    assert (row.state, row.body_sealed, row.address_sealed) == ("suppressed", None, None)
    talk.person.now += timedelta(days=1)
    assert talk.person.hears() == []
    with (
        talk.sessions.begin() as session,
        pytest.raises(cases.CaseRefused, match=r"refused\.sent_already"),
    ):
        safetimes.withdraw(
            session, talk.case_id, talk.caseworker.member, message_id, talk.person.now
        )


def test_the_safe_word_withholds_what_waits(talk):
    talk.replies(when_safe=True)
    talk.person.says_word("safe_word")
    assert "Are you well?" not in talk.person.hears()
    talk.person.now += timedelta(days=1)
    assert talk.person.hears() == []
    with talk.sessions() as session:
        states = set(session.scalars(select(Outbox.state)))
    assert states == {"accepted", "suppressed"}


def test_the_safe_word_also_withholds_what_waits_from_a_case_that_was_closed(talk):
    talk.replies(when_safe=True)
    talk.does(cases.close)
    talk.person.texts_us("hello")
    talk.person.says_word("safe_word")
    talk.person.hears()
    talk.person.now += timedelta(days=1)
    assert talk.person.hears() == []


def test_when_other_hours_are_agreed_what_waits_waits_for_them(talk):
    talk.replies(when_safe=True)
    talk.agrees(Agreed(not_before=talk.person.now + 3 * HOUR, zone="UTC"))
    talk.person.now += 3 * HOUR - MINUTE
    assert talk.person.hears() == []
    talk.person.now += MINUTE
    assert talk.person.hears() == ["Are you well?"]


def test_nobody_is_told_at_an_unsafe_time_who_took_over_or_that_the_case_is_closed(talk):
    talk.does(cases.give_back)
    talk.does(cases.take)
    talk.does(cases.close)
    assert talk.person.hears() == []
    talk.person.now = datetime(2026, 3, 2, 23, tzinfo=UTC)
    # Who took it is old news by then; that it is over is not.
    (told,) = talk.person.hears()
    assert "has ended this talk" in told


def test_nobody_is_held_longer_than_sixty_days(talk):
    with pytest.raises(cases.CaseRefused, match=r"refused\.too_far"):
        talk.agrees(Agreed(not_before=talk.person.now + timedelta(days=61)))


def test_only_who_has_the_case_notes_when_it_is_safe(talk):
    talk.does(cases.give_back)
    with pytest.raises(cases.CaseRefused, match=r"refused\.not_yours"):
        talk.agrees(Agreed())


def test_what_was_agreed_is_ciphertext_at_rest_and_goes_with_the_words_of_the_case(talk):
    with talk.sessions() as session:
        sealed = session.scalar(select(Case.agreed_sealed))
    assert b"New_York" not in sealed
    talk.person.says_word("delete")
    talk.person.texts_us("1")
    with talk.sessions.begin() as session:
        forgetting.acknowledge(session, talk.case_id, talk.person.now)
        assert session.scalar(select(Case.agreed_sealed)) is None


def test_a_reply_with_a_name_is_written_once_however_often_it_comes(talk):
    talk.person.texts_us("hello?")
    talk.person.hears()
    first = talk.replies(name="abc")
    assert talk.replies("Are you well?", name="abc") == first
    # What the browser called it counts, not what stands in it.
    assert talk.replies("Something else", name="abc") == first
    assert talk.person.hears() == ["Are you well?"]
    assert talk.replies("Something else", name="def") != first
    assert talk.person.hears() == ["Something else"]


def test_a_contact_reads_the_time_on_their_own_clock(person, caseworker, sessions, vault):
    person.address = "tel:+33612345678"
    person.calls_a_person()
    person.hears()
    with sessions.begin() as session:
        cases.take(session, vault, session.scalar(select(Case.id)), caseworker.member, person.now)
    (told,) = person.hears()
    here = person.now.astimezone(ZoneInfo(PARIS))
    assert f"({here:%H:%M})" in told


def test_where_their_clock_is_not_known_the_lines_is_named(
    person, caseworker, sessions, vault, line_id
):
    person.address = "telegram:77"
    with sessions.begin() as session:
        session.get_one(Line, line_id).time_zone = PARIS
    person.calls_a_person()
    person.hears()
    with sessions.begin() as session:
        cases.take(session, vault, session.scalar(select(Case.id)), caseworker.member, person.now)
    (told,) = person.hears()
    here = person.now.astimezone(ZoneInfo(PARIS))
    assert f"at {here:%H:%M} (Paris) and" in told


def test_a_contact_who_is_gone_is_nobody_to_ask_for_a_time(talk):
    with talk.sessions.begin() as session:
        case = session.get_one(Case, talk.case_id)
        case.contact_id, case.agreed_sealed = None, None
        session.execute(Contact.__table__.delete())
        assert writing.zones_of(session, talk.vault, case) == ()
        assert writing.window_of(session, talk.vault, case, NIGHT) == writing.Window(NIGHT)
