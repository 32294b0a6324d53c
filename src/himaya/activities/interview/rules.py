"""Interview: a conversation. Say something, hear the answer; what is told depends on trust and on what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from himaya.activities.events import by_id, is_count
from himaya.activities.key import pick, secrets, split
from himaya.activities.kind import Key, Public, Rules, initial_state
from himaya.activities.simulations import Likeness, Quality, SimulationActivity, SimulationState, skip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.kind import Event

Ended = Literal["", "closed", "left"]


class When(TypedDict):
    """A condition: trust and strain in their ranges (both ends belong to them), and marks that stand or do not."""

    trust: tuple[int, int]
    strain: tuple[int, int]
    has: list[str]
    any: list[str]
    lacks: list[str]


class Person(TypedDict):
    """Whom one talks with."""

    name: str
    gender: Literal["woman", "man"]
    age: int
    life: str
    portrait: NotRequired[Likeness]


class Gauge(TypedDict):
    """A small whole number from 0 up to `max`."""

    start: int
    max: int


class Stage(TypedDict):
    """A part of the conversation, such as at the counter or in the room."""

    id: str
    text: str


class Fact(TypedDict):
    """Something that may be told; from `need` on it is part of the key."""

    id: str
    text: str
    need: NotRequired[Literal["must", "may", "private"]]
    why: NotRequired[str]
    planned: NotRequired[list[str]]


class Agreement(TypedDict):
    """Something that may be agreed; `need` is part of the key."""

    id: str
    text: str
    need: NotRequired[Literal["must", "may"]]


class Behaviour(TypedDict):
    """Something that can be seen in how a worker talks."""

    id: str
    level: Literal["harmful", "basic", "advanced"]
    text: str


class Reply(TypedDict):
    """What a person may answer; from `quality` on it is part of the key."""

    id: str
    when: When
    says: str
    tells: list[str]
    trust: int
    strain: int
    sets: list[str]
    clears: list[str]
    stage: str
    ends: bool
    quality: NotRequired[Quality]
    shows: NotRequired[list[str]]


class Move(TypedDict):
    """Something that the trainee may say or do."""

    id: str
    group: str
    text: str
    stages: list[str]
    available: When
    replies: list[Reply]


class InterviewEnding(TypedDict):
    """What became of it."""

    id: str
    title: str
    text: str
    level: Literal["good", "open", "harm"]
    when: When


class Told(TypedDict):
    """One sentence of the debrief, spoken where it holds."""

    when: When
    text: str


class InterviewActivity(SimulationActivity):
    """A compiled interview. A graded trainee's copy has one ending and no words for the debrief."""

    kind: Literal["interview"]
    setting: str
    person: Person
    opening: str
    leaving: str
    trust: Gauge
    strain: Gauge
    stages: list[Stage]
    facts: list[Fact]
    agreements: list[Agreement]
    moves: list[Move]
    endings: list[InterviewEnding]
    behaviours: list[Behaviour]
    friend: list[Told]
    questions: list[str]
    example: list[str]


class InterviewState(SimulationState):
    """`path` holds [move, reply] pairs of this conversation. The phase is talk, skipped or ended."""

    path: list[list[str]]


class Standing(TypedDict):
    """Where a conversation stands; `marks` holds what is told, agreed or noted, in the order in which it came."""

    stage: str
    trust: int
    strain: int
    marks: list[str]
    ended: Ended


class Line(TypedDict):
    """One exchange."""

    move: str
    text: str
    says: str
    quality: NotRequired[Quality]
    shows: NotRequired[list[str]]


class Shown(TypedDict):
    """A behaviour, and the numbers from 0 of the lines in which it was shown."""

    id: str
    level: str
    text: str
    lines: list[int]


class Debrief(TypedDict):
    """What is told after a conversation; needs the key. `better` is another conversation from the same start."""

    ending: str
    friend: list[str]
    learned: list[str]
    missed: list[str]
    needless: list[str]
    agreed: list[str]
    unplanned: list[str]
    behaviours: list[Shown]
    lines: list[Line]
    better: list[Line]


_FACT = ("id", "text")
_MOVE = ("id", "group", "text", "stages", "available")
_REPLY = ("id", "when", "says", "tells", "trust", "strain", "sets", "clears", "stage", "ends")


class InterviewRules:
    """Needed facts and agreements, less harmful moves and private facts that were asked for.

    Nobody gives the same answer to the same move twice: a move is open while its answer would be another one. So a
    conversation ends, when it is closed, when the person leaves or when nothing is left to say.
    """

    public = Public(
        (
            *("minutes", "content_note", "alternative", "setting", "person", "opening", "leaving"),
            *("trust", "strain", "stages"),
        ),
        entries={"facts": _FACT, "agreements": _FACT},
    )

    def start(self, activity: InterviewActivity, seed: int) -> InterviewState:  # noqa: ARG002 - a rule of every kind
        """Return the state before the first event."""
        return {**initial_state(seed, "talk"), "path": [], "value": ""}

    def step(self, activity: InterviewActivity, state: InterviewState, event: Event) -> InterviewState | None:
        """Return the next state, or None where the event does not fit the place the journal has reached."""
        kind = event.get("type")
        if not is_count(event.get("turn"), state["turn"]):
            return None
        if kind == "choose":
            return _say(activity, state, event)
        if kind in ("skip", "answer", "unskip"):
            return skip(state, "talk", event)
        if activity["mode"] != "practice" or state["phase"] == "skipped" or state["path"] == []:
            return None
        return _again(state, event)

    def score(self, activity: InterviewActivity, state: InterviewState) -> tuple[int, int]:
        """Return the share earned."""
        most = most_points(activity)
        if state["phase"] != "ended":
            return 0, most
        told = debrief(activity, state["path"])
        needed = sum(_is_needed(activity, name) for name in [*told["learned"], *told["agreed"]])
        harmful = sum(line["quality"] == "harmful" for line in told["lines"])
        return max(0, needed - harmful - len(told["needless"])), most

    def split(self, whole: InterviewActivity) -> tuple[dict[str, Any], Key]:
        """Return the public copy, and the key: needs, qualities, behaviours, endings and the words of the debrief."""
        copy, key = split(whole, self.public)
        copy["moves"] = [
            {**pick(move, _MOVE), "replies": [pick(reply, _REPLY) for reply in move["replies"]]}
            for move in whole["moves"]
        ]
        copy["endings"] = [{"id": "finished", "title": "", "text": "", "level": "open", "when": _always()}]
        copy |= {"behaviours": [], "friend": [], "questions": [], "example": []}
        key["moves"] = {move["id"]: secrets(move["replies"], _REPLY) for move in whole["moves"]}
        return copy, key

    def join(self, public: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, Any]:
        """Return the whole interview."""
        whole = {
            **public,
            **{name: value for name, value in key.items() if name not in ("moves", *self.public.entries)},
        }
        for name in self.public.entries:
            whole[name] = [{**entry, **key[name][entry["id"]]} for entry in public[name]]
        whole["moves"] = [
            {**move, "replies": [{**reply, **key["moves"][move["id"]][reply["id"]]} for reply in move["replies"]]}
            for move in public["moves"]
        ]
        return whole


def _always() -> dict[str, Any]:
    """Return a condition that always holds, as JSON has it."""
    return {"trust": [0, 99], "strain": [0, 99], "has": [], "any": [], "lacks": []}


def _say(activity: InterviewActivity, state: InterviewState, event: Event) -> InterviewState | None:
    if state["phase"] != "talk":
        return None
    move = by_id(activity["moves"], event.get("choice"))
    stands = standing(activity, state["path"])
    reply = move and _answer(stands, move, state["path"])
    if move is None or reply is None:
        return None
    path = [*state["path"], [move["id"], reply["id"]]]
    stands = after(activity, stands, reply)
    if stands["ended"] != "" or not any(_answer(stands, one, path) for one in activity["moves"]):
        return {**state, "path": path, "phase": "ended", "finished": True}
    return {**state, "path": path}


def _again(state: InterviewState, event: Event) -> InterviewState | None:
    """Practice may go back to before any line, and may begin anew."""
    if event.get("type") == "restart":
        return {**state, "phase": "talk", "path": []}
    if event.get("type") == "back":
        for number in range(len(state["path"])):
            if is_count(event.get("value"), number):
                return {**state, "phase": "talk", "path": state["path"][:number]}
    return None


def holds(when: When, stands: Standing) -> bool:
    """Return whether a condition holds."""
    marks = stands["marks"]
    return (
        when["trust"][0] <= stands["trust"] <= when["trust"][1]
        and when["strain"][0] <= stands["strain"] <= when["strain"][1]
        and all(name in marks for name in when["has"])
        and (when["any"] == [] or any(name in marks for name in when["any"]))
        and not any(name in marks for name in when["lacks"])
    )


def beginning(activity: InterviewActivity) -> Standing:
    """Return where a conversation stands before the first move."""
    return {
        "stage": activity["stages"][0]["id"],
        "trust": activity["trust"]["start"],
        "strain": activity["strain"]["start"],
        "marks": [],
        "ended": "",
    }


def after(activity: InterviewActivity, stands: Standing, reply: Reply) -> Standing:
    """Return where a conversation stands after a reply: who has no trust left, or has had too much, leaves."""
    trust = min(activity["trust"]["max"], max(0, stands["trust"] + reply["trust"]))
    strain = min(activity["strain"]["max"], max(0, stands["strain"] + reply["strain"]))
    marks = list(stands["marks"])
    for name in [*reply["tells"], *reply["sets"]]:
        if name not in marks:
            marks.append(name)
    marks = [name for name in marks if name not in reply["clears"]]
    ended: Ended = ""
    if reply["ends"]:
        ended = "closed"
    elif trust == 0 or strain == activity["strain"]["max"]:
        ended = "left"
    stage = reply["stage"] or stands["stage"]
    return {"stage": stage, "trust": trust, "strain": strain, "marks": marks, "ended": ended}


def standing(activity: InterviewActivity, path: list[list[str]]) -> Standing:
    """Return where a conversation stands after `path`."""
    stands = beginning(activity)
    for said in path:
        stands = after(activity, stands, _reply(activity, said))
    return stands


def _move(activity: InterviewActivity, name: str) -> Move:
    move = by_id(activity["moves"], name)
    assert move is not None  # noqa: S101 - a state holds only known moves
    return move


def _reply(activity: InterviewActivity, said: list[str]) -> Reply:
    reply = by_id(_move(activity, said[0])["replies"], said[1])
    assert reply is not None  # noqa: S101 - as above
    return reply


def open_moves(activity: InterviewActivity, path: list[list[str]]) -> list[tuple[Move, Reply]]:
    """Return what can be said after `path`, each with the answer that it gets."""
    stands = standing(activity, path)
    return [(move, reply) for move in activity["moves"] if (reply := _answer(stands, move, path)) is not None]


def _answer(stands: Standing, move: Move, path: list[list[str]]) -> Reply | None:
    """Return the answer that a move gets where a conversation stands after `path`; None where it is not open."""
    if (move["stages"] == [] or stands["stage"] in move["stages"]) and holds(move["available"], stands):
        reply = next((one for one in move["replies"] if holds(one["when"], stands)), None)
        if reply is not None and [move["id"], reply["id"]] not in path:
            return reply
    return None


def most_points(activity: InterviewActivity) -> int:
    """Return how many facts and agreements are needed; at least 1."""
    needed = [entry for entry in [*activity["facts"], *activity["agreements"]] if entry["need"] == "must"]
    return max(1, len(needed))


def _is_needed(activity: InterviewActivity, name: str) -> bool:
    entry = by_id([*activity["facts"], *activity["agreements"]], name)
    return entry is not None and entry["need"] == "must"


def ending(activity: InterviewActivity, path: list[list[str]]) -> InterviewEnding:
    """Return what becomes of a conversation: the first ending that holds, or the last."""
    stands = _seen(activity, path)
    return next((one for one in activity["endings"] if holds(one["when"], stands)), activity["endings"][-1])


def _seen(activity: InterviewActivity, path: list[list[str]]) -> Standing:
    """Return where a conversation stands for who looks back: behaviours and how it ended are marks, too."""
    stands = standing(activity, path)
    marks = list(stands["marks"])
    for said in path:
        for name in _reply(activity, said).get("shows", []):
            if name not in marks:
                marks.append(name)
    if stands["ended"] != "":
        marks.append(stands["ended"])
    return {**stands, "marks": marks}


def debrief(activity: InterviewActivity, path: list[list[str]]) -> Debrief:
    """Return what is told after `path`; needs the key."""
    stands = _seen(activity, path)
    marks = stands["marks"]
    known = [fact for fact in activity["facts"] if fact["id"] in marks]
    asked: list[str] = []
    for said in path:
        reply = _reply(activity, said)
        if reply["quality"] != "best":
            asked += [name for name in reply["tells"] if name not in asked]
    agreed = [entry["id"] for entry in activity["agreements"] if entry["id"] in marks]
    return {
        "ending": ending(activity, path)["id"],
        "friend": [one["text"] for one in activity["friend"] if holds(one["when"], stands)],
        "learned": [fact["id"] for fact in known],
        "missed": [fact["id"] for fact in activity["facts"] if fact["need"] == "must" and fact["id"] not in marks],
        "needless": [fact["id"] for fact in known if fact["need"] == "private" and fact["id"] in asked],
        "agreed": agreed,
        "unplanned": [
            fact["id"] for fact in known if fact["planned"] and not any(name in agreed for name in fact["planned"])
        ],
        "behaviours": behaviours(activity, path),
        "lines": lines(activity, path),
        "better": lines(activity, spoken(activity, activity["example"])),
    }


def lines(activity: InterviewActivity, path: list[list[str]]) -> list[Line]:
    """Return each exchange of `path`."""
    found = []
    for said in path:
        reply = _reply(activity, said)
        line = Line(move=said[0], text=_move(activity, said[0])["text"], says=reply["says"])
        if "quality" in reply:
            line["quality"] = reply["quality"]
        if "shows" in reply:
            line["shows"] = reply["shows"]
        found.append(line)
    return found


def spoken(activity: InterviewActivity, moves: list[str]) -> list[list[str]]:
    """Return the path that `moves` lead to; one that is not open is passed over."""
    path: list[list[str]] = []
    stands = beginning(activity)
    for name in moves:
        move = by_id(activity["moves"], name)
        reply = move and _answer(stands, move, path)
        if move is not None and reply is not None:
            path.append([move["id"], reply["id"]])
            stands = after(activity, stands, reply)
            if stands["ended"] != "":
                break
    return path


def behaviours(activity: InterviewActivity, path: list[list[str]]) -> list[Shown]:
    """Return what can be seen in `path` of how a worker talks, in the order of the activity."""
    found = []
    shows = [_reply(activity, said).get("shows", []) for said in path]
    for one in activity["behaviours"]:
        at = [n for n, names in enumerate(shows) if one["id"] in names]
        if at:
            found.append(Shown(id=one["id"], level=one["level"], text=one["text"], lines=at))
    return found


RULES: Rules[InterviewActivity, InterviewState] = InterviewRules()
