"""The database: engines, sessions, and the migrations that bring it to where the code is."""

from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

MIGRATIONS = Path(__file__).parent.parent / "migrations"
# Any number, the same everywhere: only one process migrates at a time.
MIGRATION_LOCK = 7_205_114


def make_engine(url: str, pool: int = 20) -> Engine:
    """An engine for `url`; `postgres://` and `postgresql://` are taken for psycopg.

    Its pool keeps the connections it has: one that overflows would be made anew all day.
    """
    return create_engine(
        _for_psycopg(url),
        pool_size=pool,
        max_overflow=4,
        pool_pre_ping=False,
        hide_parameters=True,
    )


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def dsn(engine: Engine) -> str:
    """The address as libpq wants it, for LISTEN and for Procrastinate."""
    url = engine.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest migration."""
    from alembic import command  # noqa: PLC0415 - a running line never needs it
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": MIGRATION_LOCK})
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def shred(engine: Engine) -> bool:
    """Leave nothing of deleted case keys in the table's file or the write-ahead log.

    The table is written anew and the log before that is let go. False when the database does not
    let us (somebody else's server, or the table is busy): then the next time does it.
    """
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET lock_timeout = '2s'"))
            connection.execute(text("VACUUM (FULL) case_keys"))
            connection.execute(text("CHECKPOINT"))
            # What was written before the last checkpoint but one is kept till the next.
            connection.execute(text("SELECT pg_switch_wal()"))
            connection.execute(text("CHECKPOINT"))
            connection.execute(text("RESET lock_timeout"))
    except DBAPIError:
        return False
    return True


def is_current(engine: Engine) -> bool:
    """Whether the newest migration has been run. Their files are numbered, so the last is the head."""
    head = max(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        there = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return there == head


def _for_psycopg(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme.startswith("postgres") else url
