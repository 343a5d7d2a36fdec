"""From a draft to a schedule: a second person approves exactly what will be sent."""

from datetime import timedelta

import pytest

from campaigns.models import CampaignText
from campaigns.planning import plan, series
from campaigns.planning.audience import Rule
from campaigns.planning.plan import STATES, TRANSITIONS, PlanRefused
from campaigns.quiet import Window
from campaigns.sending import dispatch
from hotline.channels import SIMULATOR
from tests.campaigns.desk import ANY_TIME, number


def refused(desk, act, *args):
    with pytest.raises(PlanRefused) as caught, desk.sessions.begin() as session:
        act(session, *args)
    return caught.value.reason


def test_every_state_has_its_ways_out_and_the_last_ones_have_none():
    assert set(TRANSITIONS) == set(STATES)
    assert all(after <= set(STATES) for after in TRANSITIONS.values())
    assert {state for state, after in TRANSITIONS.items() if not after} == {"done", "cancelled"}


def test_a_campaign_is_approved_by_somebody_else_than_who_made_or_submitted_it(desk):
    campaign = desk.drafts()
    seen = desk.submits(campaign)
    assert (
        refused(desk, plan.approve, campaign, desk.officer, seen, desk.now) == "plan.own_campaign"
    )
    with desk.sessions.begin() as session:
        plan.approve(session, campaign, desk.supervisor, seen, desk.now)
    assert desk.row(campaign).state == "approved"


def test_what_was_changed_after_it_was_read_is_not_approved(desk):
    campaign = desk.drafts()
    seen = desk.submits(campaign)
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "en", "Something else")
    desk.submits(campaign)
    reason = refused(desk, plan.approve, campaign, desk.supervisor, seen, desk.now)
    assert reason == "plan.changed_meanwhile"


def test_saving_what_stands_there_already_voids_nothing(desk):
    campaign = desk.schedules(desk.drafts(en="One\nline"))
    row = desk.row(campaign)
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "en", "One\r\nline ")
        plan.set_text(session, campaign, "fr", "")
        plan.set_window(session, campaign, row.starts_at, row.ends_at, ANY_TIME)
        plan.rename(session, campaign, "Another name")
        plan.set_audience(session, campaign, Rule())
        plan.set_split(session, campaign, 0)
        plan.set_fallback(session, campaign, "")
        series.set_repeat(session, campaign, "", None)
    assert desk.row(campaign).state == "scheduled"


def test_a_text_changed_behind_the_plans_back_is_never_sent(desk):
    desk.has_subscribers(3)
    campaign = desk.schedules(desk.drafts())
    with desk.sessions.begin() as session:
        session.get_one(CampaignText, (campaign, "en", "A")).text = "Slipped in"
    desk.advances(campaign)
    assert desk.row(campaign).state == "draft"
    assert desk.delivers() == []


def test_who_subscribes_after_it_was_submitted_is_not_in_it(desk):
    desk.has_subscribers(2)
    campaign = desk.drafts()
    seen = desk.submits(campaign)
    desk.imports(f"phone,language,consent_source\n{number(77)},en,fair\n")
    with desk.sessions.begin() as session:
        plan.approve(session, campaign, desk.supervisor, seen, desk.now)
        plan.schedule(session, campaign, SIMULATOR, desk.now)
    desk.advances(campaign)
    assert desk.balance(campaign).planned == 2


def test_a_campaign_without_words_or_time_is_not_submitted(desk):
    with desk.sessions.begin() as session:
        campaign = plan.create(session, desk.line_id, "  New\nroutes ", desk.officer)
    assert desk.row(campaign).name == "New routes"
    assert refused(desk, plan.submit, campaign, desk.officer, desk.now) == "plan.no_text"
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "en", "Hello")
        plan.sign_off(session, campaign, "en", desk.officer)
    assert refused(desk, plan.submit, campaign, desk.officer, desk.now) == "plan.no_end"
    past = desk.now - timedelta(hours=1)
    with desk.sessions.begin() as session:
        plan.set_window(session, campaign, None, past, ANY_TIME)
    assert refused(desk, plan.submit, campaign, desk.officer, desk.now) == "plan.end_is_past"


def test_what_cannot_be_planned_is_refused_with_its_reason(desk):
    campaign = desk.drafts()
    end, line = desk.now + timedelta(days=1), desk.line_id
    assert refused(desk, plan.create, line, " ", desk.officer) == "plan.name_wrong"
    assert refused(desk, plan.create, line, "x" * 101, desk.officer) == "plan.name_wrong"
    assert refused(desk, plan.set_text, campaign, "en", "x" * 1601) == "plan.text_too_long"
    assert refused(desk, plan.set_text, campaign, "xx", "x") == "plan.language_unknown"
    hours = Window("21:00", "08:00")
    assert refused(desk, plan.set_window, campaign, None, end, hours) == "plan.hours_wrong"
    reason = refused(desk, plan.set_window, campaign, end, end, ANY_TIME)
    assert reason == "plan.ends_before_start"
    far = end + timedelta(days=100)
    assert refused(desk, plan.set_window, campaign, end, far, ANY_TIME) == "plan.too_long"
    assert refused(desk, plan.submit, 999_999, desk.officer, desk.now) == "plan.unknown"


def test_what_runs_is_not_edited(desk):
    desk.has_subscribers(1)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign)
    assert refused(desk, plan.set_text, campaign, "en", "Other") == "plan.not_now"
    assert refused(desk, plan.redraft, campaign) == "plan.not_now"


def test_a_scheduled_campaign_is_due_when_its_time_has_come(desk):
    desk.has_subscribers(1)
    campaign = desk.drafts()
    start = desk.now + timedelta(hours=3)
    with desk.sessions.begin() as session:
        plan.set_window(session, campaign, start, start + timedelta(days=1), ANY_TIME)
    desk.schedules(campaign)
    with desk.sessions() as session:
        assert dispatch.due(session, desk.now) == []
        assert dispatch.due(session, start) == [campaign]
    desk.advances(campaign)
    assert desk.row(campaign).state == "scheduled"
    desk.now = start
    desk.advances(campaign)
    assert desk.delivers() == ["Call us. STOP to end."]
