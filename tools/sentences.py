"""Collects every sentence of the screens, Indonesian beside English, for those who review the words.

`python tools/sentences.py` writes resources/translations/sentences.tsv. The program does not read it: the pairs in the
source are what the screen says.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = ROOT / "resources" / "translations" / "sentences.tsv"
HEAD = "# Indonesian\tEnglish\tfile (made by tools/translations.sh)\n"


def pairs(source: str) -> list[tuple[str, str]]:
    """Indonesian and English of every `Text("...", "...")` that is written out."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in {"Text", "T"}:
            continue
        words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if len(words) == 2 and len(node.args) == 2:
            found.append((words[0], words[1]))
    return found


def table() -> str:
    """The whole list."""
    lines = set()
    for path in sorted((ROOT / "ui").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for id_, en in pairs(path.read_text("utf-8")):
            lines.add("\t".join(each.replace("\n", " / ") for each in (id_, en, name)))
    return HEAD + "\n".join(sorted(lines, key=lambda line: line.split("\t")[::-1])) + "\n"


if __name__ == "__main__":
    LIST.parent.mkdir(parents=True, exist_ok=True)
    LIST.write_text(table(), "utf-8")
