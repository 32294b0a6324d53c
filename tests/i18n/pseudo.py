"""A language nobody speaks: English letters turned into Arabic ones, longer and with marks above, right to left.

What is still English on a screen in this language was never in a catalogue; what is cut off would be cut off in Arabic.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.languages.facts import ALL
from himaya.translation.domains import course_domain, interface_domain, module_domain, words_of
from himaya.translation.updating import updated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.translation.domains import Domain

ROOT = Path(__file__).parents[2]
_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذعزسشصضطظغفقلمنهوي")
_MARKS = str.maketrans(",;?", "،؛؟")
_KEPT = re.compile(
    r"(\{\w+\}|\[(?:S\d+|design|verify|sop)(?=[\]:])|\[country:[^\]]*\]|\]\([^)]*\)|`[^`]*`|\bS\d+\b|\d+)"
)
_QUOTED = re.compile(r'"([^"]*)"')
_DAMMA = "\u064f"


TRAP = "Question 3 of 10 (GBV), that is 80 %. The number to call is 07 12 34, says Noor (R.)"
"""What changes places easily where two directions meet; `TRAPPED` is its translation, in real Arabic words."""
TRAPPED = "السؤال 3 من 10 (GBV)، أي نسبة 80 % هنا. للاتصال 07 12 34 الآن، تقول Noor (R.)"


def pseudo(text: str) -> str:
    """Return an English text in the language nobody speaks, a third longer, with everything that must stay."""
    if text == TRAP:
        return TRAPPED
    quoted = _QUOTED.sub(r"«\1»", text).replace('"', "")
    parts = _KEPT.split(quoted)
    return "".join(part if at % 2 else _words(part) for at, part in enumerate(parts))


def _words(text: str) -> str:
    def longer(match: re.Match[str]) -> str:
        word = match[0].lower().translate(_LETTERS)
        return f"{word}{_DAMMA}" if len(word) < 4 else f"{word[:2]}{_DAMMA}{word[2:]}ان"

    return re.sub(r"[A-Za-z]+", longer, text).translate(_MARKS)


def write_pseudo(domain: Domain, folder: Path, language: str = "ar") -> None:
    """Write the PO file of a domain in the language nobody speaks, complete, into `folder`."""
    po = updated(domain.entries, None, language, domain.name)
    for message in po.messages():
        if isinstance(message.id, str):
            message.string = pseudo(message.id)
        else:
            message.string = (pseudo(message.id[1]),) * len(ALL[language].categories)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{language}.po").write_text(po.text(), encoding="utf-8")


def pseudo_repository(target: Path, *modules: str, trapped: Mapping[str, str] | None = None) -> Path:
    """Return a copy of the repository's courses and some modules, and its interface in `locale/`, all pseudo.

    Args:
        target: Where to.
        modules: Which, by id.
        trapped: By file in `modules/`, an English text that stands once in it and is to say `TRAP` instead.
    """
    shutil.copytree(ROOT / "courses", target / "courses", ignore=shutil.ignore_patterns("source", "release", "*.db"))
    for name in modules:
        shutil.copytree(ROOT / "modules" / name, target / "modules" / name)
        for file, text in (trapped or {}).items():
            path = target / "modules" / file
            old, new = (f"# {text}\n", f"# {TRAP}\n") if path.suffix == ".md" else (f": {text}\n", f': "{TRAP}"\n')
            path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        write_pseudo(module_domain(target / "modules" / name), target / "modules" / name / "locale")
    for course in sorted((target / "courses").glob("*/course.yaml")):
        write_pseudo(course_domain(course.parent), course.parent / "locale")
    write_pseudo(interface_domain(words_of(ROOT)), target / "locale")
    return target
