"""Prints what the player draws: `python -m tests.baseline.drawn SEED_KEY PAGE...` writes a JSON list, a page each.

A program of its own: Playwright starts once in a process, and tests beside it may have started it.
"""

from __future__ import annotations

import json
import sys

from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM, FLAGS
from tests.waiting import wait_for

SEED = "1546337454"
"""What the order of options is drawn from."""
_TEXTS = """() => Object.fromEntries(Array.from(document.querySelectorAll("section.himaya[data-activity]"),
  it => [it.dataset.activity, it.textContent.split(/\\s+/).join(" ").trim()]))"""


def main(key: str, paths: list[str]) -> None:
    """Print a dictionary of each page: the text of each activity by its id, before anything is answered."""
    texts = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for path in paths:
            page = browser.new_page()
            page.add_init_script(f"localStorage.setItem({json.dumps(key)}, {json.dumps(SEED)})")
            page.goto(f"file://{path}")
            wait_for(page.locator("html[data-ready]").first)
            texts.append(page.evaluate(_TEXTS))
        browser.close()
    print(json.dumps(texts))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
