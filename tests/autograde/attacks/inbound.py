"""Hand-ins that nbgrader's own submit never leaves, each made by a function named after what is wrong with it.

Each takes the folder of an honest hand-in, owned by the trainee it names, and spoils it.
"""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from tests.autograde.attacks.planted import MODULE

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER = 3  # the Unix user `sys`; there on every Linux


def link_to_a_file_of_the_trainer(folder: Path) -> None:
    (folder / "responses.jsonl").unlink()
    (folder / "responses.jsonl").symlink_to("/etc/shadow")


def link_to_a_folder_outside(folder: Path) -> None:
    (folder / "data").symlink_to("/etc")


def link_that_leads_nowhere(folder: Path) -> None:
    (folder / "notes").symlink_to("nowhere")


def the_folder_itself_is_a_link(folder: Path) -> None:
    real = folder.with_name("elsewhere")
    folder.rename(real)
    folder.symlink_to(real)


def a_file_instead_of_a_folder(folder: Path) -> None:
    for entry in folder.iterdir():
        entry.unlink()
    folder.rmdir()
    folder.write_text("no folder", encoding="utf-8")


def hard_link_to_a_file_elsewhere(folder: Path) -> None:
    (folder / "more.txt").hardlink_to(folder / f"{MODULE}.ipynb")


def named_pipe(folder: Path) -> None:
    os.mkfifo(folder / "responses.fifo")


def socket_file(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        before = Path.cwd()
        os.chdir(folder)  # a socket's path may have a hundred characters only
        try:
            end.bind("s")
        finally:
            os.chdir(before)


def device(folder: Path) -> None:
    os.mknod(folder / "zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))


def file_of_somebody_else(folder: Path) -> None:
    (folder / "responses.jsonl").chmod(0o644)
    os.chown(folder / "responses.jsonl", OTHER, OTHER)


def folder_of_somebody_else_inside(folder: Path) -> None:
    (folder / "inside").mkdir()
    os.chown(folder / "inside", OTHER, OTHER)


def whole_folder_of_somebody_else(folder: Path) -> None:
    for entry in (folder, *folder.iterdir()):
        os.chown(entry, OTHER, OTHER)


def file_too_large(folder: Path) -> None:
    with (folder / "big.bin").open("wb") as file:
        file.truncate(2_000_001)


def too_large_together(folder: Path) -> None:
    for number in range(4):
        with (folder / f"{number}.bin").open("wb") as file:
            file.truncate(1_400_000)


def too_many_files(folder: Path) -> None:
    for number in range(60):
        (folder / f"{number}.txt").touch()


def folders_without_end(folder: Path) -> None:
    (folder / "/".join("abcdefghijkl")).mkdir(parents=True)


def file_name_too_long(folder: Path) -> None:
    (folder / ("n" * 250)).touch()


def file_name_with_a_path_separator_of_windows(folder: Path) -> None:
    (folder / "..\\..\\gradebook.db").touch()


def file_name_with_a_line_end(folder: Path) -> None:
    (folder / "a\nb.txt").touch()


def file_name_with_a_terminal_command(folder: Path) -> None:
    (folder / "a\x1b[2Jb.txt").touch()


def file_name_that_reads_backwards(folder: Path) -> None:
    (folder / "notes\u202egnp.exe").touch()


def file_name_that_is_no_text(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt")).touch()


def file_names_that_differ_in_capitals_only(folder: Path) -> None:
    (folder / "Responses.jsonl").write_text('{"forged": 1}\n', encoding="utf-8")


def file_names_that_look_alike(folder: Path) -> None:
    (folder / "responses．jsonl").write_text('{"forged": 1}\n', encoding="utf-8")


def secret_missing(folder: Path) -> None:
    (folder / "submission_secret.txt").unlink()


def secret_empty(folder: Path) -> None:
    (folder / "submission_secret.txt").write_bytes(b"")


def secret_of_other_bytes(folder: Path) -> None:
    (folder / "submission_secret.txt").write_bytes(b"\xff" * 64)


def secret_is_a_folder(folder: Path) -> None:
    (folder / "submission_secret.txt").unlink()
    (folder / "submission_secret.txt").mkdir()


def time_missing(folder: Path) -> None:
    (folder / "timestamp.txt").unlink()


def time_that_is_none(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("yesterday, honestly", encoding="utf-8")


def time_earlier_than_the_folder_says(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("2026-01-01 08:00:00.000000 UTC", encoding="utf-8")


_CANNOT = r"second name of another file \(a hard link\)"
_NAME = "file name with characters that names may not hold"
_SECRET = "no proper submission_secret.txt"  # noqa: S105 - words of a message
_TIME = r"no timestamp\.txt that agrees"

FAULTS: dict[Callable[[Path], None], str] = {
    link_to_a_file_of_the_trainer: r"responses\.jsonl is a link",
    link_to_a_folder_outside: "data is a link",
    link_that_leads_nowhere: "notes is a link",
    the_folder_itself_is_a_link: "the folder is a link",
    a_file_instead_of_a_folder: "is no folder",
    hard_link_to_a_file_elsewhere: _CANNOT,
    named_pipe: r"responses\.fifo is a named pipe",
    socket_file: "s is a socket",
    file_too_large: r"big\.bin is larger than 2,000 kB",
    too_large_together: "larger than a whole submission may be",
    too_many_files: "too many files",
    folders_without_end: "more than 8 deep",
    file_name_too_long: "name longer than 200 bytes",
    file_name_with_a_path_separator_of_windows: _NAME,
    file_name_with_a_line_end: _NAME,
    file_name_with_a_terminal_command: _NAME,
    file_name_that_reads_backwards: _NAME,
    file_name_that_is_no_text: _NAME,
    file_names_that_differ_in_capitals_only: r"pass for each other: Responses\.jsonl and responses\.jsonl",
    file_names_that_look_alike: "pass for each other",
    secret_missing: _SECRET,
    secret_empty: _SECRET,
    secret_of_other_bytes: _SECRET,
    secret_is_a_folder: _SECRET,
    time_missing: _TIME,
    time_that_is_none: _TIME,
    time_earlier_than_the_folder_says: _TIME,
}

# Only an administrator can make these.
FOREIGN: dict[Callable[[Path], None], str] = {
    device: "zero is a device",
    file_of_somebody_else: r"responses\.jsonl belongs to sys, not to the owner of the folder",
    folder_of_somebody_else_inside: "inside belongs to sys, not to the owner of the folder",
    whole_folder_of_somebody_else: "belongs to sys, not to the person it names",
}

# Names of trainees that are no names, and why.
NAMES = {
    "..": "no user name",
    ".hidden": "no user name",
    "*": "no user name",
    "noor[a]": "no user name",
    "nоor": "no user name",  # with one Cyrillic letter
    "noor\x1b[2J": "no user name",
    "<b>noor": "no user name",
    "=1+1": "no user name",
    "n" * 65: "no user name",
    "Noor": "differs from noor in capitals only",
    "DILAN": "differs from dilan in capitals only",
    "dilan": "differs from DILAN in capitals only",
}
