"""The referral lab's widget: each press is a decision in the journal, and nothing that was chosen is lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.lab import model as labs
from himaya.content.load import load_module
from himaya.publish.assignment import write_assignment
from himaya.publish.folder import open_folder
from himaya_widgets.labs import open_lab
from tests.shipped import a_lab, an_activity
from tests.widgets.hosts import KernelHost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya_widgets.labs.lab import LabView

ROOT = Path(__file__).parents[2]
MODULE, LAB, _ = a_lab("referral")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_assignment(load_module(ROOT / "modules" / MODULE), tmp_path_factory.mktemp("m"), "c")


@pytest.fixture
def folder(built: Path) -> Iterator[Path]:
    yield built
    for left in built.glob("responses.jsonl*"):
        left.unlink()


def widget(view: LabView, key: str) -> Any:
    def find(here: Any) -> Any:
        if f"himaya-key-{key}" in getattr(here, "_dom_classes", ()):
            return here
        return next((found for child in getattr(here, "children", ()) if (found := find(child)) is not None), None)

    return find(view.root)


def said(view: LabView, key: str) -> str:
    return str(widget(view, key).value)


def check(view: LabView, *names: str) -> None:
    for box in widget(view, "share").children:
        if hasattr(box, "indent"):
            box.value = any(box.description.startswith(name) for name in names)


def begin(folder: Path) -> LabView:
    view = open_lab(open_folder(folder), LAB)
    widget(view, "start").click()
    return view


def refer(view: LabView, card: str, service: str, route: str | None, *names: str) -> None:
    widget(view, "card").value = card
    widget(view, "service").value = service
    check(view, *names)
    widget(view, "route").value = route
    widget(view, "send").click()


def follow(view: LabView, step: str) -> None:
    widget(view, "follow").value = step
    widget(view, "follow-button").click()


def decisions(folder: Path) -> list[dict[str, Any]]:
    return [row["value"] for row in open_folder(folder).journal.rows(LAB) if row["type"] == "decide"]


def test_practice_card_is_explained_at_once(folder: Path) -> None:
    view = begin(folder)
    refer(view, "sabah", "thyme", "form", "A first", "A safe", "The kind")
    assert "Sent, and not closed yet." in said_path(view)
    follow(view, "mark-sent")
    told = said(view, "told")
    assert "Fit: ✗ Not yet" in told
    assert "wants a signed paper" in told
    assert "Consent: ✓ Right" in told
    assert "Closed loop: ✗ Not yet" in told
    assert decisions(folder)[-1] == {"card": "sabah", "follow": "mark-sent"}
    widget(view, "try-again").click()
    assert said(view, "told") == ""
    assert "Open. The person has told you the need." in said_path(view)


def said_path(view: LabView) -> str:
    def markups(here: Any) -> Iterator[str]:
        if isinstance(getattr(here, "value", None), str):
            yield here.value
        for child in getattr(here, "children", ()):
            yield from markups(child)

    return next(markup for markup in markups(view.root) if "<svg" in markup)


def test_counted_card_is_silent_and_changeable(folder: Path) -> None:
    view = begin(folder)
    refer(view, "dilan", "fig", "chat", "A first", "What you")
    follow(view, "wait")
    assert "Your answer is kept." in said(view, "told")
    assert "✗" not in said(view, "told")
    widget(view, "decide-again").click()
    assert widget(view, "service").value == "fig"
    refer(view, "dilan", "rosemary", "together", "A first", "The kind", "What makes")
    follow(view, "confirm-and-ask")
    assert decisions(folder)[-2]["share"] == ["called", "kind", "access"]


def test_missing_field_is_named_and_choice_kept(folder: Path) -> None:
    view = begin(folder)
    check(view, "A first")
    widget(view, "send").click()
    assert errors(view) == ["Choose a service, or one of the two honest answers."]
    widget(view, "service").value = "almond"
    widget(view, "send").click()
    assert errors(view) == ["Choose how you send it."]
    widget(view, "route").value = "self"
    widget(view, "send").click()
    assert errors(view)[0].startswith("If the person goes alone, share nothing.")
    widget(view, "card").value = "jwan"
    assert errors(view) == []
    assert widget(view, "service").value is None
    widget(view, "card").value = "noor"
    assert (widget(view, "service").value, widget(view, "route").value) == ("almond", "self")
    assert decisions(folder) == []


def errors(view: LabView) -> list[str]:
    def found(here: Any) -> Iterator[str]:
        if "himaya-error" in getattr(here, "_dom_classes", ()) and here.value:
            yield here.value.split(">", 1)[1].rsplit("<", 1)[0]
        for child in getattr(here, "children", ()):
            yield from found(child)

    return list(found(view.root))


def test_honest_no_shares_nothing(folder: Path) -> None:
    view = begin(folder)
    refer(view, "amal", "none", None, "A first")
    assert decisions(folder) == [{"card": "amal", "service": "none", "share": [], "route": ""}]


def test_list_can_be_filtered_to_nothing(folder: Path) -> None:
    view = begin(folder)
    assert "20 of 20 services" in said(view, "directory")
    widget(view, "filter-kind").value = "counselling"
    widget(view, "filter-area").value = "cedar"
    assert "1 of 20 services" in said(view, "directory")
    assert "Talk room Sumac" in said(view, "directory")
    widget(view, "filter-group").value = "women"
    assert "No service is left." in said(view, "directory")


def test_referral_lab_finishes_when_counting_cards_are_done(folder: Path) -> None:
    view = begin(folder)
    refer(view, "dilan", "rosemary", "together", "A first", "The kind", "What makes")
    follow(view, "confirm-and-ask")
    widget(view, "finish").click()
    assert len(errors(view)) == 1
    refer(view, "rojin", "olive", "form", "A first", "The kind")
    follow(view, "confirm-and-ask")
    refer(view, "amal", "none", None)
    follow(view, "gap")
    refer(view, "salam", "declined", None)
    follow(view, "door")
    refer(view, "jwan", "lentil", "form", "A first", "A safe", "The kind", "How many", "Full name")
    follow(view, "confirm-and-ask")
    widget(view, "finish").click()
    whole = whole_activity()
    again = open_lab(open_folder(folder), LAB)
    assert "Mobile clinic Rosemary" in said(again, "result")
    assert labs.score(whole, [*decisions(folder)]) == (19, 20)


def whole_activity() -> dict[str, Any]:
    from himaya.publish.assignment import compile_module  # only here

    return dict(compile_module(load_module(ROOT / "modules" / MODULE))[LAB])


def test_referral_lab_resumes_after_restart(folder: Path) -> None:
    view = begin(folder)
    refer(view, "noor", "almond", "form", "A first", "A safe", "The kind")
    again = open_lab(open_folder(folder), LAB)
    assert widget(again, "card").value == "noor"
    assert "Sent, and not closed yet." in said_path(again)
    follow(again, "confirm-and-ask")
    assert "Consent: ✓ Right" in said(again, "told")


def test_referral_kernel_stays_under_130_megabytes(folder: Path) -> None:
    kernel = KernelHost(folder, an_activity("choice", MODULE).id)
    kernel.run(f'show("{LAB}")')
    kernel.run("import sys; print([name for name in ('pandas', 'numpy', 'pydantic') if name in sys.modules])")
    lines = Path(f"/proc/{kernel.process}/status").read_text(encoding="utf-8").splitlines()
    resident = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))
    kernel.kill()
    print(f"{resident:.0f} MB")
    assert kernel.shown[-1].strip() == "[]"
    assert resident <= 130


def test_unanswered_list_says_so_on_every_card(folder: Path) -> None:
    view = begin(folder)
    refer(view, "sabah", "thyme", "form", "A first", "A safe", "The kind")
    follow(view, "mark-sent")
    widget(view, "onward").click()
    for key in ("service", "route", "follow"):
        assert widget(view, key).index == 0, key  # without an index a browser shows an empty list
