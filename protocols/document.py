"""A TOML document whose every value knows its line, so that an error can name the line that is wrong.

`tomllib` checks the syntax and gives values without positions; a small scanner walks the same text once more and
notes where each key and array element begins. Nothing here knows what a protocol is.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection
from typing import NoReturn

Path = tuple[str | int, ...]


class DefinitionError(ValueError):
    """A definition that is refused: `origin` names the document, `line` (from 1) what is wrong in it."""

    def __init__(self, origin: str, line: int, message: str) -> None:
        super().__init__(f"{origin}:{line}: {message}")
        self.origin = origin
        self.line = line
        self.message = message


class Node:
    """One value of a document: reads itself as what it should be, and complains with its line."""

    def __init__(self, value: object, path: Path, lines: dict[Path, int], origin: str) -> None:
        self.value = value
        self.path = path
        self._lines = lines
        self._origin = origin

    @property
    def line(self) -> int:
        """Line where the value, or the nearest table around it that the text shows, begins."""
        path = self.path
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    @property
    def name(self) -> str:
        """The last key of the path, for messages."""
        return str(self.path[-1]) if self.path else "document"

    def fail(self, message: str) -> NoReturn:
        """Raise DefinitionError at this line."""
        raise DefinitionError(self._origin, self.line, message)

    def table(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Node]:
        """Members of a table that must have the required keys and may have the optional ones, no others."""
        members = self.members()
        for key, member in members.items():
            if key not in required and key not in optional:
                member.fail(f"unknown key {key!r}")
        for key in required:
            if key not in members:
                self.fail(f"{self.name} lacks {key!r}")
        return members

    def members(self) -> dict[str, Node]:
        """Members of a table with free keys."""
        if not isinstance(self.value, dict):
            self.fail(f"{self.name} must be a table")
        return {key: self._child(key, value) for key, value in self.value.items()}

    def elements(self) -> tuple[Node, ...]:
        """Elements of an array that is not empty."""
        if not isinstance(self.value, list) or not self.value:
            self.fail(f"{self.name} must be an array with at least one element")
        return tuple(self._child(index, value) for index, value in enumerate(self.value))

    def string(self) -> str:
        """A string that is more than blanks."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail(f"{self.name} must be a string that is not empty")
        return self.value

    def number(self) -> float:
        """A finite number; true and false are none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not math.isfinite(self.value):
            self.fail(f"{self.name} must be a number")
        return float(self.value)

    def boolean(self) -> bool:
        """Either true or false."""
        if not isinstance(self.value, bool):
            self.fail(f"{self.name} must be true or false")
        return self.value

    def _child(self, key: str | int, value: object) -> Node:
        return Node(value, (*self.path, key), self._lines, self._origin)


def read(data: bytes, origin: str) -> Node:
    """The document's root.

    Raises:
        DefinitionError: not UTF-8 or not TOML.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError(origin, data[: error.start].count(b"\n") + 1, "not UTF-8") from None
    text = text.replace("\r\n", "\n")
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise DefinitionError(origin, line, f"not TOML: {error}") from None
    return Node(value, (), _Scanner(text).scan(), origin)


class _Scanner:
    """Walks text that `tomllib` has accepted, and notes the line of each key and array element."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Path, int] = {(): 1}
        self._counts: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self._skip_blank()
        while self._at < len(self._text):
            if self._peek("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip_blank()
        return self._lines

    def _peek(self, token: str) -> bool:
        return self._text.startswith(token, self._at)

    def _note(self, path: Path) -> None:
        self._lines.setdefault(path, self._text.count("\n", 0, self._at) + 1)

    def _skip_blank(self) -> None:
        found = re.compile(r"(?:[ \t\n]|#[^\n]*)*").match(self._text, self._at)
        assert found is not None
        self._at = found.end()

    def _header(self) -> Path:
        start, repeated = self._at, self._peek("[[")
        self._at += 2 if repeated else 1
        keys = self._keys()
        self._at += 2 if repeated else 1
        end, self._at = self._at, start
        path: Path = ()
        for key in keys[:-1]:
            self._note((*path, key))
            path = self._latest((*path, key))
        path = (*path, keys[-1])
        if repeated:
            self._note(path)
            self._counts[path] = self._counts.get(path, -1) + 1
            path = self._latest(path)
        self._note(path)
        self._at = end
        return path

    def _latest(self, path: Path) -> Path:
        return (*path, self._counts[path]) if path in self._counts else path

    def _keys(self) -> list[str]:
        """A dotted key; stops behind it and the blanks that follow."""
        keys: list[str] = []
        while True:
            self._skip_blank()
            if self._peek('"') or self._peek("'"):
                start = self._at
                self._quoted()
                keys.append(str(tomllib.loads(f"k = {self._text[start : self._at]}")["k"]))
            else:
                keys.append(self._run(r"[A-Za-z0-9_-]+"))
            self._skip_blank()
            if not self._peek("."):
                return keys
            self._at += 1

    def _pair(self, table: Path) -> None:
        start, keys = self._at, self._keys()
        behind, self._at = self._at + 1, start
        path = table
        for key in keys:
            path = (*path, key)
            self._note(path)
        self._at = behind
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_blank()
        self._note(path)
        if self._peek('"') or self._peek("'"):
            self._quoted()
        elif self._peek("["):
            self._sequence(path, "]")
        elif self._peek("{"):
            self._sequence(path, "}")
        else:
            self._run(r"[^,\]}#\n]*")

    def _sequence(self, path: Path, end: str) -> None:
        """An array's elements, or an inline table's pairs."""
        self._at += 1
        index = 0
        self._skip_blank()
        while not self._peek(end):
            if end == "]":
                self._value((*path, index))
            else:
                self._pair(path)
            index += 1
            self._skip_blank()
            if self._peek(","):
                self._at += 1
            self._skip_blank()
        self._at += 1

    def _quoted(self) -> None:
        self._run(r'"""(?:\\.|[^\\])*?"""{0,2}' + "|'''.*?'''{0,2}" + r'|"(?:\\.|[^"\\])*"' + "|'[^']*'")

    def _run(self, pattern: str) -> str:
        found = re.compile(pattern, re.DOTALL).match(self._text, self._at)
        assert found is not None
        self._at = found.end()
        return found[0]
