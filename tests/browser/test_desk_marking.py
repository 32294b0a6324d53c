"""Marking at the desk: by keyboard, without names, without losing a mark, and with the same marks everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from himaya.languages.interface import sentence
from himaya_autograde.course import CourseDirectory
from himaya_autograde.gradebook import Gradebook, Judged
from himaya_autograde.markbook import Markbook
from himaya_autograde.marks import Given, give, given, writing
from tests.autograde.cohorts import hand_in
from tests.browser.accessibility import clipped, small_targets, violations
from tests.browser.conftest import MODULE, Server, _watched, copied_platform
from tests.browser.user_actions import until, wait_true
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_address, wait_for_load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

PEOPLE = 30
_WROTE = "I ask first and explain the choice, then I call my supervisor."
_MARKING = "himaya/desk/core-protection/marking"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A platform whose class handed in three written answers each: two reflections and one instead of a scenario."""
    with copied_platform(tmp_path_factory, "desk") as running:
        course = CourseDirectory(running.course, running.home / "exchange")
        texts = [
            name for name, each in _activities(running).items() if each["kind"] == "text" and each["mode"] == "graded"
        ]
        assert len(texts) == 2
        for number in range(PEOPLE):
            events = [{"activity": name, "type": "answer", "value": f"{_WROTE} ({number})"} for name in texts]
            events += [
                {"activity": "time-to-close", "type": "skip", "turn": 0},
                {"activity": "time-to-close", "type": "answer", "turn": 1, "value": f"Instead: {_WROTE} ({number})"},
            ]
            hand_in(course.path, MODULE, f"zilan-{number:02d}", _journal(events, number))
        problems = course.grade(MODULE).problems
        assert problems == {}
        running.start()
        yield running


def _activities(server: Server) -> dict[str, Any]:
    return dict(json.loads((server.course / "keys" / f"{MODULE}.json").read_text(encoding="utf-8"))["activities"])


def _journal(events: list[dict[str, Any]], person: int) -> bytes:
    rows = [
        {"id": f"planted-{person}-{n}", "time": "2026-01-11T08:00:00.000Z", **each} for n, each in enumerate(events)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _url(server: Server) -> str:
    return f"sqlite:///{server.course}/gradebook.db"


def _judged(server: Server) -> list[Judged]:
    return [each for each in Gradebook(_url(server)).judged() if each.trainee.startswith("zilan-")]


def _waiting(server: Server, activity: str = "no-signature") -> Judged:
    return next(each for each in _judged(server) if each.waits and each.activity == activity)


def _open(server: Server, context: BrowserContext, each: Judged) -> Page:
    page = context.new_page()
    page.goto(server.address(f"{_MARKING}/{each.submission}/{each.activity}"))
    return page


def _saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text(sentence("saved"))


def _score(server: Server, each: Judged) -> float | None:
    return given(_url(server), each.submission, each.activity).score


def test_titles_count_in_the_language(desk: Server, context: BrowserContext) -> None:
    each = _judged(desk)[0]
    page = context.new_page()
    for path in (f"{_MARKING}/{each.submission}/{each.activity}", f"formgrader/submissions/{each.submission}/"):
        page.goto(desk.address(path) + "&language=ar")
        assert re.search("[0-9,]", page.title()) is None, page.title()
        assert re.search("[٠-٩]", page.title()), page.title()


def test_first_mark_takes_two_clicks(desk: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(desk.address("himaya/trainer"))
    page.get_by_role("link", name=sentence("card-read-do")).click()
    page.locator("label.level").first.click()
    _saved(page)
    submission, activity = page.url.partition("?")[0].rsplit("/", 2)[1:]
    assert given(_url(desk), submission, activity).score is not None
    (change,) = Markbook(desk.course).changes()
    assert (change.kind, change.activity, change.marker) == ("mark", activity, sentence("role-trainer"))


def _mark_by_keyboard(desk: Server, page: Page, count: int) -> dict[tuple[str, str], int]:
    page.goto(desk.address(f"{_MARKING}/next") + "&by=question")
    pressed: dict[tuple[str, str], int] = {}
    for number in range(count):
        wait_for(page.locator("[data-answer]"))
        here = page.url
        submission, activity = here.partition("?")[0].rsplit("/", 2)[1:]
        level = 1 + number % 4
        page.keyboard.press(str(level))
        pressed[submission, activity] = level
        _saved(page)
        if number + 1 < count:
            page.locator("h1").click()
            page.keyboard.press("Enter")
            wait_for_address(page, lambda url, before=here: url != before)
    return pressed


def _assert_marked(desk: Server, pressed: dict[tuple[str, str], int]) -> None:
    found = {(each.submission, each.activity): each for each in Gradebook(_url(desk)).judged()}
    for key, level in pressed.items():
        assert found[key].score == found[key].most * level / 4
        assert not found[key].waits


def test_answers_are_marked_by_keyboard_alone(desk: Server, context: BrowserContext) -> None:
    pressed = _mark_by_keyboard(desk, context.new_page(), 6)
    assert len(pressed) == 6
    _assert_marked(desk, pressed)


@pytest.mark.proof
def test_mark_is_the_same_everywhere(desk: Server, context: BrowserContext) -> None:
    each = _waiting(desk)
    page = _open(desk, context, each)
    page.keyboard.press("3")
    _saved(page)
    page.keyboard.press("c")
    page.keyboard.type("Name one limit of your role.")
    _saved(page)
    wanted = each.most * 3 / 4
    assert given(_url(desk), each.submission, each.activity) == Given(wanted, "Name one limit of your role.")
    page.goto(desk.address(f"formgrader/submissions/{each.submission}/"))
    part = page.locator(f'[data-activity="{each.activity}"]')
    assert float(part.locator("[data-score]").input_value()) == wanted
    assert part.locator("textarea").input_value() == "Name one limit of your role."
    desk.nbgrader("generate_feedback", MODULE, "--student", each.trainee)
    html = (desk.course / "feedback" / each.trainee / MODULE / f"{MODULE}.html").read_text(encoding="utf-8")
    assert "Name one limit of your role." in html
    page.set_content(html)
    assert f"{wanted:g} of {each.most:g} points" in page.locator(f'[data-activity="{each.activity}"]').inner_text()
    assert _items(desk, context)[each.trainee][f"{MODULE}/{each.activity}"] == f"{wanted:g}"


def _tables(desk: Server, context: BrowserContext) -> dict[str, list[dict[str, str]]]:
    answer = context.request.get(desk.address("himaya/trainer/tables"))
    packed = zipfile.ZipFile(io.BytesIO(answer.body()))
    return {name: list(csv.DictReader(io.TextIOWrapper(packed.open(name), "utf-8-sig"))) for name in packed.namelist()}


def _items(desk: Server, context: BrowserContext) -> dict[str, dict[str, str]]:
    rows = {row["student_id"]: row for row in _tables(desk, context)["items.csv"]}
    for row in rows.values():
        row.update({key: f"{float(value):g}" for key, value in row.items() if re.fullmatch(r"\d+\.\d+", value or "")})
    return rows


def test_lost_link_loses_no_mark(desk: Server, context: BrowserContext) -> None:
    first, second = [each for each in _judged(desk) if each.waits and each.activity == "no-signature"][:2]
    page = _open(desk, context, first)
    page.route("**/marking/**", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.keyboard.press("2")
    expect(page.locator("[data-status]")).to_have_text(sentence("mark-kept-here"))
    page.goto(desk.address(f"{_MARKING}/{second.submission}/{second.activity}"))
    page.keyboard.press("4")
    expect(page.locator("[data-status]")).to_have_text(sentence("mark-kept-here"))
    page.reload()
    assert page.locator(".level input:checked").get_attribute("data-level") == "4", "it is kept in the browser"
    assert _score(desk, first) is _score(desk, second) is None
    page.close()
    later = context.new_page()
    later.goto(desk.address(_MARKING))
    until(lambda: _score(desk, first) == first.most / 2, "the mark of the first answer")
    until(lambda: _score(desk, second) == second.most, "the mark of the second answer")
    wait_true(later, "() => Object.keys(localStorage).every(name => !name.startsWith('himaya-marks'))")
    ids = [each.id for each in Markbook(desk.course).changes(first.answer)]
    assert len(ids) == len(set(ids)) == 1


def test_lost_answer_of_the_server_is_no_conflict(desk: Server, context: BrowserContext) -> None:
    each = _waiting(desk)
    page = _open(desk, context, each)
    arrived = []

    def lose(route: Any) -> None:
        if route.request.method == "PUT":
            arrived.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/marking/**", lose)
    page.keyboard.press("1")
    expect(page.locator("[data-status]")).to_have_text(sentence("mark-kept-here"))
    page.unroute_all(behavior="ignoreErrors")
    page.keyboard.press("2")
    _saved(page)
    assert arrived[0] == 200
    assert _score(desk, each) == each.most / 2


def test_newer_mark_is_never_overwritten_silently(desk: Server, context: BrowserContext) -> None:
    each = _waiting(desk)
    page = _open(desk, context, each)
    give(writing(_url(desk)), each.submission, each.activity, Given(1.0, "Of somebody else."), [Given(None)])
    mine = page.get_by_role("button", name=sentence("mark-keep-mine"))
    expect(mine).to_be_hidden()
    page.keyboard.press("4")
    expect(page.locator("[data-status]")).to_have_text(sentence("mark-changed", points="1"))
    assert given(_url(desk), each.submission, each.activity) == Given(1.0, "Of somebody else.")
    mine.click()
    _saved(page)
    assert _score(desk, each) == each.most
    page.reload()
    page.locator("#changes summary").click()
    assert sentence("change-mark") in page.locator("#changes").inner_text()


@pytest.mark.proof
def test_marking_session_tells_no_name(desk: Server, context: BrowserContext) -> None:
    log = desk.home.parent / "server.log"
    logged = log.stat().st_size
    bodies: list[tuple[str, bytes]] = []
    context.on("response", lambda answer: bodies.append((answer.url, answer.body() if answer.status < 300 else b"")))
    each = _waiting(desk)
    page = _open(desk, context, each)
    page.keyboard.press("3")
    _saved(page)
    page.goto(desk.address(f"{_MARKING}/{each.submission}/{each.activity}") + "&by=person")
    page.keyboard.press("n")
    wait_for_load(page, "networkidle")
    page.goto(desk.address(_MARKING))
    wait_for_load(page, "networkidle")
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    written = log.read_bytes()[logged:].decode()
    assert len(bodies) > 4
    for what, text in [
        *((url, body.decode("utf-8", "replace")) for url, body in bodies),
        ("browser", kept),
        ("log", written),
    ]:
        assert "zilan" not in what + text, what
    page.goto(desk.address(f"{_MARKING}/{each.submission}/{each.activity}"))
    page.get_by_role("button", name=sentence("show-name")).click()
    expect(page.locator("[data-whose]")).to_contain_text(each.trainee)


@pytest.mark.proof
def test_answer_set_aside_leaves_everything_at_once(desk: Server, context: BrowserContext) -> None:
    each = _waiting(desk, "time-to-close")
    before = [row for row in _tables(desk, context)["responses.csv"] if row["trainee"] == each.trainee]
    assert any(row["activity"] == each.activity for row in before)
    page = _open(desk, context, each)
    page.get_by_text(sentence("aside-ask")).click()
    page.get_by_role("button", name=sentence("aside-do")).click()
    expect(page.locator("#aside")).to_contain_text(sentence("aside-hour-1"))
    assert not page.get_by_text(_WROTE).is_visible()
    tables = _tables(desk, context)
    rows = [row for row in tables["responses.csv"] if row["trainee"] == each.trainee]
    assert not any(row["activity"] == each.activity for row in rows)
    assert _items(desk, context)[each.trainee][f"{MODULE}/{each.activity}"] == ""
    page.goto(desk.address(f"formgrader/submissions/{each.submission}/"))
    assert f"Instead: {_WROTE}" not in page.content()
    page.goto(desk.address(_MARKING))
    addresses = [str(link.get_attribute("href")) for link in page.locator("main a").all()]
    at = f"{each.submission}/{each.activity}"
    assert [at in address for address in addresses].count(True) == 1, "only in the list of what is set aside"
    page.locator(f'#set-aside a[href*="{at}"]').click()
    page.get_by_role("button", name=sentence("aside-back")).click()
    expect(page.locator("blockquote")).to_contain_text(_WROTE)
    assert [change.kind for change in Markbook(desk.course).changes(each.answer)] == ["aside", "back"]


def test_second_marker_sees_no_first_mark(desk: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(desk.address(_MARKING))
    page.get_by_label(sentence("marking-as")).fill("سارا")
    page.get_by_role("button", name=sentence("marker-keep")).click()
    page.get_by_role("link", name=sentence("second-begin")).click()
    submission, activity = page.url.partition("?")[0].rsplit("/", 2)[1:]
    first = given(_url(desk), submission, activity)
    assert first.score is not None
    assert page.locator(".level input:checked").count() == 0
    assert page.locator("#changes, textarea").count() == 0
    page.keyboard.press("1" if first.score > 1 else "4")
    _saved(page)
    assert given(_url(desk), submission, activity) == first, "a second mark never counts"
    last = Markbook(desk.course).changes()[-1]
    assert (last.kind, last.marker) == ("second", "سارا")
    page.goto(desk.address(_MARKING))
    expect(page.locator("#second")).to_contain_text(sentence("agree-too-few"))
    expect(page.locator("#second")).to_contain_text(sentence("disagreements"))


@pytest.mark.parametrize("touch", [False, True])
def test_keys_are_named_where_a_keyboard_is(desk: Server, chromium: Browser, touch: bool) -> None:
    with _watched(chromium, viewport={"width": 360, "height": 800}, has_touch=touch) as context:
        page = _open(desk, context, _judged(desk)[0])
        assert bool(page.locator("kbd:visible, .keys:visible").count()) != touch


@pytest.mark.proof
@pytest.mark.parametrize("width", sampled([360], [1280]))
def test_marking_at_the_desk_is_accessible(desk: Server, chromium: Browser, width: int) -> None:
    each = _judged(desk)[0]  # in the release lane none waits any more
    with _watched(chromium, viewport={"width": width, "height": 800}) as context:
        page = _open(desk, context, each)
        for path in (f"{_MARKING}/{each.submission}/{each.activity}", _MARKING, "himaya/desk/core-protection/people"):
            page.goto(desk.address(path))
            for folded in page.locator("summary:visible").all():
                folded.click()
            assert violations(page, "body") == [], path
            assert small_targets(page, "main .buttons, main nav") == [], path
            assert clipped(page, "main") == [], path


@pytest.mark.proof
def test_whole_class_is_marked_by_keyboard(desk: Server, context: BrowserContext) -> None:
    count = sum(each.waits for each in Gradebook(_url(desk)).judged()) - 6  # the other tests need some
    pressed = _mark_by_keyboard(desk, context.new_page(), count)
    assert len(pressed) == count
    _assert_marked(desk, pressed)
