"""How soon the first exchange of an interview is answered on a weak link and a slow phone, each on its own page.

400 ms and 400 kbit/s over http with gzip, the processor slowed six times. From the request of the page until the answer
to the first move stands on the screen; the clicks of the trainee take no time. Asserts nothing about time. The short
form slows nothing. The last line is the longest, in seconds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_page import LINK, compressed
from short import SHORT

from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.publish.edition import Edition
from himaya.publish.page import scenario_page
from himaya_widgets.player import page_code
from tests.chromium import CHROMIUM, FLAGS
from tests.content.interviews import INTERVIEWS, MODULES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SLOWER = 6
# Presses Start and the first move that is open, as soon as each is there; the time of the answer is kept.
_TALK = """
const press = (at) => { const found = document.querySelector(at); found?.click(); return found !== null; };
new MutationObserver(() => {
  if (globalThis.answeredAt !== undefined) return;
  if (document.querySelectorAll(".himaya-bubble").length >= 3) globalThis.answeredAt = performance.now();
  else if (!globalThis.said && document.querySelector(".himaya-bubble")) globalThis.said = press('[data-key^="say-"]');
  else if (!globalThis.begun) globalThis.begun = press('[data-key="start"]');
}).observe(document, { subtree: true, childList: true });
"""


def first_exchange(browser: Browser, address: str) -> float:
    """Return the seconds until the first exchange of the interview at `address` is answered."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.add_init_script(_TALK)
    session = context.new_cdp_session(page)
    if not SHORT:
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    page.wait_for_function("() => globalThis.answeredAt !== undefined", timeout=60_000)
    taken: float = page.evaluate("() => globalThis.answeredAt") / 1000
    context.close()
    return taken


def main() -> None:
    """Measure each interview and print the figures."""
    course = load_course(Path(__file__).parents[1] / "courses" / "core-protection")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, module in INTERVIEWS.items():
            loaded = load_module(MODULES / module)
            one: Any = loaded.activities[name]
            page = scenario_page(Edition(course, page_code()), loaded, one)
            (Path(folder) / f"{name}.html").write_text(page, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with compressed(Path(folder)) as address:
            taken = {name: first_exchange(browser, f"{address}{name}.html") for name in INTERVIEWS}
        browser.close()
    for name, seconds in taken.items():
        print(f"  {name:16} {seconds:5.2f} s")
    print(f"longest: {max(taken.values()):.2f} s")


if __name__ == "__main__":
    main()
