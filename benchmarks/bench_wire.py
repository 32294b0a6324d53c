"""What a module of twenty activities costs the socket: our player, shipped once, beside twenty plain anywidgets.

Both send the same activities and the same player; a plain anywidget sends its code with every instance. Voilà, same
browser, same run. The last line is `ratio: plain / ours`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from peer import plain_voila

from tests.browser.conftest import Server
from tests.browser.link import free_port
from tests.browser.test_wire import twenty_activities
from tests.browser.user_actions import PATIENCE, wait_drawn
from tests.browser.websocket_frames import Frames
from tests.chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_DEFINE = r'''
import json
import re
import anywidget, traitlets
from IPython.display import display
from himaya_widgets.player import built
from himaya.languages.facts import for_scripts
from himaya.languages.interface import interface
activities = json.load(open("activities.json"))["activities"]
code = built("notebook.js")
install = re.search(r"export\{(\w+) as install\}", code)[1]

class Plain(anywidget.AnyWidget):
    _esm = code + """
export default { render({ model, el }) {
  const [strings, whole, facts] = ["strings", "whole", "facts"].map((name) => model.get(name));
  const words = { language: "en", languages: [], digits: "western", draft: false, strings, facts };
  return INSTALL({ styles: "", ...words, activities: { [whole.id]: whole } }).play(model, el);
} };
""".replace("INSTALL", install)
    _css = built("notebook.css")
    whole = traitlets.Dict().tag(sync=True)
    activity = traitlets.Unicode().tag(sync=True)
    owner = traitlets.Unicode("bench").tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    keeps = traitlets.Bool(False).tag(sync=True)
    strings = traitlets.Dict(dict(interface("en"))).tag(sync=True)
    facts = traitlets.Dict(for_scripts()).tag(sync=True)
'''
_SHOW = "display(Plain(activity={name!r}, whole=activities[{name!r}]))"


def plain_notebook(folder: Path) -> Path:
    """Write the same twenty activities as plain anywidgets and return the notebook."""
    cells = nbformat.read(folder / "case-management.ipynb", as_version=4).cells
    for cell in cells:
        if cell.source.startswith('show("'):
            cell.source = _SHOW.format(name=cell.source.split('"')[1])
        elif cell.source.strip() == "submit()" or cell.cell_type == "code":
            cell.source = "None"
    kernel = {"kernelspec": {"name": "himaya", "language": "python", "display_name": "Himaya"}}
    nbformat.write(new_notebook(cells=[new_code_cell(_DEFINE), *cells], metadata=kernel), folder / "plain.ipynb")
    return folder / "plain.ipynb"


def weigh(browser: Browser, server: Server, address: str, count: int, *, box: bool) -> int:
    """Open a module and return the bytes of all frames it received."""
    context = browser.new_context()
    frames = Frames()
    frames.watch(context)
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(address)
    if box:
        wait_drawn(page)
    page.wait_for_function(
        f"document.querySelectorAll('section[data-activity]').length === {count}", timeout=PATIENCE * 1000
    )
    page.wait_for_load_state("networkidle")
    context.close()
    return frames.weight


def main() -> None:
    """Weigh both and print the figures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "home", free_port())
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            trainee = server.new_trainee("bench")
            twenty_activities(trainee)
            server.allow(trainee)
            ours = weigh(browser, server, server.door("app", "bench"), 20, box=True)
            with plain_voila(plain_notebook(trainee)) as address:
                plain = weigh(browser, server, address, 20, box=False)
        finally:
            browser.close()
            server.stop()
    print("bytes over the socket, opening twenty activities in Voila, before compression:")
    print(f"  our player, shipped once     {ours / 1000:7.1f} kB")
    print(f"  twenty plain anywidgets      {plain / 1000:7.1f} kB")
    print(f"ratio: {plain / ours:.2f}")


if __name__ == "__main__":
    main()
