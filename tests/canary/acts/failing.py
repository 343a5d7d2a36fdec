"""Providers fail in every way they can, and tell whom and what it was about while they do."""

from tests.canary import carriers
from tests.canary.line import until
from tests.canary.phones import Chat, Phone
from tests.canary.scene import Scene

# Longer than a send may take: `sms.sender.SEND_SECONDS`.
TOO_LONG = 13.0
# The channel rests 5 seconds or more after some of these (`hotline.health`).
MANY_RESTS_SECONDS = 150.0


def a_provider_falls_silent(scene: Scene) -> None:
    """First, since the line waits for it while the story goes on, and then asks what became of it."""
    phone = scene.phone("who waits for a silent provider")
    scene.line.twilio.troubles_for(phone.number, carriers.silent(TOO_LONG))
    phone.sends(f"hello {scene.word('a text that is not answered in time')}")
    scene.line.twilio.asked.extend(
        [
            carriers.refused(500, 20500),
            carriers.refused(404, 21211),
            carriers.html(200),
            carriers.html(503),
            carriers.nonsense(),
            carriers.cut_short(),
            carriers.lost(),
        ]
    )


def twilio_fails(scene: Scene, phone_of_case: Phone, case: int) -> None:
    """Replies of staff, too: what fails holds their words and the contact's number."""
    twilio = scene.line.twilio
    for name, trouble in {
        "who said stop at the carrier": carriers.refused(400, 21610),
        "whom the carrier is too busy for": carriers.refused(429, 20429),
        "whose number is wrong": carriers.refused(400, 21211),
        "whose number is the error's code": carriers.refused(400),
        "whom an unknown error meets": carriers.refused(400, 99999),
        "a broken carrier": carriers.refused(500, 20500),
        "a broken proxy": carriers.html(503),
        "an answer that is a page": carriers.html(201),
        "an answer without an id": carriers.refused(201, 0),
        "an answer that is no HTTP": carriers.nonsense(),
        "half an answer": carriers.cut_short(),
        "an answer that is no text": carriers.not_text(),
        "a lost connection": carriers.lost(),
    }.items():
        phone = scene.phone(name)
        twilio.troubles_for(phone.number, trouble)
        phone.sends(f"hello {scene.word(f'a text of {name}')}")
        # Else the channel rests longer and longer, where these fail one by one.
        somebody_well = scene.phone(f"whose text arrives after {name}")
        somebody_well.sends(f"hello {scene.word(f'a text after that of {name}')}")
    _a_reply_fails(scene, phone_of_case, case)
    until(
        lambda: not any(twilio.troubles.values()), "not every trouble was met", MANY_RESTS_SECONDS
    )


def nobody_is_left_in_doubt(scene: Scene) -> None:
    """Every doubt was asked about, whatever the answers were."""
    until(lambda: not scene.line.twilio.asked, "nobody asked what became of a text")


def telegram_fails(scene: Scene) -> None:
    telegram = scene.line.telegram
    moved = {"parameters": {"migrate_to_chat_id": scene.canaries.chat("where a group went")}}
    for name, trouble in {
        "who blocked the bot": carriers.refused(403, 0),
        "whom Telegram is too busy for": carriers.refused(429, 0, parameters={"retry_after": 1}),
        "whose chat is not found": carriers.refused(400, 0),
        "whose group has moved": carriers.refused(400, 0, **moved),
        "a broken Telegram": carriers.refused(500, 0),
        "a page of Telegram's": carriers.html(502),
        "a page instead of a message": carriers.html(200),
        "no HTTP from Telegram": carriers.nonsense(),
        "half a message": carriers.cut_short(),
        "no text from Telegram": carriers.not_text(),
        "a connection lost to Telegram": carriers.lost(),
    }.items():
        chat = scene.chat(name)
        telegram.troubles_for(chat.id, trouble)
        assert chat.sends(f"hello {scene.word(f'a message of {name}')}") == 204
    until(
        lambda: not any(telegram.troubles.values()),
        "not every trouble was met on Telegram",
        MANY_RESTS_SECONDS,
    )


def telegram_answers_polls_with_garbage(scene: Scene) -> Chat:
    """While the line has no public address, it asks Telegram for what is new."""
    telegram, said = scene.line.telegram, scene.sentence("garbage of Telegram's")
    chat = scene.chat("who is polled")
    whom = chat.id
    telegram.garbage.extend(
        body.encode()
        for body in (
            f"{whom} {said}",
            f'{{"ok": true, "result": "{said} {whom}"}}',
            f'{{"ok": true, "result": [{{"update_id": 1, "message": "{said}"}}, {{"{said}": {whom}}}]}}',
            f'{{"ok": false, "error_code": 500, "description": "{said} {whom}"}}',
        )
    )
    telegram.push(message={"text": [said], "chat": {"id": f"{said}"}, "message_id": whom})
    telegram.says(whom, f"hello {scene.word('a message that was polled')}", **_named(chat))
    until(lambda: telegram.to(whom), "nobody polled", 60)
    return chat


def twilio_refuses_us(scene: Scene) -> None:
    """Last, since the channel rests for half a minute then: what is queued now stays queued."""
    refused, *others = (scene.phone(f"who waits for a mended carrier, {n}") for n in range(4))
    scene.line.twilio.troubles_for(refused.number, carriers.moved())
    refused.sends(f"hello {scene.word('a text the moved carrier repeats')}")
    until(lambda: not any(scene.line.twilio.troubles.values()), "the carrier was not asked")
    for phone in others:
        phone.sends(f"hello {scene.word('a text that stays queued')}")


def _a_reply_fails(scene: Scene, phone: Phone, case: int) -> None:
    for trouble in (carriers.refused(500, 20500), carriers.refused(400, 30007)):
        scene.line.twilio.troubles_for(phone.number, trouble)
        scene.caseworker.replies(case, scene.sentence("a reply that fails", "ethiopic"))


def _named(chat: Chat) -> dict[str, object]:
    return {"chat": {"id": chat.id, "type": "private", **chat.profile}}
