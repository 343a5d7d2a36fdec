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


CAMPAIGNS = "WAYPOST_TWILIO_CAMPAIGN_FROM"


def senders(helpline="+15005550006", campaigns=""):
    given = settings.read({**TWILIO, "WAYPOST_TWILIO_FROM": helpline, CAMPAIGNS: campaigns})
    return [(s.sender, s.rate, s.label, s.carries) for s in given.twilio_senders]


def test_one_sender_carries_everything():
    assert senders() == [("+15005550006", 1.0, "sms", ("replies", "campaigns"))]


def test_campaigns_may_have_senders_of_their_own_with_a_rate_each():
    assert senders("+41790000001=20", "MG0a1b, 72345=100,+18885550006") == [
        ("+41790000001", 20.0, "sms helpline", ("replies",)),
        ("MG0a1b", None, "sms campaigns 1", ("campaigns",)),
        ("72345", 100.0, "sms campaigns 2", ("campaigns",)),
        ("+18885550006", 3.0, "sms campaigns 3", ("campaigns",)),
    ]


@pytest.mark.parametrize(
    ("sender", "rate"),
    [
        ("+15005550006", 1.0),
        ("+18005550006", 3.0),
        ("+41790000001", 10.0),
        ("72345", 30.0),
        ("SafeTravel", 10.0),
        ("MG" + "0" * 32, None),
    ],
)
def test_each_kind_of_sender_has_its_usual_rate(sender, rate):
    assert senders(sender)[0][1] == rate


@pytest.mark.parametrize(
    ("helpline", "campaigns", "name", "told"),
    [
        ("+15005550006", "+15005550006=9", CAMPAIGNS, "the helpline's own sender"),
        ("+15005550006", "72345,72345=50", CAMPAIGNS, "a sender twice"),
        ("+15005550006", "72345,", CAMPAIGNS, "set a number"),
        ("+15005550006", "72345=fast", CAMPAIGNS, "set a number"),
        ("+15005550006", "72345=0", CAMPAIGNS, "more than 0"),
        ("+15005550006=nan", "", "WAYPOST_TWILIO_FROM", "more than 0"),
        ("call us!", "72345", "WAYPOST_TWILIO_FROM", "set a number"),
    ],
)
def test_a_sender_that_cannot_be_is_refused_by_name(helpline, campaigns, name, told):
    with pytest.raises(SettingsWrong) as wrong:
        senders(helpline, campaigns)
    (problem,) = wrong.value.problems
    assert problem.startswith(f"{name}: ")
    assert told in problem
    assert "5005550006" not in problem


def test_campaign_senders_alone_are_not_enough():
    with pytest.raises(SettingsWrong, match="WAYPOST_TWILIO_ACCOUNT_SID: set it too"):
        settings.read({CAMPAIGNS: "72345"})


def test_no_sender_is_in_the_repr():
    given = settings.read({**TWILIO, CAMPAIGNS: "+15005550007"})
    assert "500555" not in repr(given)


MAIL = {
    "WAYPOST_SMTP_URL": "smtps://desk:secret@mail.example.org",
    "WAYPOST_MAIL_FROM": "desk@line.example",
}


def test_mail_to_staff_needs_a_server_and_who_it_is_from():
    given = settings.read(MAIL)
    assert (given.mail_server.host, given.mail_server.port) == ("mail.example.org", 465)
    assert given.mail_from == "desk@line.example"
    assert "secret" not in repr(given)
    assert settings.read({}).mail_server is None
    for name in MAIL:
        with pytest.raises(settings.SettingsWrong) as wrong:
            settings.read({n: v for n, v in MAIL.items() if n != name})
        assert name in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAYPOST_SMTP_URL", "mail.example.org:secret"),
        ("WAYPOST_MAIL_FROM", "Desk <desk@line.example>"),
    ],
)
def test_what_is_no_mail_server_or_address_is_refused_without_repeating_it(name, value):
    with pytest.raises(settings.SettingsWrong) as wrong:
        settings.read(MAIL | {name: value})
    assert name in str(wrong.value)
    assert value not in str(wrong.value)
