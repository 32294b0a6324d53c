"""The one font of Arabic script that servers send: every letter of Arabic and Sorani, in each weight from 400 to 700.

Another subset takes the next number, since browsers keep a name for a year (docs/design/0045-arabic-font.md).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

FOLDER = str(files(__name__))
"""Where the font and its sheet lie."""
FILE = "arabic-1.woff2"
NAMES = r"(arabic-1\.(?:css|woff2))"
"""What Jupyter's servers send of the folder, as a part of a route; the sheet is for JupyterLab."""
KEPT = 31_536_000
"""Seconds for which a browser keeps them."""


@cache
def font() -> bytes:
    """Return the font, as WOFF2."""
    return files(__name__).joinpath(FILE).read_bytes()


@cache
def font_rule(address: str) -> str:
    """Return the rule for a style sheet of a page; text shows before the font is there.

    Args:
        address: Of the folder, with a slash at its end. No character of the rule has a meaning in HTML.
    """
    sheet = files(__name__).joinpath("arabic-1.css").read_text(encoding="utf-8")
    return sheet.replace(FILE, address + FILE)
