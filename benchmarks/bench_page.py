"""How soon a page without a server is usable on a weak link, beside inkjs, default Voilà and JupyterLite.

One run, one Chromium, 400 ms and 400 kbit/s over http with gzip, except for Voilà, which compresses nothing. What helps
a peer here: Chromium slows requests and no sockets, so what Voilà sends over its socket costs it nothing. inkjs draws
text and buttons only: no keyboard, no progress, no debrief. JupyterLite is timed once (a load takes minutes) and only
until the module's title is on the screen: its kernel comes from another origin, which nothing here asks, so its figures
are lower bounds and the activities never run. Its service worker is blocked: what such a worker fetches is not slowed.
The short form slows nothing and leaves out the peers that must be fetched, inkjs and JupyterLite.
The last line is `ratio: default Voilà / page`, until every activity of the same module is usable.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from peer import lite_site, plain_voila
from short import SHORT

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module, write_practice_app
from tests.browser.offline_pages import MODULE, ROOT, SCENARIO, write
from tests.chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

LINK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_WATCH = """new MutationObserver(() => {
  if (%s) globalThis.textAt ??= performance.now();
  if (%s) globalThis.readyAt ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });"""
# Voilà and JupyterLite first paint an empty frame, so their text is there when a title takes up room.
_TITLE = "document.querySelector('.jp-RenderedMarkdown h1')?.getClientRects().length"
_FRAME = """async name => {
  const section = document.querySelector(`[data-activity="${name}"]`);
  const times = [];
  for (const input of section.querySelectorAll("input")) {
    const before = performance.now();
    input.click();
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
    times.push(performance.now() - before);
  }
  return times;
}"""
_INK = """
const { Compiler } = require("inkjs/compiler/Compiler");
process.stdout.write(new Compiler(require("fs").readFileSync(0, "utf8")).Compile().ToJson());
"""
_INK_PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>ink</title><main></main><script>%s</script><script>
const story = new inkjs.Story(%s), main = document.querySelector("main");
function go() {
  main.replaceChildren();
  while (story.canContinue) main.append(Object.assign(document.createElement("p"), { textContent: story.Continue() }));
  for (const choice of story.currentChoices) {
    const press = () => { story.ChooseChoiceIndex(choice.index); go(); };
    main.append(Object.assign(document.createElement("button"), { textContent: choice.text, onclick: press }));
  }
}
go();
document.documentElement.dataset.ready = "";
</script>"""


class _Gzip(SimpleHTTPRequestHandler):
    """A plain server that compresses, as servers do."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        data = gzip.compress(path.read_bytes(), 6) if path.is_file() else b""
        self.send_response(200 if data else 404)
        headers = {"Content-Type": self.guess_type(str(path)), "Content-Length": len(data)}
        for name, value in (headers | ({"Content-Encoding": "gzip"} if data else {})).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def compressed(folder: Path) -> Iterator[str]:
    """Serve a folder with gzip and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Gzip, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Load:
    """What one load of a page took.

    Attributes:
        text: Seconds until its text was on the screen.
        usable: Seconds until it was ready.
        raw: Bytes that the browser read until then, decompressed; of a file from a disk, 0.
        sent: The same as they travelled, with headers.
        requests: How many there were until then.
        frames: Milliseconds from click to paint, of each option of one item.
    """

    text: float
    usable: float
    raw: int
    sent: int
    requests: int
    frames: list[float]


def load(browser: Browser, address: str, ready: str, text: str = "true", *, slow: bool = not SHORT) -> Load:
    """Open a page in a new context and wait until the JavaScript conditions `text` and `ready` have been true."""
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(900_000)
    context.add_init_script(_WATCH % (text, ready))  # the page's own clock: asking from outside comes late
    page = context.new_page()
    asked: set[str] = set()
    bytes_of: defaultdict[str, int] = defaultdict(int)

    def received(kind: str, event: dict[str, Any]) -> None:
        if event["requestId"] in asked:
            bytes_of[kind] += event["dataLength" if kind == "raw" else "encodedDataLength"]

    def sent(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http://127.0.0.1"):
            asked.add(event["requestId"])

    devtools = context.new_cdp_session(page)
    devtools.on("Network.requestWillBeSent", sent)
    devtools.on("Network.dataReceived", partial(received, "raw"))
    devtools.on("Network.loadingFinished", partial(received, "sent"))
    devtools.send("Network.enable")
    if slow:
        devtools.send("Network.emulateNetworkConditions", LINK)
    page.goto(address, wait_until="commit")
    done = page.wait_for_function("() => globalThis.textAt && globalThis.readyAt").json_value() / 1000
    page.wait_for_load_state()  # a page may be ready before its last byte has come
    weight = bytes_of["raw"], bytes_of["sent"], len(asked)
    shown = max(page.wait_for_function(_PAINTED).json_value(), page.evaluate("globalThis.textAt")) / 1000
    frames = page.evaluate(_FRAME, "one-promise") if address.endswith(f"{MODULE}.html") else []
    context.close()
    return Load(shown, done, *weight, frames)


def median(browser: Browser, address: str, ready: str, *, slow: bool = not SHORT) -> Load:
    """Return the medians of five loads; of the frames, all."""
    seen = [load(browser, address, ready, slow=slow) for _ in range(1 if SHORT else 5)]
    text, usable, raw, sent, requests = (
        sorted(getattr(each, name) for each in seen)[len(seen) // 2]
        for name in ("text", "usable", "raw", "sent", "requests")
    )
    return Load(text, usable, raw, sent, requests, [time for each in seen for time in each.frames])


def ink_page(folder: Path, scenario: dict[str, Any]) -> None:
    """Write the same story as a page with inkjs from npm; end with a sentence where npm cannot fetch it."""
    fetch = ["npm", "install", "--silent", "inkjs"]
    if not shutil.which("npm") or subprocess.run(fetch, cwd=folder, check=False, capture_output=True).returncode:
        sys.exit("no comparison with inkjs: this needs node, npm, and a registry that npm reaches")
    knots = {node["id"]: node["id"].replace("-", "_") for node in scenario["nodes"]}
    lines = [f"-> {knots[scenario['start']]}"]
    for node in scenario["nodes"]:
        lines += [f"=== {knots[node['id']]} ===", _line(node["text"]), _line(node["prompt"])]
        for choice in node["choices"]:
            lines += [f"+ {_line(choice['text'])}", f"  {_line(choice['consequence'])} {_line(choice['rationale'])}"]
            lines.append(f"  -> {knots.get(choice['to'], 'END')}")
    compiler = ["node", "-e", _INK]
    text = "\n".join(lines)
    story = subprocess.run(compiler, cwd=folder, input=text, text=True, capture_output=True, check=True).stdout
    script = (folder / "node_modules" / "inkjs" / "dist" / "ink.js").read_text(encoding="utf-8")
    (folder / "ink.html").write_text(
        _INK_PAGE % (script.replace("</script", "<\\/script"), json.dumps(story.lstrip("\ufeff"))), encoding="utf-8"
    )


def _line(text: str) -> str:
    return " ".join(text.split()).replace("#", "no. ").replace("[", "(").replace("]", ")").replace("//", "/")


def measure(browser: Browser, scratch: Path) -> dict[str, Load]:
    """Build every door of one module and open it."""
    loaded = without_forms(load_module(ROOT / "modules" / MODULE))
    folder = write(loaded, scratch / "pages")
    if not SHORT:
        ink_page(folder, compile_module(loaded)[SCENARIO])
    notebook = write_practice_app(loaded, scratch / "app") / f"{MODULE}.ipynb"
    drawn = "document.documentElement?.dataset.ready === ''"
    one = "document.querySelector('section.himaya button') !== null"
    all_drawn = f"document.querySelectorAll('section[data-activity]').length >= {len(loaded.activities)}"
    found: dict[str, Load] = {}
    with compressed(folder) as address:
        found["module page"] = median(browser, f"{address}{MODULE}.html", drawn)
        found["scenario page"] = median(browser, f"{address}scenarios/{SCENARIO}.html", one)
        if not SHORT:
            found["scenario in inkjs"] = median(browser, f"{address}ink.html", drawn)
    found["module from a file"] = median(browser, f"file://{folder}/{MODULE}.html", drawn, slow=False)
    with plain_voila(notebook, template="lab") as address:
        found["module in Voila"] = load(browser, address, all_drawn, _TITLE)
    if not SHORT:
        with compressed(lite_site(notebook, scratch / "lite")) as address:
            lite = f"{address}notebooks/index.html?path={notebook.name}"
            found["text in JupyterLite"] = load(browser, lite, _TITLE, _TITLE)
    return found


def main() -> None:
    """Measure all and print the figures."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = measure(browser, Path(scratch))
        browser.close()
    page, voila, lite = (found.get(name) for name in ("module page", "module in Voila", "text in JupyterLite"))
    assert page is not None
    assert voila is not None
    link = "no delay" if SHORT else "400 ms and 400 kbit/s"
    print(f"{link:<21}    raw kB   sent kB  requests  first text, s  usable, s")
    for name, each in found.items():
        usable = "no kernel" if each is lite else f"{each.usable:.2f}"
        sizes = f"{each.raw / 1000:10.1f} {each.sent / 1000:9.1f} {each.requests:9}"
        print(f"{name:<20} {sizes} {each.text:14.2f} {usable:>10}")
    print(f"a choice is painted after at most {max(page.frames):.0f} ms (one frame is 17)")
    print("not measured: a phone's slower processor; JupyterLite's kernel; what Voila sends over its socket")
    if lite is not None:
        print(f"ratio until the first text, JupyterLite / page, at least: {lite.text / page.text:.1f}")
        print(f"ratio of bytes sent, JupyterLite / page, at least: {lite.sent / page.sent:.1f}")
    print(f"ratio: {voila.usable / page.usable:.2f}")
    assert page.requests == 1, f"the page took {page.requests} requests, not one"


if __name__ == "__main__":
    main()
