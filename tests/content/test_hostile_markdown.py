"""Nothing in an author's Markdown or text can run, load or lead out, however it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.content.check import check_module
from himaya.content.markdown import markdown_dangers
from himaya.course.check import check_course

if TYPE_CHECKING:
    from pathlib import Path

_LINKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](javascript&#x3A;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\\script:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( <javascript:alert(1)> 'title')",
    "[x](javascript:alert%281%29)",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](\u00a0javascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](blob:https://a/b)",
    "[x](file:///etc/passwd)",
    "[x](about:blank)",
    "[x](view-source:x)",
    "[x](tel:123)",
    "[x](mailto:a@b.example)",
    "[x](ftp://a.example)",
    "[x](https://a.example)",
    "[x](//a.example)",
    "[x](\\\\a.example)",
    "[x](/api/contents)",
    "[x](../other/module.ipynb)",
    "[x](?token=1)",
    "[x](media/../../secret.svg)",
    "[**bold `code`**](javascript:alert(1))",
    "[![x](media/chairs.svg)](javascript:alert(1))",
    "<javascript:alert(1)>",
    "<vbscript:x>",
    "<data:text/html,x>",
    "<https://a.example>",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[y]\n\n[y]: javascript&colon;alert(1)",
    "[x][]\n\n[x]: <javascript:alert(1)>",
    "[unused]: javascript:alert(1)",
    "[twice]: #ok\n[twice]: javascript:alert(1)",
    "> [x](javascript:alert(1))",
    "- - [x](javascript:alert(1))",
    "1. [x](javascript:alert(1))",
    "| a |\n| --- |\n| [x](javascript:alert(1)) |",
    "# [x](javascript:alert(1))",
    "x\n[x](javascript:alert(1))\n===",
    "$\\href{javascript:alert(1)}{x}$",
    "![x](javascript:alert(1))",
    "![x](https://a.example/x.png)",
    "![x][y]\n\n[y]: https://a.example/x.png",
    "![x][y]\n\n[y]: media/chairs.svg",
]
_HTML = [
    "<script>alert(1)</script>",
    "a <b>b</b>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    '<img alt="<" src=x onerror=alert(1)>',
    "<img alt='>' src=x onerror=alert(1)>",
    "<img\nsrc=x\nonerror=alert(1)>",
    "<img src=x onerror=alert(1)",
    "a <img src=x onerror=alert(1)\n\nb",
    "<div\n\n>",
    "<div title='<b'>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='&lt;script&gt;'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a\thref=x>",
    "</p><script>",
    "<!-- x -->",
    "<!DOCTYPE html>",
    "<?php x ?>",
    "<![CDATA[ x ]]>",
    "<STYLE>@import 'x'</STYLE>",
    "<math><mtext></mtext></math>",
    "<x-y z>",
    "<details open ontoggle=alert(1)>",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "| a |\n| --- |\n| <img src=x onerror=alert(1)> |",
    "# <img src=x onerror=alert(1)>",
    "`a` <b> `c`",
    "\\`<img src=x onerror=alert(1)>\\`",
    "`` ` `` <img src=x onerror=alert(1)> `` ` ``",
    "[x](<b> 'title')<b>",
    "<title\u00a0x>",
]
_FINE = [
    "Plain words, *more* and **more**; 3 < 4 > 2, a<3, x <- y, I <3 this.",
    "[x](#a-heading) and [S1: Part II] and [y][S1].",
    "![Two chairs](media/chairs.svg)",
    "`<script>` and `[x](javascript:alert(1))` as code.",
    "```\n<script>alert(1)</script>\n[x](javascript:alert(1))\n```",
    "    <script>alert(1)</script>",
    "\\<b\\> and &lt;script&gt; and \\[x\\](y)",
    "Personal data: names, dates. Java script: no address.",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "She says: 'It is 5 > 4' & leaves.",
]


@pytest.mark.parametrize("source", [*_LINKS, *_HTML])
@pytest.mark.parametrize("before", ["", "A first line.\n\n"])
def test_active_markup_and_outside_links_are_refused(source: str, before: str) -> None:
    found = list(markdown_dangers(before + source))
    assert found
    assert min(line for line, _ in found) >= before.count("\n")


@pytest.mark.parametrize("source", _FINE)
def test_plain_markdown_passes(source: str) -> None:
    assert list(markdown_dangers(source)) == []


@pytest.mark.parametrize("source", ["[x](javascript:alert(1))", "<img alt='<' src=x>", "<vbscript:x>"])
def test_refused_prose_is_named_with_file_and_line(source: str, sound_module: Path) -> None:
    path = sound_module / "module.md"
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("## ")) + 2
    path.write_text("\n".join([*lines[:at], "", source, "", *lines[at:]]), encoding="utf-8")
    problems = check_module(sound_module)
    assert {(problem.file, problem.line) for problem in problems} == {("modules/sound-module/module.md", at + 2)}


@pytest.mark.parametrize("source", ["<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "<b", "<!-- x"])
@pytest.mark.parametrize(
    ("file", "field"),
    [
        ("items.yaml", "stem"),
        ("items.yaml", "rationale"),
        ("module.yaml", "title"),
        ("scenarios/short-walk.yaml", "text"),
    ],
)
def test_markup_in_any_text_of_yaml_is_refused(file: str, field: str, source: str, sound_module: Path) -> None:
    path = sound_module / file
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.lstrip(" -").startswith(f"{field}: "))
    begin = lines[at][: lines[at].index(f"{field}: ")]
    lines[at] = f"{begin}{field}: '{source.replace(chr(39), chr(39) * 2)} and more'"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = [problem for problem in check_module(sound_module) if problem.file.endswith(file)]
    assert at + 1 in {problem.line for problem in found}, found


def test_overview_is_checked_alike(tmp_path: Path) -> None:
    course = tmp_path / "courses" / "first"
    course.mkdir(parents=True)
    (course / "course.yaml").write_text("id: first\ntitle: A\n", encoding="utf-8")
    (course / "overview.md").write_text("# A\n\n[x](javascript&colon;alert(1))\n", encoding="utf-8")
    assert check_course(course, tmp_path / "modules")
