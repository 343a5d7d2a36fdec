"""What a Telegram update says, as polling and the webhook both read it.

Only private chats are heard: in a group, an answer would be read by everybody in it.
"""

from datetime import datetime

from telegram import CallbackQuery, Chat, Message, Update, User

from hotline.channels import TELEGRAM, Inbound, Malformed

ALLOWED = ["message", "edited_message", "callback_query"]


def read(data: object) -> Update:
    """An update from its JSON. Raises Malformed."""
    if not isinstance(data, dict):
        raise Malformed("not a Telegram update")
    try:
        update = Update.de_json(data, None)  # pyright: ignore[reportUnknownArgumentType]
    except Exception:  # noqa: BLE001 - the library trusts Telegram; we do not
        update = None
    if update is None or type(update.update_id) is not int:
        raise Malformed("not a Telegram update")
    return update


def parse(update: Update, now: datetime) -> Inbound | None:
    """A message or a pressed button, or None for what is quietly ignored. Raises Malformed."""
    try:
        return _parse(update, now)
    except (AttributeError, TypeError, ValueError):
        pass
    # Fields of the wrong type: the library does not check them.
    raise Malformed("not a Telegram update we can read")


def _parse(update: Update, now: datetime) -> Inbound | None:
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query, now)
    edited = update.edited_message is not None
    message = update.edited_message or update.message
    if message is None or not _is_person(message.chat, message.from_user):
        return None
    text, code = _text(message)
    if not text and message.effective_attachment is None:
        # Telegram's own notices: pinned, joined, the chat's settings.
        return None
    return Inbound(
        channel=TELEGRAM,
        address=_address(message.chat),
        text=text,
        provider_id=_id(update.update_id),
        at=now,
        kind="edited" if edited else "text" if text else "picture",
        language_hint=_language(message.from_user),
        code=code,
    )


def _pressed(update_id: int, query: CallbackQuery, now: datetime) -> Inbound | None:
    chat = query.message.chat if query.message is not None else None
    if chat is None or not query.data or not _is_person(chat, query.from_user):
        return None
    return Inbound(
        channel=TELEGRAM,
        address=_address(chat),
        text="",
        provider_id=_id(update_id),
        at=now,
        picked=_string(query.data),
        language_hint=_language(query.from_user),
    )


def _is_person(chat: Chat, user: User | None) -> bool:
    return chat.type == Chat.PRIVATE and user is not None and user.is_bot is False


def _text(message: Message) -> tuple[str, str]:
    """The words of a message, under a picture its caption; and the code of a deep link."""
    text = _string(message.text or message.caption or "")
    command, _, code = text.partition(" ")
    return (command, code) if command == "/start" else (text, "")


def _address(chat: Chat) -> str:
    if type(chat.id) is not int:
        raise TypeError
    return f"telegram:{chat.id}"


def _language(user: User | None) -> str:
    return _string((user.language_code if user is not None else None) or "")


def _id(update_id: int) -> str:
    return f"update:{update_id}"


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
