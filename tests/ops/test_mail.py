"""Mail to staff through a real server on loopback: what arrives, and what each refusal means."""

import asyncio
import logging
import socket
import ssl
import traceback
from datetime import UTC, datetime

import pytest

from hotline.channels import SenderBroken, SendFailed, Unavailable, Uncertain
from hotline.notices.words import Message
from ops.mail import MailCarrier, MailServer
from tests.fakes.smtp import FakeSmtp

FROM, TO = "desk@line.example.org", "noor.unmistakable@mail.example.org"
MESSAGE = Message(
    TO, "Une affaire attend", "Une affaire attend.\n\nhttps://line.example/desk", "fr"
)


@pytest.fixture
def server():
    with FakeSmtp() as fake:
        yield fake


def carrier(url):
    return MailCarrier(MailServer.parse(url), FROM, lambda: datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


def hand_over(url, *messages):
    """Hand messages over in one connection; gives what came of each, None when it was taken."""

    async def work():
        outcomes = []
        async with carrier(url).open() as hand:
            for message in messages:
                try:
                    await hand(message)
                    outcomes.append(None)
                except SendFailed as failure:
                    outcomes.append(failure)
        return outcomes

    return asyncio.run(work())


def test_a_mail_arrives_as_it_was_written(server):
    assert hand_over(server.url, MESSAGE) == [None]
    (mail,) = server.to(TO)
    assert (mail.subject, mail.text.strip()) == (MESSAGE.subject, MESSAGE.text)
    assert mail.message["From"] == FROM
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Date"].datetime == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert mail.message["Content-Language"] == "fr"
    assert server.signed_in == 1


def test_arabic_arrives_over_servers_that_know_seven_bits(server):
    said = Message(TO, "حالة تنتظر.", "حالة تنتظر.", "ar")
    assert hand_over(server.url, said) == [None]
    (mail,) = server.to(TO)
    assert (mail.subject, mail.text.strip()) == (said.subject, said.text)
    assert mail.raw.isascii()


def test_nothing_in_a_mail_says_on_which_machine_it_was_made(server):
    hand_over(server.url, MESSAGE)
    assert socket.gethostname().encode() not in server.mails[0].raw


def test_several_mails_go_over_one_connection_and_a_refused_one_stops_no_other(server):
    server.answers["rcpt"].append("550 no such user")
    refused, taken = hand_over(server.url, MESSAGE, MESSAGE)
    assert taken is None
    assert not refused.retry
    assert (len(server.mails), server.signed_in) == (1, 1)


@pytest.mark.parametrize(
    ("command", "answer", "kind", "retry"),
    [
        ("rcpt", "550 no such user", SendFailed, False),
        ("rcpt", "450 mailbox busy", SendFailed, True),
        ("mail", "550 you may not", SenderBroken, True),
        ("mail", "421 not now", Unavailable, True),
        ("data", "554 looks like spam", SendFailed, False),
        ("data", "452 no room", SendFailed, True),
        ("data", "drop", Uncertain, False),
    ],
)
def test_a_refusal_is_a_decision(server, command, answer, kind, retry):
    server.answers[command].append(answer)
    (failure,) = hand_over(server.url, MESSAGE)
    assert (type(failure), failure.retry) == (kind, retry)


def test_a_server_that_is_away_can_be_tried_again():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unavailable):
        hand_over(url, MESSAGE)


def test_a_wrong_password_breaks_the_sender():
    with FakeSmtp(password="another") as server, pytest.raises(SenderBroken):
        hand_over(server.url, MESSAGE)


def test_a_server_without_tls_is_used_on_this_machine_only(server, monkeypatch):
    # As a server elsewhere would be reached: without TLS neither password nor notice is said to it.
    monkeypatch.setattr("ops.mail.LOOPBACK", frozenset())
    with pytest.raises(SenderBroken):
        hand_over(server.url, MESSAGE)
    assert (server.mails, server.signed_in) == ([], 0)


def test_a_certificate_nobody_vouches_for_is_not_talked_to(tmp_path):
    asked = []

    async def work():
        async def answer(reader, writer):
            asked.append(await reader.read(1))
            writer.close()

        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(*_made(tmp_path))
        listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=trust)
        port = listening.sockets[0].getsockname()[1]
        async with listening:
            with pytest.raises(SenderBroken):
                async with carrier(f"smtps://desk:secret@127.0.0.1:{port}").open():
                    pass

    asyncio.run(work())
    assert asked in ([], [b""])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, "", "", "starttls")),
        (
            "smtps://a:b%40c@mail.example.org",
            ("mail.example.org", 465, "a", "b@c", "from the start"),
        ),
        ("smtp://127.0.0.1:1025", ("127.0.0.1", 1025, "", "", "none")),
        ("smtps://127.0.0.1", ("127.0.0.1", 465, "", "", "from the start")),
    ],
)
def test_a_server_is_told_by_its_url(url, expected):
    server = MailServer.parse(url)
    assert (server.host, server.port, server.user, server.password, server.tls) == expected


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port", "smtp://h/x"],
)
def test_what_is_no_server_is_refused_with_what_to_set(url):
    with pytest.raises(ValueError, match="set smtps://"):
        MailServer.parse(url)


@pytest.mark.parametrize("trouble", ["550 no <noor.unmistakable@mail.example.org>", "drop", ""])
def test_neither_address_nor_secret_nor_words_are_told(server, trouble, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    if trouble:
        server.answers["data"].append(trouble)
    told = repr(carrier(server.url)) + repr(MESSAGE)
    for failure in hand_over(server.url, MESSAGE):
        if failure is not None:
            told += "".join(traceback.format_exception(failure)) + repr(failure.__context__)
    captured = capfd.readouterr()
    # The server's own log is not ours.
    told += "".join(r.getMessage() for r in caplog.records if r.name != "mail.log")
    told += captured.out + captured.err
    for secret in ("unmistakable", "a password", "affaire"):
        assert secret not in told


def _made(folder):
    """A key and a certificate that nobody vouches for."""
    import subprocess  # noqa: PLC0415 - only here

    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key
