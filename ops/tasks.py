"""Work that is neither a request nor a message: Procrastinate runs it, on as many machines as there are.

A job is a batch, a tick or an import, never one message.
"""

import asyncio
import logging
import time
from typing import Final

import procrastinate
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from campaigns import purging
from campaigns.planning import series
from campaigns.sending import dispatch
from hotline import casekeys, directory, erasures, escalation, releases, retention
from ops import backup, database, reseal
from ops.wiring import Wiring

# A job whose worker was killed stays "doing"; after this long somebody else takes it.
STALLED_SECONDS: Final = 120
# A job of campaigns ends well before anybody thinks that it died; the next one goes on.
JOB_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


def make_tasks(wiring: Wiring) -> App:
    """The task engine with every task of Waypost."""
    connector = PsycopgConnector(conninfo=wiring.dsn, min_size=1, max_size=4)
    app = App(connector=connector, worker_defaults={"delete_jobs": "successful"})

    @app.periodic(cron="* * * * *", periodic_id="campaigns")
    @app.task(name="campaigns", queueing_lock="campaigns", lock="campaigns", pass_context=False)
    async def _campaigns(timestamp: int = 0) -> None:
        del timestamp
        if await asyncio.to_thread(advance_campaigns, wiring):
            await campaigns_now(app)

    @app.periodic(cron="* * * * *", periodic_id="clock")
    @app.task(name="clock", queueing_lock="clock", lock="clock")
    async def _clock(timestamp: int = 0) -> None:
        del timestamp
        await asyncio.to_thread(look_at_the_clock, wiring)

    @app.periodic(cron="7 * * * *", periodic_id="purge")
    @app.task(name="purge", queueing_lock="purge", lock="purge")
    async def _purge(timestamp: int = 0) -> None:
        del timestamp
        await asyncio.to_thread(purge_now, wiring)

    @app.periodic(cron="17 * * * *", periodic_id="counts")
    @app.task(name="counts", queueing_lock="counts", lock="counts")
    async def _counts(timestamp: int = 0) -> None:
        del timestamp
        await asyncio.to_thread(publish_now, wiring)

    @app.periodic(cron="27 6 * * *", periodic_id="directory")
    @app.task(name="directory", queueing_lock="directory", lock="directory")
    async def _directory(timestamp: int = 0) -> None:
        del timestamp
        await asyncio.to_thread(remind_now, wiring)

    @app.periodic(cron="37 * * * *", periodic_id="reseal")
    @app.task(name="reseal", queueing_lock="reseal", lock="reseal")
    async def _reseal(timestamp: int = 0) -> None:
        del timestamp
        await asyncio.to_thread(reseal_now, wiring)

    @app.periodic(cron="* * * * *", periodic_id="stalled")
    @app.task(name="stalled", queueing_lock="stalled", pass_context=True)
    async def _stalled(context: procrastinate.JobContext, timestamp: int = 0) -> None:
        del timestamp
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await manager.retry_job(job)

    return app


async def campaigns_now(app: App) -> None:
    """Have the campaigns looked at now instead of at the next minute."""
    try:
        await app.configure_task("campaigns", queueing_lock="campaigns").defer_async()
    except AlreadyEnqueued:
        log.debug("campaigns are about to be looked at anyway")


def advance_campaigns(wiring: Wiring) -> bool:
    """Move every live campaign on, in turns, a batch a transaction, so that pausing takes effect within
    one. True when there is more to do at once.
    """
    until = time.monotonic() + JOB_SECONDS
    with wiring.sessions.begin() as session:
        series.follow_up(session, wiring.line_id, wiring.clock())
        busy = dispatch.due(session, wiring.clock())
    while busy and time.monotonic() < until:
        for campaign_id in tuple(busy):
            with wiring.sessions.begin() as session:
                if not dispatch.advance(session, wiring.vault, campaign_id, wiring.clock()):
                    busy.remove(campaign_id)
    return bool(busy)


def look_at_the_clock(wiring: Wiring) -> None:
    """Have whoever is due called for those who wait for an answer."""
    with wiring.sessions.begin() as session:
        escalation.tick(session, wiring.line_id, wiring.clock())


def copy_erasures(wiring: Wiring) -> None:
    """The log of erasures, beside the database: what a restored backup has to forget again."""
    oldest = wiring.clock() - retention.BACKUPS_KEPT
    with wiring.sessions() as session:
        erasures.copy(session, backup.log_file(wiring.settings), oldest)


def purge_now(wiring: Wiring) -> None:
    with wiring.sessions.begin() as session:
        casekeys.hand_over(session, wiring.vault, wiring.line_id)
        gone = purging.purge(session, wiring.clock())
    # Always: a key also goes when somebody acknowledges, passes a case on, or a team makes its key.
    if not database.shred(wiring.engine):
        log.warning("destroyed case keys may linger on the disk: see docs/deploying.md, Backups")
    log.info("purged %s", ", ".join(f"{n} {table}" for table, n in gone.items() if n) or "nothing")


def publish_now(wiring: Wiring) -> None:
    """Publish the counts of the periods that are over."""
    with wiring.sessions.begin() as session:
        made = releases.publish(session, wiring.line_id, wiring.clock(), wiring.suppress_below)
    for release in made:
        log.info("published the counts of %s to %s", release.since, release.until)


def remind_now(wiring: Wiring) -> None:
    """Services that contacts are told of have to be confirmed again."""
    with wiring.sessions.begin() as session:
        directory.remind(session, wiring.line_id, wiring.clock())


def reseal_now(wiring: Wiring) -> None:
    """A rotation ends by itself: what older keys sealed is sealed anew with those in use."""
    if wiring.vault.rotating:
        done = reseal.reseal(wiring.sessions, wiring.vault)
        log.info(
            "sealed anew: %d values; found by their new hash: %d", done.sealed_anew, done.moved
        )
