"""A file of findings: refused with a sentence where it is forged, altered or outdated; else taken in as it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.errors import ContentError, HimayaError
from himaya.signoff.findings import FindingsError
from himaya.signoff.rewriting import RewritingError
from himaya.signoff.signatures import UNNAMED, read_signatures
from himaya.signoff.standing import standing_of, translations
from tests.i18n.pseudo import pseudo

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.signoff.conftest import Desk

OPTION = "You say who you are before you ask anything"


def _altered(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def altered(raw: bytes) -> bytes:
        data = json.loads(raw)
        change(data)
        return json.dumps(data).encode()

    return altered


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _: b"", "no file of findings"),
        (lambda _: b"\xff\xfe", "no file of findings"),
        (lambda raw: raw[:-40], "no file of findings"),
        (lambda _: b"[" * 100_000, "no file of findings"),
        (lambda _: b"{}", "no file of findings"),
        (lambda raw: raw.replace(b'"terms":[]', b'"terms":[],"terms":[]'), "stands in it twice"),
        (lambda raw: raw.replace(b'"terms":[]', b'"terms":[NaN]'), "is no number"),
        (lambda raw: raw + b" " * 6_000_000, "more than"),
        (_altered(lambda data: data.update(extra=1)), "damaged at extra"),
        (_altered(lambda data: data["entries"][0].update(verdict="sign")), "damaged at entries.0.verdict"),
        (_altered(lambda data: data["about"].update(name="../../etc")), "damaged at about.name"),
        (_altered(lambda data: data["reader"].update(name="Somebody else")), "not as a page from here saved it"),
        (_altered(lambda data: data["entries"].pop()), "not as a page from here saved it"),
        (_altered(lambda data: data.update(seal="0" * 64)), "not as a page from here saved it"),
        (_altered(lambda data: data["about"].update(issue="f" * 16)), "not as a page from here saved it"),
    ],
)
def test_altered_findings_are_refused(desk: Desk, spoil: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(FindingsError, match=said):
        desk.read(spoil(desk.saved(desk.findings())))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reader": {"name": "", "unnamed": False, "role": "lawyer", "date": "2026-11-28"}}, "nobody stands behind"),
        ({"reader": {"name": "Huda", "unnamed": False, "role": " ", "date": "2026-11-28"}}, "nobody stands behind"),
        ({"reader": {"name": "Huda", "unnamed": False, "role": "lawyer", "date": "2027-01-01"}}, "not come yet"),
        ({"reader": {"name": "Huda", "unnamed": False, "role": "lawyer", "date": "2026-02-31"}}, "is no day"),
    ],
)
def test_findings_of_nobody_are_refused(desk: Desk, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(FindingsError, match=said):
        desk.read(desk.saved(desk.findings(**changed)))


def test_forged_findings_without_a_page_are_refused(desk: Desk) -> None:
    raw = desk.saved(desk.findings())
    (desk.base / "signoff.key").unlink()
    with pytest.raises(FindingsError, match=r"signoff\.key is missing"):
        desk.read(raw)
    desk.saved(desk.findings())  # another secret
    with pytest.raises(FindingsError, match="not as a page from here saved it"):
        desk.read(raw)


def test_outdated_findings_are_refused_or_taken_in_part(desk: Desk) -> None:
    findings = desk.findings()
    path = desk.module / "items.yaml"
    stem = desk.loaded().activities["who-first"].stem
    path.write_text(path.read_text().replace(stem, f"{stem} Now."))
    with pytest.raises(FindingsError, match=r"changed since this was read.*: who-first"):
        desk.take(findings)
    assert not (desk.module / "signatures.yaml").exists()
    taken = desk.take(findings, rest=True)
    assert "a-first-talk" not in taken.signed
    assert standing_of(desk.loaded()).content == {"a-first-talk"}


def test_part_with_an_unread_entry_is_not_signed(desk: Desk) -> None:
    findings = desk.findings()
    findings["entries"] = [one for one in findings["entries"] if one["id"] != "who-first"]
    assert "a-first-talk" not in desk.take(findings).signed
    with pytest.raises(FindingsError, match="changed since this was read"):
        desk.take({**findings, "entries": [{**findings["entries"][0], "id": "no-such-entry"}]})


def test_signature_says_who_and_who_took_it_in(desk: Desk) -> None:
    desk.take(desk.findings(parts=["words-you-need"]))
    unnamed = {"name": "", "unnamed": True, "role": "native reader", "date": "2026-11-27"}
    desk.take(desk.findings("ar", ["words-you-need"], reader=unnamed))
    one, other = read_signatures(desk.module).signatures
    assert (one.name, one.role, one.date, one.language, one.taken_in_by) == (
        "Huda",
        "supervisor",
        "2026-11-28",
        "en",
        "Sara",
    )
    assert (other.name, other.role, other.language) == (UNNAMED, "native reader", "ar")


def test_correction_keeps_comments_and_formatting(desk: Desk) -> None:
    path = desk.module / "scenarios" / "short-walk.yaml"
    before = path.read_text()
    path.write_text(f"# A comment of the author.\n{before}")
    title = desk.loaded().activities["short-walk"].title
    findings = desk.findings()
    desk.corrected(findings, title, 'A walk: short, and "safe" #1')
    desk.take(findings)
    after = path.read_text().splitlines()
    changed = [line for line in after if line not in before.splitlines()]
    assert changed[0] == "# A comment of the author."
    assert len(changed) == 2
    assert desk.loaded().activities["short-walk"].title == 'A walk: short, and "safe" #1'
    assert not standing_of(desk.loaded()).is_draft


def test_correction_of_prose_changes_one_block(desk: Desk) -> None:
    path = desk.module / "module.md"
    before = path.read_text().splitlines()
    findings = desk.findings()
    desk.corrected(findings, "A free yes [design]", "A yes that is free [design]")
    desk.take(findings)
    after = path.read_text().splitlines()
    assert [line for line in after if line not in before] == ["| Consent | A yes that is free [design] |"]


def test_correction_everywhere_changes_every_place(desk: Desk) -> None:
    findings = desk.findings()
    desk.corrected(findings, "A first talk", "A first meeting", ("talk", "meeting"))
    desk.take(findings)
    text = (desk.module / "module.md").read_text()
    assert "## A first meeting" in text
    assert "wants to meeting now" in text
    assert "talk" not in text.split("A first meeting")[1].split("```")[0]


def test_correction_of_a_translation_reaches_the_po_file(desk: Desk) -> None:
    po = desk.module / "locale" / "ar.po"
    before = po.read_text().splitlines()
    findings = desk.findings("ar")
    desk.corrected(findings, pseudo("Consent"), "الرضا")
    taken = desk.take(findings)
    assert [line for line in po.read_text().splitlines() if line not in before] == ['msgstr "الرضا"']
    assert any(line == '+msgstr "الرضا"' for line in taken.diff)
    assert standing_of(desk.loaded()).is_draft


def test_english_correction_asks_for_its_translation_again(desk: Desk) -> None:
    desk.take(desk.findings("ar"))
    findings = desk.findings()
    desk.corrected(findings, "A free yes [design]", "A yes that is free [design]")
    desk.take(findings)
    known = translations(desk.module, "ar")
    assert not any(text == "A yes that is free [design]" for _, text in known)


@pytest.mark.parametrize(
    "new",
    [
        "A free yes [design]\n\n```{code-cell} ipython3\nsubmit()\n```",
        "# A free yes [design]",
        "- A free yes [design]",
        "* A free yes [design]",
        "> A free yes [design]",
        "1. A free yes [design]",
        "A free yes [design] [the law](https://example.org)",
        "A free yes [S1: page 1]",
        "A free yes [design] [country: law]",
        "A **free** yes [design]",
    ],
)
def test_correction_with_markup_is_left_to_people(desk: Desk, new: str) -> None:
    before = (desk.module / "module.md").read_text()
    findings = desk.findings()
    desk.corrected(findings, "A free yes [design]", new)
    with pytest.raises((RewritingError, ContentError)):
        desk.take(findings)
    assert (desk.module / "module.md").read_text() == before
    assert not (desk.module / "signatures.yaml").exists()
    judged = next(one["id"] for one in findings["entries"] if one["corrections"])
    taken = desk.take(findings, without=[judged])
    assert "words-you-need" not in taken.signed


@pytest.mark.parametrize(
    "new", ["x\nmode: graded", "' }, {id: x", "!!python/object", "&a *a", "- [x", "%YAML", "\\u0000"]
)
def test_correction_is_never_yaml(desk: Desk, new: str) -> None:
    path = desk.module / "scenarios" / "short-walk.yaml"
    kept = json.dumps(desk.loaded().activities["short-walk"].model_dump(exclude={"title"}), default=str)
    findings = desk.findings()
    desk.corrected(findings, desk.loaded().activities["short-walk"].title, new)
    desk.take(findings)
    scenario = desk.loaded().activities["short-walk"]
    assert scenario.title == new
    assert json.dumps(scenario.model_dump(exclude={"title"}), default=str) == kept
    assert path.read_text().count("mode: ") >= 1


def test_unseen_characters_never_reach_a_file(desk: Desk) -> None:
    findings = desk.findings(parts=["words-you-need"])
    findings["reader"]["name"] = "Hu\u202eda\x1b[31m\nSara"
    desk.take(findings)
    assert read_signatures(desk.module).signatures[0].name == "Huda[31m Sara"


def test_correction_of_another_text_is_refused(desk: Desk) -> None:
    findings = desk.findings()
    desk.corrected(findings, "A free yes [design]", "Anything")
    findings["entries"] = [
        one | {"corrections": [each | {"old": "Something else"} for each in one["corrections"]]}
        for one in findings["entries"]
    ]
    with pytest.raises(FindingsError, match="does not stand there"):
        desk.take(findings)


def test_command_shows_first_and_takes_with_a_name(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.base)
    findings = desk.findings()
    desk.corrected(findings, "A free yes [design]", "A yes that is free [design]")
    file = desk.base / "findings.json"
    file.write_bytes(desk.saved(findings))
    shown = CliRunner().invoke(main, ["findings", "findings.json"])
    assert shown.exit_code == 0, shown.output
    assert "+| Consent | A yes that is free [design] |" in shown.output
    assert "Nothing was written" in shown.output
    assert not (desk.module / "signatures.yaml").exists()
    assert CliRunner().invoke(main, ["findings", "findings.json", "--take"]).exit_code == 2
    taken = CliRunner().invoke(main, ["findings", "findings.json", "--take", "--by", "Sara"])
    assert (taken.exit_code, "signed: cover" in taken.output) == (0, True)
    again = CliRunner().invoke(main, ["findings", "findings.json"])
    assert (again.exit_code, "changed since this was read" in again.output) == (1, True)


def test_every_refusal_is_an_error_of_ours() -> None:
    assert issubclass(FindingsError, HimayaError)
    assert issubclass(RewritingError, HimayaError)
