"""When members are left in peace."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.notices import rules
from hotline.notices.rules import Rules, RulesRefused

WAITING, URGENT = "A case is waiting.", "A new urgent case is waiting."


class TestQuietHours:
    NIGHT = (22 * 60, 7 * 60)

    def test_they_hold_a_notice_back_until_they_end_if_it_is_still_true(self, desk):
        desk.now = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
        noor = desk.hires("noor", quiet=self.NIGHT, time_zone="Europe/Paris", on_duty_only=False)
        desk.opens()
        desk.looks()
        assert desk.told() == []
        desk.passes(hours=8, minutes=29)  # 6:59 in Paris
        desk.looks()
        assert desk.told() == []
        desk.passes(minutes=1)
        desk.looks()
        assert desk.told(noor) == [WAITING]

    def test_what_was_dealt_with_in_the_night_is_not_told_in_the_morning(self, desk):
        desk.now = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
        desk.hires("noor", quiet=self.NIGHT, time_zone="UTC")
        ben = desk.hires("ben", by=())
        case_id, _ = desk.opens()
        desk.looks()
        desk.takes(case_id, ben)
        desk.passes(hours=9)
        desk.looks()
        assert desk.told() == []

    @pytest.mark.parametrize(("breaks", "told"), [(True, [URGENT]), (False, [])])
    def test_an_urgent_case_breaks_through_if_they_say_so(self, desk, breaks, told):
        desk.now = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
        noor = desk.hires("noor", quiet=self.NIGHT, time_zone="UTC", breaks_through=breaks)
        desk.opens(urgency=1)
        desk.sends("case.urgent", noor)
        desk.looks()
        assert desk.told(noor) == told

    def test_somebody_at_the_desk_is_told_there_at_any_hour(self, desk):
        desk.now = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
        noor = desk.hires("noor", by=("browser",), quiet=self.NIGHT, time_zone="UTC")
        desk.opens()
        desk.looks()
        assert len(desk.shown(noor).notices) == 1

    @given(
        at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
        begins=st.integers(0, 1439),
        ends=st.integers(0, 1439),
        zone=st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu"]),
    )
    def test_what_holds_a_notice_back_ends_within_a_day_and_by_the_wall(
        self, at, begins, ends, zone
    ):
        if begins == ends:
            return
        chosen = Rules(quiet=(begins, ends), time_zone=zone)
        until = chosen.quiet_until("case.waiting", at)
        if until is None:
            return
        # On two days a year the clocks change: an hour more or less.
        assert at - timedelta(hours=1) <= until <= at + timedelta(hours=25)
        assert chosen.quiet_until("alarm", at) is None

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            (Rules(time_zone="Mars/Olympus"), "notices.refused.zone"),
            (Rules(quiet=(60, 60)), "notices.refused.quiet"),
        ],
    )
    def test_rules_that_cannot_be_are_refused(self, desk, wrong, why):
        noor = desk.hires("noor")
        with pytest.raises(RulesRefused) as refused:
            desk.acts(rules.keep, noor.id, wrong)
        assert refused.value.reason == why
