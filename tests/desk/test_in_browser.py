"""The desk's numbers in a browser: presses from home, width, and certificates from key to refused forgery."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from himaya_server.desk import certificates
from tests.autograde.trainers_server import TOKEN, Server, serving
from tests.browser.accessibility import small_targets, violations
from tests.browser.user_actions import wait_true
from tests.chromium import CHROMIUM
from tests.desk.conftest import MODULE, PEOPLE, GradedClass
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from himaya_server.platform import Platform

pytestmark = [
    pytest.mark.browser,
    pytest.mark.proof,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; as an administrator: apt-get install chromium"),
]

DESK = "himaya/desk/core-protection"
PASSPHRASE = "four quiet words here"  # noqa: S105 - of a key that lives as long as its test


@pytest.fixture(scope="module")
def passed(graded: GradedClass, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """A platform with a course of one module that everybody who handed in has passed; some have Kurdish names."""
    made = graded.platform(tmp_path_factory.mktemp("passed"))
    about = (made.course / "course.yaml").read_text(encoding="utf-8")
    about = re.sub(r"pass_mark: \d+", "pass_mark: 1", about)
    about = re.sub(r"modules: \[.*\]", f"modules: [{MODULE}]", about)
    (made.course / "course.yaml").write_text(about, encoding="utf-8")
    for path in (made.course / "keys").glob(f"{MODULE}*.json"):
        keys = json.loads(path.read_text(encoding="utf-8"))
        keys["module"]["safety"] = []
        for activity in keys["activities"].values():
            activity["safety_critical"] = False
        path.write_text(json.dumps(keys), encoding="utf-8")
    with closing(sqlite3.connect(made.course / "gradebook.db")) as gradebook, gradebook:
        gradebook.execute("UPDATE grade SET manual_score = 1, needs_manual_grade = 0 WHERE needs_manual_grade")
        gradebook.execute("UPDATE student SET first_name = 'ڕێبوار', last_name = 'عەلی ڵەگەڵ' WHERE id = 'trainee-00'")
    return made


@pytest.fixture(scope="module")
def server(passed: Platform) -> Iterator[Server]:
    with serving(passed.home, "himaya/trainer") as running:
        yield running


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(f"{server.address}himaya/trainer?token={TOKEN}&language=en")
    yield page
    context.close()


def _sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_tomorrow_in_two_presses(page: Page) -> None:
    page.get_by_role("link", name="What was learned").click()
    page.get_by_role("link", name="What to teach again tomorrow").click()
    assert page.get_by_role("heading", name="What to teach again tomorrow").is_visible()
    assert page.locator(".cards > li").count() == 4
    assert page.locator("ol > li").count() >= 1
    assert page.locator("#print").is_visible()
    for language in ("en", "ar", "ckb"):
        page.goto(f"{page.url.partition('?')[0]}?language={language}")
        assert _sheets(page.pdf(prefer_css_page_size=True)) == 1, "one page to print"


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.proof), "ar"])
def test_pages_fit_a_phone(page: Page, server: Server, language: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    paper = f"people/trainee-{PEOPLE - 1}/paper/{MODULE}"
    for name in ("questions", "learned", "again", "reports", "reports/class", "reports/donors", "certificates", paper):
        page.goto(f"{server.address}{DESK}/{name}?language={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        assert violations(page, "main") == [], name
        assert small_targets(page, "main") == [], name
    if language == "ar":
        page.goto(f"{server.address}{DESK}/learned")
        bar, track = (page.locator(".bar").first.locator("rect").nth(at).bounding_box() for at in (1, 0))
        assert bar is not None
        assert track is not None
        assert bar["x"] + bar["width"] == pytest.approx(track["x"] + track["width"], abs=1)
        assert bar["x"] > track["x"] + 5


def _make_key(page: Page, server: Server, folder: Path) -> Path:
    page.goto(f"{server.address}{DESK}/certificates")
    made = page.locator("form[action$='certificates/key']")
    if not made.is_visible():
        page.locator("details.card summary").last.click()
    made.locator("[name=issuer]").fill("Example Unit")
    made.locator("[name=passphrase]").fill(PASSPHRASE)
    made.locator("[name=again]").fill(PASSPHRASE)
    made.locator("button").click()
    with page.expect_download() as download:
        page.locator("a[download]").click()
    file = folder / "issuer.key"
    download.value.save_as(file)
    return file


def _issue(page: Page, file: Path, passphrase: str, language: str) -> None:
    form = page.locator("form[action$='certificates/issue']")
    form.locator("[name=key]").set_input_files(file)
    form.locator("[name=passphrase]").fill(passphrase)
    form.locator("[name=hours]").fill("12")
    form.locator("[name=in]").select_option(language)
    form.locator("button").click()


@pytest.mark.proof
def test_certificates_from_key_to_refused_forgery(page: Page, server: Server, passed: Platform, tmp_path: Path) -> None:
    zxing = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    file = _make_key(page, server, tmp_path)
    _issue(page, file, "another passphrase", "en")
    assert "passphrase is another one" in page.locator("[role=alert]").inner_text()
    assert PASSPHRASE not in "".join(path.read_text("utf-8") for path in (passed.course / "certificates").iterdir())
    codes = {}
    for language in ("en", "ar", "ckb"):
        page.goto(f"{server.address}{DESK}/certificates")
        _issue(page, file, PASSPHRASE, language)
        wait_for(page.locator(".sheet").first)
        assert page.locator(".sheet").count() == PEOPLE - 1
        assert page.locator(".sheet").first.get_attribute("dir") == ("ltr" if language == "en" else "rtl")
        assert page.locator(".sheet .draft").count() == PEOPLE - 1, "nothing of it is signed"
        sheet = page.locator(".sheet", has_text="ڕێبوار عەلی ڵەگەڵ")
        shown = image.open(io.BytesIO(sheet.screenshot()))
        codes[language] = zxing.read_barcodes(shown)[0].text
        told = certificates.checked(codes[language], certificates.pinned(passed.course))
        assert (told.name, told.hours, told.draft, told.language) == ("ڕێبوار عەلی ڵەگەڵ", 12, True, language)
        assert _sheets(page.pdf(prefer_css_page_size=True)) == PEOPLE - 1

    page.goto(f"{server.address}{DESK}/certificates")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the page that checks without a network").click()
    checker = tmp_path / "check.html"
    download.value.save_as(checker)
    page.context.set_offline(True)
    page.goto(checker.as_uri())
    genuine = codes["ckb"]
    mark, payload, signature = genuine.split(".")
    other = certificates.signed(
        certificates.checked(genuine, certificates.pinned(passed.course)),
        certificates.opened_key(certificates.new_key(PASSPHRASE)[0], PASSPHRASE),
    )
    altered = certificates._encoded(certificates._decoded(payload).replace(b"12", b"99"))
    for text, expected in (
        (genuine, "Genuine: signed by"),
        (f"{mark}.{altered}.{signature}", "Refused: not signed"),
        (other, "Refused: not signed"),
        ("HIMAYA1.x", "Refused: this is no certificate"),
    ):
        page.locator("#code").fill(text)
        page.locator("#check").click()
        wait_true(page, "text => document.querySelector('#told').textContent.includes(text)", expected)
    page.context.set_offline(False)
    for text, expected in ((genuine, "Genuine: signed by"), (other, "Refused: not signed")):
        page.goto(f"{server.address}{DESK}/certificates")
        page.locator("#code").fill(text)
        page.locator("form[action*='certificates/check'] button").click()
        assert expected in page.locator("#check").inner_text()
    _revoke_and_check(page, server, passed, file, (codes["ar"], codes["en"]), checker)


def _revoke_and_check(
    page: Page, server: Server, passed: Platform, file: Path, codes: tuple[str, str], checker: Path
) -> None:
    """Revoke the first of two certificates; the desk, a page from before and a new page refuse it, and no other."""
    gone, holds = codes
    page.goto(f"{server.address}{DESK}/certificates")
    assert "Issued so far: 90" in (page.locator("#revoke").text_content() or "")  # folded
    page.locator("#revoke > summary").click()
    page.locator("#codes").fill(gone)
    page.locator("#key-revoke").set_input_files(file)
    page.locator("#passphrase-revoke").fill(PASSPHRASE)
    page.locator("form[action*='certificates/revoke'] button").click()
    assert "Revoked: 1" in page.locator("#revoke [role=status]").inner_text()
    for text, expected in ((gone, "has revoked"), (holds, "Genuine")):
        page.goto(f"{server.address}{DESK}/certificates")
        page.locator("#code").fill(text)
        page.locator("form[action*='certificates/check'] button").click()
        assert expected in page.locator("#check").inner_text()
    listed = passed.course / "certificates" / "revoked.txt"
    forged = checker.with_name("forged.txt")
    forged.write_text(listed.read_text("ascii").replace("HIMAYA-REVOKED1.W", "HIMAYA-REVOKED1.X"), encoding="ascii")

    def says(text: str, expected: str) -> None:
        page.locator("#code").fill(text)
        page.locator("#check").click()
        wait_true(page, "text => document.querySelector('#told').textContent.includes(text)", expected)

    page.goto(checker.as_uri())
    says(gone, "Genuine")
    page.locator("#list").set_input_files(forged)
    wait_for(page.get_by_text("no list that a known issuer signed"))
    says(gone, "Genuine")
    page.locator("#list").set_input_files(listed)
    wait_for(page.get_by_text("Revoked until"))
    says(gone, "has revoked")
    says(holds, "Genuine")
    new = page.request.get(f"{server.address}{DESK}/certificates/checker").body()
    checker.write_bytes(new)
    page.goto(checker.as_uri())
    says(gone, "has revoked")
