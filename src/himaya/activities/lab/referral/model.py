"""Pure model of the referral lab: which service, what to share, by which way, and how the loop is closed.

No I/O, no clock, no randomness. `data` is what `himaya.activities.lab.referral.format` describes. What a person needs
is the `wants` of a practice card, and of a card that counts it stands in `key`, which a trainee's copy does not have.

Source: the seven steps are those of the guidance on referral that the lab cites. What counts as old, and that each part
weighs the same, are teaching choices of ours.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from himaya.activities.events import by_id, ids, read_id, read_ids
from himaya.activities.lab.listing import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.activities.kinds import State

    Part = Mapping[str, Any]


class Word(StrEnum):
    """The fixed words that this lab shows; those that are computed are in FAMILIES."""

    CHOOSE_CARD = "choose-card"
    PRACTICE_CARD = "practice-card"
    COUNTED_CARD = "counted-card"
    CARD_HEADING = "card-heading"
    PATH_HEADING = "path-heading"
    ALL_CARDS = "all-cards"
    LEFT_CARDS = "left-cards"
    DIRECTORY_HEADING = "directory-heading"
    FILTER_KIND = "filter-kind"
    FILTER_AREA = "filter-area"
    FILTER_GROUP = "filter-group"
    EVERYTHING = "everything"
    SHOWN_SERVICES = "shown-services"
    NO_SERVICE_SHOWN = "no-service-shown"
    DAYS_AGO = "days-ago"
    YES = "yes"
    NO = "no"
    NO_ACCESS_NOTE = "no-access-note"
    DECIDE_HEADING = "decide-heading"
    CHOOSE_SERVICE = "choose-service"
    PLEASE_CHOOSE = "please-choose"
    SHARE_HEADING = "share-heading"
    NOTHING_SHARED = "nothing-shared"
    NOTHING_TO_SEND = "nothing-to-send"
    CHOOSE_ROUTE = "choose-route"
    SEND = "send"
    DECIDE_AGAIN = "decide-again"
    NEED_SERVICE = "need-service"
    NEED_ROUTE = "need-route"
    NEED_NOTHING = "need-nothing"
    FOLLOW_HEADING = "follow-heading"
    CHOOSE_FOLLOW = "choose-follow"
    FOLLOW_BUTTON = "follow-button"
    NEED_FOLLOW = "need-follow"
    TOLD_HEADING = "told-heading"
    RIGHT = "right"
    NOT_YET = "not-yet"
    MISSING = "missing"
    BEYOND = "beyond"
    AGAINST = "against"
    COUNTED_DONE = "counted-done"
    TRY_AGAIN = "try-again"


NONE, DECLINED = "none", "declined"
"""What may stand in the place of a service: none of them fits today; the person says no."""
ALONE = "self"
"""The way on which nothing is sent: the person goes alone."""
PARTS = ("fit", "consent", "minimum", "loop")
"""What is looked at on each card; each weighs the same."""
STEPS = ("identify", "check", "explain", "consent", "send", "confirm", "follow-up")
COSTS = ("free", "fee")
CONSENTS = ("spoken", "written")
REASONS = (
    "unsafe", "kind", "group", "place", "language", "access", "staff", "cost", "signature", "asks-more", "old", "full",
)  # fmt: skip
STANDS = ("new", "sent", NONE, DECLINED, "chosen", "closed", "not-closed")
COLUMNS = (
    "kind", "area", "hours", "cost", "groups", "staff", "access", "languages", "consent", "asks", "checked", "places",
)  # fmt: skip
FAMILIES: dict[str, tuple[str, ...]] = {
    "why": REASONS,
    "stands": STANDS,
    "step": STEPS,
    "part": PARTS,
    "column": COLUMNS,
    "ends": (NONE, DECLINED),
    "later": ("sent", NONE, DECLINED),
    "cost": COSTS,
    "consent": CONSENTS,
}
"""Words whose ids are put together, such as `why-full`."""
_REACHED = {NONE: 2, DECLINED: 4}  # an honest no ends at the check; a refusal at the consent; what is sent is at 5


def start(data: Part, _seed: int) -> State:
    """Return the state before the first decision. Nothing here is drawn by lot."""
    return {"cards": {}, "counted": [card["id"] for card in data["cards"] if not card["practice"]]}


def decide(data: Part, state: State, value: object) -> State | None:
    """Return the state after one decision, or None where it does not fit.

    Args:
        data: The lab's data.
        state: Where the lab stands.
        value: One of `{card, service, share, route}`, `{card, follow}` and, on a practice card, `{card, again: true}`.
    """
    if not isinstance(value, dict):
        return None
    card = by_id(data["cards"], value["card"]) if read_id(value.get("card"), ids(data["cards"])) else None
    if card is None:
        return None
    keys = set(value) - {"card"}
    if keys == {"again"}:
        return _again(state, card, value)
    made = None
    if keys == {"service", "share", "route"}:
        made = _read_referral(data, value)
    elif keys == {"follow"}:
        made = _follow_up(data, state["cards"].get(card["id"]), value)
    return {**state, "cards": {**state["cards"], card["id"]: made}} if made else None


def _read_referral(data: Part, value: Part) -> dict[str, Any] | None:
    service = read_id(value["service"], [*ids(data["services"]), NONE, DECLINED])
    share = read_ids(value["share"], ids(data["fields"]))
    if service is None or share is None:
        return None
    made = {"service": service, "share": [field for field in ids(data["fields"]) if field in share], "follow": None}
    if service in _REACHED:
        return {**made, "route": ""} if not share and value["route"] == "" else None
    route = read_id(value["route"], ids(data["routes"]))
    return {**made, "route": route} if route and not (route == ALONE and share) else None


def _follow_up(data: Part, made: dict[str, Any] | None, value: Part) -> dict[str, Any] | None:
    follow = read_id(value["follow"], ids(data["follow_ups"]))
    return {**made, "follow": follow} if made and follow else None


def _again(state: State, card: Part, value: Part) -> State | None:
    if not card["practice"] or value["again"] is not True or card["id"] not in state["cards"]:
        return None
    return {**state, "cards": {name: made for name, made in state["cards"].items() if name != card["id"]}}


def finished(state: State) -> bool:
    """Return whether every card that counts has a decision and a follow-up."""
    return all(_done(state["cards"].get(name)) for name in state["counted"])


def _done(made: Part | None) -> bool:
    return made is not None and made["follow"] is not None


def answer_to(data: Part, card: Part) -> Part | None:
    """Return what the person of this card needs and agreed to, where this copy holds it."""
    if card.get("wants"):
        return card["wants"]  # type: ignore[no-any-return]
    return by_id(data["key"]["answers"], card["id"]) if data.get("key") else None


def misfits(data: Part, answer: Part, service: Part) -> list[str]:
    """Return why `service` does not fit the person whom `answer` is about; nothing where it fits.

    Each reason is the end of a word's id: `why-<reason>`. `unsafe` comes first, since nothing outweighs it.
    """
    alone = answer["routes"] == [ALONE]
    found = {
        "unsafe": service["id"] in answer["unsafe"],
        "kind": service["kind_of_help"] not in answer["kinds_of_help"],
        "group": answer["group"] not in service["groups_served"],
        "place": service["area"] not in answer["areas"],
        "language": answer["language"] not in service["speaks"],
        "access": not set(answer["access"]) <= set(service["access"]),
        "staff": answer["female_staff"] and not service["female_staff"],
        "cost": answer["free"] and service["cost"] != "free",
        "signature": service["consent_required"] == "written" and not answer["signs"],
        "asks-more": not alone and not set(service["asks"]) <= set(answer["agreed"]),
        "old": is_old(data, service),
        "full": service["capacity_left"] == 0,
    }
    return [reason for reason, holds in found.items() if holds]


def is_old(data: Part, service: Part) -> bool:
    """Return whether nobody has looked for too long if the entry is still right."""
    return bool(service["last_verified"] > data["old_after_days"])


def needed(data: Part, answer: Part, made: Part) -> set[str]:
    """Return the fewest fields that serve the person at the chosen service: none where the person goes alone."""
    service = by_id(data["services"], made["service"])
    if service is None or answer["routes"] == [ALONE]:
        return set()
    return {*service["asks"], *answer["also"]}


def judge(data: Part, answer: Part, made: Part | None) -> dict[str, bool]:
    """Return for each of PARTS whether it is right.

    A card that ends in another way than its person wanted earns at most the consent, and one that ends at a service
    which is not safe for the person earns nothing: what was shared, and how, makes it no safer.
    """
    if made is None or made["service"] in answer["unsafe"]:
        return dict.fromkeys(PARTS, False)
    service = by_id(data["services"], made["service"])
    same = answer["ends"] == ("service" if service else made["service"])
    asked = service is None or made["route"] in answer["routes"]
    return {
        "fit": same and (service is None or not misfits(data, answer, service)),
        "consent": asked and set(made["share"]) <= set(answer["agreed"]),
        "minimum": same and set(made["share"]) == needed(data, answer, made),
        "loop": same and made["follow"] in answer["follow"],
    }


def tell(data: Part, answer: Part, made: Part) -> State:
    """Return what feedback says of a decision: its `parts`, and the reasons behind them.

    Returns:
        `parts` as `judge`; `misfits` of the chosen service; `against` what the person agreed to, `missing` for the
        service and `beyond` what it needs, each a list of fields.
    """
    share = made["share"]
    service = by_id(data["services"], made["service"])
    asked = needed(data, answer, made)
    return {
        "parts": judge(data, answer, made),
        "misfits": misfits(data, answer, service) if service else [],
        "against": [field for field in share if field not in answer["agreed"]],
        "missing": [field for field in ids(data["fields"]) if field in asked and field not in share],
        "beyond": [field for field in share if field not in asked and field in answer["agreed"]],
    }


def view(data: Part, state: State) -> State:
    """Return where each card stands and, where its answer is at hand and it is done, what came of it.

    Returns:
        `cards`, each with `made` (the decision), `reached` (how many of STEPS are behind it, 1 to 7), `stands` (the end
        of a word's id: `stands-<stands>`) and `told`; and `left`, how many cards that count are not done.
    """
    cards = [_card_view(data, card, state["cards"].get(card["id"])) for card in data["cards"]]
    return {"cards": cards, "left": sum(1 for name in state["counted"] if not _done(state["cards"].get(name)))}


def _card_view(data: Part, card: Part, made: Part | None) -> State:
    drawn: State = {"id": card["id"], "practice": card["practice"], "made": made, "told": None}
    if made is None:
        return {**drawn, "reached": 1, "stands": "new"}
    ends = made["service"] if made["service"] in _REACHED else "sent"
    drawn["reached"] = _REACHED.get(ends, STEPS.index("send") + 1)
    if not _done(made):
        return {**drawn, "stands": ends}
    answer = answer_to(data, card)
    if answer is None:
        return {**drawn, "stands": "chosen"}
    drawn["told"] = tell(data, answer, made)
    if not drawn["told"]["parts"]["loop"]:
        return {**drawn, "stands": "not-closed"}
    return {**drawn, "stands": "closed", "reached": _REACHED.get(ends, len(STEPS))}


def score(data: Part, state: State) -> tuple[int, int]:
    """Return (parts that are right, parts in all) of the cards that count. Needs the key."""
    answers = data["key"]["answers"]
    earned = sum(sum(judge(data, answer, state["cards"].get(answer["id"])).values()) for answer in answers)
    return earned, len(PARTS) * len(answers)


def told(data: Part, words: Mapping[str, str], state: State) -> list[str]:
    """Return one line for each card that was decided: the person, the service, what was shared, how, what then."""
    lines = []
    for card in data["cards"]:
        made = state["cards"].get(card["id"])
        if made is None:
            continue
        service = by_id(data["services"], made["service"])
        parts = [service["title"] if service else words[f"ends-{made['service']}"]]
        if service:
            shared = [field["text"] for field in data["fields"] if field["id"] in made["share"]]
            parts.append(listed(shared) or words[Word.NOTHING_SHARED])
            parts += [route["text"] for route in data["routes"] if route["id"] == made["route"]]
        parts += [follow["text"] for follow in data["follow_ups"] if follow["id"] == made["follow"]]
        lines.append(f"{card['title']}: {listed(parts, ';')}")
    return lines


def judged(data: Part, words: Mapping[str, str], state: State) -> list[str]:
    """Return for each card that counts and each of PARTS whether it is right, and why. Needs the key."""
    lines = []
    for card in data["cards"]:
        answer = None if card["practice"] else answer_to(data, card)
        if answer is None:
            continue
        right = judge(data, answer, state["cards"].get(card["id"]))
        lines += [
            f"{card['title']}. {words['part-' + note['id']]}: "
            f"{words[Word.RIGHT if right[note['id']] else Word.NOT_YET]}. {note['text']}"
            for note in answer["notes"]
        ]
    return lines
