"""Standard input by lines: JSON objects, or texts. A line that is none does not end the rest."""

import json
from collections.abc import Iterator
from typing import IO, Any


class BadLine(Exception):
    """A line that cannot be used, with its number and the reason."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number


def objects(stream: IO[str]) -> Iterator[dict[str, Any] | BadLine]:
    """{"line": its number, "object": what stands there} for each line that is not empty, or BadLine."""
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            yield BadLine(number, "not JSON")
            continue
        if isinstance(found, dict):
            yield {"line": number, "object": found}
        else:
            yield BadLine(number, "not a JSON object")


def texts(stream: IO[str]) -> Iterator[str]:
    """Each line without its end; an empty one is an empty text."""
    for line in stream:
        yield line.rstrip("\r\n")
