import pytest

from ops import settings, wiring
from ops.settings import SettingsWrong

TWILIO = {
    "WAYPOST_TWILIO_ACCOUNT_SID": "AC1",
    "WAYPOST_TWILIO_AUTH_TOKEN": "secret-token",
    "WAYPOST_TWILIO_FROM": "+15005550006",
}


def test_with_nothing_set_the_simulator_is_the_carrier():
    given = settings.read({"PATH": "/bin"})
    assert given.simulated
    assert (given.host, given.port, str(given.home)) == ("127.0.0.1", 8000, "var")


def test_it_is_off_as_soon_as_a_provider_is_configured():
    assert not settings.read(TWILIO).simulated
    assert not settings.read({"WAYPOST_TELEGRAM_TOKEN": "1:x"}).simulated


def test_every_error_is_reported_at_once_with_what_to_set():
    with pytest.raises(SettingsWrong) as wrong:
        settings.read(
            {
                "WAYPOST_PORT": "high",
                "WAYPOST_PUBLIC_URL": "line.example.org",
                "WAYPOST_DATABASE_URL": "mysql://x",
                "WAYPOST_TWILIO_FROM": "+1",
                "WAYPOST_PROT": "8000",
            }
        )
    told = str(wrong.value)
    for name in (
        "PORT",
        "PUBLIC_URL",
        "DATABASE_URL",
        "ACCOUNT_SID",
        "AUTH_TOKEN",
        "PROT: unknown",
    ):
        assert f"WAYPOST_{name}" in told or name in told
    assert len(wrong.value.problems) == 6


def test_a_secret_may_be_given_as_a_file(tmp_path):
    secret = tmp_path / "token"
    secret.write_text("secret-token\n")
    given = {**TWILIO, "WAYPOST_TWILIO_AUTH_TOKEN_FILE": str(secret)}
    del given["WAYPOST_TWILIO_AUTH_TOKEN"]
    assert settings.read(given).twilio_auth_token == "secret-token"


def test_of_the_key_rings_file_the_path_counts_since_it_changes(tmp_path, key_ring):
    key_ring.save(tmp_path / "ring")
    given = settings.read({"WAYPOST_KEYS_FILE": str(tmp_path / "ring")})
    assert wiring.ring_path(given) == tmp_path / "ring"
    assert wiring.read_keys(given) == key_ring
    given = settings.read({"WAYPOST_KEYS": key_ring.to_text()})
    assert wiring.ring_path(given) is None
    assert wiring.read_keys(given) == key_ring


def test_a_name_and_its_file_together_are_refused(tmp_path):
    with pytest.raises(SettingsWrong, match="keep one"):
        settings.read({**TWILIO, "WAYPOST_TWILIO_AUTH_TOKEN_FILE": str(tmp_path)})


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(SettingsWrong, match="WAYPOST_KEYS_FILE"):
        settings.read({"WAYPOST_KEYS_FILE": str(tmp_path / "nowhere")})


def test_the_ear_listens_unless_it_is_switched_off():
    assert settings.read({}).ear
    assert settings.read({"WAYPOST_EAR": "on"}).ear
    assert not settings.read({"WAYPOST_EAR": "off"}).ear


@pytest.mark.parametrize("said", ["no", "OFF", "1", ""])
def test_what_is_neither_on_nor_off_is_told(said):
    with pytest.raises(SettingsWrong) as wrong:
        settings.read({"WAYPOST_EAR": said})
    assert wrong.value.problems == ["WAYPOST_EAR: set on or off"]


def test_secrets_stay_out_of_the_repr():
    assert "secret-token" not in repr(settings.read(TWILIO))
