"""What browsers send about keys, read: anything else than was asked for is KeyRefused, in one line."""

import base64
from collections.abc import Mapping
from typing import Any, Final, cast

from hotline.boxes import PUBLIC_BYTES, SEALED_KEY_BYTES
from hotline.teamkeys import KeyRefused, NewTeamKey

SHAPE: Final = "keys.refused.shape"
LARGEST_NUMBER: Final = 2**31 - 1
DIGITS: Final = 9

Given = Mapping[str, Any]


def mapping(given: object) -> Given:
    if not isinstance(given, dict):
        raise KeyRefused(SHAPE)
    return cast("Given", given)


def by_number(given: object) -> dict[int, Any]:
    """What stands under the numbers of rows: JSON knows only texts as keys."""
    found = mapping(given)
    if not all(name.isascii() and name.isdigit() and len(name) <= DIGITS for name in found):
        raise KeyRefused(SHAPE)
    return {int(name): value for name, value in found.items()}


def number(given: Given, name: str) -> int:
    found: object = given.get(name)
    if not isinstance(found, int) or not 0 < found <= LARGEST_NUMBER:
        raise KeyRefused(SHAPE)
    return found


def text(given: Given, name: str) -> str:
    found: object = given.get(name)
    if not isinstance(found, str) or "\x00" in found or not _is_sayable(found):
        raise KeyRefused(SHAPE)
    return found


def decoded(given: object) -> bytes:
    """Bytes from base64."""
    try:
        return base64.b64decode(cast("str", given), validate=True)
    except (TypeError, ValueError):
        raise KeyRefused(SHAPE) from None


def new_key(given: object) -> NewTeamKey:
    found = mapping(given)
    made = NewTeamKey(decoded(found.get("public_key")), decoded(found.get("sealed")))
    if len(made.public_key) != PUBLIC_BYTES or len(made.key_sealed) != SEALED_KEY_BYTES:
        raise KeyRefused(SHAPE)
    return made


def _is_sayable(found: str) -> bool:
    """JSON can hold halves of characters, which no encoding can."""
    try:
        found.encode()
    except UnicodeEncodeError:
        return False
    return True
