"""What Telegram's webhook may and may not make us believe."""

import json
import logging
from datetime import datetime
from typing import Any

import pytest

from bot.door import TelegramDoor
from hotline.channels import Forged, Inbound, Malformed
from tests.fakes.telegram import BOT, message, person

SECRET = "webhook-secret"
CHAT = 4_711_000_123


@pytest.fixture
def door() -> TelegramDoor:
    return TelegramDoor(SECRET)


def update(**parts: Any) -> bytes:
    return json.dumps({"update_id": 70_001} | parts).encode()


def said(text: str = "Help me", **more: Any) -> bytes:
    return update(message=message(CHAT, text, **more))


def pressed(data: object = "yes", **more: Any) -> bytes:
    shown = message(CHAT, "Safe?") | {"from": BOT}
    query = {"id": "q1", "from": person(CHAT, "fr"), "chat_instance": "1", "message": shown}
    return update(callback_query=query | {"data": data} | more)


class TestMessages:
    def test_a_text_comes_in(self, door: TelegramDoor, now: datetime) -> None:
        assert door.inbound(said(language="pt-br"), SECRET, now) == Inbound(
            "telegram", f"telegram:{CHAT}", "Help me", "update:70001", now, language_hint="pt-br"
        )

    @pytest.mark.parametrize(
        "text",
        ["😀👨‍👩‍👧", "\x00NUL\x00", "\u202eمرحبا\u200f", "x" * 200_000, "1", "<b>&</b>"],
        ids=["emoji", "nul", "rtl", "huge", "digit", "markup"],
    )
    def test_every_text_comes_in_as_it_was_written(
        self, door: TelegramDoor, now: datetime, text: str
    ) -> None:
        heard = door.inbound(said(text), SECRET, now)
        assert heard is not None
        assert (heard.text, heard.kind) == (text, "text")

    def test_a_person_without_language_comes_in(self, door: TelegramDoor, now: datetime) -> None:
        sender = {"id": CHAT, "is_bot": False, "first_name": "P"}
        heard = door.inbound(said(**{"from": sender}), SECRET, now)
        assert heard is not None
        assert heard.language_hint == ""

    @pytest.mark.parametrize(
        ("text", "heard_as", "code"),
        [
            ("/start", "/start", ""),
            ("/start c0de", "/start", "c0de"),
            ("/stop", "/stop", ""),
            ("/started c0de", "/started c0de", ""),
            ("RADIO7", "RADIO7", ""),
        ],
    )
    def test_the_code_of_a_deep_link_comes_apart_from_the_text(
        self, door: TelegramDoor, now: datetime, text: str, heard_as: str, code: str
    ) -> None:
        heard = door.inbound(said(text), SECRET, now)
        assert heard is not None
        assert (heard.text, heard.code) == (heard_as, code)
        assert not code or code not in repr(heard)

    @pytest.mark.parametrize(
        "content",
        [
            {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]},
            {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}},
            {"location": {"latitude": 47.1, "longitude": 8.2}},
            {"contact": {"phone_number": "+41790004711", "first_name": "P"}},
            {
                "sticker": {
                    "file_id": "f",
                    "file_unique_id": "u",
                    "type": "regular",
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                }
            },
        ],
        ids=lambda content: next(iter(content)),
    )
    def test_what_has_no_words_is_a_picture(
        self, door: TelegramDoor, now: datetime, content: dict[str, Any]
    ) -> None:
        heard = door.inbound(said("", **content), SECRET, now)
        assert heard is not None
        assert (heard.kind, heard.text) == ("picture", "")

    def test_the_words_under_a_picture_are_its_text(
        self, door: TelegramDoor, now: datetime
    ) -> None:
        photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
        heard = door.inbound(said("", photo=photo, caption="my papers"), SECRET, now)
        assert heard is not None
        assert (heard.kind, heard.text) == ("text", "my papers")

    def test_an_edited_message_is_known_as_one(self, door: TelegramDoor, now: datetime) -> None:
        heard = door.inbound(update(edited_message=message(CHAT, "no, 2")), SECRET, now)
        assert heard is not None
        assert (heard.kind, heard.text) == ("edited", "no, 2")

    def test_a_pressed_button_is_the_option_it_stands_for(
        self, door: TelegramDoor, now: datetime
    ) -> None:
        heard = door.inbound(pressed(), SECRET, now)
        assert heard is not None
        assert (heard.kind, heard.text, heard.picked) == ("text", "", "yes")
        assert (heard.address, heard.language_hint) == (f"telegram:{CHAT}", "fr")

    def test_a_pressed_button_stops_waiting(self, door: TelegramDoor) -> None:
        assert json.loads(door.answer(pressed())) == {
            "method": "answerCallbackQuery",
            "callback_query_id": "q1",
        }
        assert door.answer(said()) == ""


class TestIgnored:
    @pytest.mark.parametrize("kind", ["group", "supergroup", "channel", "new-kind"])
    def test_only_private_chats_are_heard(
        self, door: TelegramDoor, now: datetime, kind: str
    ) -> None:
        chat = {"id": -100, "type": kind, "title": "Friends"}
        assert door.inbound(said(chat=chat), SECRET, now) is None
        shown = message(CHAT, "Safe?", chat=chat) | {"from": BOT}
        assert door.inbound(pressed(message=shown), SECRET, now) is None

    @pytest.mark.parametrize(
        "parts",
        [
            {"channel_post": message(CHAT, "news")},
            {"poll_of_the_future": {"id": 1}},
            {},
            {
                "my_chat_member": {
                    "chat": {"id": CHAT, "type": "private"},
                    "from": person(CHAT),
                    "date": 1,
                    "old_chat_member": {"user": BOT, "status": "member"},
                    "new_chat_member": {"user": BOT, "status": "kicked", "until_date": 0},
                }
            },
        ],
        ids=["channel", "unknown", "empty", "blocked"],
    )
    def test_other_kinds_of_update_are_ignored(
        self, door: TelegramDoor, now: datetime, parts: dict[str, Any]
    ) -> None:
        assert door.inbound(update(**parts), SECRET, now) is None

    def test_bots_are_not_heard(self, door: TelegramDoor, now: datetime) -> None:
        assert door.inbound(said(**{"from": BOT}), SECRET, now) is None

    def test_notices_are_not_heard(self, door: TelegramDoor, now: datetime) -> None:
        notice = {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}}
        assert door.inbound(said("", **notice), SECRET, now) is None

    @pytest.mark.parametrize("missing", ["message", "data"])
    def test_a_button_without_chat_or_meaning_is_ignored(
        self, door: TelegramDoor, now: datetime, missing: str
    ) -> None:
        assert door.inbound(pressed(**{missing: None}), SECRET, now) is None


class TestBadInput:
    @pytest.mark.parametrize("given", ["", "forged", "é", SECRET + " ", "\udcff", "x" * 10_000])
    def test_a_forged_update_is_refused(
        self, door: TelegramDoor, now: datetime, given: str
    ) -> None:
        with pytest.raises(Forged):
            door.inbound(said(), given, now)

    def test_without_a_secret_nothing_is_believed(self, now: datetime) -> None:
        with pytest.raises(Forged):
            TelegramDoor("").inbound(said(), "", now)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"not json",
            b"\xff\xfe\x00",
            b"null",
            b"[]",
            b"1",
            b'"text"',
            b"{}",
            b"[" * 100_000,
            b'{"update_id": "1"}',
            b'{"update_id": true}',
            b'{"update_id": 1, "message": 5}',
            b'{"update_id": 1, "message": []}',
            b'{"update_id": 1, "message": {"text": "hi"}}',
            said(chat={"id": "4711", "type": "private"}),
            said(chat={"id": True, "type": "private"}),
            said(chat={"id": [1], "type": "private"}),
            update(message=message(CHAT, "") | {"text": 5}),
            update(message=message(CHAT, "") | {"text": ["a"]}),
            said(**{"from": {"id": 1, "is_bot": False, "first_name": "P", "language_code": 5}}),
            said(**{"from": {"id": 1, "first_name": "P"}}),
            pressed(5),
            pressed(message="text"),
        ],
    )
    def test_what_is_no_update_is_refused_without_repeating_it(
        self, door: TelegramDoor, now: datetime, body: bytes
    ) -> None:
        with pytest.raises(Malformed) as refused:
            door.inbound(body, SECRET, now)
        assert str(refused.value) in (
            "not JSON",
            "not a Telegram update",
            "not a Telegram update we can read",
        )
        assert refused.value.__context__ is None

    def test_an_absurd_date_does_no_harm(self, door: TelegramDoor, now: datetime) -> None:
        with pytest.raises(Malformed):
            door.inbound(said(date=10**20), SECRET, now)


def test_nothing_that_comes_in_is_logged_or_repeated(
    door: TelegramDoor, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = repr(door.inbound(said("unmistakable words"), SECRET, now))
    for body, secret in ((said("unmistakable"), "no"), (b"unmistakable", SECRET)):
        with pytest.raises((Forged, Malformed)) as refused:
            door.inbound(body, secret, now)
        told += repr(refused.value)
    assert "unmistakable" not in told + caplog.text
    assert str(CHAT) not in told + caplog.text
