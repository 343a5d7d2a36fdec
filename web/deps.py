"""What the pages are given: everything is built in `ops.wiring` and passed down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session, sessionmaker

from hotline.bell import Ears, Ringer
from hotline.conversation import Conversation
from hotline.vault import Vault

if TYPE_CHECKING:
    # Imported by ops only where a provider is configured: the libraries are large.
    from bot.door import TelegramDoor
    from sms.door import TwilioDoor


@dataclass(frozen=True, slots=True)
class Deps:
    """`campaign_channel` carries campaigns; `dispatch` starts one at once instead of at the next tick."""

    sessions: sessionmaker[Session] = field(repr=False)
    vault: Vault = field(repr=False)
    conversation: Conversation = field(repr=False)
    clock: Callable[[], datetime]
    ringer: Ringer
    ears: Ears
    line_id: int
    line_name: str
    languages: tuple[str, ...]
    public_url: str
    simulated: bool
    suppress_below: int
    campaign_channel: str
    dispatch: Callable[[int], None]
    # What posters say: the number that people text; and the bot's name, None without a bot, empty as
    # long as Telegram cannot be asked.
    sms_number: str = field(default="", repr=False)
    bot_name: Callable[[], str | None] = lambda: None
    # Whether staff can be told by e-mail.
    mails: bool = False
    twilio: "TwilioDoor | None" = field(default=None, repr=False)
    telegram: "TelegramDoor | None" = field(default=None, repr=False)
