"""People write, by SMS and on Telegram, in every way that a phone has."""

from tests.canary.line import STATUS, VOICE, until
from tests.canary.people import SYLLABLES, written_by_hand
from tests.canary.phones import Chat, Phone
from tests.canary.scene import Scene


def somebody_is_screened(scene: Scene) -> tuple[Phone, int]:
    """From the first text to a case, with free sentences between the answers. Gives both."""
    amina = scene.phone("Amina")
    amina.gets_to_the_menu(f"hello {scene.word('a first text')} {scene.word('the same text')}")
    amina.picks("My work or situation")
    amina.writes(scene.sentence("an answer that is none"), **_profile(scene))
    for answer in ("No", "No", "Yes", "Yes", "Yes"):
        amina.picks(answer)
    amina.writes(scene.sentence("in the midst of consent"))
    amina.picks("Yes")
    for script in SYLLABLES:
        amina.sends(scene.sentence("to who answers", script))
    amina.sends(f"{'x' * 3000} {scene.sentence('the end of a long text', 'arabic')}")
    for how in written_by_hand("+1"):
        number = scene.canaries.phone(f"a number in a text, written {how}")
        amina.sends(f"Call {written_by_hand(number)[how]} please")
    return amina, scene.line.counts("SELECT max(id) FROM cases")


def somebody_is_heard_by_ear(scene: Scene) -> None:
    """What the model behind the lexicons makes of sentences, polled from Telegram.

    Nobody waits for more than the first answer: the line is stopped in the middle.
    """
    telegram = scene.line.telegram
    chats = [scene.chat(f"who is heard by ear, {script}") for script in SYLLABLES]
    for chat, script in zip(chats, SYLLABLES, strict=True):
        telegram.says(chat.id, scene.sentence("a text that is heard by ear", script))
    until(lambda: telegram.to(chats[0].id), "the ear hears nothing")


def somebody_sends_pictures(scene: Scene) -> None:
    karim = scene.phone("Karim")
    karim.gets_to_the_menu(f"مرحبا {scene.word('a first text', 'arabic')}", "العربية", "نعم")
    url = f"https://api.twilio.com/{scene.word('the address of a picture')}"
    picture = {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": "image/jpeg"}
    karim.writes("", **picture)
    karim.writes(scene.sentence("under a picture", "arabic"), **picture)
    karim.writes(f"\x00{scene.word('a text with NUL')}\x00\ufffd\u202e")


def somebody_is_watched(scene: Scene) -> None:
    """The safe word, words under it, and words of alarm."""
    olena = scene.phone("Olena")
    olena.gets_to_the_menu(f"hello {scene.word('a first text', 'cyrillic')}")
    olena.asks_for_a_person()
    olena.writes("sun")
    olena.writes(scene.sentence("under the safe word", "cyrillic"))
    olena.writes(f"he will kill me {scene.word('a text of alarm')}")


def somebody_is_forgotten(scene: Scene) -> None:
    """DELETE with an open case, from a phone and from a chat."""
    tigist = scene.phone("Tigist")
    tigist.gets_to_the_menu(f"hello {scene.word('who is forgotten')}")
    tigist.asks_for_a_person()
    tigist.sends(scene.sentence("before being forgotten", "ethiopic"))
    tigist.writes("delete")
    tigist.writes("1")
    chat = scene.chat("Yonas")
    chat.writes(f"hello {scene.word('who is forgotten on Telegram')}")
    chat.writes("delete")
    chat.writes("1")


def somebody_says_stop(scene: Scene) -> None:
    phone = scene.phone("who says stop")
    phone.writes("STOP")
    phone.writes(f"never text me again {scene.word('a stop in a sentence')}")
    phone.writes("START")


def somebody_calls(scene: Scene) -> None:
    form = {
        "CallSid": "CA1",
        "From": scene.canaries.phone("who calls"),
        "CallerName": scene.canaries.name("who calls"),
        "SpeechResult": scene.sentence("what was said aloud"),
    }
    assert scene.line.is_called(VOICE, form | _profile(scene)) == 200


def receipts_tell_too_much(scene: Scene) -> None:
    for status, code in (
        ("delivered", ""),
        ("failed", "30003"),
        ("undelivered", "word"),
        ("?", ""),
    ):
        number = scene.canaries.phone("a receipt")
        form = {
            "MessageSid": "SM1",
            "MessageStatus": scene.word("a status") if status == "?" else status,
            "To": number,
            "ErrorCode": scene.word("an error's code") if code == "word" else code,
            "ErrorMessage": f"{number} {scene.sentence('an error of a receipt')}",
            "RawDlrDoneDate": number.removeprefix("+"),
        }
        path = f"{STATUS}?m={scene.word('a reference')}&to={number.removeprefix('+')}"
        assert scene.line.is_called(path, form) == 204
    form = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": number.removeprefix("+")}
    assert scene.line.is_called(STATUS, form) == 204


def somebody_is_on_telegram(scene: Scene) -> None:
    mina = scene.chat("Mina")
    mina.writes(f"hello {scene.word('a first message')}")
    mina.presses("English")
    mina.presses("Yes")
    mina.edits(scene.sentence("an edited message", "thai"))
    mina.presses_anything(scene.word("a button that is none"))
    mina.presses("Talk to a person")
    for script in SYLLABLES:
        mina.sends(scene.sentence("to who answers, on Telegram", script))
    _sends_attachments(scene, mina)
    contact = {
        "phone_number": scene.canaries.phone("a contact card"),
        "first_name": scene.canaries.name("a contact card"),
        "vcard": scene.word("a contact card's text"),
        "user_id": scene.canaries.chat("a contact card"),
    }
    mina.sends(contact=contact)
    place = {
        "latitude": float(scene.canaries.digits("a latitude", "52.5206371824")),
        "longitude": float(scene.canaries.digits("a longitude", "13.4049543217")),
    }
    mina.sends(location=place)
    venue = {"location": place, "title": scene.word("a venue"), "address": scene.word("a street")}
    mina.sends(venue=venue)


def telegram_sends_the_unexpected(scene: Scene) -> None:
    """Groups, channels, other kinds of updates: heard by nobody, and left nowhere."""
    group = {
        "id": -scene.canaries.chat("a group"),
        "type": "supergroup",
        "title": scene.word("a group's title"),
    }
    chat = scene.chat("somebody in a group")
    chat.sends(scene.sentence("in a group"), chat=group)
    chat.sends("", new_chat_title=scene.word("a service message"))
    chat.sends(f"/start {scene.word('a deep link')}")
    whom = {"id": scene.canaries.chat("other updates"), "first_name": scene.word("other updates")}
    said = scene.sentence("other updates")
    member = {"user": whom | {"is_bot": False}, "status": "kicked", "until_date": 0}
    for update in (
        {"channel_post": {"message_id": 1, "date": 1, "chat": group | whom, "text": said}},
        {"inline_query": {"id": "1", "from": whom, "query": said, "offset": ""}},
        {"my_chat_member": {"chat": whom, "from": whom, "date": 1, "new_chat_member": member}},
        {"poll_answer": {"poll_id": said, "user": whom, "option_ids": [1]}},
        {"business_message": {"text": said, "from": whom}},
        {said: whom},
        {"message": {"text": [said], "chat": whom, "from": whom, "message_id": said}},
        {"message": said},
        {"callback_query": {"id": said, "from": said, "data": whom}},
    ):
        assert scene.line.is_told(**update) in (204, 400)


def _sends_attachments(scene: Scene, mina: Chat) -> None:
    file = {"file_id": scene.word("a file's id"), "file_unique_id": scene.word("a file")}
    named = file | {"file_name": f"{scene.word('the name of a file')}.pdf"}
    photo = [file | {"width": 1, "height": 1}]
    mina.sends(photo=photo, caption=scene.sentence("under a photo"))
    mina.sends(document=named)
    mina.sends(voice=file | {"duration": 1})
    mina.sends(
        scene.sentence("with an entity"),
        entities=[
            {
                "type": "text_link",
                "offset": 0,
                "length": 4,
                "url": f"https://{scene.word('a link')}.org",
            }
        ],
        forward_origin={
            "type": "hidden_user",
            "date": 1,
            "sender_user_name": scene.word("a forward"),
        },
    )


def _profile(scene: Scene) -> dict[str, str]:
    """What Twilio sends along about somebody."""
    return {
        "FromCity": scene.word("a city").upper(),
        "FromZip": scene.canaries.digits("a postcode", "90210471133"),
        "FromState": scene.word("a state"),
        "ProfileName": scene.canaries.name("a profile", "devanagari"),
        "WaId": scene.canaries.phone("a profile").removeprefix("+"),
        "Unheard": scene.sentence("a field nobody knows"),
    }
