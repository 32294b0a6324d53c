"""Take pictures of every surface and put them together into sheets, for a person to look at. No test.

Usage: python -m tests.browser.screenshots [--out FOLDER] [--languages en,ar,ckb] [SURFACE ...]
Each state of a surface is drawn at 360 and 1280 px, in each language, light and dark. FOLDER (`_build/look`, which git
ignores) then has `one/<surface>-<state>-<width>-<language>-<theme>.png` and sheets, `<surface>-<width>-<number>.png`.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, PackageLoader
from PIL import Image
from playwright.sync_api import sync_playwright

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.content.paths import paths_of
from himaya.languages.dates import written_day
from himaya.languages.digits import in_digits
from himaya.languages.facts import digits_of, direction
from himaya.languages.interface import interface
from himaya.languages.isolates import marked_up
from himaya.publish.assignment import compile_module
from himaya.publish.look import look
from himaya_server.classroom.cards import square
from himaya_server.classroom.passwords import hashed
from himaya_server.classroom.store import open_store
from himaya_server.desk.certificates import Certificate, Issuer
from himaya_server.home.state import course_title
from himaya_server.platform import prepare
from tests.browser import lab_desk
from tests.browser.activity_stages import answer
from tests.browser.answered_modules import answers
from tests.browser.apps import AppsServer, drawn, serving
from tests.browser.conftest import ROOT, Server
from tests.browser.link import free_port
from tests.browser.offline_pages import go_to, look_up, ready
from tests.browser.user_actions import activity, wait_drawn
from tests.chromium import CHROMIUM, FLAGS
from tests.classroom.served import Served
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

    from himaya.content.load import LoadedModule

COURSE, MODULE, ROLE = "core-protection", "gbv-guiding-principles", "caseworker"
PATH = f"{MODULE}--{ROLE}"
LESSON, SCENARIO, TALK, LAB = "principles", "after-the-session", "for-a-neighbour", "a-way-to-help"
LANGUAGES = ("en", "ar", "ckb")
HEIGHTS = {360: 740, 1280: 800}
TALL = {360: 1600, 1280: 1400}
_LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (360, "light"),
    (360, "dark"),
    (1280, "dark"),
    (1280, "light"),
)
_SHOWN = {360: 270, 1280: 540}  # px that a picture is wide on a sheet
_SHEET = 1700  # px that a sheet may be high
_LONGEST_STEP = """() => [...document.querySelectorAll("main > .step:not(#answers)")]
  .filter(step => step.id.includes(".") && step.querySelector("[data-show]") === null)
  .reduce((long, step) => (step.textContent.length > long.textContent.length ? step : long)).id"""
_LONGEST = 20  # decisions; a run is far shorter
_PASSWORD = "four quiet words here"  # noqa: S105 - of a class that lives as long as this program


@dataclass
class Camera:
    """Takes pictures of one surface.

    Attributes:
        folder: Where its sheets go.
        surface: Its name.
        language: What is shown now.
        states: What was taken, in order.
    """

    folder: Path
    surface: str
    language: str = LANGUAGES[0]
    states: list[str] = field(default_factory=list)

    def take(self, page: Page, state: str, at: Locator | None = None, *, tall: bool = False) -> None:
        """Take one state at both widths, light and dark; on a higher screen if it is tall."""
        self.states += [] if state in self.states else [state]
        session = page.context.new_cdp_session(page)
        for width, theme in _LOOKS:
            session.send("Emulation.setTouchEmulationEnabled", {"enabled": width == min(HEIGHTS)})
            page.set_viewport_size({"width": width, "height": (TALL if tall else HEIGHTS)[width]})
            page.emulate_media(color_scheme=theme)
            if at is not None:
                at.evaluate("it => it.scrollIntoView({ block: 'start' })")
            page.screenshot(path=self._one(state, width, self.language, theme), animations="disabled")
        session.detach()

    def _one(self, state: str, width: int, language: str, theme: str) -> Path:
        return self.folder / "one" / f"{self.surface}-{state}-{width}-{language}-{theme}.png"

    def write_sheets(self, languages: list[str]) -> None:
        """Put the pictures together: languages side by side, and themes too where a phone's fit."""
        for width, themes in ((360, [("light", "dark")]), (1280, [("light",), ("dark",)])):
            rows = [
                [self._one(state, width, language, theme) for language in languages for theme in row]
                for state in self.states
                for row in themes
            ]
            sheet: list[Image.Image] = []
            number = 1
            for row in map(_row, rows, [_SHOWN[width]] * len(rows)):
                if sheet and sum(each.height for each in (*sheet, row)) > _SHEET:
                    self._write(sheet, width, number)
                    sheet, number = [], number + 1
                sheet.append(row)
            self._write(sheet, width, number)

    def _write(self, rows: list[Image.Image], width: int, number: int) -> None:
        if not rows:
            return
        whole = Image.new("RGB", (max(row.width for row in rows), sum(row.height for row in rows)), "magenta")
        top = 0
        for row in rows:
            whole.paste(row, (0, top))
            top += row.height
        whole.save(self.folder / f"{self.surface}-{width}-{number}.png")


def _row(paths: list[Path], shown: int) -> Image.Image:
    pictures = [Image.open(path).convert("RGB") for path in paths if path.exists()]
    small = [each.resize((shown, each.height * shown // each.width), Image.Resampling.LANCZOS) for each in pictures]
    height = max((each.height for each in small), default=0)
    row = Image.new("RGB", (len(small) * (shown + 6), height + 6), "magenta")
    for number, each in enumerate(small):
        row.paste(each, (number * (shown + 6), 0))
    return row


@dataclass
class Stage:
    """What is shown; each server starts when it is needed.

    Attributes:
        browser: A Chromium.
        folder: Everything is kept here.
        ends: Stops what was started.
    """

    browser: Browser
    folder: Path
    ends: ExitStack

    @cached_property
    def course(self) -> Path:
        """The demonstration course with one module on its paths."""
        folder = shutil.copytree(ROOT / "courses" / COURSE, self.folder / "platform" / "courses" / COURSE)
        text = (folder / "course.yaml").read_text(encoding="utf-8")
        cut = re.sub(r"^modules: .*$", f"modules: [{MODULE}]", text, flags=re.MULTILINE)
        (folder / "course.yaml").write_text(cut, encoding="utf-8")
        return folder

    @cached_property
    def loaded(self) -> LoadedModule:
        """The module on the path of its role, in English."""
        return paths_of(without_forms(load_module(ROOT / "modules" / MODULE)), ["everybody", ROLE])[1]

    @cached_property
    def whole(self) -> dict[str, Any]:
        """Its activities with their keys."""
        return compile_module(self.loaded)

    @cached_property
    def pages(self) -> Path:
        """The course as files."""
        command = [sys.executable, "-m", "himaya", "pages", str(self.course), "--out", str(self.folder / "pages")]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return self.folder / "pages"

    @cached_property
    def server(self) -> Server:
        """A platform with a class of invented people."""
        made = Server(self.folder / "platform" / "home", free_port())
        shutil.copytree(ROOT / "src" / "himaya" / "languages" / "locale", self.folder / "platform" / "locale")
        prepare(made.home, [self.course], ROOT / "modules", print)
        self.ends.callback(made.stop)
        made.start()
        return made

    @cached_property
    def feedback(self) -> Path:
        """What somebody of that class gets back."""
        self.server.nbgrader("generate_feedback", PATH)
        return next((self.server.course / "feedback").glob(f"*/{PATH}"))

    @cached_property
    def apps(self) -> AppsServer:
        """The gallery."""
        (self.folder / "apps").mkdir()
        return self.ends.enter_context(serving(self.folder / "apps", str(self.course)))

    @cached_property
    def served(self) -> tuple[Served, dict[str, str]]:
        """A class with one person for each language, and the links on their cards."""
        made = Served(self.folder / "class" / "kept", self.server.course)
        (self.folder / "list.csv").write_text("id,name,language\n" + "".join(f",,{each}\n" for each in LANGUAGES))
        made.run("enrol", "north", str(self.folder / "list.csv"))
        store = open_store(made.database)
        store.set_staff("amal", hashed(_PASSWORD), "north")
        store.close()
        links = made.cards(made.port)
        self.ends.callback(made.kill)
        made.start()
        return made, dict(zip(LANGUAGES, links, strict=True))

    def new_context(self, language: str) -> BrowserContext:
        """Return a browser that knows nothing yet."""
        context = self.browser.new_context(locale=language, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        return context


def _press(here: Locator, key: str) -> None:
    here.locator(f'[data-key="{key}"]').first.evaluate("it => it.click()")


def _here(page: Page, name: str) -> Locator:
    if page.evaluate("document.documentElement.dataset.steps !== undefined"):
        go_to(page, name)
    return activity(page, name)


def _steps(page: Page, camera: Camera, whole: Any) -> None:
    """Take cover, lessons, two steps of text, each kind of activity, what is looked up, and handing in."""
    take = camera.take
    take(page, "cover")
    take(page, "list", page.locator("main nav"), tall=True)
    go_to(page, f"{LESSON}.1")
    take(page, "step")
    go_to(page, page.evaluate(_LONGEST_STEP))
    take(page, "step-long", tall=True)
    practice = [each for each in whole.values() if each["mode"] == "practice"]
    by_kind = {each["kind"]: each for each in reversed(practice)}
    _question(page, camera, by_kind["choice"])
    for kind in ("match", "order"):
        here = _here(page, by_kind[kind]["id"])
        take(page, kind, here)
        answer(page, here, by_kind[kind], right=False)
        _press(here, "check")
        take(page, f"{kind}-checked", here, tall=True)
    written = next(each for each in whole.values() if each["kind"] == "text")
    take(page, "writing", _here(page, written["id"]))
    _scenario(page, camera)
    _talk(page, camera, whole[TALK]["example"])
    go_to(page, "answers")
    take(page, "hand-in", tall=True)
    go_to(page, f"{LESSON}.1")
    look_up(page)
    take(page, "drawer")


def _question(page: Page, camera: Camera, whole: Any) -> None:
    here = _here(page, whole["id"])
    camera.take(page, "question")
    answer(page, here, whole, right=False)
    camera.take(page, "question-chosen")
    _press(here, "check")
    camera.take(page, "question-wrong", here)
    _press(here, "retry")
    answer(page, here, whole, right=True)
    _press(here, "check")
    camera.take(page, "question-right", here)


def _scenario(page: Page, camera: Camera) -> None:
    here = _here(page, SCENARIO)
    camera.take(page, "scenario-start")
    _press(here, "start")
    camera.take(page, "scenario-decision", here)
    for turn in range(_LONGEST):
        if here.locator('[data-key="choose"]').count() == 0:
            break
        options = here.locator("input[data-key^='pick-']")
        options.nth(turn % options.count()).evaluate("it => it.click()")
        _press(here, "choose")
        if turn == 1:
            camera.take(page, "scenario-reaction", here)
        _press(here, "continue")
    camera.take(page, "scenario-ending", here, tall=True)


def _talk(page: Page, camera: Camera, example: list[str]) -> None:
    here = _here(page, TALK)
    camera.take(page, "talk-start")
    _press(here, "start")
    for turn, move in enumerate(example):
        if turn == 1:
            camera.take(page, "talk-heard", here, tall=True)
        _press(here, f"say-{move}")
    camera.take(page, "talk-ending", here, tall=True)


def module_page(stage: Stage, context: BrowserContext, camera: Camera) -> None:
    """Take the course's index and a module as files."""
    page = context.new_page()
    page.goto(f"file://{stage.pages}/{camera.language}/index.html")
    camera.take(page, "index", tall=True)
    ready(page, f"file://{stage.pages}/{camera.language}/{PATH}.html")
    _steps(page, camera, stage.whole)


def module_app(stage: Stage, context: BrowserContext, camera: Camera) -> None:
    """Take a module in its app: one that is new, and one in which everything is answered."""
    page = context.new_page()
    for name in ("new", "done"):
        folder = stage.server.home / "desk" / "trainee" / f"{name}-{camera.language}" / PATH
        shutil.copytree(stage.server.home / "exchange" / COURSE / "outbound" / PATH, folder)
        if name == "done":
            (folder / "responses.jsonl").write_text(answers(stage.loaded, part=1), encoding="utf-8")
        at = f"voila/render/trainee/{folder.parent.name}/{PATH}/{PATH}.ipynb"
        page.goto(f"{stage.server.address(at)}&language={camera.language}")
        wait_drawn(page)
        if name == "new":
            _steps(page, camera, stage.whole)
            go_to(page, LAB)
            camera.take(page, "lab", tall=True)
            continue
        camera.take(page, "done", tall=True)
        go_to(page, LAB)
        camera.take(page, "lab-done", tall=True)
        go_to(page, "answers")
        page.locator(".himaya-handin .himaya-main").evaluate("it => it.click()")
        wait_for(page.locator(".himaya-receipt h4"))
        camera.take(page, "receipt", tall=True)


def practice(stage: Stage, context: BrowserContext, camera: Camera) -> None:
    """Take the gallery, and a module, a scenario, a group and a lab in it."""
    language, apps = camera.language, stage.apps
    page = apps.enter(context, language)
    camera.take(page, "gallery", tall=True)
    for name, address in (
        ("module", f"app/{language}/{MODULE}"),
        ("scenario", f"app/{language}/{MODULE}/{SCENARIO}"),
        ("group", f"group/{language}/{MODULE}/{SCENARIO}"),
        ("lab", f"app/{language}/{MODULE}/{LAB}"),
    ):
        page.goto(apps.address(address))
        (lab_desk.drawn if name == "lab" else drawn)(page)
        camera.take(page, f"{name}-opened", tall=name == "lab")
        if name == "module":
            go_to(page, f"{LESSON}.1")
            camera.take(page, "module-step")
            look_up(page)
            camera.take(page, "module-drawer")
        elif name == "scenario":  # a group begins with the first decision
            here = activity(page, SCENARIO)
            _press(here, "start")
            camera.take(page, f"{name}-decision", here)


def home(stage: Stage, context: BrowserContext, camera: Camera) -> None:
    """Take the pages of each role, feedback as a file, and what a trainee sees of it."""
    page = context.new_page()
    for name in ("himaya", "himaya/trainee", "himaya/trainer", "himaya/mentor"):
        page.goto(f"{stage.server.address(name)}&language={camera.language}")
        camera.take(page, name.rpartition("/")[2].replace("himaya", "welcome"), tall=True)
    spoken = stage.feedback / f"{PATH}.{camera.language}.html"
    page.goto((spoken if spoken.exists() else stage.feedback / f"{PATH}.html").as_uri())
    camera.take(page, "feedback")
    camera.take(page, "feedback-long", page.locator("article").first, tall=True)


def desk(stage: Stage, context: BrowserContext, camera: Camera) -> None:
    """Take the trainer's pages, and a certificate."""
    page = context.new_page()
    at = f"himaya/desk/{COURSE}"
    for name in ("people", "marking", "marking/next", "questions", "learned", "again", "reports", "certificates"):
        page.goto(f"{stage.server.address(f'{at}/{name}')}&language={camera.language}")
        camera.take(page, name.replace("/", "-"), tall=True)
        if name == "people":
            _follow(page, "#people-table a[href*='/people/']")
            camera.take(page, "person", tall=True)
        elif name == "questions":
            _follow(page, "main a[href*='/questions/']")
            camera.take(page, "discuss", tall=True)
    _certificate(stage, page, camera)


def _follow(page: Page, link: str) -> None:
    page.goto(str(page.locator(link).first.evaluate("it => it.href")))


def _certificate(stage: Stage, page: Page, camera: Camera) -> None:
    """Draw its template as the desk does: nobody of the demonstration class has passed."""
    spoken = camera.language
    title, _ = course_title(stage.server.home / "exchange", COURSE, spoken)
    made = Certificate("Noor R.", title, "2026-11-29", 9, True, spoken, "حیمایە", "AB2CD3EF4G")
    templates = Environment(loader=PackageLoader("himaya_server.home"), autoescape=True)
    say = interface(spoken)
    html = templates.get_template("certificate.html").render(
        made=[(made, square(made.id))],
        issuer=Issuer(made.issuer, bytes(32)),
        day=written_day(date.fromisoformat(made.day), spoken),
        written=say,
        say=say,
        language=spoken,
        direction=direction(spoken),
        spoken=spoken,
        spoken_direction=direction(spoken),
        in_digits=partial(in_digits, digits=digits_of(spoken)),
        look=look(),
        base="/",
        roles=(),
        languages=(),
    )
    page.goto(f"{stage.server.address('himaya')}&language={spoken}")
    page.set_content(marked_up(html))
    camera.take(page, "certificate", tall=True)


def classroom(stage: Stage, context: BrowserContext, camera: Camera) -> None:
    """Take the door of a class, its first page, a module, the pages of staff and the sheet of cards."""
    served, links = stage.served
    at = f"http://127.0.0.1:{served.port}/class/"
    page = context.new_page()
    page.goto(at)
    page.locator("#himaya-class summary").first.click()
    camera.take(page, "door")
    page.goto(links[camera.language])
    wait_for(page.locator("html[data-ready]").first)
    wait_for(page.locator('[data-key="hand-on"]'))
    camera.take(page, "home", tall=True)
    page.locator(f'a[href^="{MODULE}"]').first.click()
    wait_for(page.locator("#himaya-link").first, state="attached")
    camera.take(page, "module", tall=True)
    go_to(page, "answers")
    camera.take(page, "hand-in")
    page.goto(f"{at}staff")
    camera.take(page, "staff-door")
    page.fill("[name=login]", "amal")
    page.fill("[name=password]", _PASSWORD)
    page.click("button.main")
    wait_for_address(page, "**/c/north")
    page.goto(f"{at}staff/{camera.language}/c/north")
    camera.take(page, "staff", tall=True)
    if camera.language == LANGUAGES[-1]:  # new cards end the ones that were used
        sheet = stage.folder / "cards.html"
        served.run("cards", "north", "--all", "--address", at.removesuffix("/class/"), "--out", str(sheet))
        page.goto(sheet.as_uri())
        camera.take(page, "cards", tall=True)


SURFACES: tuple[Callable[[Stage, BrowserContext, Camera], None], ...] = (
    module_page,
    module_app,
    practice,
    home,
    desk,
    classroom,
)


def main() -> int:
    """Look at the surfaces that were named, or at all; one that fails keeps no other from being taken."""
    names = {surface.__name__.replace("_", "-"): surface for surface in SURFACES}
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("surfaces", nargs="*", metavar="SURFACE", help=", ".join(names))
    asked.add_argument("--out", type=Path, default=ROOT / "_build" / "look")
    asked.add_argument("--languages", type=lambda text: text.split(","), default=[*LANGUAGES])
    given = asked.parse_args()
    (given.out / "one").mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, ExitStack() as ends:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stage = Stage(browser, Path(folder), ends)
        for name in given.surfaces or names:
            camera = Camera(given.out, name)
            for camera.language in given.languages:
                context = stage.new_context(camera.language)
                try:
                    names[name](stage, context, camera)
                except Exception:  # noqa: BLE001 - it is told
                    failed += 1
                    sys.stdout.write(f"{name}, {camera.language}:\n{traceback.format_exc()}\n")
                context.close()
            camera.write_sheets(given.languages)
            sys.stdout.write(f"{given.out / name}: {len(camera.states)} states\n")
            sys.stdout.flush()
        ends.close()
        browser.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
