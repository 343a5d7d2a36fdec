"""What is wrong with the lexicons and phrases of alarm, a line each.

es.toml:12: "fin" is stop, but es.toml:14 has it as start

A word that means two things can end a talk by mistake.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, cast, get_args

from triage.ear import CALM
from triage.echoes import ANY, ECHOES, MEANINGS, folded_phrase
from triage.lexicon import LEXICONS, LOOSE, Age, Answer, Command, Safety
from triage.phrasebook import ALARMS, PHRASES, pattern
from triage.plain import is_unspaced, plain
from triage.source import Source

ANSWERS, COMMANDS = get_args(Answer), get_args(Command)
AGES, SAFETY = get_args(Age), get_args(Safety)
NUMBERS = tuple(str(n) for n in range(18))
# A word with more open places than this, or with fewer letters than that beside one, fits nearly everything.
MOST_OPEN, FEWEST_LETTERS = 2, 2
Found = list[tuple[str, str, str]]


def check_words(folder: Path = LEXICONS, phrases: Path = PHRASES, calm: Path = CALM) -> list[str]:
    """One line per problem with the lexicons and phrases of two folders, and what is calm; none is good."""
    problems: list[str] = []
    # A command of any language works in all of them, so it may mean nothing else in any.
    commands: dict[str, tuple[str, str]] = {}
    others: Found = []
    for path in sorted(folder.glob("*.toml")):
        file = Source(path)
        problems += file.problems
        if not file.problems:
            others += _lexicon(file, commands, problems)
    for word, name, at in others:
        if word in commands:
            meant, there = commands[word]
            problems.append(f'{there}: "{word}" is {meant}, but {at} has it as {name}')
    for path in sorted(phrases.glob("*.toml")):
        problems += _phrases(Source(path))
    greetings = Source(calm)
    problems += greetings.problems
    _words(greetings, "", greetings.data, tuple(greetings.data), problems)
    return problems


def _lexicon(file: Source, commands: dict[str, tuple[str, str]], problems: list[str]) -> Found:
    """The words of a lexicon that are no commands; its commands are put with those of the others."""
    if file.data.get("language") != file.path.stem:
        problems.append(f'{file.at("", "language")}: "language" is not "{file.path.stem}"')
    tables = {
        "alone": ANSWERS,
        "commands": COMMANDS,
        "numbers": NUMBERS,
        "ages": AGES,
        "safety": SAFETY,
    }
    known = {"language", *ANSWERS, *LOOSE, *tables}
    problems += [f'{file.at("", key)}: unknown key "{key}"' for key in file.data.keys() - known]
    loose = {key: file.data[key] for key in LOOSE if key in file.data}
    _words(file, "", loose, tuple(loose), problems)
    answers = _words(file, "", file.data, ANSWERS, problems)
    # Yes in one language may be no in another: only within one language it may not.
    whole: dict[str, tuple[str, str]] = {}
    _meet(answers, whole, problems)
    for table, names in tables.items():
        value = file.data.get(table)
        given = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        unknown = given.keys() - set(names)
        problems += [f'{file.at(table, key)}: unknown key "{key}"' for key in sorted(unknown)]
        wanted = names if table == "commands" else tuple(name for name in names if name in given)
        found = _words(file, table, given, wanted, problems)
        # An answer stands in one of two tables.
        met = {"commands": commands, "alone": whole, "safety": whole}.get(table, {})
        _meet(found, met, problems)
        answers += found if table != "commands" else []
    return answers


def _phrases(file: Source) -> Iterator[str]:
    yield from file.problems
    for alarm in (*ALARMS, "age_frames"):
        table = file.data.get(alarm, {})
        given = cast("dict[str, Any]", table) if isinstance(table, dict) else {}
        for key, said in given.items():
            at = file.at(alarm, f"{key} =")
            if key not in ("phrases", "unless", "frames", "never_with"):
                yield f'{at}: unknown key "{key}"'
            elif key == "never_with" and alarm != "watched":
                # A cry is never taken back by what stands elsewhere.
                yield f'{at}: only "watched" can be taken back for a whole text'
            elif not isinstance(said, list) or not all(
                isinstance(phrase, str) and _can_match(phrase)
                for phrase in cast("list[object]", said)
            ):
                yield f'{at}: "{key}" is a list of phrases, each with a word in it'
    unknown = file.data.keys() - {"language", *ALARMS, "age_frames"}
    yield from (f'{file.at("", key)}: unknown key "{key}"' for key in sorted(unknown))


def check_echoes(questions: Collection[str], folder: Path = ECHOES) -> list[str]:
    """One line per problem with the answers that echo `questions`; none is good."""
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        file = Source(path)
        problems += file.problems
        if file.data and file.data.get("language") != path.stem:
            problems.append(f'{file.at("", "language")}: "language" is not "{path.stem}"')
        for question, table in file.data.items():
            if question == "language":
                continue
            given = cast("dict[str, Any]", table) if isinstance(table, dict) else {}
            if question not in questions or not given:
                problems.append(f'{file.at(question)}: "{question}" is no question')
            problems += _echoes(file, question, given)
    return problems


def _echoes(file: Source, question: str, given: dict[str, Any]) -> Iterator[str]:
    known: dict[str, str] = {}
    for key, said in given.items():
        at = file.at(question, f"{key} =")
        if key not in MEANINGS:
            yield f'{at}: unknown key "{key}"'
            continue
        listed = cast("list[object]", said) if isinstance(said, list) else []
        phrases = {p: folded_phrase(p) for p in listed if isinstance(p, str)}
        if (
            not listed
            or len(phrases) != len(listed)
            or not all(map(_says_enough, phrases.values()))
        ):
            yield f'{at}: "{key}" is a list of phrases, each once, with letters at every "*"'
            continue
        for phrase, found in phrases.items():
            if known.setdefault(found, key) != key:
                yield f'{at}: "{phrase}" is yes and no'


def _says_enough(found: str) -> bool:
    """Whether a phrase, as it is compared, is no mere "*" or number; single letters leave nothing open."""
    if ANY not in found:
        return any(map(str.isalpha, found))
    said = found.split()
    opened = [word for word in said if ANY in word and word != ANY]
    return (
        any(word.strip(ANY) for word in said)
        and not any(map(is_unspaced, said))
        and all(
            word.count(ANY) <= MOST_OPEN and len(word.replace(ANY, "")) >= FEWEST_LETTERS
            for word in opened
        )
    )


def _can_match(phrase: str) -> bool:
    found = pattern(phrase)
    return bool(found) and found[0] != ".." and all(word.strip("*") for word in found)


def _words(
    file: Source, table: str, given: dict[str, Any], names: tuple[str, ...], problems: list[str]
) -> list[tuple[str, str, str]]:
    """(word as it is compared, what it means, file:line) for each word of a table."""
    found: list[tuple[str, str, str]] = []
    for name in names:
        at = file.at(table, f"{name} =")
        words = given.get(name)
        if not isinstance(words, list) or not words:
            problems.append(f'{at}: "{name}" needs a list of words')
            continue
        for word in cast("list[object]", words):
            if not isinstance(word, str) or not plain(word):
                problems.append(f'{at}: "{name}": {word!r} is no word that can be typed')
            else:
                found.append((plain(word), name, at))
    return found


def _meet(
    words: list[tuple[str, str, str]], known: dict[str, tuple[str, str]], problems: list[str]
) -> None:
    for word, name, at in words:
        other, there = known.setdefault(word, (name, at))
        if other != name:
            problems.append(f'{at}: "{word}" is {name}, but {there} has it as {other}')
