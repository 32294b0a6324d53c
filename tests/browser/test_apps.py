"""Practice apps: nothing but apps is served, nothing is written, nobody sees another's answers, trouble has words."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from websockets import InvalidStatus, Origin
from websockets.sync.client import connect

from himaya.languages.interface import sentence
from tests.browser.apps import TOKEN, drawn, serving
from tests.browser.kernels import AT_AN_ACTIVITY, dying_kernels
from tests.browser.user_actions import activity, focused, pick_radio, press, until
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.apps import AppsServer

SCENARIO = "app/en/case-management/quiet-visitor"
LAB = "app/en/case-management/one-month"
_OTHER = "00000000-0000-4000-8000-000000000000"
_CLOSED = [
    *("lab", "lab/tree", "tree", "notebooks/x.ipynb", "terminals/1", "himaya", "hub", "login", "metrics"),
    *(
        "api",
        "api/contents",
        "api/sessions",
        "api/kernelspecs",
        "api/terminals",
        "api/kernels",
        f"api/kernels/{_OTHER}",
    ),
    *("voila/render/en/case-management/case-management.ipynb", "voila/tree", "voila/files/activities.json"),
    *(
        "voila/static/no-such-file.js",
        "voila/static/../../etc/passwd",
        "voila/labextensions/himaya/static/remoteEntry.js",
    ),
    *(
        "voila/labextensions/@jupyter/nbgrader/package.json",
        "voila/api/contents/",
        f"voila/api/shutdown/{_OTHER}",
        f"voila/execution/{_OTHER}",
    ),
    *("files/en/case-management/activities.json", "static/style.css", "en/case-management/activities.json"),
    *("app/en/unknown", "app/en/case-management/unknown", "app/fr/case-management", "group/en/case-management"),
    *("app/en/case-management.ipynb", "app/en/../en/case-management", "app/en/%2e%2e/%2e%2e/etc/passwd"),
    *("app/en//case-management", "app/en/case-management/", "app/en/case-management%00", "app/en/case-management--x"),
    *("app/en/%3Cscript%3Ealert(1)%3C/script%3E", "..%2f..%2fetc%2fpasswd", "%2e%2e/activities.json", "ckb"),
]


def test_without_the_link_every_address_is_refused(apps: AppsServer) -> None:
    for path in ["", "en", SCENARIO, *_CLOSED, "?token=", "?token=wrong", f"{SCENARIO}?token={TOKEN[:-1]}"]:
        status, text = apps.ask(path)
        assert status == 403, path
        assert sentence("link-refused") in text, path


def test_link_opens_only_the_apps(apps: AppsServer) -> None:
    """No other address can be crafted from it."""
    cookie = apps.cookie()
    for path in _CLOSED:
        for method in ("GET", "POST", "PUT", "DELETE"):
            status, text = apps.ask(path, cookie, method)
            nothing = (204,) if method == "POST" and "shutdown" in path else (404, 405)  # a page that is left says so
            assert status in nothing, (method, path)
            assert "alert(1)" not in text
    assert apps.ask("", cookie + "x")[0] == 403  # a cookie that we did not sign
    assert apps.ask("", "himaya-apps=somebody")[0] == 403


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\\\elsewhere.example/", "/\\/elsewhere.example/"])
def test_crafted_link_reaches_no_other_server(apps: AppsServer, path: str) -> None:
    with socket.create_connection(("127.0.0.1", apps.port)) as link:
        link.sendall(f"GET {path}?token={TOKEN} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
        answer = link.makefile("rb").read().decode()
    assert re.findall("^Location: (.*)\r", answer, re.MULTILINE) == ["/elsewhere.example/"]


@pytest.mark.proof
def test_a_connection_that_asks_for_nothing_is_closed(impatient: AppsServer) -> None:
    for begun in (b"", b"GET /?tok"):
        with socket.create_connection(("127.0.0.1", impatient.port), timeout=20) as link:
            link.sendall(begun)
            assert link.recv(1000) == b""


def test_pages_and_lab_code_are_compressed(apps: AppsServer) -> None:
    for path in (SCENARIO, "voila/templates/himaya/static/voila-style.js"):
        asked = urllib.request.Request(  # noqa: S310 - our own server
            apps.address(path), headers={"Cookie": apps.cookie(), "Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            assert answer.headers["Content-Encoding"] == "gzip", path


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppsServer]:
    """Apps that close a silent connection soon."""
    folder = tmp_path_factory.mktemp("impatient") / "written"
    folder.mkdir()
    with serving(folder, "--language", "en", "--ready", "0", impatient=True) as server:
        yield server


def test_practice_app_uses_no_kernel(apps: AppsServer, context: BrowserContext) -> None:
    """It is rendered once, for everybody."""
    nonce = re.compile(r'nonce="[\w-]{20,}"')
    apps.ask(SCENARIO, apps.cookie())  # the first page may say that it waits for the kernel that renders it
    (first, mine), (second, other) = ((apps.ask(SCENARIO, apps.cookie())) for _ in range(2))
    assert (first, second) == (200, 200)
    assert nonce.sub("", mine) == nonce.sub("", other)
    assert len(set(nonce.findall(mine))) == 1
    assert not set(nonce.findall(mine)) & set(nonce.findall(other)), "what lets a script run is each visitor's own"
    widgets = _data(mine)
    assert len(widgets) == 1
    assert "kernel" not in widgets[0]
    page = context.new_page()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(apps.address(f"?token={TOKEN}"))
    page.goto(apps.address(SCENARIO))
    drawn(page)
    assert activity(page, "quiet-visitor").locator('[data-key="start"]').count() == 1
    assert "shown to nobody with your name" in activity(page, "quiet-visitor").locator("header").inner_text()
    assert sockets == []


def _data(page: str) -> list[dict[str, Any]]:
    """Return what a page holds of each widget."""
    return [json.loads(found) for found in re.findall(r'class="widget" [^>]*>(.*?)</script>', page, re.DOTALL)]


@pytest.mark.proof
def test_each_lab_visitor_has_own_kernel(impatient: AppsServer) -> None:
    one, two = (impatient.kernel_of(LAB, impatient.cookie()) for _ in range(2))
    assert one != two


def test_kernel_answers_own_page_and_runs_no_code(impatient: AppsServer) -> None:
    """No other page's messages, and nothing that asks to execute."""
    apps = impatient
    mine, other = apps.cookie(), apps.cookie()
    kernel = apps.kernel_of(LAB, mine)
    address = f"ws://127.0.0.1:{apps.port}/api/kernels/{kernel}/channels?session_id=x"
    here = f"http://127.0.0.1:{apps.port}"
    before = apps.files()

    def refused(cookie: str, origin: str) -> int:
        try:
            connect(address, additional_headers={"Cookie": cookie}, origin=Origin(origin)).close()
        except InvalidStatus as error:
            return error.response.status_code
        return 101

    assert refused(other, here) == 404
    assert refused("", here) == 403
    assert refused(mine, "http://elsewhere.example") == 403
    kinds: list[str] = []
    with connect(address, additional_headers={"Cookie": mine}, origin=Origin(here)) as link:
        for number, kind in enumerate(("execute_request", "shutdown_request", "comm_open", "kernel_info_request")):
            code = {"code": "open('planted', 'w').write('x')", "silent": False, "target_name": "jupyter.widget"}
            header = {"msg_id": str(number), "msg_type": kind, "session": "x", "username": "", "version": "5.3"}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": code, "channel": "shell"}
            link.send(json.dumps({**message, "buffers": []}))
        while "kernel_info_reply" not in kinds:
            kinds.append(json.loads(link.recv(20))["msg_type"])
    assert not {"execute_reply", "shutdown_reply", "execute_input"} & set(kinds)
    assert apps.files() == before
    assert refused(mine, here) == 404  # closed like a tab: the kernel is gone


def test_visitors_never_see_each_others_answers(
    apps: AppsServer, context: BrowserContext, phone: BrowserContext
) -> None:
    """The server keeps none of them."""
    before = apps.files()
    first, second = apps.enter(context, SCENARIO), apps.enter(phone, SCENARIO)
    drawn(first)
    drawn(second)
    press(first, "quiet-visitor", "start")
    pick_radio(first, "quiet-visitor", "room-now")
    press(first, "quiet-visitor", "choose")
    assert focused(first)[1] == "heading"
    first.keyboard.press("Tab")
    assert activity(first, "quiet-visitor").locator(".himaya-chosen").count() == 1
    second.reload()
    drawn(second)
    assert activity(second, "quiet-visitor").locator('[data-key="start"]').count() == 1
    assert second.evaluate("localStorage.length") == 0
    assert apps.files() == before
    for browser in (context, phone):
        (cookie,) = browser.cookies()
        assert (cookie["name"], cookie["expires"], cookie["httpOnly"]) == ("himaya-apps", -1, True)
    assert "token" not in first.url


def test_reload_resumes_in_any_language_until_forgotten(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context, SCENARIO)
    drawn(page)
    here = activity(page, "quiet-visitor")
    here.locator('[data-key="start"]').click()
    here.locator("input").first.check()
    here.locator('[data-key="choose"]').click()
    chosen = here.locator(".himaya-chosen").inner_text()
    assert sentence("kept-here") in here.locator(".himaya-status").inner_text()
    page.reload()
    drawn(page)
    assert here.locator(".himaya-chosen").inner_text() == chosen
    page.goto(apps.address(SCENARIO.replace("/en/", "/ar/")))
    drawn(page)
    assert (page.locator("html").get_attribute("lang"), page.locator("html").get_attribute("dir")) == ("ar", "rtl")
    assert here.locator('[data-key="continue"]').count() == 1
    page.get_by_role("button", name=sentence("forget", "ar")).click()
    wait_for(here.locator('[data-key="start"]'))
    assert page.evaluate("localStorage.length") == 0


def test_missing_storage_is_reported_and_app_works(apps: AppsServer, context: BrowserContext) -> None:
    context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    page = apps.enter(context, SCENARIO)
    drawn(page)
    here = activity(page, "quiet-visitor")
    here.locator('[data-key="start"]').click()
    here.locator("input").first.check()
    here.locator('[data-key="choose"]').click()
    assert here.locator('[data-key="continue"]').count() == 1
    assert sentence("not-kept") in here.locator(".himaya-status").inner_text()


@pytest.mark.proof
def test_kernel_death_while_rendering_is_reported(tmp_path: Path, context: BrowserContext) -> None:
    (tmp_path / "written").mkdir()
    with serving(tmp_path / "written", "--language", "en", "--ready", "1") as server:
        page = server.enter(context, SCENARIO)
        drawn(page)
        until(lambda: len(server.kernels()) == 1, "the kernel that rendered it serves again")
        (kernel,) = server.kernels()
        os.kill(kernel.pid, signal.SIGSTOP)  # it will be asked, and then die
        page.goto(server.address(SCENARIO.replace("app", "group", 1)), wait_until="commit")
        wait_for(page.locator("#opening"))
        kernel.kill()
        wait_for(page.get_by_text(sentence("app-not-started")))
        page.get_by_role("button", name=sentence("app-again")).click()
        drawn(page)


@pytest.mark.proof
def test_lab_of_a_dying_kernel_offers_to_try_again(tmp_path: Path, context: BrowserContext) -> None:
    (tmp_path / "written").mkdir()
    settings = tmp_path / "ipython"
    with serving(tmp_path / "written", "--ready", "0", environment={"IPYTHONDIR": str(settings)}) as server:
        with dying_kernels(settings, AT_AN_ACTIVITY):
            page = server.enter(context, LAB)
            wait_for(page.get_by_role("alert").get_by_text(sentence("app-not-started")))
            until(lambda: server.kernels() == [], "no kernel of the page that broke off")
        page.get_by_role("button", name=sentence("app-again")).click()
        wait_for(page.locator(".himaya-lab[data-ready]"))


@pytest.mark.proof
def test_unstartable_kernel_is_reported(tmp_path: Path, context: BrowserContext) -> None:
    broken = tmp_path / "data" / "kernels" / "himaya"
    broken.mkdir(parents=True)
    spec = {"argv": ["python", "-c", "raise SystemExit(1)"], "display_name": "Broken", "language": "python"}
    (broken / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    (tmp_path / "written").mkdir()
    variables = {"JUPYTER_PATH": str(tmp_path / "data")}
    with serving(tmp_path / "written", "--ready", "0", environment=variables) as server:
        page = server.enter(context, SCENARIO)
        wait_for(page.get_by_text(sentence("app-not-started")))
        assert page.get_by_role("heading", name="The quiet visitor").count() == 1  # the prose is there all the same
        assert server.kernels() == []


@pytest.mark.proof
def test_server_loss_during_page_is_reported(tmp_path: Path, context: BrowserContext) -> None:
    (tmp_path / "written").mkdir()
    with serving(tmp_path / "written", "--ready", "0") as server:
        page = server.enter(context)
        page.clock.install()
        page.goto(server.address(SCENARIO), wait_until="commit")
        os.kill(server.process.pid, signal.SIGSTOP)
        wait_for(page.locator("#opening"))
        os.killpg(server.process.pid, signal.SIGKILL)
        page.clock.fast_forward(31_000)
        wait_for(page.get_by_text(sentence("app-not-started")))


@pytest.mark.proof
def test_six_visitors_leave_no_kernel(apps: AppsServer, chromium: Browser) -> None:
    contexts = [chromium.new_context() for _ in range(6)]
    pages = [apps.enter(context) for context in contexts]
    for page in pages:
        page.evaluate("address => { location.href = address; }", apps.address(SCENARIO))
    for page in pages:
        drawn(page)
        assert activity(page, "quiet-visitor").count() == 1
    until(lambda: len(apps.kernels()) <= 1, "only the warm kernel is left")
    for context in contexts:
        context.close()
