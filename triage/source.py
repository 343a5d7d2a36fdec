"""A TOML file that remembers which line a table or a word stands on, so that every problem has one."""

import re
import tomllib
from pathlib import Path
from typing import Any, cast


class Source:
    """`problems` holds why the file could not be read; then `data` is empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        self.data: dict[str, Any] = {}
        self.lines: list[str] = []
        try:
            source = path.read_text(encoding="utf-8")
            self.lines = source.splitlines()
            self.data = tomllib.loads(source)
        except OSError as error:
            self.problems = [f"{path.name}:1: cannot be read: {error.strerror}"]
        except UnicodeDecodeError:
            self.problems = [f"{path.name}:1: is not UTF-8 text"]
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            where = f":{found[1]}" if found else f":{len(self.lines)}"
            self.problems = [f"{path.name}{where}: not TOML: {error}"]

    def tables(self, name: str) -> dict[str, dict[str, Any]]:
        """The tables `[name.KEY]` by key."""
        found = self.data.get(name, {})
        if not isinstance(found, dict):
            return {}
        items = cast("dict[str, object]", found).items()
        return {key: cast("dict[str, Any]", v) for key, v in items if isinstance(v, dict)}

    def at(self, table: str = "", word: str = "") -> str:
        """`file:line` of a table's header, or of the first line below it that holds `word`."""
        for number, line in enumerate(self.lines, 1):
            if line.partition("#")[0].strip() == f"[{table}]" or not table:
                below = enumerate(self.lines[number if table else 0 :], number + bool(table))
                for there, text in below:
                    if text.startswith("[") or not word:
                        break
                    if word in text:
                        return f"{self.path.name}:{there}"
                return f"{self.path.name}:{number}"
        return f"{self.path.name}:1"
