"""`waypost doctor`: what a line needs somebody for is told; a line on the simulator is left in peace."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from hotline import ear, escalation
from hotline.models import Heartbeat, SenderHealth
from ops.cli import waypost
from ops.wiring import clock
from sms.sender import sender_name
from tests.fakes.twilio import ACCOUNT, NUMBER, TOKEN, FakeTwilio
from tests.hotline import rotas
from tests.hotline.people import case

# A provider that nobody answers for, so that the doctor has no real one to ask.
REAL = {"WAYPOST_TELEGRAM_TOKEN": "1:secret", "WAYPOST_TELEGRAM_URL": "http://127.0.0.1:1"}


@pytest.fixture
def examined(database_url, key_ring, tmp_path):
    """What the doctor says: `examined(WAYPOST_EAR="on")`, a finding by its name."""
    environment = {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
        "WAYPOST_EAR": "off",
    }

    def examine(**more):
        done = CliRunner().invoke(waypost, ["doctor"], env=environment | more)
        lines = [line for line in done.stdout.splitlines() if line[:2] in ("✓ ", "✗ ")]
        return {line.split()[1]: (line[0], line.split(maxsplit=2)[2]) for line in lines}

    return examine


def decided(home, **changes):
    said = {"owner": "A. Director", "child": "may", "danger": "agreed"} | changes
    lines = [f'{key} = "{value}"' for key, value in said.items()]
    (home / "policy.toml").write_text("\n".join(lines), encoding="utf-8")


def test_on_a_real_line_somebody_has_to_own_what_is_reported(examined, tmp_path):
    mark, told = examined(**REAL)["policy"]
    assert mark == "✗"
    assert f"copy triage/policy.toml to {tmp_path / 'policy.toml'} and name the owner" in told
    decided(tmp_path)
    assert examined(**REAL)["policy"] == ("✓", "fine")


def test_an_owner_of_spaces_is_nobody(examined, tmp_path):
    decided(tmp_path, owner="  ")
    assert examined(**REAL)["policy"][0] == "✗"


def test_on_the_simulator_nobody_has_to(examined):
    assert examined()["policy"] == ("✓", "fine")


def test_a_policy_that_cannot_be_is_told_even_there(examined, tmp_path):
    decided(tmp_path, child="perhaps")
    mark, told = examined()["policy"]
    assert mark == "✗"
    assert '"child" is one of may, must, agreed' in told


def test_an_ear_that_was_taught_by_other_examples_is_told(examined, monkeypatch):
    assert examined(WAYPOST_EAR="on")["ear"] == ("✓", "fine")
    monkeypatch.setattr(ear, "made_from", lambda: "others")
    mark, told = examined(WAYPOST_EAR="on")["ear"]
    assert mark == "✗"
    assert "run `waypost triage ear`" in told


def test_an_ear_that_is_switched_off_is_not_examined(examined):
    assert "ear" not in examined()


class TestSenders:
    @pytest.fixture
    def twilio(self):
        with FakeTwilio() as fake:
            yield {
                "WAYPOST_TWILIO_ACCOUNT_SID": ACCOUNT,
                "WAYPOST_TWILIO_AUTH_TOKEN": TOKEN,
                "WAYPOST_TWILIO_FROM": NUMBER,
                "WAYPOST_TWILIO_URL": fake.url,
            }

    @pytest.fixture
    def said(self, database_url, key_ring, tmp_path):
        def examine(**more):
            environment = {
                "WAYPOST_DATABASE_URL": database_url,
                "WAYPOST_KEYS": key_ring.to_text(),
                "WAYPOST_HOME": str(tmp_path),
                "WAYPOST_EAR": "off",
            }
            return CliRunner().invoke(waypost, ["doctor"], env=environment | more).stdout

        return examine

    @pytest.fixture
    def tells(self, sessions):
        """A worker is alive, and a sender fares like this."""

        def told(sender, label, **more):
            now = clock()
            with sessions.begin() as session:
                session.merge(Heartbeat(name="w", at=now))
                fares = {"failures": 0, "reason": "", "rests_until": None, "at": now} | more
                session.merge(SenderHealth(name=sender_name(sender), label=label, **fares))

        return told

    def test_one_sender_for_all_is_warned_of(self, twilio, said):
        assert "! senders" in said(**twilio)
        assert "cut off from the helpline" in said(**twilio)
        apart = said(**twilio, WAYPOST_TWILIO_CAMPAIGN_FROM="72345")
        assert "! senders" not in apart

    def test_the_same_sender_for_both_is_refused(self, twilio, said):
        told = said(**twilio, WAYPOST_TWILIO_CAMPAIGN_FROM=f"72345,{NUMBER}")
        assert "✗ settings" in told
        assert "the helpline's own sender" in told
        assert NUMBER not in told

    def test_a_sender_that_rests_is_told_and_one_that_is_well_is_fine(self, twilio, said, tells):
        until = clock() + timedelta(minutes=3)
        tells(NUMBER, "sms helpline")
        tells("72345", "sms campaigns", failures=5, reason="twilio 21611", rests_until=until)
        told = said(**twilio, WAYPOST_TWILIO_CAMPAIGN_FROM="72345")
        assert "✓ sms helpline fine" in told
        assert f"✗ sms campaigns rests until {until:%H:%M:%S} UTC after 5 failures" in told
        assert "twilio 21611" in told
        assert "72345" not in told

    def test_a_sender_nobody_sends_through_is_told(self, twilio, said, tells):
        tells(NUMBER, "sms helpline")
        tells("72345", "sms campaigns", at=clock() - timedelta(minutes=5))
        told = said(**twilio, WAYPOST_TWILIO_CAMPAIGN_FROM="72345")
        assert "✗ sms campaigns nobody sends through it" in told


def test_who_has_waited_through_every_step_is_told_and_so_is_the_rota(
    examined, sessions, line_id, database_url, key_ring, tmp_path
):
    assert examined()["answers"] == ("✓", "fine")
    now = clock()
    line = rotas.Line(sessions, line_id, now)
    line.puts(line.hires("ana"), "00:00-00:00", weekdays=(now.weekday(),))
    with sessions.begin() as session:
        waiting = case(line_id, None, now)
        waiting.waits_since, waiting.stage = now, escalation.ALARM
        session.add(waiting)
    mark, told = examined()["answers"]
    assert mark == "✗"
    assert "1 cases have waited through every step" in told
    environment = {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
        "WAYPOST_EAR": "off",
    }
    said = CliRunner().invoke(waypost, ["doctor"], env=environment).stdout
    assert "general: 1 on duty, 0 on call; next gap" in said
    assert "Ana" not in said
