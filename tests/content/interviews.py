"""The sound module with a whole interview in it, and people who hold that conversation each in their own way."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import replay, score, step
from himaya.activities.interview.rules import ending, open_moves
from tests.content.sound import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MODULES = Path(__file__).parents[2] / "modules"
NAME = "whole-talk"
INTERVIEWS = {path.stem: path.parents[1].name for path in sorted(MODULES.glob("*/interviews/*.yaml"))}
"""The module of each interview."""
ASIDE = ("form-aloud", "store", "soap-box", "tape", "lamp", "cartons", "table", "window")
"""Moves that bring the two where nobody hears them."""
LIMITS = ("limits", "duty", "not-mine")
"""Moves that say what cannot be kept or given."""
PROMISES = ("nobody", "promise", "between-us", "secret")
"""Moves that promise what cannot be kept."""
_SHOWN = '```{code-cell} ipython3\nshow("short-walk")\n```\n'


def module_with_interview(target: Path) -> Path:
    """Write the sound module with a whole interview and its behaviours to `target` and return it."""
    shutil.copytree(FIXTURES / "sound-module", target)
    (target / "interviews").mkdir()
    written = (FIXTURES / "interviews" / f"{NAME}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^outcomes: .*$", "outcomes: [first-words, next-step]", written, flags=re.MULTILINE)
    (target / "interviews" / f"{NAME}.yaml").write_text(text, encoding="utf-8")
    shutil.copy(FIXTURES / "interviews" / "behaviours.yaml", target)
    prose = target / "module.md"
    text = prose.read_text(encoding="utf-8")
    prose.write_text(text.replace(_SHOWN, _SHOWN + "\n" + _SHOWN.replace("short-walk", NAME)), encoding="utf-8")
    return target


def played(activity: Any, choose: Callable[[list[tuple[Any, Any]], list[str]], Any]) -> dict[str, Any]:
    """Return the state of a conversation in which `choose` takes each move from those open and those said."""
    state: dict[str, Any] = replay(activity, [])
    while state["phase"] == "talk":
        said = [move for move, _ in state["path"]]
        move = choose(open_moves(activity, state["path"]), said)
        event = {"activity": activity["id"], "type": "choose", "turn": state["turn"], "choice": move["id"]}
        state = step(activity, state, event)
    return state


def _last(moves: list[tuple[Any, Any]]) -> Any:
    return [move for move, _ in moves if move["group"] == "close"][-1]


def harmful_only(moves: list[tuple[Any, Any]], _said: list[str]) -> Any:
    """Take what harms while anything does, then leave."""
    harmful = [move for move, reply in moves if reply["quality"] == "harmful" and not reply["ends"]]
    return harmful[0] if harmful else _last(moves)


def listens_only(moves: list[tuple[Any, Any]], said: list[str]) -> Any:
    """Step aside, say what cannot be kept, then say nothing while anything comes, then leave."""
    aside = [move for move, _ in moves if move["id"] in ASIDE]
    first = aside or [move for move, _ in moves if move["id"] in LIMITS and move["id"] not in said]
    quiet = [move for move, _ in moves if move["group"] == "silence"]
    return (first or quiet or [_last(moves)])[0]


def asks_everything(moves: list[tuple[Any, Any]], said: list[str]) -> Any:
    """Say everything once, in the order of the file, then leave."""
    open_ones = [move for move, _ in moves if move["group"] != "close" and move["id"] not in said]
    return open_ones[0] if open_ones else _last(moves)


def reads_the_file(moves: list[tuple[Any, Any]], _said: list[str]) -> Any:
    """Take what gains trust, then what reveals most, then the longest answer; end when nothing gains."""
    worth = [(reply["trust"], len(reply["tells"]) + len(reply["sets"]), len(reply["says"])) for _, reply in moves]
    best = max(range(len(moves)), key=worth.__getitem__)
    return moves[best][0] if worth[best][:2] > (0, 0) else _last(moves)


def reads_for_agreements(moves: list[tuple[Any, Any]], _said: list[str]) -> Any:
    """As `reads_the_file`, but whatever settles something comes before trust; a loss of trust is taken for it."""
    worth = [(len(reply["sets"]), len(reply["tells"]), reply["trust"], len(reply["says"])) for _, reply in moves]
    best = max(range(len(moves)), key=worth.__getitem__)
    return moves[best][0] if worth[best][:3] > (0, 0, 0) else _last(moves)


PLAYERS = {
    "harmful-only": harmful_only,
    "listens-only": listens_only,
    "asks-everything": asks_everything,
    "reads-the-file": reads_the_file,
    "reads-for-agreements": reads_for_agreements,
}


def told(activity: Any, state: Mapping[str, Any]) -> tuple[int, int, str, str]:
    """Return points, most points, the ending and its level."""
    end = ending(activity, state["path"])
    return (*score(activity, dict(state)), end["id"], end["level"])
