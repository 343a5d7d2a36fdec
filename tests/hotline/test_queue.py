"""Take next: who is given what, and why not; fifty at once on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import sessionmaker

from hotline import boxes, cases, queue, staff
from hotline.casefile import CaseView
from hotline.cases import CaseRefused
from hotline.models import (
    Away,
    Case,
    Contact,
    Outbox,
    Staff,
    StaffKey,
    StaffSession,
    TeamKey,
    TeamMember,
)
from hotline.present import Colleague, Present
from hotline.queue import obstacle, outlook
from hotline.staff import Member
from ops import database
from tests.hotline.people import case

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
URGENT, SOON, LATER = 1, 2, 3


def member(number=1, role="caseworker", **more):
    plain = Member(
        id=number,
        line_id=1,
        login=f"m{number}",
        display_name="Sam",
        role=role,
        language="en",
        one_time=False,
        active=True,
        teams=(),
        speaks=(),
        for_children=False,
        most_cases=8,
        most_urgent=3,
    )
    return replace(plain, **more)


def waits(number=1, **more):
    plain = CaseView(
        id=number,
        urgency=LATER,
        language="en",
        channel="sms",
        team="general",
        state="waiting",
        covered=False,
        forgotten=False,
        handle=None,
        taken_by=None,
        taken_by_name=None,
        opened_at=NOW,
        taken_at=None,
        closed_at=None,
        unanswered_since=NOW,
    )
    return replace(plain, **more)


def why(found, me, *others):
    """Why somebody may not take a case, with these others there."""
    return obstacle(found, me, Present([me, *others]))


class TestTheRule:
    def test_no_teams_are_all_of_the_first_line_and_no_languages_are_every_one(self):
        me = Colleague(member())
        for team in ("general", "child"):
            assert why(waits(team=team, language="fr"), me) is None
        assert why(waits(team="shelter"), me) == "team"

    def test_a_partner_is_given_cases_of_their_team_only(self):
        me = Colleague(member(role="partner", teams=("shelter",)))
        assert why(waits(team="shelter"), me) is None
        assert why(waits(team="general"), me) == "team"

    def test_a_case_waits_for_somebody_who_speaks_its_language(self):
        me = Colleague(member(speaks=("en",)))
        assert why(waits(language="fr"), me) == "language"
        assert why(waits(language="en"), me) is None

    def test_an_urgent_case_whose_language_nobody_there_speaks_is_given_all_the_same(self):
        me, speaker = Colleague(member(speaks=("en",))), Colleague(member(2, speaks=("fr",)))
        french = waits(language="fr", urgency=URGENT)
        assert why(french, me) is None
        assert outlook([french], me, Present([me])).unspoken
        assert why(french, me, speaker) == "language"
        assert why(french, speaker, me) is None

    @pytest.mark.parametrize(
        "busy", [{"cases": 8}, {"urgent": 3}, {"away": True}], ids=lambda each: next(iter(each))
    )
    def test_who_has_no_room_keeps_nobody_else_from_an_urgent_case(self, busy):
        me = Colleague(member(speaks=("en",)))
        speaker = Colleague(member(2, speaks=("fr",)), **busy)
        assert why(waits(language="fr", urgency=URGENT), me, speaker) is None

    def test_a_childs_case_is_for_who_is_trained_and_for_others_when_nobody_is(self):
        me, trained = Colleague(member()), Colleague(member(2, for_children=True))
        child = waits(team="child")
        assert why(child, me, trained) == "child"
        assert why(child, trained, me) is None
        assert why(child, me) is None
        assert outlook([child], me, Present([me])).untrained
        assert why(child, me, replace(trained, cases=8)) is None

    def test_a_childs_case_is_not_left_between_who_is_trained_and_who_speaks(self):
        trained = Colleague(member(1, for_children=True, speaks=("en",)))
        speaker = Colleague(member(2, speaks=("fr",)))
        child = waits(team="child", language="fr")
        assert why(child, speaker, trained) is None
        assert why(child, trained, speaker) == "language"

    def test_limits_hold_and_an_urgent_limit_leaves_room_for_what_can_wait(self):
        full = Colleague(member(most_cases=2), cases=2)
        assert why(waits(), full) == "full"
        urgent = Colleague(member(most_urgent=1), cases=1, urgent=1)
        assert why(waits(urgency=URGENT), urgent) == "urgent_full"
        assert why(waits(urgency=SOON), urgent) is None

    def test_who_cannot_read_a_team_gets_none_of_its_cases_and_keeps_them_from_nobody(self):
        me = Colleague(member(), unreadable=frozenset({"child"}))
        reader = Colleague(member(2, speaks=("fr",)))
        assert why(waits(), me) is None
        assert why(waits(team="child"), me) == "key"
        # Who speaks the language but cannot read is not waited for.
        speaker = replace(me, member=member(speaks=("en",)))
        assert why(waits(team="child", urgency=URGENT), reader, speaker) is None

    def test_who_is_away_gets_nothing(self):
        assert why(waits(), Colleague(member(), away=True)) == "away"

    def test_a_contact_who_must_not_be_written_to_is_given_to_nobody(self):
        assert why(waits(covered=True, urgency=URGENT), Colleague(member())) == "covered"

    @pytest.mark.parametrize(
        ("waiting", "me", "reason"),
        [
            ([], {}, "nobody"),
            ([{"language": "fr"}], {}, "language"),
            ([{"team": "shelter"}], {}, "team"),
            ([{"team": "shelter"}, {"language": "fr"}], {}, "language"),
            ([{"covered": True}], {}, "covered"),
            ([{}], {"cases": 8}, "full"),
            ([{"urgency": URGENT}], {"urgent": 3}, "urgent_full"),
        ],
    )
    def test_the_outlook_says_why_there_is_nothing_to_take(self, waiting, me, reason):
        me = Colleague(member(speaks=("en",)), **me)
        found = outlook([waits(n, **each) for n, each in enumerate(waiting)], me, Present([me]))
        assert (found.number, found.next, found.why) == (0, None, f"queue.why.{reason}")


colleagues = st.lists(
    st.builds(
        lambda n, speaks, trained, teams, taken: Colleague(
            member(n, speaks=speaks, for_children=trained, teams=teams), cases=taken
        ),
        st.integers(1, 99),
        st.sampled_from([(), ("en",), ("fr",), ("en", "fr")]),
        st.booleans(),
        st.sampled_from([(), ("general",), ("child",)]),
        st.sampled_from([0, 8]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.member.id,
)
kinds = st.builds(
    waits,
    team=st.sampled_from(["general", "child"]),
    language=st.sampled_from(["en", "fr", "es"]),
    urgency=st.sampled_from([URGENT, SOON, LATER]),
)


@given(colleagues, kinds)
def test_a_case_that_somebody_there_could_answer_is_always_somebodys_to_take(there, found):
    able = [each for each in there if each.hindered(found) is None]
    could = [each for each in able if each.speaks(found.language)]
    if found.urgency == URGENT:
        could = could or able
    takers = [each for each in there if obstacle(found, each, Present(there)) is None]
    assert bool(takers) == bool(could)
    assert all(each in could for each in takers)


# ---- with a database


@pytest.fixture
def hire(sessions, line_id, now):
    """Somebody of the staff, signed in unless said otherwise; gives the Member."""

    def hired(login, role="caseworker", *, signed_in=True, **more):
        with sessions.begin() as session:
            staff.add(
                session, line_id=line_id, login=login, display_name="Sam", role=role, language="en"
            )
            row = session.scalar(select(Staff).where(Staff.login == login))
            for name, value in more.items():
                setattr(row, name, value)
            if signed_in:
                token = login.encode()
                session.add(
                    StaffSession(token_hash=token, staff_id=row.id, started_at=now, seen_at=now)
                )
            return staff.member(row)

    return hired


@pytest.fixture
def waiting(sessions, vault, line_id, now):
    """Somebody waits; gives the number of their case."""

    def made(minutes=0, **more):
        with sessions.begin() as session:
            number = session.scalar(select(func.count(Contact.id))) + 1
            contact = Contact(
                line_id=line_id,
                channel="simulator",
                address_hash=b"%032d" % number,
                address_sealed=vault.seal("tel:+12025550101", "address"),
                language="en",
                heard_at=now,
            )
            session.add(contact)
            session.flush()
            row = case(line_id, contact.id, now - timedelta(minutes=minutes))
            row.public_key, _ = boxes.make_pair()
            row.waits_since = row.opened_at
            for name, value in more.items():
                setattr(row, name, value)
            session.add(row)
            session.flush()
            return row.id

    return made


@pytest.fixture
def press(sessions, vault, now):
    """Take next; gives the case, or why there is none."""

    def pressed(who):
        try:
            with sessions.begin() as session:
                return queue.take_next(session, vault, who, now).next.id
        except CaseRefused as refused:
            return refused.reason

    return pressed


def test_the_most_urgent_comes_first_and_of_these_who_waits_longest(waiting, hire, press):
    later = waiting(90, urgency=LATER)
    soon, soon_but_older = waiting(1, urgency=SOON), waiting(30, urgency=SOON)
    now_urgent = waiting(0, urgency=URGENT)
    sam = hire("sam")
    taken = [press(sam) for _ in range(4)]
    assert taken == [now_urgent, soon_but_older, soon, later]
    assert press(sam) == "queue.why.nobody"


def test_who_wrote_again_after_an_answer_waits_since_then(waiting, hire, press, sessions, now):
    first, second = waiting(60), waiting(30)
    with sessions.begin() as session:
        session.execute(update(Case).where(Case.id == first).values(waits_since=now))
    assert press(hire("sam")) == second


def test_taking_next_is_taking(waiting, hire, press, sessions, now):
    number, sam = waiting(), hire("sam")
    assert press(sam) == number
    with sessions() as session:
        row = session.get_one(Case, number)
        assert (row.state, row.taken_by, row.taken_at) == ("taken", sam.id, now)


def test_what_counts_are_people_whose_screen_is_open(waiting, hire, press, sessions, now):
    waiting(language="fr", urgency=URGENT)
    sam, amelie = hire("sam", speaks=["en"]), hire("amelie", speaks=["fr"])
    assert press(sam) == "queue.why.language"
    with sessions.begin() as session:
        session.execute(
            update(StaffSession).where(StaffSession.staff_id == amelie.id).values(locked=True)
        )
    assert isinstance(press(sam), int)


@pytest.mark.parametrize("role", ["auditor", "campaign_officer"])
def test_who_does_not_work_at_the_desk_speaks_for_nobody(waiting, hire, press, role):
    number = waiting(language="fr", urgency=URGENT)
    hire("other", role, speaks=["fr"])
    assert press(hire("sam", speaks=["en"])) == number


def test_who_is_away_is_told_so(waiting, hire, press, sessions, line_id, now):
    waiting()
    sam = hire("sam")
    with sessions.begin() as session:
        session.add(Away(line_id=line_id, staff_id=sam.id, why="break", since=now))
    assert press(sam) == "queue.why.away"


def test_who_has_not_been_let_in_is_told_so_instead_of_given_what_they_cannot_read(
    waiting, hire, press, sessions, line_id, now
):
    number = waiting()
    sam, amelie = hire("sam"), hire("amelie")
    public, _ = boxes.make_pair()
    with sessions.begin() as session:
        key = TeamKey(line_id=line_id, team="general", public_key=public, made_at=now)
        session.add(key)
        session.add(
            StaffKey(staff_id=amelie.id, public_key=public, private_sealed=b"", made_at=now)
        )
        session.flush()
        session.add(
            TeamMember(team_key_id=key.id, staff_id=amelie.id, key_sealed=bytes(80), since=now)
        )
    assert press(sam) == "queue.why.key"
    assert press(amelie) == number


def test_a_partner_is_told_nothing_of_other_teams(waiting, hire, press):
    waiting()
    assert press(hire("pat", "partner", teams=["shelter"])) == "queue.why.nobody"


def test_who_is_forgotten_is_given_to_nobody(waiting, hire, press, now):
    waiting(forgotten_at=now)
    assert press(hire("sam")) == "queue.why.nobody"


def test_cases_cannot_be_picked_but_what_is_next_can_be_taken_from_its_page(
    waiting, hire, sessions, vault, now
):
    later, first = waiting(5, urgency=LATER), waiting(urgency=URGENT)
    sam = hire("sam")

    def take(number):
        with sessions.begin() as session:
            queue.take(session, vault, number, session.get_one(Staff, sam.id), now)

    with pytest.raises(CaseRefused, match=r"refused\.not_next"):
        take(later)
    take(first)
    take(later)


def test_a_supervisor_picks_whichever_waits(waiting, hire, sessions, vault, now):
    waiting(urgency=URGENT)
    later = waiting(urgency=LATER, covered=True)
    ana = hire("ana", "supervisor")
    with sessions.begin() as session:
        queue.take(session, vault, later, session.get_one(Staff, ana.id), now)
        assert session.get_one(Case, later).taken_by == ana.id


@pytest.fixture
def wide(database_url):
    """Sessions with a connection for each of fifty."""
    engine = database.make_engine(database_url, pool=50)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


def at_once(people, act):
    """Everybody acts at the same moment; gives what came of it."""
    start = Barrier(len(people))

    def go(who):
        start.wait()
        return act(who)

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(go, people))


def pressing(wide, vault, now):
    def act(who):
        try:
            with wide.begin() as session:
                return queue.take_next(session, vault, who, now).next.id
        except CaseRefused as refused:
            return refused.reason

    return act


def test_fifty_who_press_at_once_are_given_fifty_cases(waiting, hire, wide, vault, now):
    numbers = [waiting(n) for n in range(50)]
    people = [hire(f"sam{n}") for n in range(50)]
    assert sorted(at_once(people, pressing(wide, vault, now))) == numbers


def test_fifty_who_press_for_twenty_cases_leave_none_and_are_told_why(
    waiting, hire, wide, vault, now
):
    numbers = [waiting(n) for n in range(20)]
    people = [hire(f"sam{n}") for n in range(50)]
    got = at_once(people, pressing(wide, vault, now))
    assert sorted(each for each in got if isinstance(each, int)) == numbers
    assert [each for each in got if not isinstance(each, int)] == ["queue.why.nobody"] * 30


def test_who_presses_ten_times_at_once_is_given_no_more_than_their_limit(
    waiting, hire, wide, vault, now, sessions
):
    for n in range(10):
        waiting(n)
    sam = hire("sam", most_cases=3)
    got = at_once([sam] * 10, pressing(wide, vault, now))
    assert sorted(map(str, got))[3:] == ["queue.why.full"] * 7
    with sessions() as session:
        taken = select(func.count()).where(Case.taken_by == sam.id)
        assert session.scalar(taken) == 3
        # Each of those contacts was told once.
        assert session.scalar(select(func.count(Outbox.id))) == 3


def test_a_case_that_is_busy_for_a_moment_is_waited_for_and_not_missed(
    waiting, hire, wide, vault, now
):
    """The contact of the only case that waits is writing just now."""
    number, sam = waiting(), hire("sam")
    with ThreadPoolExecutor(1) as pool:
        with wide.begin() as session:
            cases.locked(session, number)
            pressed = pool.submit(pressing(wide, vault, now), sam)
            assert not pressed.done()
        assert pressed.result(10) == number


def test_who_waits_in_vain_for_a_case_that_others_hold_is_told_to_press_again(
    waiting, hire, wide, vault, now, monkeypatch
):
    monkeypatch.setattr(queue, "PATIENCE_SECONDS", 0.1)
    number, sam = waiting(), hire("sam")
    with wide.begin() as session:
        cases.locked(session, number)
        assert pressing(wide, vault, now)(sam) == "queue.why.busy"
    assert pressing(wide, vault, now)(sam) == number
