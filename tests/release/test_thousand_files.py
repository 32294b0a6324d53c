"""A whole year's saved answers come in through the trainer's page at once, in a real Chromium."""

from __future__ import annotations

import os
import re
import threading
import time
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING

import psutil
import pytest

from himaya.answers.journal import FILE_NAME, MAX_BYTES, Journal
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.platform import Platform, write_configuration
from tests.autograde.conftest import MODULE, copy_of
from tests.autograde.trainers_server import TOKEN, serving
from tests.engine.shipped import compiled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.autograde.trainers_server import Server

FILES = 1_000
LARGE = 3  # files that are too large, among them
MISSING = 5
SECONDS = 120
_OBSERVE = """() => {
  const far = document.querySelector("#far");
  new MutationObserver(() => note(far.textContent)).observe(far, { childList: true });
}"""
GROWTH = 100_000_000  # bytes that the server may grow by meanwhile; the files have some 40 MB, the large ones 60


@pytest.fixture
def platform(released: Path, tmp_path: Path) -> Platform:
    """A platform whose gradebook knows more trainees than send a file."""
    made = Platform(tmp_path / "platform", "core-protection")
    course = copy_of(released, made.course.parent)
    with course.api.gradebook as gradebook:
        for number in range(FILES + MISSING):
            gradebook.add_student(f"trainee-{number:04d}")
    for folder in (made.config, made.data, made.exchange):
        folder.mkdir(exist_ok=True)
    write_configuration(made)
    return made


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A saved file for each trainee; the last ones are too large."""
    folder = tmp_path / "saved"
    folder.mkdir()
    whole = compiled(MODULE)
    names = [folder / f"trainee-{number:04d}.jsonl" for number in range(FILES)]
    for number, path in enumerate(names):
        path.write_text(synthetic_journal(whole, Random(number), 0.6, 1.0), encoding="utf-8")
    for path in names[-LARGE:]:
        with path.open("wb") as file:
            file.truncate(MAX_BYTES + 1_000_000)
    return names


@contextmanager
def _trainers_page(server: Server, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{server.address}himaya/trainer?token={TOKEN}")
    page.get_by_text("Bring in answers saved from pages").click()
    try:
        yield page
    finally:
        context.close()


def _server_process(address: str) -> psutil.Process:
    port = int(address.rstrip("/").rpartition(":")[2])
    return next(
        process
        for process in psutil.process_iter(["cmdline"])
        if f"--ServerApp.port={port}" in (process.info["cmdline"] or [])
    )


def _weigh(process: psutil.Process, sizes: list[int], ended: threading.Event) -> None:
    while not ended.wait(0.1):
        sizes.append(process.memory_info().rss)


def test_thousand_files_come_in_with_one_report(platform: Platform, files: list[Path], chromium: Browser) -> None:
    with serving(platform.home) as server, _trainers_page(server, chromium) as page:
        process = _server_process(server.address)
        before = process.memory_info().rss
        shown: set[str] = set()
        page.expose_function("note", lambda text: shown.add(text))  # noqa: PLW0108 - Playwright needs a function
        page.evaluate(_OBSERVE)
        page.locator("#files").set_input_files(files)
        assert page.locator("#whose input").count() == FILES
        began = time.monotonic()
        sizes: list[int] = []
        ended = threading.Event()
        looking = threading.Thread(target=_weigh, args=(process, sizes, ended))
        looking.start()
        page.get_by_role("button", name="Bring in").click()
        wait_for(page.locator("#taken"), seconds=SECONDS)
        seconds = time.monotonic() - began
        ended.set()
        looking.join()
        assert f"Done: {FILES - LARGE}. Needs you: {LARGE}." in page.locator("#taken").inner_text()
        refused = page.locator("#refused li").all_inner_texts()
        assert [line.split()[0] for line in refused] == [path.name for path in files[-LARGE:]]
        assert all("larger than 20 MB" in line for line in refused)
        missing = page.locator("#missing li").all_text_contents()
        assert missing == [f"trainee-{number:04d}" for number in range(FILES - LARGE, FILES + MISSING)]
        assert page.locator("#brought li").count() == FILES - LARGE
    for words in ("Sent", "Brought in"):
        counted = {int(found[1]) for text in shown if (found := re.match(rf"{words}: (\d+) of {FILES}", text))}
        assert len(counted) >= 5, f"progress is to be seen while it is {words.lower()}: {sorted(shown)}"
    assert max(sizes) - before < GROWTH
    assert len(list(platform.course.glob(f"submitted/*/{MODULE}/{FILE_NAME}"))) == FILES - LARGE
    one = Journal(platform.course / "submitted" / files[0].stem / MODULE / FILE_NAME).rows()
    assert len(one) == len(files[0].read_bytes().splitlines())
    print(f"{FILES} files: {seconds:.0f} s, the server grew by {(max(sizes) - before) / 1e6:.0f} MB")


def test_too_many_files_are_told_in_a_sentence(
    platform: Platform, files: list[Path], chromium: Browser, tmp_path: Path
) -> None:
    many = []
    for number in range(2_001):
        many.append(tmp_path / f"m{number}.jsonl")
        os.link(files[0], many[-1])
    with serving(platform.home) as server, _trainers_page(server, chromium) as page:
        page.locator("#files").set_input_files(many)
        page.evaluate("for (const field of document.querySelectorAll('#whose input')) field.value = 'trainee-0000'")
        button = page.get_by_role("button", name="Bring in")
        button.click()
        wait_for(page.get_by_text("You chose 2001 files. At most 2000 can be brought in at once."), seconds=30)
        assert button.is_enabled()
    assert not list(platform.course.glob("submitted/*"))


def test_broken_upload_is_reported_and_repeatable(platform: Platform, files: list[Path], chromium: Browser) -> None:
    with serving(platform.home) as server, _trainers_page(server, chromium) as page:
        page.locator("#files").set_input_files(files[:30])
        page.route(re.compile(r"/answers/[0-9a-f]{16}/17$"), lambda route: route.abort())
        button = page.get_by_role("button", name="Bring in")
        button.click()
        wait_for(page.get_by_text("The connection to the platform broke, and nothing was brought in."), seconds=30)
        assert not list(platform.course.glob("submitted/*"))
        page.unroute_all()
        button.click()
        wait_for(page.locator("#taken"))
        assert "Done: 30. Needs you: 0." in page.locator("#taken").inner_text()
