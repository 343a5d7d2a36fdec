"""Colleagues: joining by a link, being changed, and leaving."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text

from hotline import casekeys, cases, escrow, invitations, roster, signin, staff, teamkeys
from hotline.models import Case, EscrowShare, StaffSession
from hotline.people import PeopleRefused
from hotline.staff import PasswordRefused
from tests.hotline.office import PASSWORD, Office
from tests.hotline.people import Caseworker


@pytest.fixture
def office(sessions, line_id, now):
    return Office(sessions, line_id, now)


@pytest.fixture
def ana(office):
    return office.hires("ana", "supervisor")


def at_once(*works):
    """All of them at the same moment; gives what each came to, or why it was refused."""
    start = Barrier(len(works))

    def run(work):
        start.wait()
        try:
            return work()
        except PeopleRefused as why:
            return why.reason

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


class TestInvitations:
    def test_who_comes_with_the_link_becomes_what_it_says_and_signs_in(
        self, office, ana, sessions, vault, now
    ):
        wanted = {"teams": ("child",), "speaks": ("ar", "fr"), "for_children": True}
        token = office.invites(ana, role="child_specialist", most_cases=4, most_urgent=1, **wanted)
        joined = office.joins(token)
        assert (joined.display_name, joined.role, joined.language) == (
            "Noor",
            "child_specialist",
            "fr",
        )
        assert {name: getattr(joined, name) for name in wanted} == wanted
        assert (joined.most_cases, joined.most_urgent, joined.one_time) == (4, 1, False)
        with sessions.begin() as session:
            member, _ = signin.sign_in(session, vault, "noor", PASSWORD, now)
        assert member == joined
        assert office.record(staff_id=joined.id)[:2] == [
            ("staff.joined", joined.id, {"role": "child_specialist", "staff": ana.id}),
            ("account.signed_in", joined.id, {}),
        ]

    def test_a_link_works_once(self, office, ana):
        token = office.invites(ana)
        office.joins(token)
        with pytest.raises(PeopleRefused, match="invitation"):
            office.joins(token, "thief")

    def test_of_two_who_come_with_it_at_once_one_joins(self, office, ana):
        token = office.invites(ana)
        came = at_once(
            *(lambda login=login: office.joins(token, login).login for login in ("noor", "thief"))
        )
        assert sorted(came, key=len)[1] == "people.refused.invitation"
        assert sum(login in came for login in ("noor", "thief")) == 1

    def test_it_ends_after_three_days(self, office, ana, sessions, line_id):
        token = office.invites(ana)
        office.now += timedelta(hours=71, minutes=59)
        with sessions() as session:
            assert invitations.find(session, line_id, token, office.now).invited_by == "Ana"
        office.now += timedelta(minutes=1)
        with pytest.raises(PeopleRefused, match="invitation"):
            office.joins(token)
        with sessions() as session:
            assert invitations.pending(session, line_id, office.now) == []

    def test_a_withdrawn_one_opens_nothing(self, office, ana, sessions, line_id, now):
        token = office.invites(ana)
        with sessions.begin() as session:
            (waits,) = invitations.pending(session, line_id, now)
            invitations.withdraw(session, ana, waits.id, now)
        with pytest.raises(PeopleRefused, match="invitation"):
            office.joins(token)
        assert [act for act, _, _ in office.record()][-2:] == [
            "staff.invited",
            "staff.invitation_withdrawn",
        ]

    @pytest.mark.parametrize("how", ["shut out", "no supervisor any more"])
    def test_none_opens_of_who_may_not_invite_any_more(self, office, ana, how):
        bea = office.hires("bea", "supervisor")
        token = office.invites(bea)
        if how == "shut out":
            office.shuts_out(ana, "bea")
        else:
            office.changes(ana, "bea", role="caseworker")
        with pytest.raises(PeopleRefused, match="invitation"):
            office.joins(token)

    def test_the_token_stands_nowhere_in_the_database(self, office, ana, sessions):
        token = office.invites(ana)
        with sessions() as session:
            rows = str(session.execute(text("SELECT * FROM invitations")).all())
            rows += str(session.execute(text("SELECT * FROM audit")).all())
        assert "Noor" in rows
        assert token not in rows

    def test_what_is_refused_leaves_the_invitation_as_it_was(self, office, ana):
        token = office.invites(ana)
        for login, password, why in (
            ("ana", PASSWORD, "people.refused.login_taken"),
            ("N O", PASSWORD, "people.refused.login"),
            ("noor", "short", "password.too_short"),
            ("noor", "i am noor and this is long", "password.not_new"),
        ):
            with pytest.raises((PeopleRefused, PasswordRefused)) as refused:
                office.joins(token, login, password)
            assert refused.value.reason == why
        assert office.joins(token).login == "noor"

    @pytest.mark.parametrize(
        ("name", "login"),
        [
            ("Noor", "noor"),
            ("Ana", "ana2"),
            ("José María Núñez", "jose.maria.nunez"),
            ("نور", "colleague"),
            ("!", "colleague"),
            ("x", "colleague"),
            ("A" * 60, "a" * 24),
        ],
    )
    def test_a_login_is_suggested_that_nobody_has(self, office, ana, sessions, name, login):
        with sessions() as session:
            assert invitations.suggested_login(session, name) == login


class TestWhatSomebodyIs:
    @pytest.mark.parametrize(
        ("role", "standing", "why"),
        [
            ("partner", {}, "partner_team"),
            ("partner", {"teams": ("general",)}, "partner_team"),
            ("partner", {"teams": ("shelter", "clinic")}, "partner_team"),
            ("partner", {"teams": ("nowhere",)}, "partner_team"),
            ("caseworker", {"teams": ("shelter",)}, "team"),
            ("supervisor", {"teams": ("general", "nowhere")}, "team"),
            ("boss", {}, "role"),
            ("caseworker", {"speaks": ("tlh",)}, "language"),
            ("caseworker", {"most_cases": 0}, "limits"),
            ("caseworker", {"most_cases": 2, "most_urgent": 3}, "limits"),
            ("caseworker", {"most_cases": 51}, "limits"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, office, ana, role, standing, why):
        office.adds_team()
        office.adds_team("clinic", "Clinic")
        with pytest.raises(PeopleRefused) as refused:
            office.invites(ana, role=role, **standing)
        assert refused.value.reason == f"people.refused.{why}"

    @pytest.mark.parametrize(
        "name", ["", "  ", "x" * 61, "Sam\u202egnoL", "Sam\nLong", "Sam\u2066"]
    )
    def test_a_name_that_is_not_what_it_looks_like_is_refused(self, office, ana, name):
        with pytest.raises(PeopleRefused, match="name"):
            office.invites(ana, name=name)

    def test_a_partner_has_their_team_and_an_auditor_none(self, office):
        office.adds_team()
        assert office.hires("pia", "partner", teams=("shelter",)).sees == ("shelter",)
        assert office.hires("otto", "auditor", teams=("general",)).teams == ()

    def test_what_was_changed_is_noted_by_its_kind(self, office, ana):
        sam = office.hires("sam")
        more = {"speaks": ("ar",), "most_cases": 5, "most_urgent": 2, "display_name": "Samira"}
        office.changes(ana, "sam", **more)
        noted = [about for act, by, about in office.record() if act == "staff.changed"]
        assert [about["kind"] for about in noted] == ["name", "languages", "limits", "limits"]
        assert {about["staff"] for about in noted} == {sam.id}
        assert "Samira" not in str(noted)

    def test_a_change_that_changes_nothing_is_not_noted_and_ends_no_session(
        self, office, ana, sessions, vault, now
    ):
        office.joins(office.invites(ana))
        with sessions.begin() as session:
            signin.sign_in(session, vault, "noor", PASSWORD, now)
        before = office.record()
        assert office.changes(ana, "noor") == []
        assert office.record() == before
        with sessions() as session:
            assert session.scalar(select(StaffSession)) is not None


class TestWhoMayNot:
    def test_nobody_changes_their_own_role_and_may_change_the_rest(self, office, ana):
        office.hires("bea", "supervisor")
        with pytest.raises(PeopleRefused, match="own_role"):
            office.changes(ana, "ana", role="auditor")
        office.changes(ana, "ana", speaks=("fr",))
        assert office.member("ana").speaks == ("fr",)

    def test_nobody_shuts_themselves_out(self, office, ana):
        office.hires("bea", "supervisor")
        with pytest.raises(PeopleRefused, match="yourself"):
            office.shuts_out(ana, "ana")

    def test_the_last_supervisor_stays_whoever_asks(self, office, ana):
        with pytest.raises(PeopleRefused, match="last_supervisor"):
            office.shuts_out(None, "ana")
        with pytest.raises(PeopleRefused, match="last_supervisor"):
            office.changes(None, "ana", role="caseworker")
        assert office.member("ana").active

    def test_two_who_shut_each_other_out_at_once_leave_one(self, office, ana):
        bea = office.hires("bea", "supervisor")
        for _ in range(5):
            outcome = at_once(
                lambda: office.shuts_out(ana, "bea"), lambda: office.shuts_out(bea, "ana")
            )
            assert sorted(map(str, outcome)) == ["[]", "people.refused.last_supervisor"]
            left = [login for login in ("ana", "bea") if office.member(login).active]
            assert len(left) == 1
            with office.sessions.begin() as session:
                session.execute(text("UPDATE staff SET active = true"))

    def test_somebody_of_another_line_is_not_there(self, office, ana, sessions, line_id, now):
        with sessions.begin() as session:
            session.execute(
                text(
                    "INSERT INTO lines (id, slug, name, languages, time_zone, demonstration)"
                    " VALUES (99, 'far', 'Far', '{en}', 'UTC', false)"
                )
            )
            staff.add(
                session,
                line_id=99,
                login="far",
                display_name="Far",
                role="caseworker",
                language="en",
            )
        with pytest.raises(PeopleRefused, match="gone"):
            office.shuts_out(ana, "far")


class TestLeaving:
    @pytest.fixture
    def takes(self, sessions, vault, person):
        """Somebody takes the case of a contact who called a person."""

        def taken(member):
            person.calls_a_person()
            with sessions.begin() as session:
                case_id = session.scalar(select(Case.id))
                cases.take(session, vault, case_id, member, person.now)
            return case_id

        return taken

    def state(self, sessions, case_id):
        with sessions() as session:
            case = session.get_one(Case, case_id)
            return case.state, case.taken_by

    def test_who_is_shut_out_leaves_their_cases_to_others_and_their_keys(
        self, office, ana, sessions, caseworker, takes
    ):
        case_id = takes(caseworker.member)
        assert office.shuts_out(ana, caseworker.member.login) == ["child", "general"]
        assert self.state(sessions, case_id) == ("waiting", None)
        with sessions() as session:
            assert teamkeys.own(session, caseworker.member.id) is None
        acts = [(act, by) for act, by, _ in office.record()][-2:]
        assert acts == [("staff.disabled", ana.id), ("case.returned", ana.id)]

    def test_who_becomes_a_partner_keeps_nothing_of_the_first_line(
        self, office, ana, sessions, caseworker, takes
    ):
        office.adds_team()
        case_id = takes(caseworker.member)
        renew = office.changes(ana, caseworker.member.login, role="partner", teams=("shelter",))
        assert renew == ["child", "general"]
        assert self.state(sessions, case_id) == ("waiting", None)
        member = office.member(caseworker.member.login)
        with sessions() as session:
            assert [k for k in teamkeys.held(session, member) if k.key_sealed] == []
            assert casekeys.sealed_for(session, case_id, member.id) == []
            assert teamkeys.own(session, member.id) is not None

    @pytest.mark.parametrize("role", ["auditor", "campaign_officer"])
    def test_who_leaves_the_desk_has_no_key_at_all(self, office, ana, sessions, caseworker, role):
        assert office.changes(ana, caseworker.member.login, role=role) == ["child", "general"]
        with sessions() as session:
            assert teamkeys.own(session, caseworker.member.id) is None

    def test_who_moves_between_teams_of_the_line_keeps_cases_and_keys(
        self, office, ana, sessions, caseworker, takes
    ):
        case_id = takes(caseworker.member)
        assert office.changes(ana, caseworker.member.login, teams=("child",)) == []
        assert self.state(sessions, case_id) == ("taken", caseworker.member.id)

    def test_who_is_no_supervisor_any_more_has_no_share(
        self, office, ana, sessions, vault, line_id, now, caseworker
    ):
        office.hires("bea", "supervisor")
        holders = [Caseworker(sessions, vault, line_id, now, f"cleo-{n}") for n in range(2)]
        for holder in holders:
            office.changes(ana, holder.member.login, role="supervisor")
        number = next(iter(caseworker.keys.teams))
        with sessions.begin() as session:
            shares = {holder.member.id: b"share" for holder in holders}
            made = escrow.make(session, caseworker.member, number, 2, shares, now)
        office.changes(ana, "cleo-0", role="caseworker")
        with sessions() as session:
            assert session.get(EscrowShare, (made, holders[0].member.id)) is None
            assert session.get(EscrowShare, (made, holders[1].member.id)) is not None
            assert not escrow.listed(session, line_id)[0].works

    def test_another_role_signs_out(self, office, ana, sessions, vault, now):
        office.joins(office.invites(ana))
        with sessions.begin() as session:
            signin.sign_in(session, vault, "noor", PASSWORD, now)
        office.changes(ana, "noor", role="auditor")
        with sessions() as session:
            assert session.scalar(select(StaffSession)) is None


@pytest.mark.parametrize(
    ("ago", "seen"),
    [
        (timedelta(hours=1), "today"),
        (timedelta(hours=10), "week"),
        (timedelta(days=6, hours=23), "week"),
        (timedelta(days=8), "longer"),
    ],
)
def test_when_somebody_was_last_here_is_told_coarsely(
    office, ana, sessions, vault, line_id, now, ago, seen
):
    office.now = now - ago
    office.joins(office.invites(ana))
    with sessions() as session:
        found = {p.member.login: p for p in roster.listed(session, line_id, now)}
    assert found["noor"].seen == seen
    assert not found["noor"].has_key
