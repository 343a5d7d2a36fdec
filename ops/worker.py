"""The worker: deliverers, tasks, Telegram's polling and a heartbeat, in one event loop."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from hotline import bell, lines
from hotline.channels import Inbound
from hotline.delivery import Deliverer
from hotline.locks import holding
from hotline.models import Heartbeat
from ops import tasks, tellers
from ops.botname import BotName
from ops.wiring import Wiring, make_senders
from triage.preload import listen_for

HEARTBEAT_SECONDS = 5.0
ERASURES_SECONDS = 20.0
PATIENCE_SECONDS = 20.0

log = logging.getLogger(__name__)


def run(wiring: Wiring, *, parent: int | None = None) -> None:
    """Work until SIGINT or SIGTERM, or until `parent` has died."""
    asyncio.run(_main(wiring, parent))


async def _main(wiring: Wiring, parent: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    await asyncio.to_thread(_introduce, wiring, wiring.sms_number, "")
    senders = make_senders(wiring)
    # Each sender claims, settles, asks and tells; none of it waits behind a long import.
    loop.set_default_executor(ThreadPoolExecutor(8 + 4 * len(senders)))
    deliverers = [
        Deliverer(
            sender,
            wiring.sessions,
            wiring.vault,
            wiring.clock,
            wiring.opted_out,
            wiring.spare,
            wiring.gate,
        )
        for sender in senders
    ]
    work: list[Coroutine[Any, Any, None]] = [
        _heartbeat(wiring, stop, parent),
        _copy_erasures(wiring, stop),
        _tasks(wiring, stop),
        *(deliverer.run(wiring.dsn, stop) for deliverer in deliverers),
        *tellers.work(wiring, stop),
    ]
    if wiring.settings.has_telegram:
        work.append(_telegram(wiring, stop))
    running = [asyncio.create_task(_guard(each, stop)) for each in work]
    log.info("worker ready: %s", ", ".join(sender.label for sender in senders))
    await stop.wait()
    _, late = await asyncio.wait(running, timeout=PATIENCE_SECONDS)
    for task in late:
        task.cancel()
    for sender in senders:
        await sender.close()


async def _guard(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """A part that breaks ends the worker, which is started anew, rather than limping on in silence."""
    try:
        await work
    except Exception as error:
        log.critical("the worker stops: %s in %s", type(error).__name__, work.__qualname__)
        raise
    finally:
        stop.set()


async def _heartbeat(wiring: Wiring, stop: asyncio.Event, parent: int | None) -> None:
    name = f"{socket.gethostname()}:{os.getpid()}"
    while not stop.is_set():
        if parent is not None and os.getppid() != parent:
            return
        with contextlib.suppress(Exception):
            await asyncio.to_thread(_beat, wiring, name)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), HEARTBEAT_SECONDS)
    # Stopped on purpose: nobody has to wait until it is thought dead, `waypost db restore` for one.
    with contextlib.suppress(Exception):
        await asyncio.to_thread(_still, wiring, name)


async def _copy_erasures(wiring: Wiring, stop: asyncio.Event) -> None:
    """Every worker keeps the log of erasures beside the database, not one of all."""
    while not stop.is_set():
        try:
            await asyncio.to_thread(tasks.copy_erasures, wiring)
        except Exception as error:  # noqa: BLE001 - the database may be away, the disk full; it tries again
            log.warning("the log of erasures was not copied (%s)", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), ERASURES_SECONDS)


def _beat(wiring: Wiring, name: str) -> None:
    now = wiring.clock()
    with wiring.sessions.begin() as session:
        session.execute(
            insert(Heartbeat)
            .values(name=name, at=now)
            .on_conflict_do_update(index_elements=["name"], set_={"at": now})
        )


def _still(wiring: Wiring, name: str) -> None:
    with wiring.sessions.begin() as session:
        session.execute(delete(Heartbeat).where(Heartbeat.name == name))


def _introduce(wiring: Wiring, number: str, bot: str) -> None:
    """Texts of campaigns may say where the helpline is reached."""
    with wiring.sessions.begin() as session:
        lines.reached_at(session, wiring.line_id, number=number, bot=bot)


async def _tasks(wiring: Wiring, stop: asyncio.Event) -> None:
    app = tasks.make_tasks(wiring)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(name="waypost", concurrency=2, install_signal_handlers=False)
        )
        listener = asyncio.create_task(_campaign_bell(wiring, app, stop))
        await asyncio.wait(
            [worker, asyncio.create_task(stop.wait())], return_when="FIRST_COMPLETED"
        )
        for task in (worker, listener):
            task.cancel()
        await asyncio.gather(worker, listener, return_exceptions=True)


async def _campaign_bell(wiring: Wiring, app: tasks.App, stop: asyncio.Event) -> None:
    """A campaign that was just started does not wait for the next minute."""
    while not stop.is_set():
        with contextlib.suppress(psycopg.Error):
            async with await psycopg.AsyncConnection.connect(wiring.dsn, autocommit=True) as heard:
                await heard.execute(f"LISTEN {bell.NAME}")
                async for notice in heard.notifies():
                    if notice.payload == "campaigns":
                        await tasks.campaigns_now(app)
        await asyncio.sleep(1)


async def _telegram(wiring: Wiring, stop: asyncio.Event) -> None:
    """Polling when only a token is set; with a public address, Telegram calls us."""
    from bot import polling  # noqa: PLC0415 - large, and only needed here

    given = wiring.settings
    bot = await asyncio.to_thread(BotName(given)) or ""
    await asyncio.to_thread(_introduce, wiring, "", bot)
    if given.public_url:
        url = f"{given.public_url}/webhooks/telegram"
        secret = wiring.vault.web_secret("telegram webhook")
        await polling.set_webhook(given.telegram_token, given.telegram_url, url, secret)
        await stop.wait()
        return
    # As the web server does: read at the first text, they would keep it waiting for seconds.
    await asyncio.to_thread(listen_for, wiring.line.languages)
    conversation = wiring.conversation()
    ringer = bell.Ringer(wiring.engine)

    def receive(inbound: Inbound) -> Sequence[str]:
        with wiring.sessions.begin() as session:
            return conversation.receive(session, inbound, wiring.clock()).rings

    async def hear(inbound: Inbound) -> None:
        for topic in await asyncio.to_thread(receive, inbound):
            ringer.ring(topic)

    # Telegram gives an update to one poller only, so one worker of all polls.
    while not stop.is_set():
        with contextlib.suppress(psycopg.Error):
            async with holding(wiring.dsn, "telegram polling") as connection:
                if connection is not None:
                    await polling.poll(
                        given.telegram_token, given.telegram_url, hear, stop, wiring.clock
                    )
        await asyncio.sleep(1)
