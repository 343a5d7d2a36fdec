"""The database: engines, sessions, and the migrations that bring it to where the code is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

MIGRATIONS = Path(__file__).parent.parent / "migrations"
# Any number, the same everywhere: only one process migrates at a time.
MIGRATION_LOCK = 7_205_114


def make_engine(url: str, pool: int = 10) -> Engine:
    """An engine for `url`; `postgres://` and `postgresql://` are taken for psycopg."""
    return create_engine(
        _for_psycopg(url),
        pool_size=pool,
        max_overflow=pool,
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
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": MIGRATION_LOCK})
        connection.commit()
        command.upgrade(_config(connection), "head")
        connection.commit()


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
        return there == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _for_psycopg(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme.startswith("postgres") else url
