"""Advisory locks by name: one holder across all machines, and free the moment its process dies."""

import contextlib
import hashlib
from collections.abc import AsyncGenerator

import psycopg


def lock_number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


@contextlib.asynccontextmanager
async def holding(dsn: str, name: str) -> AsyncGenerator[psycopg.AsyncConnection | None, None]:
    """A connection that holds the lock `name`, or None while another process holds it."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (lock_number(name),))
        row = await cursor.fetchone()
        yield connection if row and row[0] else None
