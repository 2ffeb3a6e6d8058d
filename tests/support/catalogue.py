"""Reading a catalogue of translations, as translators write it and as programs load it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = {path.parts[-3]: path for path in sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))}
_FOLDERS = ("village", "events", "carpool", "news", "notifications", "demo")
_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr(?:\[\d\])?|msgctxt) )?(".*")')
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
_STRING = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_IN_TEMPLATES = re.compile(rf" (?:n?gettext|_)\({_STRING}(?:, {_STRING})?")


@dataclass(slots=True)
class Message:
    """Hold a sentence of the code, and how it is said in another language."""

    key: str = ""
    plural: str = ""
    words: list[str] = field(default_factory=list)
    is_fuzzy: bool = False


def messages(path: Path) -> list[Message]:
    """Read a ``.po`` file; the first message is its header, whose key is empty."""
    found = []
    for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        message, part = Message(), ""
        for line in paragraph.splitlines():
            if line.startswith("#"):
                assert not line.startswith("#~"), f"nobody says this any more: {line}"
                message.is_fuzzy |= line.startswith("#,") and "fuzzy" in line
                continue
            read = _LINE.fullmatch(line)
            assert read, f"this is no line of a catalogue: {line}"
            part, text = read[1] or part, ast.literal_eval(read[2])
            if part == "msgid":
                message.key += text
            elif part == "msgid_plural":
                message.plural += text
            elif read[1]:
                message.words.append(text)
            else:
                message.words[-1] += text
        found.append(message)
    return found


def said() -> set[str]:
    """Collect every sentence that the code and the templates have translated."""
    found: set[str] = set()
    for folder in _FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            found.update(_in_code(path.read_text(encoding="utf-8")))
        for path in (ROOT / folder).rglob("templates/**/*.*"):
            found.update(_in_template(path.read_text(encoding="utf-8")))
    return found


def _in_code(text: str) -> Iterator[str]:
    if "gettext" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in _CALLS and node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


def _in_template(text: str) -> Iterator[str]:
    for call in _IN_TEMPLATES.finditer(templatize(text)):
        yield ast.literal_eval(call[1])
