"""What the web server loads in its worker process."""

import os
from wsgiref.types import WSGIApplication

from hotline import bell
from ops import ending, logs, settings
from ops.botname import BotName
from ops.wiring import Wiring, open_database, wire
from triage.preload import listen_for
from web.app import make_app
from web.atonce import AtOnce
from web.deps import Deps

# Requests that are worked on at the same time (docs/decisions/0012-fifty-desks.md).
AT_ONCE = 12
# Receipts that come together share one transaction: they wait for one another (`web.gathering`).
RECEIPTS = "/webhooks/twilio/status"


def app() -> WSGIApplication:
    """The Flask application, wired from the environment."""
    # Of the server's first process. Were that killed, this one would go on serving behind its back.
    ending.end_with(os.getppid())
    logs.install()
    given = settings.read()
    # Open for as long as the process lives: the server ends it with a signal.
    opened = open_database(given)
    wired = wire(given, opened.__enter__())
    wired.keys.follow()
    # Before the first page is served: read at the first text, they would keep every page waiting for seconds.
    listen_for(wired.line.languages)
    return AtOnce(make_app(make_deps(wired)), AT_ONCE, besides=[RECEIPTS])


def make_deps(wiring: Wiring) -> Deps:
    """What the pages are given."""
    given = wiring.settings
    ringer = bell.Ringer(wiring.engine)
    twilio = telegram = None
    if given.has_twilio:
        from sms.door import TwilioDoor  # noqa: PLC0415 - only where Twilio is used

        twilio = TwilioDoor(given.twilio_auth_token, given.public_url)
    if given.has_telegram and given.public_url:
        from bot.door import TelegramDoor  # noqa: PLC0415 - only where Telegram is used

        telegram = TelegramDoor(wiring.vault.web_secret("telegram webhook"))
    return Deps(
        sessions=wiring.sessions,
        vault=wiring.vault,
        conversation=wiring.conversation(),
        clock=wiring.clock,
        ringer=ringer,
        ears=bell.Ears(wiring.dsn),
        line_id=wiring.line.id,
        line_name=wiring.line.name,
        languages=wiring.line.languages,
        public_url=given.public_url,
        simulated=given.simulated,
        suppress_below=wiring.suppress_below,
        campaign_channel=wiring.campaign_channel,
        dispatch=lambda _campaign: ringer.ring("campaigns"),
        sms_number=wiring.sms_number,
        bot_name=BotName(given),
        mails=given.mail_server is not None,
        twilio=twilio,
        telegram=telegram,
    )
