"""`waypost staff second-factor` and `idle-lock`, from a terminal."""

import pyotp

from hotline import audit, secondfactor, signin, staff
from hotline.models import Line


def test_a_line_is_told_who_needs_a_second_factor_and_when_its_screens_lock(
    says, sessions, line_id
):
    def line():
        with sessions() as session:
            return session.get_one(Line, line_id)

    assert "Everybody needs" in says("second-factor", "required")
    assert line().second_factor
    assert "Nobody needs" in says("second-factor", "optional")
    assert not line().second_factor
    assert "after 2 min" in says("idle-lock", "2")
    assert line().idle_minutes == 2
    says("idle-lock", "31", code=2)
    with sessions() as session:
        assert [row.act for row, _ in audit.listed(session, line_id)] == [
            "rights.idle_lock_changed",
            "rights.second_factor_required",
            "rights.second_factor_required",
        ]


def test_a_lost_second_factor_is_taken_away(says, sessions, vault, line_id, now):
    with sessions.begin() as session:
        password = staff.add(
            session,
            line_id=line_id,
            login="sam",
            display_name="Sam",
            role="caseworker",
            language="en",
        )
        member, _ = signin.sign_in(session, vault, "sam", password, now)
        offer = secondfactor.offer(vault, member, "line.example")
        code = pyotp.TOTP(offer.secret).at(now)
        secondfactor.set_app(session, vault, member, offer.sealed, code, now, b"")
        assert isinstance(signin.sign_in(session, vault, "sam", password, now), signin.Half)
    assert "password alone" in says("second-factor", "remove", " Sam ")
    with sessions.begin() as session:
        assert signin.sign_in(session, vault, "sam", password, now)[0].login == "sam"
    assert "no such login" in says("second-factor", "remove", "nobody", code=1)
    with sessions() as session:
        assert secondfactor.holders(session, line_id) == frozenset()
