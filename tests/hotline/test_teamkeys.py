"""Who can read what: nobody without a key, and nobody by the server's help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from hotline import boxes, casefile, casekeys, cases, escrow, padding, passing, staff, teamkeys
from hotline.models import Case, CaseKey, TeamKey
from hotline.teamkeys import KeyRefused, NewTeamKey
from tests.hotline.people import Caseworker
from tests.keys import make_pair, open_key, seal_key


@pytest.fixture
def another(sessions, vault, line_id, now):
    """Somebody else who makes a key: the teams have theirs already."""
    return lambda login: Caseworker(sessions, vault, line_id, now, login)


def lets_in(giver, taker, now):
    """The giver's browser seals every team key to the taker's public key."""
    keys = {n: seal_key(private, taker.keys.public) for n, private in giver.keys.teams.items()}
    with giver.sessions.begin() as session:
        teamkeys.let_in(session, giver.member, taker.member.id, taker.keys.public, keys, now)
        taker._learns(session)


def test_what_is_said_before_a_team_has_a_key_is_sealed_to_it_when_it_has(
    person, sessions, vault, line_id, now
):
    person.calls_a_person()
    person.texts_us("they took my passport")
    with sessions() as session:
        assert casekeys.held_by_service(session, session.scalar(select(Case.id)))
    sam = Caseworker(sessions, vault, line_id, now)
    assert sam.hears() == ["they took my passport"]
    with sessions() as session:
        assert not casekeys.held_by_service(session, session.scalar(select(Case.id)))
        assert session.scalars(select(CaseKey.team_key_id)).all().count(None) == 0


def test_who_is_not_let_in_reads_nothing(person, caseworker, another):
    person.calls_a_person()
    person.texts_us("they took my passport")
    noor = another("noor")
    assert noor.reads() == {"summary": None, "answers": None, "messages": []}
    assert caseworker.hears() == ["they took my passport"]


def test_who_is_let_in_reads_what_was_said_before_too(person, caseworker, another, now):
    person.calls_a_person()
    person.texts_us("they took my passport")
    noor = another("noor")
    lets_in(caseworker, noor, now)
    assert noor.hears() == ["they took my passport"]


def test_only_who_holds_a_key_lets_somebody_in(caseworker, another, sessions, now):
    noor, ana = another("noor"), another("ana")
    number = next(iter(caseworker.keys.teams))
    sealed = {number: seal_key(b"x" * 32, ana.keys.public)}
    with sessions.begin() as session, pytest.raises(KeyRefused, match="not_member"):
        teamkeys.let_in(session, noor.member, ana.member.id, ana.keys.public, sealed, now)


def test_a_key_sealed_to_a_public_key_that_changed_is_refused(caseworker, another, sessions, now):
    noor = another("noor")
    number, private = next(iter(caseworker.keys.teams.items()))
    forged, _ = make_pair()
    sealed = {number: seal_key(private, forged)}
    with sessions.begin() as session, pytest.raises(KeyRefused, match="changed"):
        teamkeys.let_in(session, caseworker.member, noor.member.id, forged, sealed, now)


def test_who_makes_a_new_key_has_to_be_let_in_anew(person, caseworker, another, sessions, now):
    person.calls_a_person()
    noor = another("noor")
    lets_in(caseworker, noor, now)
    noor.keys.public, noor.keys.private = make_pair()
    noor.keys.teams = {}
    with sessions.begin() as session:
        teamkeys.enrol(session, noor.vault, noor.member, noor.keys.public, b"{}", {}, now)
        noor._learns(session)
    assert noor.reads()["summary"] is None


def test_who_left_knows_no_case_of_after_the_key_was_renewed(
    person, caseworker, another, sessions, line_id, now
):
    noor = another("noor")
    lets_in(caseworker, noor, now)
    with sessions.begin() as session:
        staff.disable(session, "noor")
        assert teamkeys.shut_out(session, noor.member.id) == ["child", "general"]
        for team in casekeys.FIRST_LINE:
            new = caseworker.new_team_key(team)
            teamkeys.make_team_key(session, caseworker.vault, caseworker.member, team, new, now)
        caseworker._learns(session)
    person.calls_a_person()
    person.texts_us("they took my passport")
    assert caseworker.hears() == ["they took my passport"]
    with sessions() as session:
        sealed = session.scalars(select(CaseKey.key_sealed)).all()
    assert len(sealed) == 2
    for private in noor.keys.teams.values():
        for each in sealed:
            with pytest.raises(Exception, match="decrypt"):
                open_key(each, private)


def test_only_who_holds_the_old_key_renews_it(caseworker, another, sessions, now):
    noor = another("noor")
    with sessions.begin() as session, pytest.raises(KeyRefused, match="not_member"):
        new = noor.new_team_key("general")
        teamkeys.make_team_key(session, noor.vault, noor.member, "general", new, now)


def test_of_two_first_members_one_makes_the_teams_keys(caseworker, another, sessions):
    noor = another("noor")
    assert noor.keys.teams == {}
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(TeamKey)) == 2


@pytest.mark.parametrize(
    ("public", "sealed"), [(b"", b"x" * 80), (b"x" * 31, b"x" * 80), (b"x" * 32, b"x" * 79)]
)
def test_what_is_no_key_is_refused_and_changes_nothing(caseworker, sessions, now, public, sealed):
    with sessions.begin() as session, pytest.raises(KeyRefused, match="shape"):
        teamkeys.make_team_key(
            session,
            caseworker.vault,
            caseworker.member,
            "general",
            NewTeamKey(public, sealed),
            now,
        )
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(TeamKey)) == 2


def passes_on(session, caseworker, case_id, key_id, box, now):
    """To the shelter, whole; whether the contact agreed is another test's affair."""
    passing.pass_on(
        session,
        caseworker.vault,
        case_id,
        caseworker.member,
        "shelter",
        {"shelter": (key_id, box)},
        now,
        reason="danger",
        parts=("summary", "thread"),
    )


class TestPassingOn:
    @pytest.fixture
    def shelter(self, sessions, vault, line_id, now):
        """A partner's team with a member of its own."""
        with sessions.begin() as session:
            teamkeys.add_team(session, line_id, "shelter", "Shelter North")
        return Caseworker(sessions, vault, line_id, now, "ana", partner="shelter")

    def passes(self, sessions, caseworker, line_id, now):
        """What the browser does: open the case's key, seal it to the other team's."""
        with sessions.begin() as session:
            case_id = session.scalar(select(Case.id))
            key_id, public = casekeys.current(session, line_id, ["shelter"])["shelter"]
            number, sealed = casekeys.sealed_for(session, case_id, caseworker.member.id)[0]
            private = open_key(sealed, caseworker.keys.teams[number])
            handed = seal_key(private, public)
            passes_on(session, caseworker, case_id, key_id, handed, now)

    def test_the_other_team_reads_it_and_this_one_no_more(
        self, person, caseworker, shelter, sessions, vault, line_id, now
    ):
        person.calls_a_person()
        person.texts_us("they took my passport")
        with sessions.begin() as session:
            cases.take(session, vault, session.scalar(select(Case.id)), caseworker.member, now)
        assert shelter.hears() == []
        self.passes(sessions, caseworker, line_id, now)
        person.texts_us("thank you")
        assert shelter.hears() == ["they took my passport", "thank you"]
        assert caseworker.reads()["messages"] == []
        with sessions() as session:
            (case,) = casefile.listed(session, line_id)
        assert (case.team, case.state, case.taken_by) == ("shelter", "waiting", None)

    def test_an_alarm_does_not_take_it_to_a_team_that_cannot_read_it(
        self, person, caseworker, shelter, sessions, vault, line_id, now
    ):
        person.calls_a_person()
        with sessions.begin() as session:
            cases.take(session, vault, session.scalar(select(Case.id)), caseworker.member, now)
        self.passes(sessions, caseworker, line_id, now)
        person.texts_us("i am 15 years old")
        with sessions() as session:
            (case,) = casefile.listed(session, line_id)
        assert (case.team, case.urgency) == ("shelter", 2)
        assert "note.alarm_child" in shelter.notes()

    def test_it_is_refused_for_who_has_not_taken_it_and_for_a_key_not_in_use(
        self, person, caseworker, shelter, sessions, vault, now
    ):
        person.calls_a_person()
        with sessions.begin() as session:
            case_id = session.scalar(select(Case.id))
            with pytest.raises(cases.CaseRefused, match="not_yours"):
                passes_on(session, caseworker, case_id, 1, b"x" * 80, now)
            cases.take(session, vault, case_id, caseworker.member, now)
            with pytest.raises(cases.CaseRefused, match="team_key"):
                passes_on(session, caseworker, case_id, 1, b"x" * 80, now)


class TestEscrow:
    @pytest.fixture
    def supervisors(self, sessions, vault, line_id, now, caseworker):
        found = [Caseworker(sessions, vault, line_id, now, f"ana-{n}") for n in range(4)]
        with sessions.begin() as session:
            session.execute(text("UPDATE staff SET role = 'supervisor' WHERE login LIKE 'ana-%'"))
        return found

    def makes(self, sessions, caseworker, supervisors, needed, now):
        number = next(iter(caseworker.keys.teams))
        shares = {s.member.id: b"share" for s in supervisors}
        with sessions.begin() as session:
            return escrow.make(session, caseworker.member, number, needed, shares, now)

    @pytest.mark.parametrize(("holders", "needed"), [(1, 1), (3, 1), (2, 3), (0, 0)])
    def test_one_alone_never_has_the_key(
        self, sessions, caseworker, supervisors, holders, needed, now
    ):
        with pytest.raises(KeyRefused, match="numbers"):
            self.makes(sessions, caseworker, supervisors[:holders], needed, now)

    def test_shares_are_for_supervisors(self, sessions, caseworker, supervisors, now):
        with pytest.raises(KeyRefused, match="supervisors"):
            self.makes(sessions, caseworker, [*supervisors, caseworker], 2, now)

    def test_who_makes_a_new_key_loses_the_share_and_the_page_says_so(
        self, sessions, caseworker, supervisors, line_id, now
    ):
        self.makes(sessions, caseworker, supervisors[:2], 2, now)
        with sessions() as session:
            assert escrow.listed(session, line_id)[0].works
        lost = supervisors[0]
        with sessions.begin() as session:
            teamkeys.enrol(session, lost.vault, lost.member, make_pair()[0], b"{}", {}, now)
        with sessions() as session:
            (found,) = escrow.listed(session, line_id)
        assert (len(found.holders), found.made_for, found.works) == (1, 2, False)


@given(st.text(max_size=3000), st.sampled_from([32, 256, 512]))
def test_padding_comes_off_again_and_leaves_few_lengths(words, smallest):
    padded = padding.pad(words, smallest)
    assert padding.unpad(padded) == words
    assert len(padded) > len(words.encode())
    classes = len(padded) // smallest
    assert len(padded) % smallest == 0
    assert classes & (classes - 1) == 0


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_length_of_what_is_sealed_tells_nothing(one, other):
    public, _ = boxes.make_pair()
    lengths = {len(boxes.seal_words(words, public)) for words in (one[:60], other[:60])}
    assert len(lengths) == 1
