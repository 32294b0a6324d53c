"""A class with notebooks on demand, and its staff: real JupyterHub, real Unix users, and what these try."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from himaya.languages.interface import sentence
from himaya_autograde.gradebook import Gradebook
from himaya_server.classroom.notebooks import GATE, sign
from himaya_server.classroom.store import open_store
from himaya_server.hub.accounts import accounts
from himaya_server.hub.forgetting import forget
from tests.browser import lab_desk
from tests.browser.activity_stages import answer
from tests.browser.apps import drawn
from tests.browser.conftest import MODULE, Server, _watched, copied_platform
from tests.browser.offline_pages import CHOICE, REFLECTION, pick
from tests.browser.test_class import OTHER, answered, enter, module, said
from tests.browser.test_lab_caseload import LAB, play
from tests.browser.user_actions import activity, until, wait_drawn, wait_saved
from tests.classroom.hubbed import MOST, Hubbed, can_run
from tests.classroom.running import Address
from tests.engine.shipped import compiled
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

if not can_run():
    pytest.skip("only root can make Unix users, and rooms for them", allow_module_level=True)

pytestmark = pytest.mark.extended
_PASSWORD = "a long enough password"  # noqa: S105 - of a class that lives as long as the tests
_LOOKS = """
import json, os, sys, urllib.error, urllib.request

def read(name):
    try:
        if os.path.isdir(name):
            return os.listdir(name)
        with open(name, "rb") as file:
            return file.read()
    except OSError:
        return None

def status(address):
    try:
        return urllib.request.urlopen(address, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0

files, pids, addresses = json.load(sys.stdin)
commands = [read(f"/proc/{pid}/cmdline") for pid in os.listdir("/proc") if pid.isdigit()]
print(json.dumps({
    "files": [name for name in files if read(name) is not None],
    "environments": [pid for pid in pids if read(f"/proc/{pid}/environ")],
    "commands": [each.decode(errors="replace") for each in commands if each],
    "answers": {address: status(address) for address in addresses},
    "tmp": os.listdir("/tmp"),
}))
"""
# What a script on somebody's own server tries: to read, to write, to show and to open what is others'.
_TRIES = """async ([own, others, home]) => {
  const read = async (address, options) => {
    try {
      const headers = { "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? "" };
      const answer = await fetch(address, { credentials: "include", headers, ...options });
      return answer.ok && answer.type !== "opaque" ? "read" : String(answer.status);
    } catch (error) { return "refused"; }
  };
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" };
  const shown = await new Promise((go) => {
    const frame = document.createElement("iframe");
    frame.src = home;
    frame.onload = () => {
      try { go(frame.contentDocument?.body?.innerText ? "read" : "empty"); } catch { go("refused"); }
    };
    document.body.append(frame);
  });
  const opened = window.open(home);
  await new Promise((go) => setTimeout(go, 2000));
  let page = "refused";
  try { page = opened?.document?.body?.innerText ? "read" : "empty"; } catch { page = "refused"; }
  opened?.close();
  const plain = { ...post, mode: "no-cors", headers: {} };
  return {
    own: await read(own),
    others: await read(others),
    page: await read(home),
    me: await read(new URL("/class/api/me", home), post),
    plain: await read(new URL("/class/api/sign-out", home), plain),
    shown,
    opened: page,
  };
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The desk of the class's trainer."""
    with copied_platform(tmp_path_factory, "desk") as running:
        running.start()
        yield running


@pytest.fixture(scope="module")
def hubbed(tmp_path_factory: pytest.TempPathFactory, desk: Server) -> Iterator[Hubbed]:
    """A class of three with a Hub, on the course of that desk."""
    made = Hubbed(tmp_path_factory.mktemp("hub"), MOST + 1, desk.course)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """The module's activities with their keys."""
    return compiled(MODULE)


def names(hubbed: Hubbed) -> list[str]:
    """Return who is in the class."""
    store = open_store(hubbed.served.database)
    found = [person.pseudonym for person in store.people("north")]
    store.close()
    return found


def signed_in(hubbed: Hubbed, context: BrowserContext, number: int) -> Page:
    """Open the class's first page with a new card."""
    page = context.new_page()
    enter(page, hubbed.served.cards(hubbed.served.port, names(hubbed)[number])[0])
    return page


def notebook(page: Page) -> None:
    """Open the module as a notebook from the class's first page."""
    page.locator("#himaya-notebooks > summary").click()
    page.locator(f'[data-key="notebook-{MODULE}"]').click()
    wait_for_address(page, "**/notebooks/**")
    wait_drawn(page)


def fill(hubbed: Hubbed, chromium: Browser) -> None:
    """Have as many notebooks open as there may be."""
    for number in range(MOST):
        context = chromium.new_context()
        notebook(signed_in(hubbed, context, number))
        context.close()


def staff_page(hubbed: Hubbed, context: BrowserContext) -> Page:
    """Sign the trainer in at the class's page of staff."""
    hubbed.served.run("staff", "add", "amal", "north", "--password", _PASSWORD)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{hubbed.served.port}/class/staff/en/")
    page.fill("[name=login]", "amal")
    page.fill("[name=password]", _PASSWORD)
    page.click("button.main")
    wait_for_address(page, "**/class/staff/en/c/north")
    return page


def take_step(page: Page, name: str) -> None:
    """Press a button for the whole class, and wait until it is done."""
    page.goto(page.url)  # what an earlier step said is gone
    page.get_by_role("button", name=name).click()
    wait_for(page.locator("[role=status]"))
    assert page.locator("[role=status]").inner_text() == "Done"


def plan_a_week(page: Page) -> None:
    """Begin the lab in a notebook, and play one week of it."""
    lab_desk.drawn(page)
    lab_desk.part(page, "start").click()
    lab_desk.at(page, "briefing")
    lab_desk.press(page, "priority", "Space")
    play(page, 1)
    wait_for(page.locator(".himaya-lab .himaya-status[data-status='saved']"))


def show_an_app(page: Page, mentor: BrowserContext) -> None:
    """Show a practice app to a group, from the mentor's page, and stop."""
    page.get_by_role("button", name=sentence("app-open-group")).first.click()
    scene = page.get_by_role("link", name="The quiet visitor", exact=True)
    wait_for(scene)
    room = mentor.new_page()
    room.goto(str(scene.get_attribute("href")))
    drawn(room)
    activity(room, "quiet-visitor").locator("[data-key=start]").click()
    wait_for(activity(room, "quiet-visitor").locator("[data-key=choose]"))
    page.get_by_role("button", name=sentence("show-stop")).click()
    wait_for(page.get_by_role("heading", name=sentence("practice-apps")))


def grade_and_mark(desk: Server, context: BrowserContext, who: str) -> None:
    """Grade at the desk, and mark what somebody wrote."""
    page = context.new_page()
    page.goto(desk.address("himaya/trainer"))
    page.get_by_role("button", name=sentence("step-grade"), exact=True).click()
    wait_for(page.locator(".done[role=status] p").first)
    url = f"sqlite:///{desk.course}/gradebook.db"
    (found,) = (each for each in Gradebook(url).judged() if (each.trainee, each.activity) == (who, REFLECTION))
    page.goto(desk.address(f"himaya/desk/core-protection/marking/{found.submission}/{found.activity}"))
    page.locator("label.level").first.click()
    until(lambda: page.locator("[data-status]").inner_text() == sentence("saved"), "the mark is saved")


def test_class_from_cards_to_feedback(
    hubbed: Hubbed, desk: Server, phone: BrowserContext, chromium: Browser, whole: Any
) -> None:
    served, one = hubbed.served, names(hubbed)[0]
    with _watched(chromium) as trainers, _watched(chromium) as mentors:
        trainer, mentor = staff_page(hubbed, trainers), mentors.new_page()
        mentor.goto(desk.address("himaya/mentor"))
        sheet = served.folder.parent / "sheet.html"
        served.run("cards", "north", names(hubbed)[1], "--address", "http://192.168.4.1:8600", "--out", str(sheet))
        cards = trainers.new_page()
        cards.goto(sheet.as_uri())
        assert cards.locator("svg").first.is_visible()
        assert cards.pdf().startswith(b"%PDF")

        home = signed_in(hubbed, phone, 0)
        page = phone.new_page()
        page.goto(home.url)
        wait_for(page.locator("html[data-ready]").first)
        module(page)
        pick(page, whole, right=True)
        until(lambda: answered(served, 0) == {CHOICE}, "the page's answer is sent")

        notebook(home)
        assert home.get_by_text("Nbgrader", exact=True).count() == 0
        assert activity(home, CHOICE).evaluate("it => it.himaya.view().answered")
        for name in (OTHER, REFLECTION):
            answer(home, activity(home, name), whole[name], right=True)
            wait_saved(home, name)
        plan_a_week(home)
        assert answered(served, 0) == {CHOICE, OTHER, REFLECTION, LAB}
        until(lambda: said(page) == "Everything is with your class.", "the page is up to date")
        page.reload()
        wait_for(page.locator("html[data-ready]").first)
        until(
            lambda: activity(page, OTHER).evaluate("it => it.himaya.view().answered"),
            "the page has the notebook's answer",
        )
        home.locator(".himaya-handin button.himaya-main").click()
        until(lambda: "Receipt code" in home.locator(".himaya-receipt").inner_text(), "a receipt")

        trainer.reload()
        assert "Hand-ins to collect: 1" in trainer.locator("main").inner_text()
        take_step(trainer, "Collect what was handed in")
        grade_and_mark(desk, trainers, one)
        take_step(trainer, "Give feedback to the class")
        show_an_app(mentor, mentors)

        page.goto(f"http://127.0.0.1:{served.port}/class/")
        page.locator(f'a[href="/class/feedback/{MODULE}"]').click()
        wait_for_address(page, f"**/class/feedback/{MODULE}")
        until(lambda: "Case management" in page.locator("body").inner_text(), "the feedback")
        assert page.locator("script").count() == 0


def running(name: str) -> list[psutil.Process]:
    """Return what runs under a person's Unix user."""
    return [each for each in psutil.process_iter(["username"]) if each.info["username"] == name]


def test_unix_user_reaches_nothing_of_others(hubbed: Hubbed, desk: Server, chromium: Browser) -> None:
    one, other = names(hubbed)[:2]
    fill(hubbed, chromium)
    theirs = running(one)
    assert theirs
    settings, homes = hubbed.settings, hubbed.state / "home"
    (server,) = (each for each in theirs if "himaya_server.hub.server" in each.cmdline())
    (port,) = {each.laddr.port for each in server.net_connections() if each.status == psutil.CONN_LISTEN}
    about = [json.loads(file.read_text()) for file in Path(f"/proc/{server.pid}/root/tmp/run").glob("kernel-*.json")]
    assert {each["transport"] for each in about} == {"ipc"}, "nobody can listen to a kernel by a port"
    files = [
        homes, homes / one, homes / one / "core-protection" / MODULE / "responses.jsonl", hubbed.state / "hub",
        hubbed.state / "hub" / "jupyterhub.sqlite", hubbed.state / "hub" / "cookie_secret",
        hubbed.served.folder, hubbed.served.database, hubbed.served.folder / "notebooks.json", "/etc/shadow",
        desk.course, desk.course / "gradebook.db",
    ]  # fmt: skip
    addresses = [
        f"http://127.0.0.1:{settings.api}/hub/api/users",
        f"http://127.0.0.1:{settings.routes}/api/routes",
        f"http://127.0.0.1:{settings.kernels}/class/kernel/journal",
        f"http://127.0.0.1:{port}/user/{one}/api/contents",
        f"http://127.0.0.1:{hubbed.port}/user/{one}/api/contents",
        f"http://127.0.0.1:{hubbed.port}/hub/api/users/{one}",
        f"http://127.0.0.1:{desk.port}/api/contents",
    ]
    pids = [process.pid for process in (*theirs, *running("root"))]
    user = ["setpriv", "--reuid", other, "--regid", other, "--clear-groups", "--"]
    asked = json.dumps([[str(each) for each in files], pids, addresses])
    done = subprocess.run(
        [*user, *hubbed.python, "-c", _LOOKS], input=asked, capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout)
    assert seen["files"] == []
    assert seen["environments"] == []
    assert set(seen["answers"].values()) <= {0, 403, 404, 405}, seen["answers"]
    assert "run" not in seen["tmp"]
    secrets = [
        settings.key,
        settings.token,
        (hubbed.state / "hub" / "cookie_secret").read_text(encoding="utf-8").strip(),
    ]
    assert not [text for text in seen["commands"] for secret in secrets if text and secret in text]
    for process in theirs:
        held = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        assert "NoNewPrivs:\t1" in held
        assert "CapEff:\t0000000000000000" in held
        assert "CapBnd:\t0000000000000000" in held


def status(port: int, path: str, cookie: str) -> int:
    """Return how the Hub's proxy answers to a cookie."""
    return Address(port).ask("GET", path, None, {"Cookie": f"{GATE}={cookie}"})[0]


def test_script_on_ones_own_server_reaches_nothing_of_others(hubbed: Hubbed, chromium: Browser) -> None:
    one, other = names(hubbed)[:2]
    fill(hubbed, chromium)  # both have a server
    with _watched(chromium) as context:
        page = signed_in(hubbed, context, 1)
        home = page.url
        notebook(page)
        base = f"http://127.0.0.1:{hubbed.port}/user"
        found = page.evaluate(_TRIES, [f"{base}/{other}/api/contents", f"{base}/{one}/api/contents", home])
        print(found)
        assert found.pop("own") == "read"
        assert "read" not in found.values()
        page.goto(home)
        wait_for(page.locator("html[data-ready]").first)
        until(lambda: other in said(page), "the class has signed nobody out")
        answers = page.goto(f"{base}/{one}/tree")
        assert answers is not None
        assert answers.status == 403
        page.goto(home)
        page.locator('[data-key="hand-on"]').click()
        wait_for_address(page, "**/door.html")
        gone = page.goto(f"{base}/{other}/tree")
        assert gone is not None
        assert gone.status == 403, "handing on closes the notebook, too"


def test_gate_takes_no_forged_cookie(hubbed: Hubbed) -> None:
    one = names(hubbed)[0]
    path = f"/user/{one}/api"
    now = time.time() + 60
    forged = {
        "none": "", "of another person": sign(hubbed.settings.key, "gate", now, who=names(hubbed)[1]),
        "of another use": sign(hubbed.settings.key, "kernel", now, who=one),
        "of another key": sign("0" * 64, "gate", now, who=one),
        "over": sign(hubbed.settings.key, "gate", now - 120, who=one),
    }  # fmt: skip
    for what, cookie in forged.items():
        assert status(hubbed.port, path, cookie) == 403, what
    right = sign(hubbed.settings.key, "gate", now, who=one)
    assert status(hubbed.port, path, right) == 200, "the way is the right one"


def test_ticket_is_good_for_one_time(hubbed: Hubbed, chromium: Browser) -> None:
    ticket = sign(
        hubbed.settings.key, "ticket", time.time() + 60, who=names(hubbed)[0], course="core-protection", module=MODULE,
        once="once-only",
    )  # fmt: skip
    address = f"http://127.0.0.1:{hubbed.port}/hub/class"
    statuses = []
    for _ in range(2):
        context = chromium.new_context()
        page = context.new_page()
        with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
            page.goto(f"{address}#{ticket}")
        statuses.append(posted.value.status)
        assert "once-only" not in page.url
        context.close()
    assert statuses == [302, 403]
    kept = hubbed.log.read_text(encoding="utf-8")
    for secret in (ticket, hubbed.settings.key, hubbed.settings.token):
        assert secret not in kept


def test_full_hub_shows_the_place_in_the_queue(hubbed: Hubbed, chromium: Browser) -> None:
    fill(hubbed, chromium)
    context = chromium.new_context()
    page = signed_in(hubbed, context, MOST)
    page.locator("#himaya-notebooks > summary").click()
    page.locator(f'[data-key="notebook-{MODULE}"]').click()
    place = page.locator("#himaya-notebooks [role=status]")
    until(lambda: "Your place in the queue: 1." in (place.text_content() or ""), "the queue")
    context.close()


def test_forgotten_person_leaves_no_unix_user(hubbed: Hubbed, chromium: Browser) -> None:
    fill(hubbed, chromium)
    one, other = names(hubbed)[:2]
    homes = hubbed.state / "home"
    assert accounts(homes) == sorted([one, other])
    hubbed.served.run("forget", "north", other, "--yes")
    assert forget(hubbed.served.folder, homes) in ([other], [])  # the Hub's own look may have come before
    until(lambda: accounts(homes) == [one], "the account is gone")
    assert running(one)
    assert not (homes / other).exists()
