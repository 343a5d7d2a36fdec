"""Whatever of a campaign is changed after it was approved, nothing is sent: found by looking at the tables."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, inspect

from campaigns.models import Campaign, CampaignText
from campaigns.planning import plan, series
from campaigns.planning.audience import Rule
from campaigns.planning.plan import BOOKKEEPING
from campaigns.quiet import Window
from hotline.models import Line
from tests.campaigns.desk import ANY_TIME

# Every kind of column there is; one of a kind that is not here fails.
ANOTHER = {
    str: lambda was: f"{was}x",
    int: lambda was: (was or 0) + 1,
    bool: lambda was: not was,
    # JSON.
    object: lambda was: was | {"languages": ["fr"]},
    datetime: lambda was: (was or datetime(2026, 5, 1, tzinfo=UTC)) + timedelta(minutes=1),
    list: lambda was: [*was, 6],
}
# Lists that hold something else than small numbers.
LISTS = {"quiet_dates": lambda was: [*was, date(2026, 12, 25)]}


def columns(model):
    return {column.key: column.columns[0] for column in inspect(model).column_attrs}


def approved(model):
    return sorted(columns(model).keys() - BOOKKEEPING[model])


def change(row, name):
    kind = columns(type(row))[name].type
    change = LISTS.get(name) or ANOTHER[bool if isinstance(kind, Boolean) else kind.python_type]
    setattr(row, name, change(getattr(row, name)))


EVERY = [(model, name) for model in BOOKKEEPING for name in approved(model)]


def test_what_is_not_approved_is_a_column_and_has_a_reason():
    for model, names in BOOKKEEPING.items():
        assert names <= columns(model).keys()
    assert {"audience", "b_share", "fallback_language", "starts_at", "repeats"} <= set(
        approved(Campaign)
    )
    assert approved(CampaignText) == ["language", "text", "variant"]


@pytest.mark.parametrize(("model", "name"), EVERY, ids=[f"{m.__name__}.{n}" for m, n in EVERY])
def test_nothing_is_sent_of_a_campaign_whose_row_was_changed_behind_its_back(desk, model, name):
    desk.has_subscribers(3)
    campaign = desk.schedules(desk.drafts(en="Call us", fr="Appelez"))
    with desk.sessions.begin() as session:
        key = campaign if model is Campaign else (campaign, "en", "A")
        row = session.get_one(model, key)
        before = plan.content_hash(session, session.get_one(Campaign, campaign))
        change(row, name)
        session.flush()
        assert plan.content_hash(session, session.get_one(Campaign, campaign)) != before
        if name == "starts_at":
            # Not in the future, or it would not even be looked at.
            row.starts_at = desk.now
    desk.advances(campaign)
    assert desk.row(campaign).state == "draft"
    assert desk.delivers() == []


def test_nothing_is_sent_when_the_number_in_its_text_is_another_than_was_approved(desk):
    desk.has_subscribers(1)
    with desk.sessions.begin() as session:
        session.get_one(Line, desk.line_id).number = "+41791112233"
    campaign = desk.schedules(desk.drafts(en="Call {number}"))
    with desk.sessions.begin() as session:
        session.get_one(Line, desk.line_id).number = "+41791112244"
    desk.advances(campaign)
    assert desk.row(campaign).state == "draft"


def test_a_number_that_no_text_names_may_change(desk):
    campaign = desk.schedules(desk.drafts())
    with desk.sessions.begin() as session:
        session.get_one(Line, desk.line_id).number = "+41791112244"
    desk.advances(campaign)
    assert desk.row(campaign).state in ("running", "done")


STARTS = datetime(2026, 3, 3, 8, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=20)
words = st.text("abcé’مرح \n", min_size=1, max_size=40).filter(str.strip)
EDITS = st.one_of(
    st.tuples(st.just("text"), st.sampled_from(["en", "fr", "ar"]), words),
    st.tuples(st.just("variant B"), st.sampled_from(["en", "fr"]), words),
    st.tuples(st.just("no text"), st.just("fr"), st.just("")),
    st.tuples(st.just("split"), st.integers(0, 99), st.none()),
    st.tuples(st.just("fallback"), st.sampled_from(["", "en", "fr"]), st.none()),
    st.tuples(
        st.just("audience"),
        st.builds(
            Rule,
            languages=st.sampled_from([(), ("en",), ("en", "fr")]),
            countries=st.sampled_from([(), ("CH",)]),
            tags=st.sampled_from([(), ("north",)]),
            sources=st.sampled_from([(), ("fair",)]),
            channels=st.sampled_from([(), ("simulator",)]),
            since=st.sampled_from([None, date(2026, 1, 1)]),
            days_after=st.sampled_from([None, 3]),
        ),
        st.none(),
    ),
    st.tuples(
        st.just("window"),
        st.sampled_from([(None, ENDS), (STARTS, ENDS), (STARTS, ENDS - timedelta(hours=1))]),
        st.builds(
            Window,
            st.sampled_from(["00:00", "09:00"]),
            st.sampled_from(["24:00", "20:00"]),
            st.sampled_from([frozenset(), frozenset({6})]),
            st.sampled_from([frozenset(), frozenset({date(2026, 12, 25)})]),
        ),
    ),
    st.tuples(
        st.just("repeat"),
        st.sampled_from(["", "daily", "weekly", "monthly"]),
        st.sampled_from([None, STARTS + timedelta(days=90)]),
    ),
)


def do(session, campaign, edit):
    match edit:
        case ("text" | "no text", language, said):
            plan.set_text(session, campaign, language, said)
        case ("variant B", language, said):
            plan.set_text(session, campaign, language, said, variant="B")
        case ("split", share, _):
            plan.set_split(session, campaign, share)
        case ("fallback", language, _):
            plan.set_fallback(session, campaign, language)
        case ("audience", rule, _):
            plan.set_audience(session, campaign, rule)
        case ("window", (starts, ends), hours):
            plan.set_window(session, campaign, starts, ends, hours)
        case ("repeat", how, until):
            series.set_repeat(session, campaign, how, until)


def everything(session, campaign):
    row = session.get_one(Campaign, campaign)
    texts = plan.content.rows(session, campaign)
    return plan._approved(row), [plan._approved(text) for text in texts]


@given(EDITS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_edit_voids_the_approval_exactly_when_it_changes_something(desk, edit):
    desk.starts_over()
    with desk.sessions.begin() as session:
        campaign = plan.create(session, desk.line_id, "Know before you go", desk.officer)
        plan.set_text(session, campaign, "en", "Call us")
        plan.set_text(session, campaign, "fr", "Appelez")
        plan.set_window(session, campaign, STARTS, ENDS, ANY_TIME)
    desk.schedules(campaign)
    with desk.sessions.begin() as session:
        before = everything(session, campaign)
        try:
            with session.begin_nested():
                do(session, campaign, edit)
        except plan.PlanRefused:
            assert everything(session, campaign) == before
            assert session.get_one(Campaign, campaign).state == "scheduled"
            return
        row = session.get_one(Campaign, campaign)
        changed = everything(session, campaign) != before
        assert row.state == ("draft" if changed else "scheduled"), edit
        assert (row.approved_by is None) == (row.content_hash is None) == changed
