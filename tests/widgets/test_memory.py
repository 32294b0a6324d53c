"""What a trainee's kernel holds: no graders, no data frames, and little memory, also after Submit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from himaya.publish.assignment import write_assignment
from tests.engine.shipped import loaded
from tests.shipped import a_module
from tests.widgets.hosts import KernelHost

_HEAVY = ("pandas", "numpy", "pydantic", "nbgrader", "jupytext", "sqlalchemy", "nbconvert", "ruamel.yaml")
_LIMIT = 67.0  # MB; 58.4 measured with the 34 activities of the first module
_RECEIVE = """
from himaya_widgets import cells
box = next(widget for widget in cells._drawn if type(widget).__name__ == "HandIn")
told = []
box.send = lambda content, buffers=None: told.append(content)
box._receive(box, {"type": "submit"}, [])
print(told[0]["type"])
"""


def _resident(process: int) -> float:
    """Return the resident memory of a process in MB."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_assignment(loaded(a_module("core-protection")), tmp_path_factory.mktemp("m"), "course")


def test_importing_the_widgets_imports_nothing_heavy() -> None:
    code = f"import sys, himaya_widgets; print([name for name in {_HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_drawing_an_activity_imports_nothing_heavy(folder: Path) -> None:
    code = (
        "import sys; from himaya_widgets import show, submit; show('one-promise'); submit();"
        f"print([name for name in {_HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_kernel_stays_small_and_loads_no_grader(folder: Path) -> None:
    activities = json.loads((folder / "activities.json").read_text(encoding="utf-8"))["activities"]
    kernel = KernelHost(folder, next(iter(activities)))
    bare = _resident(kernel.process)
    for name in list(activities)[1:]:
        kernel.run(f'show("{name}")')
    kernel.run("submit()")
    # What the first page asks for, packed once and kept.
    kernel.put({"type": "bundle"})
    assert kernel.answer(20) == {"bundle": True}
    drawn = _resident(kernel.process)
    kernel.shown.clear()
    kernel.run(_RECEIVE)
    assert kernel.shown[-1].strip() == "refused", "there is no exchange here; the call was made all the same"
    after = _resident(kernel.process)
    kernel.run(f"import sys; print([name for name in {_HEAVY!r} if name in sys.modules])")
    loaded = kernel.shown[-1].strip()
    kernel.kill()
    print(f"one activity {bare:.1f} MB, all {len(activities)} {drawn:.1f} MB, after Submit {after:.1f} MB")
    assert loaded == "[]"
    assert drawn <= _LIMIT
    assert after - drawn < 3
