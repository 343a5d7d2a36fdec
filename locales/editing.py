"""A catalog as text with some of its entries changed: what is not changed keeps every byte.

Order, comments and wrapping stay; a changed entry is written as the others are, a line for each line.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from babel.messages.pofile import denormalize, normalize

from locales.review import REMARK, REVIEWED

# Lines of an entry that are ours to write anew.
NOTED: Final = re.compile(rf"#\s*({REVIEWED}|{REMARK})", re.IGNORECASE)
KEYWORD: Final = re.compile(r"msg(?:ctxt|id|id_plural|str(?:\[\d\])?)\b")


@dataclass(frozen=True, slots=True)
class Edited:
    """What an entry becomes: its text, and the lines that say who read it and what they remarked."""

    text: str = field(repr=False)
    review: str = ""
    remark: str = ""


def edited(source: str, changes: Mapping[str, Edited]) -> str:
    """The catalog `source` with `changes` by message id; a message it lacks is put at its end."""
    left = dict(changes)
    parts: list[str] = []
    for block in _blocks(list(io.StringIO(source, newline="\n"))):
        change = left.pop(_message_id(block), None)
        parts += _rewritten(block, change) if change else block
    for message_id, change in left.items():
        msgid = f"msgid {normalize(message_id, width=0)}\n"
        parts += ["\n", *_notes(change), msgid, f"msgstr {normalize(change.text, width=0)}\n"]
    return "".join(parts)


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines entry by entry: each with the comments before it and the blank lines after it."""
    block: list[str] = []
    done = False
    for line in lines:
        begins = line.startswith(("#", "msgctxt", "msgid ")) and not line.startswith("#~")
        if done and begins:
            yield block
            block, done = [], False
        block.append(line)
        done = done or line.startswith("msgstr")
    yield block


def _message_id(block: Sequence[str]) -> str:
    return _value(block, "msgid ")


def _value(block: Sequence[str], keyword: str) -> str:
    """What the quoted lines after a keyword say."""
    found: list[str] = []
    inside = False
    for line in block:
        if KEYWORD.match(line):
            inside = line.startswith(keyword)
            found += [line.removeprefix(keyword).strip()] if inside else []
        elif inside and line.startswith('"'):
            found.append(line.strip())
    return denormalize("\n".join(found))


def _rewritten(block: Sequence[str], change: Edited) -> list[str]:
    kept = [*_notes(change), *(line for line in block if not NOTED.match(line))]
    if _value(block, "msgstr ") == change.text:
        return kept
    at = next(number for number, line in enumerate(kept) if line.startswith("msgstr "))
    end = at + 1
    while end < len(kept) and kept[end].startswith('"'):
        end += 1
    return [*kept[:at], f"msgstr {normalize(change.text, width=0)}\n", *kept[end:]]


def _notes(change: Edited) -> list[str]:
    return [f"# {line}\n" for line in (change.review, change.remark) if line]
