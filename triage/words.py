"""What is wrong with the lexicons, a line each. A word that means two things can end a talk by mistake.

es.toml:12: "fin" is stop, but es.toml:14 has it as start
"""

from pathlib import Path
from typing import Any, cast, get_args

from triage.source import Source
from triage.understand import LEXICONS, Answer, Command, plain

ANSWERS, COMMANDS = get_args(Answer), get_args(Command)


def check_words(folder: Path = LEXICONS) -> list[str]:
    """One line per problem with the lexicons of `folder`; none is good."""
    problems: list[str] = []
    # A command of any language works in all of them, so it may mean nothing else in any.
    commands: dict[str, tuple[str, str]] = {}
    answers: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(folder.glob("*.toml")):
        file = Source(path)
        problems += file.problems
        if file.problems:
            continue
        if file.data.get("language") != path.stem:
            problems.append(f'{file.at("", "language")}: "language" is not "{path.stem}"')
        known = {"language", "commands", *ANSWERS}
        problems += [f'{file.at("", key)}: unknown key "{key}"' for key in file.data.keys() - known]
        of_answers = _words(file, "", file.data, ANSWERS, problems)
        table = file.data.get("commands")
        given = cast("dict[str, Any]", table) if isinstance(table, dict) else {}
        unknown = given.keys() - set(COMMANDS)
        problems += [f'{file.at("commands", key)}: unknown key "{key}"' for key in sorted(unknown)]
        of_commands = _words(file, "commands", given, COMMANDS, problems)
        _meet(of_commands, commands, problems)
        # Yes in one language may be no in another: only within one language it may not.
        _meet(of_answers, {}, problems)
        for word, name, at in of_answers:
            answers.setdefault(word, []).append((name, at))
    for word, (name, at) in commands.items():
        problems += [
            f'{at}: "{word}" is {name}, but {there} has it as {other}'
            for other, there in answers.get(word, [])
        ]
    return problems


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
