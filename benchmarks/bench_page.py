"""How soon a page without a server is usable on a weak link, beside default Voilà and an inkjs player.

One run, one Chromium, 400 ms and 400 kbit/s over http with gzip. Chromium slows requests and no sockets, so what Voilà
sends over its socket costs it nothing here. inkjs draws text and buttons only: no keyboard, no progress, no debrief.
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
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from peer import plain_voila

from browser.conftest import _CHROMIUM, _FLAGS
from browser.offline import MODULE, ROOT, SCENARIO, write
from himaya.build.assignment import compile_module, write_practice_app
from himaya.content.load import load_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

LINK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
LIMITS = {"module, first text": 1.5, "module": 3.0, "scenario": 1.0, "module from a file": 0.3}
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_WATCH = """new MutationObserver(() => { if (%s) globalThis.readyAt ??= performance.now(); })
  .observe(document, { subtree: true, childList: true, attributes: true });"""
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
        for name, value in (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Length", len(data))):
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


def usable(browser: Browser, address: str, ready: str, *, slow: bool = True) -> tuple[float, float, list[float]]:
    """Return seconds until the first text, until `ready`, and milliseconds from click to paint of the options."""
    context = browser.new_context()
    context.add_init_script(_WATCH % ready)  # the page's own clock: asking from outside comes late
    page = context.new_page()
    if slow:
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", LINK)
    page.goto(address, wait_until="commit", timeout=300_000)
    done = page.wait_for_function("() => globalThis.readyAt", timeout=300_000).json_value() / 1000
    painted = page.wait_for_function(_PAINTED).json_value() / 1000
    frames = page.evaluate(_FRAME, "first-consent") if address.endswith(f"{MODULE}.html") else []
    context.close()
    return painted, done, frames


def median(
    browser: Browser, address: str, ready: str, runs: int = 5, *, slow: bool = True
) -> tuple[float, float, float]:
    """Return the medians of several runs; of the frames, the longest."""
    seen = [usable(browser, address, ready, slow=slow) for _ in range(runs)]
    middle = [sorted(values)[runs // 2] for values in zip(*((one, two) for one, two, _ in seen), strict=True)]
    return middle[0], middle[1], max((time for _, _, frames in seen for time in frames), default=0)


def ink_page(folder: Path, scenario: dict[str, Any]) -> Path:
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
    page = folder / "ink.html"
    page.write_text(
        _INK_PAGE % (script.replace("</script", "<\\/script"), json.dumps(story.lstrip("\ufeff"))), encoding="utf-8"
    )
    return page


def _line(text: str) -> str:
    return " ".join(text.split()).replace("#", "no. ").replace("[", "(").replace("]", ")").replace("//", "/")


def sizes(path: Path) -> str:
    """Return the bytes of a file, raw and gzipped, as text."""
    data = path.read_bytes()
    return f"{len(data) / 1000:6.1f} kB raw {len(gzip.compress(data, 6)) / 1000:6.1f} kB gzipped"


def main() -> None:
    """Measure all and print the figures."""
    loaded = load_module(ROOT / "modules" / MODULE)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = write(loaded, Path(scratch) / "pages")
        ink = ink_page(folder, compile_module(loaded)[SCENARIO])
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        drawn = "document.documentElement?.dataset.ready === ''"
        one = "document.querySelector('section.himaya button') !== null"
        with compressed(folder) as address:
            text, module, frame = median(browser, f"{address}{MODULE}.html", drawn)
            _, scenario, _ = median(browser, f"{address}scenarios/{SCENARIO}.html", one)
            peer = median(browser, f"{address}ink.html", drawn)[1]
        _, file, _ = median(browser, f"file://{folder}/{MODULE}.html", drawn, slow=False)
        app = write_practice_app(loaded, Path(scratch) / "app")
        activities = len(loaded.activities)
        all_drawn = f"document.querySelectorAll('section[data-activity]').length >= {activities}"
        with plain_voila(app / f"{MODULE}.ipynb", template="lab") as address:
            voila = usable(browser, address, all_drawn)[1]
        browser.close()
        print(f"module page    {sizes(folder / f'{MODULE}.html')}")
        print(f"scenario page  {sizes(folder / 'scenarios' / f'{SCENARIO}.html')}")
        print(f"inkjs page     {sizes(ink)}")
    found = {"module, first text": text, "module": module, "scenario": scenario, "module from a file": file}
    print(f"usable at 400 ms and 400 kbit/s, seconds (a module has {activities} activities):")
    for name, seconds in found.items():
        print(f"  {name:<22} {seconds:6.2f}  (at most {LIMITS[name]})")
    print(f"  {'the story in inkjs':<22} {peer:6.2f}")
    print(f"  {'module in Voila':<22} {voila:6.2f}")
    print(f"a choice is painted after at most {frame:.0f} ms (one frame is 17)")
    print("not compared: JupyterLite, whose first load is some 12 MB; a phone's slower processor")
    late = [name for name, seconds in found.items() if seconds > LIMITS[name]]
    print(f"ratio: {voila / module:.2f}")
    if late:
        sys.exit(f"too slow: {', '.join(late)}")


if __name__ == "__main__":
    main()
