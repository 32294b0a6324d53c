"""How soon each lab answers a change in its app, and what its kernel holds, beside plain ipywidgets in Voilà.

The peer is a list and a text: it recomputes the same lab's model and shows what came of it. It is no `interact` cell,
since Voilà waits for ever for some 2 in 100 cells that hold an Output widget (nbclient issue 312). Time is from the
change in the page until all that follows from it has arrived and a frame was painted. The last line is
`ratio: ipywidgets / lab`, of the medians. Ends with 1 where a kernel holds too much. The short form takes one lab.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import nbformat
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from peer import plain_voila
from short import SHORT

from himaya.activities.lab.format import Lab
from himaya.content.load import load_module
from himaya.course.course import load_course
from tests.browser.apps import ROOT, TOKEN, serving
from tests.chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.apps import AppsServer

CHANGES = 3 if SHORT else 30
LARGEST = 130e6  # bytes of one kernel
# A list is changed, or another radio button is picked, as often as the lab has room for it.
_CHANGE = """async () => {
  const box = document.querySelector(".himaya-lab");
  const frame = box.querySelector("section.himaya-frame").himaya;
  const shown = (one) => one.offsetParent !== null;
  const lists = [...box.querySelectorAll("select:enabled")].filter(shown);
  const radios = [...box.querySelectorAll("input[type=radio]:enabled:not(:checked)")].filter(shown);
  const start = performance.now();
  if (radios.length > 0) radios.at(-1).click();
  else {
    const list = lists.at(-1);
    list.selectedIndex = (list.selectedIndex + 1) % list.options.length;
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
  while (!frame.settled()) await new Promise((next) => setTimeout(next, 2));
  await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
  return (performance.now() - start) / 1000;
}"""
_PEER = """async () => {
  const list = document.querySelector("select");
  const shown = document.querySelector(".widget-html-content");
  const before = shown.textContent;
  const start = performance.now();
  list.selectedIndex = (list.selectedIndex + 1) % list.options.length;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  while (shown.textContent === before) await new Promise((next) => setTimeout(next, 2));
  await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
  return (performance.now() - start) / 1000;
}"""
_KERNEL = {"kernelspec": {"display_name": "Himaya", "language": "python", "name": "himaya"}}
_CODE = """import json
from html import escape
from ipywidgets import HTML, Dropdown, VBox
from himaya.activities.lab import model as labs
activity = json.load(open("activities.json"))["activities"]["{lab}"]
model, data = labs.model(activity["lab"]), labs.data_of(activity)
numbers, text = Dropdown(options=range(10)), HTML()
def changed(_=None):
    text.value = escape(f"{{numbers.value}} {{model.view(data, labs.run(activity, []))}}"[:200])
numbers.observe(changed, "value")
changed()
VBox([numbers, text])
"""


def measured(page: Page, change: str, ready: Callable[[], None]) -> float:
    """Return the median of the changes in a page, in seconds; the first three warm up."""
    ready()
    times = [page.evaluate(change) for _ in range(CHANGES + 3)][3:]
    print(f"  {1000 * median(times):6.1f} ms median, {1000 * sorted(times)[-2]:6.1f} ms second slowest of {CHANGES}")
    return median(times)


def kernel_bytes(apps: AppsServer, folder: str) -> int:
    """Return what the kernel that works in `folder` holds."""
    return max(kernel.memory_info().rss for kernel in apps.kernels() if kernel.cwd().endswith(folder))


def main() -> int:
    """Measure every lab there is."""
    modules = [load_module(file.parent) for file in sorted(ROOT.glob("modules/*/module.yaml"))]
    labs = [(one.module.id, lab.id) for one in modules for lab in one.activities.values() if isinstance(lab, Lab)]
    ratios, kept = [], True
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as made:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for module, lab in labs[:1] if SHORT else labs:
            course = next(
                file.parent.name
                for file in sorted(ROOT.glob("courses/*/course.yaml"))
                if module in load_course(file.parent).modules
            )
            folder = Path(made) / lab
            folder.mkdir()
            print(f"{module}/{lab}")
            with serving(folder, "--language", "en", f"courses/{course}") as apps:
                context = browser.new_context()
                page = context.new_page()
                page.goto(apps.address(f"?token={TOKEN}"))
                page.goto(apps.address(f"app/en/{module}/{lab}"))
                page.wait_for_selector(".himaya-lab[data-ready]", timeout=60_000)

                def ready(page: Page = page) -> None:
                    page.click(".himaya-key-start button, button.himaya-key-start")
                    page.wait_for_selector("h4:has-text('Your task')")

                ours = measured(page, _CHANGE, ready)
                held = kernel_bytes(apps, f"{module}--{lab}")
                print(f"  {held / 1e6:6.1f} MB in the kernel")
                context.close()
                notebook = Path(made) / f"{lab}-peer" / "peer.ipynb"
                notebook.parent.mkdir()
                shutil.copy(next(folder.rglob(f"{module}--{lab}")) / "activities.json", notebook.parent)
                cells = [nbformat.v4.new_code_cell(_CODE.format(lab=lab))]
                nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=_KERNEL), notebook)
            with plain_voila(notebook) as address:
                page = browser.new_page()
                page.set_default_timeout(90_000)
                page.goto(address, wait_until="commit")
                peer = measured(page, _PEER, lambda page=page: page.wait_for_selector(".widget-html-content"))
                page.close()
            ratios.append(peer / ours)
            kept = kept and held <= LARGEST
    print(f"ratio: ipywidgets / lab: {min(ratios):.1f} to {max(ratios):.1f}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
