"""Telegram through python-telegram-bot: the only package that imports `telegram`.

The libraries below log what they send: the token stands in every URL, and texts in their debugging.
Nothing of theirs reaches a log; what is worth knowing, this package says in its own words.
"""

import logging

CHATTY = ("telegram", "httpx", "httpcore")


def silence() -> None:
    """Cut the libraries' loggers, and all below them, off from every handler."""
    for name in CHATTY:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)


silence()
