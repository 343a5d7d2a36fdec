"""Attacks on who may hold which team's key: none of them gets a key to who it is not for."""

import pytest
from sqlalchemy import text

from hotline import casekeys, escrow, holders, teamkeys
from hotline.holders import KeyRefused
from hotline.models import TeamMember
from tests.hotline.office import Office
from tests.hotline.people import Caseworker
from tests.keys import make_pair, seal_key


@pytest.fixture
def office(sessions, line_id, now):
    return Office(sessions, line_id, now)


class Holding:
    """Somebody with a key pair, in whichever role."""

    def __init__(self, office, vault, login, role, teams=(), makes=()):
        self.office, self.vault = office, vault
        self.public, self.private = make_pair()
        self.member = office.hires(login, role, teams=teams)
        self.teams = {}
        self.enrols(makes)

    def new_key(self):
        public, private = make_pair()
        return teamkeys.NewTeamKey(public, seal_key(private, self.public))

    def enrols(self, makes):
        made = {team: self.new_key() for team in makes}
        with self.office.sessions.begin() as session:
            teamkeys.enrol(
                session, self.vault, self.member, self.public, b"{}", made, self.office.now
            )

    def makes_key_of(self, team):
        with self.office.sessions.begin() as session:
            return teamkeys.make_team_key(
                session, self.vault, self.member, team, self.new_key(), self.office.now
            )

    def lets_in(self, other, key_id):
        sealed = {key_id: seal_key(b"k" * 32, other.public)}
        with self.office.sessions.begin() as session:
            teamkeys.let_in(
                session, self.member, other.member.id, other.public, sealed, self.office.now
            )

    def holds(self):
        with self.office.sessions() as session:
            return sorted(k.team for k in teamkeys.held(session, self.member) if k.key_sealed)


@pytest.fixture
def holding(office, vault):
    """`holding("pia", "partner", ("shelter",))`: somebody with a key pair."""
    office.adds_team("shelter", "Shelter North")
    office.adds_team("clinic", "Clinic")
    return lambda *asked, **more: Holding(office, vault, *asked, **more)


def current(sessions, line_id, team):
    with sessions() as session:
        return casekeys.current(session, line_id, [team])[team][0]


def test_a_partner_makes_the_key_of_their_own_team(holding):
    pia = holding("pia", "partner", ("shelter",), makes=("shelter",))
    assert pia.holds() == ["shelter"]


@pytest.mark.parametrize("team", ["general", "child", "clinic"])
def test_a_partner_makes_no_other_teams_key_though_none_is_there(holding, team):
    with pytest.raises(KeyRefused, match="not_theirs"):
        holding("pia", "partner", ("shelter",), makes=("shelter", team))
    zoe = holding("zoe", "partner", ("shelter",))
    with pytest.raises(KeyRefused, match="not_theirs"):
        zoe.makes_key_of(team)


@pytest.mark.parametrize("role", ["caseworker", "child_specialist", "supervisor"])
def test_nobody_of_the_line_makes_a_partners_key(holding, role):
    sam = holding("sam", role, makes=("general", "child"))
    with pytest.raises(KeyRefused, match="not_theirs"):
        sam.makes_key_of("shelter")
    assert sam.holds() == ["child", "general"]


@pytest.mark.parametrize("role", ["auditor", "campaign_officer"])
@pytest.mark.parametrize("team", ["general", "shelter"])
def test_who_does_not_work_with_cases_makes_none(holding, role, team):
    otto = holding("otto", role)
    with pytest.raises(KeyRefused, match="not_theirs"):
        otto.makes_key_of(team)


@pytest.mark.parametrize(
    ("role", "teams"),
    [("partner", ("shelter",)), ("auditor", ()), ("campaign_officer", ())],
)
def test_nobody_is_let_in_to_the_first_line_who_is_not_of_it(
    holding, sessions, line_id, role, teams
):
    sam = holding("sam", "supervisor", makes=("general", "child"))
    other = holding("other", role, teams)
    with pytest.raises(KeyRefused, match="not_theirs"):
        sam.lets_in(other, current(sessions, line_id, "general"))
    assert other.holds() == []


@pytest.mark.parametrize(
    ("role", "teams"),
    [("partner", ("clinic",)), ("supervisor", ()), ("caseworker", ()), ("auditor", ())],
)
def test_a_partner_lets_nobody_in_who_is_not_of_their_team(holding, sessions, line_id, role, teams):
    pia = holding("pia", "partner", ("shelter",), makes=("shelter",))
    other = holding("other", role, teams)
    key = current(sessions, line_id, "shelter")
    with pytest.raises(KeyRefused, match="not_theirs"):
        pia.lets_in(other, key)
    zoe = holding("zoe", "partner", ("shelter",))
    pia.lets_in(zoe, key)
    assert (zoe.holds(), other.holds()) == (["shelter"], [])


def test_a_renewed_key_is_sealed_to_no_stranger_in_the_same_moment(holding, sessions, line_id):
    """What the page of keys does: renew, and let in who held the old one, in one transaction."""
    pia = holding("pia", "partner", ("shelter",), makes=("shelter",))
    sam = holding("sam", "caseworker", makes=("general", "child"))
    made = pia.makes_key_of("shelter")
    with pytest.raises(KeyRefused, match="not_theirs"):
        pia.lets_in(sam, made)


def test_no_share_brings_a_partner_the_key_of_the_first_line(
    holding, sessions, line_id, now, office
):
    """Supervisors may be talked into much: the server keeps no copy for who may not hold it."""
    sam = holding("sam", "supervisor", makes=("general", "child"))
    ana = holding("ana", "supervisor")
    pia = holding("pia", "partner", ("shelter",), makes=("shelter",))
    key = current(sessions, line_id, "general")
    with sessions.begin() as session:
        shares = {sam.member.id: b"one", ana.member.id: b"two"}
        made = escrow.make(session, sam.member, key, 2, shares, now)
    for giver in (sam, ana):
        with sessions.begin() as session, pytest.raises(KeyRefused, match="not_theirs"):
            escrow.give(session, giver.member, made, pia.member.id, pia.public, b"share", now)
    with sessions.begin() as session, pytest.raises(KeyRefused, match="not_theirs"):
        teamkeys.keep_own(session, pia.member, key, seal_key(b"k" * 32, pia.public), now)


def test_a_copy_behind_the_rules_back_is_handed_to_nobody(holding, sessions, line_id, now):
    """Such as one that was kept in the moment in which somebody changed teams."""
    holding("sam", "supervisor", makes=("general", "child"))
    pia = holding("pia", "partner", ("shelter",), makes=("shelter",))
    key = current(sessions, line_id, "general")
    with sessions.begin() as session:
        session.add(
            TeamMember(team_key_id=key, staff_id=pia.member.id, key_sealed=b"x" * 80, since=now)
        )
    assert pia.holds() == ["shelter"]


def test_who_changes_team_is_let_in_anew_and_loses_the_old_ones_key(
    holding, office, sessions, line_id
):
    holding("ana", "supervisor", makes=("general", "child"))
    ana = office.member("ana")
    pia = holding("pia", "partner", ("shelter",), makes=("shelter",))
    assert office.changes(ana, "pia", teams=("clinic",)) == ["shelter"]
    pia.member = office.member("pia")
    assert pia.holds() == []
    pia.makes_key_of("clinic")
    assert pia.holds() == ["clinic"]


def test_a_member_whose_team_is_called_like_the_first_lines_gets_nothing_of_it(
    caseworker, sessions, line_id
):
    """Whatever stands in the row of an account: only the table of rights counts."""
    with sessions.begin() as session:
        session.execute(
            text("UPDATE staff SET role = 'partner', teams = '{general}' WHERE login = 'reader'")
        )
    assert isinstance(caseworker, Caseworker)
    with sessions() as session:
        member = Office(sessions, line_id, None).member("reader")
        assert not holders.may_hold(member, "general")
        assert all(held.key_sealed is None for held in teamkeys.held(session, member))
