"""The lab "Intake and the first day": by keyboard, with bad input, after its kernel died, as an app on a phone."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.lab import model as labs
from himaya.activities.lab.complaint.model import SEVERAL, SUPPORT
from himaya.languages.interface import sentence
from tests.browser.accessibility import small_targets
from tests.browser.apps import TOKEN, serving
from tests.browser.kernels import only_kernel
from tests.browser.lab_desk import LABS, drawn, failures, part, settled
from tests.browser.user_actions import until, wait_true
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.lab_desk import LabDesk

pytestmark = pytest.mark.proof

LAB = "first-day"
_FORM = {
    "intake-code": "PS-014", "received-at": "10:20", "channel": "desk", "received-by": "clerk",
    "third-party": "no", "consent": "yes",
    "contact-way": "desk", "safe-contact": "like any visitor", "concern-type": "sea", "safety-need": "no",
    "summary": "A worker asks for favours.",
    "offered": ["safety"], "accepted": [], "reported-at": "10:50",
}  # fmt: skip


def filled(data: Any, concern: str) -> dict[str, Any]:
    """Return a form of one concern that meets its key."""
    form: dict[str, Any] = {**_FORM, "offered": list(SUPPORT)}
    for one in data["key"]["fields"]:
        if one["concern"] == concern:
            form[one["field"]] = one["values"] if one["field"] in SEVERAL else one["latest"] or one["values"][0]
    return form


def _done_but_for_the_first_code(folder: Path) -> None:
    """Write the journal of somebody who has everything right but the intake code of the first concern."""
    activity = json.loads((folder / "activities.json").read_text(encoding="utf-8"))["activities"][LAB]
    data = labs.data_of(activity)
    values: list[dict[str, Any]] = []
    for concern in data["concerns"]:
        form = filled(data, concern["id"])
        values += [{"concern": concern["id"], "field": name, "value": entry} for name, entry in form.items()]
        values += [
            {"concern": concern["id"], "card": one["id"], "at": one["last"]}
            for one in data["key"]["cards"]
            if one["concern"] in ("", concern["id"])
        ]
    rows = [{"id": "begin-000", "activity": LAB, "type": "begin", "turn": 0, "content": activity["hash"]}]
    rows += [
        {"id": f"decide-{at}", "activity": LAB, "type": "decide", "turn": at, "value": value}
        for at, value in enumerate(values[1:])
    ]
    (folder / "responses.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _status(page: Page) -> str:
    return page.locator(".himaya-lab .himaya-status").inner_text()


def test_day_works_by_keyboard_and_names_bad_code(lab_desk: LabDesk, context: BrowserContext) -> None:
    folder = lab_desk.folder(LAB, "intake-keys")
    _done_but_for_the_first_code(folder)
    page = lab_desk.open(context, LAB, "intake-keys")
    page.locator(".himaya-key-finish").focus()
    page.keyboard.press("Enter")
    at_code = "() => document.activeElement.closest('.himaya-key-intake-code') !== null"
    wait_true(page, at_code)  # the way to what is missing
    page.keyboard.type("<b>Huda</b>")
    page.keyboard.press("Tab")
    field = page.get_by_label("Intake code")
    until(lambda: field.get_attribute("aria-invalid") == "true", "the lab did not come so far")
    error = page.locator(f"[id='{field.get_attribute('aria-describedby')}'] [role=alert]")
    until(lambda: "such as PS-014" in error.inner_text(), "the field does not say what fits")
    assert field.input_value() == "<b>Huda</b>"
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("PS-020")
    page.keyboard.press("Tab")
    until(lambda: field.get_attribute("aria-invalid") == "false", "the lab did not come so far")
    page.locator(".himaya-key-finish").focus()
    page.keyboard.press("Enter")
    wait_true(page, "() => document.activeElement.closest('.himaya-key-result') !== null")
    shown = page.locator(".himaya-lab").inner_text()
    assert "No investigation: 3 of 3" in shown
    assert _status(page) == sentence("saved")
    assert lab_desk.events(LAB, "intake-keys")[-1]["type"] == "finish"
    page.reload()
    wait_for(page.locator(".himaya-key-result svg").first)


def test_dead_kernel_reports_nothing_is_saved(lab_desk: LabDesk, context: BrowserContext) -> None:
    folder = lab_desk.folder(LAB, "intake-dies")
    page = lab_desk.open(context, LAB, "intake-dies")
    page.click(".himaya-key-start")
    until(lambda: _status(page) == sentence("saved"), "the lab did not come so far")
    os.kill(only_kernel(folder)[0], signal.SIGSTOP)  # it is there and does not answer
    try:
        page.get_by_role("radiogroup", name="Is somebody under 18").get_by_label("Not known").check()
        until(lambda: _status(page) == sentence("lab-no-kernel"), "the lab did not come so far")
    finally:
        os.kill(only_kernel(folder)[0], signal.SIGCONT)
    until(lambda: _status(page) == sentence("saved"), "the lab did not come so far")
    assert lab_desk.decided(LAB, "intake-dies")[-1] == {"concern": "kits", "field": "under-18", "value": "unknown"}


def test_complaint_app_works_on_phone(tmp_path: Path, phone: BrowserContext) -> None:
    folder = tmp_path / "written"
    folder.mkdir()
    with serving(folder, "--language", "ar", "courses/mainstreaming-pseah") as apps:
        page = phone.new_page()
        page.goto(apps.address(f"?token={TOKEN}"))
        failed = failures(phone)
        for lab in ("find-me", LAB):
            page.goto(apps.address(f"app/ar/{LABS[lab]}/{lab}"))
            drawn(page)
            assert page.locator(".himaya-lab[dir=rtl][lang=ar]").count() == 1
            part(page, "start").tap()
            wait_for(page.locator(".himaya-status[data-status='not-kept']"))
            settled(page)
            assert page.evaluate("document.documentElement.scrollWidth") == 360
            assert small_targets(page, ".himaya-lab") == []
        assert failed == []

        def own() -> list[int]:
            return [kernel.pid for kernel in apps.kernels() if kernel.cwd().endswith(f"{LABS[LAB]}--{LAB}")]

        assert len(own()) == 1
        page.close()
        until(lambda: own() == [], "the kernel outlives its tab")
