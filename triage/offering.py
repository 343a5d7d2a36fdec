"""Which languages are offered, a page at a time, and which one a text picks. Pure.

All of them if they are few; otherwise the likeliest and, last of each page, the next page. A digit means what
stood on the page that was read last; a button means the same for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from triage import understand
from triage.flow import Option
from triage.plain import chunks
from triage.reading import NOTHING, SURE, Reading
from triage.turn import LANGUAGE_MORE, Heard, State

# So many at once; more than these come in pages, which fit two SMS segments in any script.
ALL_AT_ONCE, FIRST_PAGE, PAGE = 4, 3, 6
MORE, NATIVE = "more.", "native:"


def pages(languages: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """`languages` as they are shown one page after the other."""
    if len(languages) <= ALL_AT_ONCE:
        return (tuple(languages),)
    starts = (0, *range(FIRST_PAGE, len(languages), PAGE))
    ends = (*starts[1:], len(languages))
    return tuple(tuple(languages[at:end]) for at, end in zip(starts, ends, strict=True))


def tongue(code: str) -> Option:
    """The option of a language, by its own name."""
    return Option(code, f"{NATIVE}{code}")


def shown(state: State) -> tuple[Option, ...]:
    """The languages of the page that is open, and the next page; after the last comes the first."""
    every = pages(state.offered)
    at = state.page % len(every)
    following = Option(f"{MORE}{(at + 1) % len(every)}", LANGUAGE_MORE)
    return (*map(tongue, every[at]), *((following,) if len(every) > 1 else ()))


def find(state: State, option_id: str) -> Option | None:
    """The option of that id, on whichever page."""
    turned = (shown(replace(state, page=page))[-1] for page in range(len(pages(state.offered))))
    known = (*map(tongue, state.offered), *turned)
    return next((option for option in known if option.id == option_id), None)


def page_of(option: Option) -> int | None:
    """The page that an option turns to; None for a language."""
    kind, dot, page = option.id.partition(".")
    return int(page) if kind + dot == MORE else None


def likelier(state: State, code: str) -> State:
    """`code` is offered first, on the first page; anything but a language that is offered changes nothing."""
    if code not in state.offered:
        return state
    others = tuple(other for other in state.offered if other != code)
    return replace(state, offered=(code, *others), page=0)


def read(state: State, heard: Heard) -> Reading:
    """The option that a text picks: by its number on the page, or a language by its name."""
    if heard.named in state.offered:
        return Reading(heard.named, SURE)
    return pick(heard.text, shown(state), state.language or heard.guess, heard.labels)


def pick(text: str, options: Sequence[Option], language: str, labels: Mapping[str, str]) -> Reading:
    """As `understand.pick`, for options among which there are languages.

    Their codes are no words: "hi" greets. And who writes that they speak no English does not pick it: a
    name counts with nothing around it.
    """
    ids = {
        option.label if option.label.startswith(NATIVE) else option.id: option.id
        for option in options
    }
    renamed = [replace(option, id=name) for name, option in zip(ids, options, strict=True)]
    named = {name: labels[known] for name, known in ids.items() if known in labels}
    found = understand.pick(text, renamed, language, named)
    label = named.get(found.meaning, "") if found.meaning.startswith(NATIVE) else ""
    numbered = bool(understand.numbers(text, language))
    if label and not numbered and len(chunks(text)) > len(chunks(label)):
        return NOTHING
    both = tuple(ids.get(name, name) for name in found.both)
    return replace(found, meaning=ids.get(found.meaning, found.meaning), both=both)
