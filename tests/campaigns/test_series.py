"""Campaigns that come again: each in its time, once, with the approval of what was approved."""

import threading
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from campaigns.models import Campaign, CampaignText, Subscriber
from campaigns.planning import plan, rhythm, series
from campaigns.planning.audience import Rule
from campaigns.planning.plan import PlanRefused
from campaigns.planning.rhythm import Times
from campaigns.planning.series import HANDED_ON
from campaigns.quiet import Window
from campaigns.sending import dispatch
from hotline.channels import SIMULATOR
from hotline.models import Line
from tests.campaigns.desk import ANY_TIME, number

ZURICH = ZoneInfo("Europe/Zurich")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time of 2026 by the clock of the line."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZURICH).astimezone(UTC)


class Calendar:
    """A line in Zurich whose days go by."""

    def __init__(self, desk):
        self.desk = desk
        desk.now = at(1, 5, 8)
        with desk.sessions.begin() as session:
            session.get_one(Line, desk.line_id).time_zone = "Europe/Zurich"

    def plans(self, repeats, starts_at, hours=12, until=None, rule=None, window=ANY_TIME, **texts):
        campaign = self.desk.drafts(window, **texts)
        with self.desk.sessions.begin() as session:
            ends_at = starts_at + hours * HOUR
            plan.set_window(session, campaign, starts_at, ends_at, window)
            plan.set_audience(session, campaign, rule or Rule())
            series.set_repeat(session, campaign, repeats, until)
        return self.desk.schedules(campaign)

    def signs_up(self, n: int, day: date) -> None:
        address = "tel:" + number(n)
        with self.desk.sessions.begin() as session:
            session.add(
                Subscriber(
                    line_id=self.desk.line_id,
                    address_hash=self.desk.vault.hashes(address)[0],
                    address_sealed=self.desk.vault.seal(address, "address"),
                    language="en",
                    channel=SIMULATOR,
                    time_zone="",
                    consent_source="poster",
                    consent_date=day,
                )
            )

    def follows_up(self) -> list[int]:
        with self.desk.sessions.begin() as session:
            return series.follow_up(session, self.desk.line_id, self.desk.now)

    def ticks(self, when: datetime | None = None) -> list[str]:
        """What workers do each minute, for three; what was sent meanwhile."""
        self.desk.now = when or self.desk.now
        sent = []
        for _ in range(3):
            self.follows_up()
            with self.desk.sessions() as session:
                due = dispatch.due(session, self.desk.now)
            for campaign in due:
                self.desk.advances(campaign)
            sent += self.desk.delivers()
        return sent

    def lives_through(self, first: datetime, last: datetime) -> None:
        """Hour by hour."""
        while first <= last:
            self.ticks(first)
            first += HOUR

    def campaigns(self) -> list[Campaign]:
        with self.desk.sessions() as session:
            return list(session.scalars(select(Campaign).order_by(Campaign.id)))

    def starts(self) -> list[str]:
        """When each began or begins, by the wall."""
        times = [row.starts_at.astimezone(ZURICH) for row in self.campaigns()]
        return [f"{each:%m-%d %H:%M}" for each in times]

    def states(self) -> list[str]:
        return [row.state for row in self.campaigns()]

    def describes(self, campaign):
        with self.desk.sessions() as session:
            return series.describe(session, campaign, self.desk.now)

    def ends(self, campaign) -> None:
        with self.desk.sessions.begin() as session:
            series.end(session, campaign, self.desk.now)


@pytest.fixture
def calendar(desk):
    return Calendar(desk)


def refused(calendar, act, *args):
    with pytest.raises(PlanRefused) as caught, calendar.desk.sessions.begin() as session:
        act(session, *args)
    return caught.value.reason


# ---- when


def test_nine_in_the_morning_stays_nine_when_the_clocks_change(calendar):
    calendar.plans("daily", at(3, 27))
    for day in (27, 28, 29, 30):
        calendar.ticks(at(3, day))
    assert calendar.starts() == [f"03-{day} 09:00" for day in (27, 28, 29, 30, 31)]
    assert calendar.campaigns()[2].ends_at == at(3, 29, 21)


def test_a_night_without_half_past_two_is_followed_by_one_with_it(calendar):
    calendar.plans("daily", at(3, 28, 2, 30))
    for hour in (at(3, 28, 4), at(3, 29, 4), at(3, 30, 4)):
        calendar.ticks(hour)
    assert calendar.starts() == ["03-28 02:30", "03-29 03:30", "03-30 02:30", "03-31 02:30"]


def test_a_week_later_is_the_same_weekday(calendar):
    calendar.plans("weekly", at(3, 24), hours=48)
    calendar.ticks(at(3, 24))
    calendar.ticks(at(3, 31))
    assert calendar.starts() == ["03-24 09:00", "03-31 09:00", "04-07 09:00"]


def test_the_31st_is_the_last_of_a_shorter_month_and_the_31st_again_after_it(calendar):
    calendar.plans("monthly", at(1, 31), hours=48)
    for month, day in ((1, 31), (2, 28), (3, 31), (4, 30)):
        calendar.ticks(at(month, day))
    expected = ["01-31", "02-28", "03-31", "04-30", "05-31"]
    assert calendar.starts() == [f"{day} 09:00" for day in expected]
    assert calendar.campaigns()[1].ends_at == at(3, 2)


ZONES = sorted(zone for zone in available_timezones() if "/" in zone)


@given(
    st.datetimes(*(datetime(year, 1, 1) for year in (2010, 2036))),  # noqa: DTZ001 - a wall
    st.integers(1, 28 * 24 * 60),
    st.sampled_from(["daily", "weekly", "monthly"]),
    st.sampled_from(ZONES),
)
@settings(max_examples=200, deadline=None)
def test_in_every_zone_what_comes_keeps_its_time_of_day_unless_there_is_none(
    wall, minutes, repeats, zone
):
    there = ZoneInfo(zone)
    first = Times(
        *(w.replace(tzinfo=there).astimezone(UTC) for w in (wall, wall + minutes * HOUR / 60))
    )
    shown = first.starts_at.astimezone(there).replace(tzinfo=None)
    before = first.starts_at
    for n, times in enumerate(islice(rhythm.coming(first, repeats, there), 14), 1):
        assert before < times.starts_at
        before = times.starts_at
        now = times.starts_at.astimezone(there).replace(tzinfo=None)
        skipped = (
            now.replace(tzinfo=there).utcoffset() != (now - DAY).replace(tzinfo=there).utcoffset()
        )
        if not skipped:
            assert now.time() == shown.time()
            match repeats:
                case "monthly":
                    assert (now.year * 12 + now.month) - (shown.year * 12 + shown.month) == n
                    assert now.day == shown.day or (now + DAY).day == 1
                case _:
                    days = {"daily": n, "weekly": 7 * n}[repeats]
                    assert now.date() - shown.date() == days * DAY


# ---- which and how often


def test_an_occurrence_is_a_campaign_of_its_own_with_all_that_was_approved(calendar):
    window = Window("08:00", "20:00")
    rule = Rule(sources=("poster",))
    first = calendar.plans("weekly", at(3, 24), rule=rule, window=window, en="One", fr="Un")
    calendar.ticks(at(3, 24))
    one, two = calendar.campaigns()
    assert (two.id, two.series_id, two.state) == (two.id, first, "scheduled")
    assert {name: getattr(two, name) for name in HANDED_ON} == {
        name: getattr(one, name) for name in HANDED_ON
    }
    assert (two.submitted_by, two.approved_by) == (one.submitted_by, one.approved_by)
    with calendar.desk.sessions() as session:
        assert plan.texts(session, two.id) == plan.texts(session, one.id)
        assert two.content_hash == plan.content_hash(session, two)


def test_every_column_of_a_campaign_is_handed_on_or_is_each_ones_own():
    own = {"id", "name", "state", "series_id", "starts_at", "ends_at", "audience_to", "planned"}
    own |= {"submitted_by", "approved_by", "content_hash", "started_at", "finished_at", "holds"}
    own |= {"expanded_to", "expanded", "ledger_key_sealed", "balance", "cleared"}
    assert set(Campaign.__table__.columns.keys()) == own | set(HANDED_ON)
    approved = set(Campaign.__table__.columns.keys()) - plan.BOOKKEEPING[Campaign]
    assert approved - set(HANDED_ON) == {"starts_at", "ends_at", "audience_to"}


def test_each_has_its_day_in_its_name(calendar):
    first = calendar.plans("daily", at(3, 24))
    with calendar.desk.sessions.begin() as session:
        plan.rename(session, first, "N" * 100)
    for day in (24, 25):
        calendar.ticks(at(3, day))
    names = [row.name for row in calendar.campaigns()]
    assert names == ["N" * 100, "N" * 89 + " 2026-03-25", "N" * 89 + " 2026-03-26"]


def test_each_has_its_own_ledger_and_everybody_is_in_it_once(calendar):
    calendar.desk.has_subscribers(3)
    calendar.plans("daily", at(3, 24))
    calendar.lives_through(at(3, 24, 8), at(3, 26, 22))
    rows = calendar.campaigns()
    assert [calendar.desk.balance(row.id).accepted for row in rows] == [3, 3, 3, 0]
    assert len(calendar.desk.sent) == 9


def test_who_subscribes_meanwhile_is_in_the_next_and_not_in_the_one_that_is_being_sent(calendar):
    calendar.signs_up(1, date(2026, 1, 1))
    first = calendar.plans("daily", at(3, 24))
    # After the approval and before the start: the rule is what was approved.
    calendar.signs_up(2, date(2026, 3, 23))
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(first, most=1)
    calendar.signs_up(3, date(2026, 3, 24))
    assert len(calendar.ticks()) == 2
    assert len(calendar.ticks(at(3, 25))) == 3


def test_looked_at_by_two_at_once_the_next_is_made_once(calendar):
    calendar.plans("daily", at(3, 24))
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(calendar.campaigns()[0].id)
    together, made = threading.Barrier(4), []

    def follow_up():
        with calendar.desk.sessions.begin() as session:
            session.execute(text("SELECT 1"))
            together.wait()
            made.extend(series.follow_up(session, calendar.desk.line_id, calendar.desk.now))

    workers = [threading.Thread(target=follow_up) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(made) == 1
    assert calendar.states() == ["done", "scheduled"]


def test_a_worker_that_dies_while_it_makes_the_next_leaves_it_to_another(calendar):
    calendar.plans("daily", at(3, 24))
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(calendar.campaigns()[0].id)
    with pytest.raises(ZeroDivisionError), calendar.desk.sessions.begin() as session:
        assert len(series.follow_up(session, calendar.desk.line_id, calendar.desk.now)) == 1
        _ = 1 / 0
    assert calendar.states() == ["done"]
    assert len(calendar.follows_up()) == 1
    assert calendar.follows_up() == []


def test_another_line_is_left_alone(calendar):
    calendar.plans("daily", at(3, 24))
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(calendar.campaigns()[0].id)
    with calendar.desk.sessions.begin() as session:
        assert series.follow_up(session, calendar.desk.line_id + 1, calendar.desk.now) == []


def test_after_days_without_a_server_only_what_is_due_today_is_sent(calendar):
    calendar.desk.has_subscribers(2)
    calendar.plans("daily", at(3, 24))
    calendar.ticks(at(3, 24))
    # The 25th was scheduled, and nobody was there to send it, nor to make the 26th and the 27th.
    sent = calendar.ticks(at(3, 28, 15))
    assert len(sent) == 2
    assert calendar.ticks() == []
    assert calendar.starts() == ["03-24 09:00", "03-25 09:00", "03-28 09:00", "03-29 09:00"]
    balances = [calendar.desk.balance(row.id) for row in calendar.campaigns()]
    assert [(each.accepted, each.expired) for each in balances] == [(2, 0), (0, 2), (2, 0), (0, 0)]
    assert all(each.adds_up for each in balances)


def test_when_today_is_over_already_it_waits_for_tomorrow(calendar):
    calendar.desk.has_subscribers(2)
    calendar.plans("daily", at(3, 24))
    calendar.ticks(at(3, 24))
    assert calendar.ticks(at(3, 28, 23)) == []
    assert calendar.starts()[-1] == "03-29 09:00"


def test_no_occurrence_begins_after_the_last_day(calendar):
    first = calendar.plans("daily", at(3, 24), until=at(3, 26, 23))
    calendar.lives_through(at(3, 24), at(3, 29))
    assert calendar.starts() == ["03-24 09:00", "03-25 09:00", "03-26 09:00"]
    assert calendar.describes(first).next_at is None


def test_where_people_moved_one_it_goes_on_from_there(calendar):
    calendar.plans("monthly", at(1, 31), hours=10)
    calendar.ticks(at(1, 31))
    moved = calendar.campaigns()[-1].id
    with calendar.desk.sessions.begin() as session:
        plan.set_window(session, moved, at(2, 20, 14), at(2, 20, 18), ANY_TIME)
    calendar.ticks(at(2, 20, 14))
    assert calendar.states() == ["done", "draft"]
    calendar.desk.now = at(2, 20, 13)
    calendar.desk.schedules(moved)
    calendar.ticks(at(2, 20, 14))
    assert calendar.starts() == ["01-31 09:00", "02-20 14:00", "03-20 14:00"]
    assert calendar.campaigns()[-1].ends_at == at(3, 20, 18)


# ---- what was approved


def test_a_repetition_needs_the_approval_of_a_second_person(calendar):
    first = calendar.plans("daily", at(3, 24))
    with calendar.desk.sessions.begin() as session:
        series.set_repeat(session, first, "daily", None)
    assert calendar.states() == ["scheduled"]
    with calendar.desk.sessions.begin() as session:
        series.set_repeat(session, first, "weekly", None)
    row = calendar.campaigns()[0]
    assert (row.state, row.approved_by, row.content_hash) == ("draft", None, None)
    calendar.desk.schedules(first)
    with calendar.desk.sessions.begin() as session:
        series.set_repeat(session, first, "weekly", at(5, 1))
    assert calendar.states() == ["draft"]
    with calendar.desk.sessions.begin() as session:
        series.set_repeat(session, first, "", at(5, 1))
    row = calendar.campaigns()[0]
    assert (row.repeats, row.repeat_until, row.series_id) == ("", None, None)


@pytest.mark.parametrize(
    "change",
    ["repeats = 'weekly'", "repeat_until = '2027-01-01'", 'audience = \'{"tags": ["x"]}\''],
)
def test_a_repetition_or_rule_changed_behind_the_plans_back_is_never_sent(calendar, change):
    calendar.desk.has_subscribers(1)
    calendar.plans("daily", at(3, 24))
    with calendar.desk.sessions.begin() as session:
        session.execute(text(f"UPDATE campaigns SET {change}"))
    assert calendar.ticks(at(3, 24)) == []
    assert calendar.states() == ["draft"]


def test_a_text_changed_while_one_is_sent_is_not_handed_on_with_the_approval(calendar):
    calendar.desk.has_subscribers(1)
    first = calendar.plans("daily", at(3, 24))
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(first)
    with calendar.desk.sessions.begin() as session:
        row = session.scalars(select(CampaignText)).one()
        row.text = "Slipped in"
    calendar.ticks()
    assert calendar.states() == ["done", "draft"]
    assert calendar.ticks(at(3, 25)) == []
    with calendar.desk.sessions() as session:
        signed = select(func.count()).where(
            CampaignText.campaign_id != first, CampaignText.signed_off_by.is_not(None)
        )
        assert session.scalar(signed) == 0


def test_what_cannot_be_repeated_is_refused_with_its_reason(calendar):
    campaign = calendar.desk.drafts()
    args = (calendar, series.set_repeat, campaign)
    assert refused(*args, "hourly", None) == "series.unknown"
    assert refused(*args, "daily", None) == "series.no_start"
    with calendar.desk.sessions.begin() as session:
        plan.set_window(session, campaign, at(3, 24), at(3, 26), ANY_TIME)
    assert refused(*args, "daily", None) == "series.too_long"
    assert refused(*args, "weekly", at(3, 23)) == "series.until_before_start"
    with calendar.desk.sessions.begin() as session:
        series.set_repeat(session, campaign, "weekly", at(3, 24))
        plan.set_window(session, campaign, at(3, 24), at(3, 25), ANY_TIME)
        series.set_repeat(session, campaign, "daily", None)
        plan.set_audience(session, campaign, Rule(days_after=3))
    assert refused(*args, "weekly", None) == "series.step_not_daily"
    calendar.desk.schedules(campaign)
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(campaign, most=1)
    assert refused(*args, "weekly", None) == "plan.not_now"


# ---- the brake and the end


def test_the_end_of_a_series_cancels_what_waits(calendar):
    calendar.desk.has_subscribers(1)
    first = calendar.plans("daily", at(3, 24))
    calendar.ticks(at(3, 24))
    calendar.ends(first)
    assert calendar.states() == ["done", "cancelled"]
    calendar.lives_through(at(3, 25), at(3, 27))
    assert calendar.states() == ["done", "cancelled"]
    assert refused(calendar, series.end, first, calendar.desk.now) == "series.over"
    assert (calendar.describes(first).repeats, calendar.describes(first).next_at) == ("", None)


def test_the_end_of_a_series_lets_what_is_being_sent_go_on(calendar):
    calendar.desk.has_subscribers(2)
    first = calendar.plans("daily", at(3, 24))
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(first)
    calendar.ends(first)
    assert len(calendar.desk.delivers()) == 2
    calendar.lives_through(at(3, 24, 10), at(3, 26))
    assert calendar.states() == ["done"]


def test_one_that_is_cancelled_is_left_out_and_the_next_one_comes(calendar):
    calendar.desk.has_subscribers(1)
    calendar.plans("daily", at(3, 24))
    calendar.ticks(at(3, 24))
    calendar.desk.steers("cancel", calendar.campaigns()[-1].id)
    assert calendar.ticks(at(3, 25)) == []
    assert len(calendar.ticks(at(3, 26))) == 1
    assert calendar.states() == ["done", "cancelled", "done", "scheduled"]


def test_a_draft_that_is_cancelled_was_never_approved_and_has_no_next(calendar):
    campaign = calendar.desk.drafts()
    with calendar.desk.sessions.begin() as session:
        plan.set_window(session, campaign, at(3, 24), at(3, 24, 20), ANY_TIME)
        series.set_repeat(session, campaign, "daily", None)
    calendar.desk.steers("cancel", campaign)
    calendar.lives_through(at(3, 24), at(3, 25))
    assert calendar.states() == ["cancelled"]


def test_of_what_was_paused_to_its_end_the_next_is_a_draft(calendar):
    calendar.desk.has_subscribers(2)
    first = calendar.plans("daily", at(3, 24))
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(first)
    calendar.desk.steers("pause", first)
    calendar.ticks(at(3, 24, 20))
    assert calendar.states() == ["paused"]
    assert calendar.ticks(at(3, 25)) == []
    assert calendar.states() == ["done", "draft"]
    # People looked at it, and a second person approved it again.
    second = calendar.campaigns()[-1].id
    calendar.desk.schedules(second)
    assert len(calendar.ticks()) == 2
    assert calendar.states() == ["done", "done", "scheduled"]


def test_a_pause_that_was_taken_back_changes_nothing_of_what_comes(calendar):
    calendar.desk.has_subscribers(2)
    first = calendar.plans("daily", at(3, 24))
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(first)
    calendar.desk.steers("pause", first)
    calendar.desk.steers("resume", first)
    assert len(calendar.ticks()) == 2
    assert calendar.states() == ["done", "scheduled"]


def test_the_page_is_told_which_one_it_is_and_when_the_next_comes(calendar):
    first = calendar.plans("weekly", at(3, 24), hours=48, until=at(4, 30))
    told = calendar.describes(first)
    assert (told.repeats, told.until, told.number) == ("weekly", at(4, 30), 1)
    assert told.next_at == at(3, 24)
    calendar.desk.now = at(3, 24)
    calendar.desk.advances(first, most=1)
    assert calendar.describes(first).next_at == at(3, 31)
    calendar.ticks()
    second = calendar.campaigns()[-1].id
    told = calendar.describes(second)
    assert (told.number, told.next_at) == (2, at(3, 31))
    assert [(each.campaign_id, each.state) for each in told.occurrences] == [
        (first, "done"),
        (second, "scheduled"),
    ]
    with calendar.desk.sessions() as session:
        once = calendar.desk.drafts()
        assert series.describe(session, once, calendar.desk.now) is None


# ---- a drip: steps so many days after somebody agreed

STEPS = {1: "The day after", 3: "Three days after", 7: "A week after"}


def drip(calendar, first, **more):
    for days, words in STEPS.items():
        calendar.plans("daily", first, rule=Rule(days_after=days), en=words, **more)


def steps_of(calendar, n: int) -> list[str]:
    return [words for address, words in calendar.desk.sent if address == "tel:" + number(n)]


def test_who_signs_up_gets_each_step_once_on_its_day(calendar):
    drip(calendar, at(3, 2))
    got: dict[tuple[int, str], list[date]] = {}
    for day in range(2, 16):
        if day <= 8:
            calendar.signs_up(day, date(2026, 3, day))
        for hour in (8, 9, 20):
            before = len(calendar.desk.sent)
            calendar.ticks(at(3, day, hour))
            for address, words in calendar.desk.sent[before:]:
                n = next(n for n in range(2, 9) if address == "tel:" + number(n))
                got.setdefault((n, words), []).append(date(2026, 3, day))
    assert got == {
        (n, words): [date(2026, 3, n + days)] for n in range(2, 9) for days, words in STEPS.items()
    }


def test_a_day_that_starts_after_midnight_is_still_that_day_and_nobody_gets_its_step_twice(
    calendar,
):
    drip(calendar, at(3, 2, 20), hours=20)
    for day in range(2, 9):
        calendar.signs_up(day, date(2026, 3, day))
        # On the fifth the server was down from the afternoon until after midnight.
        if day != 5:
            calendar.ticks(at(3, day, 20))
        calendar.ticks(at(3, day + 1, 0, 30))
    for day in range(9, 17):
        calendar.ticks(at(3, day, 20))
    assert {n: steps_of(calendar, n) for n in range(2, 9)} == {
        n: list(STEPS.values()) for n in range(2, 9)
    }


def test_who_agreed_before_a_step_is_late_on_its_own_day_is_not_missed_by_a_batch(calendar):
    for n in range(1, 30):
        calendar.signs_up(n, date(2026, 3, 1 + n % 2))
    campaign = calendar.plans("daily", at(3, 2, 20), hours=20, rule=Rule(days_after=1))
    calendar.desk.now = at(3, 2, 23, 55)
    calendar.desk.advances(campaign, batch=4, most=3)
    # The rest of it is read when the next day has come.
    calendar.desk.now = at(3, 3, 0, 10)
    calendar.desk.advances(campaign, batch=4)
    sent = calendar.desk.delivers()
    assert len(sent) == len({address for address, _ in calendar.desk.sent}) == 14


def test_a_step_that_falls_on_a_quiet_day_comes_on_the_day_after_it(calendar):
    sundays = Window("00:00", "24:00", frozenset({6}))
    rule = Rule(days_after=1)
    calendar.plans("daily", at(3, 5), hours=60, rule=rule, window=sundays)
    got = {}
    for day in range(4, 12):
        calendar.signs_up(day, date(2026, 3, day))
        for hour in (9, 20):
            before = len(calendar.desk.sent)
            calendar.ticks(at(3, day, hour))
            for address, _ in calendar.desk.sent[before:]:
                got.setdefault(address, []).append(day)
    # The 8th was a Sunday.
    days = {4: 5, 5: 6, 6: 7, 7: 9, 8: 9, 9: 10, 10: 11}
    assert got == {"tel:" + number(n): [day] for n, day in days.items()}


def test_while_a_step_is_paused_the_next_waits_for_it(calendar):
    for day in (1, 2, 3):
        calendar.signs_up(day, date(2026, 3, day))
    first = calendar.plans("daily", at(3, 2), hours=60, rule=Rule(days_after=1))
    calendar.desk.now = at(3, 2)
    calendar.desk.advances(first)
    calendar.desk.steers("pause", first)
    assert calendar.ticks(at(3, 3)) == []
    assert calendar.states() == ["paused"]
    calendar.desk.steers("resume", first)
    assert len(calendar.ticks()) == 2
    assert calendar.states() == ["done", "done", "scheduled"]
