"""Choice to paint: how long after a click the consequence of a choice is drawn, beside stock ipywidgets.

Same scenario, same version of Voilà, same browser, same run. Our player steps in the page; stock widgets ask Python.
Asserts nothing about time; the last line is `ratio: stock / ours`. Between browser and server lies no distance here,
so the stock widgets' figure is their best case: every way over a link is added to it, and nothing to ours.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from peer import plain_voila
from short import SHORT

from tests.browser.conftest import Server
from tests.browser.link import Link, free_port
from tests.browser.user_actions import wait_drawn
from tests.chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Page

TIMES = 3 if SHORT else 40
SCENARIO = "quiet-visitor"

# A click at a random moment between two frames, then the first animation frame after the wanted change in the DOM.
MEASURE = """async ([press, sign, again, back]) => {
  const all = (at) => document.querySelectorAll(at);
  const shown = (at) => [...all(at)].find((it) => it.offsetParent !== null);
  const frame = () => new Promise(requestAnimationFrame);
  const reach = (from, to) => new Promise((done) => {
    const begun = performance.now();
    const watch = new MutationObserver(() => {
      if (!shown(to)) return;
      watch.disconnect();
      requestAnimationFrame(() => done(performance.now() - begun));
    });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    shown(from).click();
  });
  while (!shown(press.radio)) await frame();
  shown(press.radio).click();
  await new Promise((next) => setTimeout(next, 100 + Math.random() * 40));
  const taken = await reach(press.button, sign);
  while (!shown(back)) await frame();
  await reach(back, again);
  return taken;
}"""

STOCK = """
import json
import ipywidgets as w
node = json.load(open("node.json"))
text, options = w.HTML(), w.RadioButtons()
choose, back = w.Button(description="Choose this"), w.Button(description="Go back")
choose.add_class("bench-choose"); back.add_class("bench-back"); options.add_class("bench-options")
by_text = {choice["text"]: choice for choice in node["choices"]}

def decide(_=None):
    text.value = f"<h4 class='bench-decision'>{node['title']}</h4><p>{node['text']}</p><p>{node['prompt']}</p>"
    options.options = list(by_text)
    options.layout.display, choose.layout.display, back.layout.display = "", "", "none"

def take(_):
    taken = by_text[options.value]
    text.value = f"<h4 class='bench-consequence'>What happens</h4><p>{taken['text']}</p><p>{taken['consequence']}</p>"
    options.layout.display, choose.layout.display, back.layout.display = "none", "none", ""

choose.on_click(take); back.on_click(decide); decide()
display(w.VBox([text, options, choose, back]))
"""


def stock_notebook(server: Server, folder: Path) -> Path:
    """Write the first decision of the scenario as stock ipywidgets and return the notebook."""
    activities = json.loads((folder / "activities.json").read_text(encoding="utf-8"))["activities"]
    target = server.home / "desk" / "stock"
    target.mkdir()
    (target / "node.json").write_text(json.dumps(activities[SCENARIO]["nodes"][0]), encoding="utf-8")
    kernel = {"kernelspec": {"name": "himaya", "language": "python", "display_name": "Himaya"}}
    nbformat.write(new_notebook(cells=[new_code_cell(STOCK)], metadata=kernel), target / "stock.ipynb")
    return target / "stock.ipynb"


def one_scenario(folder: Path) -> None:
    """Leave the scenario alone in a trainee's notebook, so that both pages draw the same."""
    path = folder / "case-management.ipynb"
    notebook = nbformat.read(path, as_version=4)
    kept = ("from himaya_widgets", f'show("{SCENARIO}")', "submit()")
    notebook.cells = [cell for cell in notebook.cells if cell.source.startswith(kept)]
    nbformat.write(notebook, path)


def ours(page: Page) -> float:
    """Return the median of our player, in milliseconds."""
    here = f'[data-activity="{SCENARIO}"] '
    press = {"radio": f"{here}input", "button": f'{here}[data-key="choose"]'}
    steps = [press, f"{here}.himaya-chosen", f'{here}[data-key="choose"]', f'{here}[data-key="back"]']
    return median(page, steps)


def stock(page: Page) -> float:
    """Return the median of stock widgets, in milliseconds."""
    press = {"radio": ".bench-options input", "button": ".bench-choose"}
    return median(page, [press, ".bench-consequence", ".bench-decision", ".bench-back"])


def median(page: Page, steps: list[object]) -> float:
    """Take the choice `TIMES` times and return the median, in milliseconds; the first five only warm up."""
    return statistics.median([page.evaluate(MEASURE, steps) for _ in range(TIMES + 5)][5:])


def main() -> None:
    """Measure both and print the figures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "home", free_port())
        server.start()
        link = Link(server.port)
        link.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page()
            page.goto(server.address("himaya"))
            trainee = server.new_trainee("bench")
            one_scenario(trainee)
            server.allow(trainee)
            page.goto(server.address("himaya", link.port))
            page.goto(f"{server.door('app', 'bench', link.port)}#{SCENARIO}")
            wait_drawn(page)
            page.locator(f'[data-activity="{SCENARIO}"] [data-key="start"]').click()
            fast = ours(page)
            link.stall()
            stalled = ours(page)
            link.restore()
            page.close()
            page = browser.new_page()
            with plain_voila(stock_notebook(server, trainee)) as address:
                page.goto(address)
                page.locator(".bench-options input").first.wait_for(timeout=60_000)
                slow = stock(page)
        finally:
            browser.close()
            link.stop()
            server.stop()
    print(f"choice to paint, median of {TIMES}, Voila, Chromium:")
    print(f"  our player                   {fast:6.1f} ms")
    print(f"  our player, link stalled     {stalled:6.1f} ms")
    print(f"  stock ipywidgets             {slow:6.1f} ms")
    print(f"ratio: {slow / fast:.2f}")


if __name__ == "__main__":
    main()
