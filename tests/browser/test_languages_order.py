"""In which order the eye meets words, numbers and brackets of two directions: in markup, and at every door.

At the doors one sentence of all traps is the title of a module, of a question and of a lab, translated in a PO file.
"""

from __future__ import annotations

import json
import re
import shutil
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader
from nbgrader.utils import notebook_hash

from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.languages.digits import in_digits
from himaya.languages.interface import interface
from himaya.languages.isolates import isolated, marked_up
from himaya.measures.proportions import Interval
from himaya.publish.assignment import compile_module
from himaya.publish.edition import Edition
from himaya.publish.page import module_page, scenario_page
from himaya.translation.domains import module_domain
from himaya.translation.translated import load_in
from himaya_autograde.feedback.page import feedback_page
from himaya_autograde.gradebook import Mark, Marks
from himaya_server.classroom.cards import CARD_STYLE, Printed, printed_card
from himaya_server.desk.certificates import Certificate
from himaya_server.desk.charts import bar
from himaya_widgets.player import page_code
from tests.browser.answered_modules import give
from tests.browser.conftest import MODULE, ROOT, Server
from tests.browser.user_actions import activity, reach
from tests.content.interviews import NAME, module_with_interview
from tests.i18n.pseudo import TRAP, write_pseudo
from tests.lanes import sampled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.browser.apps import AppsServer

# Each trap: the sentence, its values, and the parts as the eye meets them from the left.
_TRAPS = {
    "question of": ("السؤال {n} من {total}", {"n": "3", "total": "10"}, ["10", "من", "3", "السؤال"]),
    "percent": ("نسبة {n} % من النقاط", {"n": "80"}, ["النقاط", "من", "%", "80", "نسبة"]),
    "brackets with an abbreviation": ("العنف (GBV) هنا", {}, ["هنا", ")", "GBV", "(", "العنف"]),
    "a telephone number": ("اتصل {phone} الآن", {"phone": "07901 234 567"}, ["الآن", "07901", "234", "567", "اتصل"]),
    "a name that ends in a mark": ("قال {name} نعم", {"name": "Noor (R.)"}, ["نعم", "Noor", "(", "R.", ")", "قال"]),
    "a range in words": ("من 72 إلى 120 ساعة", {}, ["ساعة", "120", "إلى", "72", "من"]),
    "a value that begins with a number": ("الملف {name} جاهز", {"name": "3 steps"}, ["جاهز", "3", "steps", "الملف"]),
    "a minus sign": ("الفرق {n} نقاط", {"n": "-5"}, ["نقاط", "-", "5", "الفرق"]),
    "a range with a dash": ("بين {range} ساعة", {"range": "72-120"}, ["ساعة", "72", "-", "120", "بين"]),
    "Arabic digits with a percent": ("نسبة {n} % هنا", {"n": "٨٠"}, ["هنا", "%", "٨٠", "نسبة"]),
    "a mixed sentence": (
        "حفظ {name}، ثم {other}.",
        {"name": "a-pdf", "other": "b"},
        [".", "b", "ثم", "،", "a-pdf", "حفظ"],
    ),
}
# The traps of the one sentence that stands at every door, `TRAPPED` of i18n/pseudo.py, as the eye meets them.
_AT_A_DOOR = {
    "question of": ["١٠", "من", "٣", "السؤال"],
    "brackets with an abbreviation": [")", "GBV", "("],
    "percent": ["هنا", "%", "٨٠", "نسبة"],
    "a telephone number": ["الآن", "07", "12", "34", "للاتصال"],
    "a name that ends in a mark": ["Noor", "R.", "تقول"],
}
_ORDER = """([selector, parts]) => {
  const all = Array.from(document.querySelectorAll(selector));
  const node = all.find(it => parts.every(one => it.textContent.includes(one)));
  if (node === undefined) return [`nowhere in ${selector}`];
  node.style.whiteSpace = "nowrap";  // one line: in which order it is read, not where it wraps
  const whole = node.textContent;
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let at = 0; walker.nextNode(); at += walker.currentNode.data.length) texts.push([at, walker.currentNode]);
  const place = (index) => texts.findLast(([at]) => at <= index);
  const seen = parts.map(part => {
    const index = whole.indexOf(part);
    const [at, text] = place(index);
    const range = document.createRange();
    range.setStart(text, index - at);
    range.setEnd(text, index - at + part.length);
    return [part, range.getBoundingClientRect().left];
  });
  return seen.sort((one, other) => one[1] - other[1]).map(([part]) => part);
}"""

# Every fold open and every step of a module shown, as on paper.
_UNFOLD = """() => document.querySelectorAll("details.notes").forEach(one => {
  one.open = true;
  for (let each = one; each !== null; each = each.parentElement) each.hidden = false;
})"""


def _order(page: Page, selector: str, parts: list[str]) -> list[str]:
    """Return `parts` as the eye meets them from the left in the first element that has them."""
    return list(page.evaluate(_ORDER, [selector, parts]))


def _wrong(page: Page, selector: str) -> dict[str, list[str]]:
    """Return what is read in another order than it is meant, by trap."""
    seen = {name: _order(page, selector, parts) for name, parts in _AT_A_DOOR.items()}
    return {name: order for name, order in seen.items() if order != _AT_A_DOOR[name]}


@pytest.fixture(scope="module")
def trapped(server: Server, pseudo_course: Path) -> str:
    """A trainee with a module of three cells: its title, the import, one question. Returns the trainee's name."""
    english, shown = load_module(pseudo_course / "modules" / MODULE), load_in(pseudo_course / "modules" / MODULE, "ar")
    path = give(server, "trapped", shown, english, part=0) / f"{MODULE}.ipynb"
    notebook = nbformat.read(path, 4)
    title = next(cell for cell in notebook.cells if cell.source.startswith("# ") or "<h1" in cell.source)
    wanted = ("from himaya_widgets", 'show("the-six-steps")')
    notebook.cells = [title, *(cell for cell in notebook.cells if cell.source.startswith(wanted))]
    nbformat.write(notebook, path)
    server.allow(path.parent)
    return "trapped"


@pytest.mark.proof
@pytest.mark.parametrize("door", sampled(["app"], ["lab", "notebook"]))
def test_a_module_reads_in_the_right_order(server: Server, context: BrowserContext, trapped: str, door: str) -> None:
    page = context.new_page()
    page.goto(server.door(door, trapped))
    wait_for(activity(page, "the-six-steps"), state="attached")
    assert _wrong(page, "h1") == {}
    reach(page, "the-six-steps")
    assert _wrong(page, "section.himaya p, section.himaya h3") == {}


@pytest.mark.proof
def test_page_and_index_read_in_order(pseudo_pages: Path, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"file://{pseudo_pages}/ar/{MODULE}.html")
    wait_for(page.locator("html[data-ready]").first)
    assert _wrong(page, "h1") == {}
    assert _wrong(page, "section.himaya p, section.himaya h3") == {}
    page.goto(f"file://{pseudo_pages}/ar/index.html")
    assert _wrong(page, "h2") == {}


@pytest.mark.proof
def test_gallery_and_lab_read_in_order(pseudo_gallery: AppsServer, context: BrowserContext) -> None:
    page = pseudo_gallery.enter(context)
    assert _wrong(page, ".apps h2") == {}
    page.goto(pseudo_gallery.address(f"app/ar/{MODULE}/one-month"))
    wait_for(page.locator(".himaya-lab .himaya-key-start"))
    assert _wrong(page, ".himaya-lab h3, .himaya-lab h4") == {}


def _feedback(shown: Any) -> str:
    whole = compile_module(shown)
    module = {"id": MODULE, "title": shown.module.title, "language": "ar", "digits": shown.digits}
    keys = {"module": {**module, "outcomes": {one.id: one.text for one in shown.module.outcomes}}, "activities": whole}
    marks = Marks({key: Mark(0.5, one["points"]) for key, one in whole.items() if one["points"]})
    return feedback_page(keys, [], marks, load_course(ROOT / "courses" / "core-protection"), interface("ar"))


@pytest.fixture
def home(server: Server, pseudo_course: Path) -> Any:
    """A released module in Arabic on the home page, with its feedback."""
    shown = load_in(pseudo_course / "modules" / MODULE, "ar")
    exchange = server.home / "exchange" / "core-protection"
    folder = exchange / "outbound" / "trapped"
    folder.mkdir()
    (folder / "trapped.ipynb").write_text("{}", encoding="utf-8")
    told = {"language": "ar", "module": {"title": shown.module.title}}
    (folder / "activities.json").write_text(json.dumps(told), encoding="utf-8")
    cache = server.home / "data" / "nbgrader_cache" / "core-protection" / "trainee+trapped+2026-11-24 20:24:00 UTC"
    cache.mkdir(parents=True)
    (cache / "submission_secret.txt").write_text("secret")
    (exchange / "feedback").mkdir(exist_ok=True)
    name = notebook_hash(secret="secret", notebook_id="trapped")  # noqa: S106 - of nobody
    released = exchange / "feedback" / f"{name}.html"
    released.write_text(_feedback(shown), encoding="utf-8")
    yield server
    shutil.rmtree(folder)
    shutil.rmtree(cache)
    released.unlink()


def test_home_and_feedback_read_in_order(home: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(home.address("himaya/trainee") + "&language=ar")
    assert _wrong(page, "h2") == {}
    page.goto(home.address("himaya/feedback/trapped"))
    assert _wrong(page, "h1") == {}
    assert _wrong(page, "article h3") == {}


def test_mixed_sentences_are_read_in_the_right_order(chromium: Browser) -> None:
    assert _misread(chromium, lambda sentence, values: marked_up(isolated(sentence).format(**values))) == {}


def test_traps_fail_without_isolates(chromium: Browser) -> None:
    caught = _misread(chromium, lambda sentence, values: sentence.format(**values))
    assert "a telephone number" in caught
    assert len(caught) >= 2


def _misread(chromium: Browser, made: Callable[[str, dict[str, str]], str]) -> dict[str, list[str]]:
    page = chromium.new_page()
    wrong = {}
    for name, (sentence, values, expected) in _TRAPS.items():
        page.set_content(f'<!DOCTYPE html><html lang="ar" dir="rtl"><p>{made(sentence, values)}</p>')
        seen = _order(page, "p", expected)
        if seen != expected:
            wrong[name] = seen
    page.close()
    return wrong


def test_feedback_title_and_total_read_in_order(chromium: Browser, tmp_path: Path) -> None:
    course = load_course(ROOT / "courses" / "core-protection")
    module = {"id": MODULE, "title": "إدارة الحالة (CM) هنا", "language": "ar", "outcomes": {}}
    keys = {"module": module, "activities": {}, "code": []}
    html = feedback_page(keys, [], Marks({"one": Mark(34.5, 55)}), course, interface("ar", "western"))
    (tmp_path / "feedback.html").write_text(html, encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "feedback.html").as_uri())
    total, title = [")", "55", "34.5", "(", "%", "62"], ["هنا", ")", "CM", "(", "الحالة"]
    seen = [_order(page, place, parts) for place, parts in ((".total", total), ("h1", title))]
    page.close()
    assert seen == [total, title]


def test_card_of_a_class_reads_in_order(chromium: Browser) -> None:
    card = Printed("t-07", "Noor R.", "ar", "token", 7, "4821739506")
    page = chromium.new_page()
    html = printed_card("دورة (CM) 3", "http://192.168.4.1:8600", card)
    page.set_content(f"<!DOCTYPE html><style>{CARD_STYLE}</style>{html}")
    name, title, code = ["Noor", "R", "."], ["3", ")", "CM", "(", "دورة"], ["٤٨٢", "١٧٣", "٩٥٠٦", "الرمز"]
    places = (("h2", name), (".printed p", title), (".printed p:last-child", code))
    seen = [_order(page, place, parts) for place, parts in places]
    page.close()
    assert seen == [name, title, code]


def test_certificate_reads_in_order(chromium: Browser) -> None:
    folder = ROOT / "server" / "himaya_server" / "home" / "templates"
    base = {"base.html": "{% block head %}{% endblock %}{% block main %}{% endblock %}"}
    loader = ChoiceLoader([DictLoader(base), FileSystemLoader(folder)])
    made = Certificate("Noor (R.)", "دورة (CM) 3", "2026-11-29", 12, False, "ar", "Office 3 (West)", "AB12-CD34")
    html = (
        Environment(loader=loader, autoescape=True)
        .get_template("certificate.html")
        .render(
            made=[(made, "")],
            language="ar",
            direction="rtl",
            day="29",
            say=interface("ar"),
            written=interface("ar"),
            issuer={"fingerprint": "12:ab:34"},
        )
    )
    page = chromium.new_page()
    page.set_content(f"<!DOCTYPE html>{html}")
    expected = {
        ".who": ["Noor", "(", "R.", ")"],
        ".what": ["3", ")", "CM", "(", "دورة"],
        "strong": ["Office", "3", "(", "West", ")"],
        ".small bdi": ["AB12", "-", "CD34"],
    }
    seen = {place: _order(page, place, parts) for place, parts in expected.items()}
    page.close()
    assert seen == expected


def test_chart_of_a_question_reads_in_order(chromium: Browser, pseudo_course: Path) -> None:
    folder = ROOT / "server" / "himaya_server" / "home" / "templates"
    words = load_in(pseudo_course / "modules" / MODULE, "ar").module.title
    page_of = (
        '{% from "figures.html" import likely, drew with context %}<h3><bdi>{{ question.stem }}</bdi></h3>'
        "{{ likely(question) }}{{ drew(question) }}"
    )
    wrong = [SimpleNamespace(words=words, people=7)]
    question = SimpleNamespace(stem=words, share=0.8, limits=Interval(0.6, 0.9), people=29, right=22, wrong=wrong)
    written = partial(in_digits, digits="arabic-indic")
    html = (
        Environment(loader=FileSystemLoader(folder), autoescape=True)
        .from_string(page_of)
        .render(
            question=question,
            say=interface("ar", "arabic-indic"),
            bar=partial(bar, way="rtl"),
            percent=lambda share: written(f"{100 * share:.0f}"),
            in_digits=written,
        )
    )
    page = chromium.new_page()
    page.set_content(f'<!DOCTYPE html><html lang="ar" dir="rtl"><style>svg {{ width: 100% }}</style>{html}')
    assert _wrong(page, "h3") | _wrong(page, ".drew li") == {}
    counted, likely = ["٢٩", "/", "٧"], ["٩٠", "٦٠", "%", "٨٠"]
    assert [_order(page, place, parts) for place, parts in ((".drew .quiet", counted), ("h3 ~ p", likely))] == [
        counted,
        likely,
    ]
    track, share, limits = (page.locator(".bar").first.locator("rect").nth(at).bounding_box() for at in range(3))
    page.close()
    assert track
    assert share
    assert limits
    assert share["x"] + share["width"] == pytest.approx(track["x"] + track["width"], abs=1)
    assert limits["x"] == pytest.approx(track["x"] + 0.1 * track["width"], abs=1)


def test_bubbles_and_margins_read_in_order(chromium: Browser, tmp_path: Path) -> None:
    folder = module_with_interview(tmp_path / "modules" / "sound-module")
    talk, about = folder / "interviews" / f"{NAME}.yaml", folder / "module.yaml"
    opening = re.sub(r"^opening: >-\n(?:  .*\n)+", f'opening: "{TRAP}"\n', talk.read_text("utf-8"), flags=re.MULTILINE)
    talk.write_text(opening, encoding="utf-8")
    source = about.read_text("utf-8").replace("title: An invented guide", f'title: "{TRAP}"')
    about.write_text(source, encoding="utf-8")
    write_pseudo(module_domain(folder), folder / "locale")
    shown = load_in(folder, "ar")
    edition = Edition(load_course(ROOT / "courses" / "core-protection"), page_code(), "ar", languages=("en", "ar"))
    one: Any = shown.activities[NAME]
    for name, html in (("talk", scenario_page(edition, shown, one)), ("module", module_page(edition, shown))):
        (tmp_path / f"{name}.html").write_text(html, encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "talk.html").as_uri())
    page.locator('[data-key="start"]').click()
    wait_for(page.locator(".himaya-bubble").first)
    wrong = _wrong(page, ".himaya-bubble p")
    page.goto((tmp_path / "module.html").as_uri())
    wait_for(page.locator("html[data-ready]").first)
    page.evaluate(_UNFOLD)
    assert page.locator("details.notes li").first.is_visible()
    wrong |= _wrong(page, "details.notes li")
    page.close()
    assert wrong == {}
