"""Complaint intake and the first 24 hours: a form that is filled in and cards that get a time, or are never done.

Nothing is sent anywhere. What was typed is kept as it is, right or wrong; `view` says what does not fit.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from himaya.activities.lab.listing import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from himaya.activities.lab.model import Data, State


class Word(StrEnum):
    """The fixed words that this lab shows; those that are computed are in FAMILIES."""

    CONCERN = "concern"
    STORY = "story"
    FORM = "form"
    FORM_WARNING = "form-warning"
    CARDS = "cards"
    CARDS_HELP = "cards-help"
    PICTURE = "picture"
    PICTURE_HELP = "picture-help"
    NEVER = "never"
    NOT_PLACED = "not-placed"
    OPEN = "open"
    NOTHING_OPEN = "nothing-open"
    RUBRIC = "rubric"
    UNSAFE = "unsafe"
    RIGHT_OF = "right-of"
    LOOK_AGAIN = "look-again"
    ALL_MET = "all-met"
    REQUIRED = "required"
    CODE_SHAPE = "code-shape"
    TIME_SHAPE = "time-shape"
    TIME_ORDER = "time-order"
    CONTACT_NEEDED = "contact-needed"
    SUMMARY_LONG = "summary-long"
    NOT_OFFERED = "not-offered"
    TOO_LONG = "too-long"
    LOOKS_LIKE_CONTACT = "looks-like-contact"
    LOOKS_LIKE_NAME = "looks-like-name"
    LOOKS_LIKE_JUDGING = "looks-like-judging"
    COUNTS_LATER = "counts-later"
    TRAINER_READS = "trainer-reads"


NEVER = "never"
"""In the place of a time: it is never done."""
MOST_CHARACTERS = 600
MOST_WORDS = 60
CHOICES: dict[str, tuple[str, ...]] = {
    "channel": ("desk", "phone", "box", "colleague"),
    "third-party": ("yes", "no"),
    "consent": ("yes", "no"),
    "contact-way": ("desk", "phone", "home", "family", "no-contact"),
    "concern-type": ("sea", "harassment", "other", "unsure"),
    "under-18": ("yes", "no", "unknown"),
    "safety-need": ("yes", "no", "unknown"),
    "reported-to": ("official-channel", "focal-point", "site-manager", "nobody-yet"),
}
"""Fields with one choice each, and their options."""
SEVERAL = ("offered", "accepted")
SUPPORT = ("safety", "medical", "psychosocial", "legal", "basic-help")
TYPED = ("intake-code", "received-at", "received-by", "safe-contact", "summary", "reported-at")
FIELDS = (
    *("intake-code", "received-at", "channel", "received-by", "third-party", "consent", "contact-way", "safe-contact"),
    *("concern-type", "under-18", "safety-need", "summary", "offered", "accepted", "reported-to", "reported-at"),
)
"""In the order of the form."""
CRITERIA = ("safety", "delay", "record", "need-to-know", "support", "no-investigation")
HELPED = ("intake-code", "received-at", "summary", "safe-contact", "accepted")
"""Fields that have a line of help."""
FAMILIES: dict[str, tuple[str, ...]] = {
    "field": FIELDS,
    "help": HELPED,
    "option": tuple(option for options in CHOICES.values() for option in options),
    "support": SUPPORT,
    "criterion": CRITERIA,
}
"""Words whose ids are put together, such as `option-desk`."""

_CODE = re.compile(r"[A-Za-z]{2,4}-\d{2,4}")
_TIME = re.compile(r"(\d{1,2})[:.\u066b](\d\d)")
_HOURS, _MINUTES = 24, 60
_UNSAFE = 3  # a day with a harmful act earns no more than one part of so many
_PHONE = re.compile(r"\d(?:[\s\-/().]?\d){6,}")
_MAIL = re.compile(r"\S+@\S+")


def start(data: Data, seed: int) -> State:  # noqa: ARG001 - nothing here is left to chance
    """Return empty forms and cards without a time, by concern."""
    cards = dict.fromkeys(card["id"] for card in data["cards"])
    return {"concerns": {concern["id"]: {"form": {}, "cards": dict(cards)} for concern in data["concerns"]}}


def decide(data: Data, state: State, value: object) -> State | None:
    """Return the state after a field was filled in or a card got its time; None where the value is neither.

    Values: {"concern", "field", "value"}, or {"concern", "card", "at"} with a slot, "never" or None to take it back.
    """
    if not isinstance(value, dict) or not isinstance(value.get("concern"), str):
        return None
    concern = state["concerns"].get(value["concern"])
    if concern is None:
        return None
    if set(value) == {"concern", "field", "value"}:
        entry = _read(value["field"], value["value"])
        if entry is None:
            return None
        changed = {**concern, "form": {**concern["form"], value["field"]: entry}}
    elif set(value) == {"concern", "card", "at"}:
        places = (NEVER, None, *(slot["id"] for slot in data["slots"]))
        known = any(card["id"] == value["card"] for card in data["cards"])
        if not known or not isinstance(value["at"], str | None) or value["at"] not in places:
            return None
        changed = {**concern, "cards": {**concern["cards"], value["card"]: value["at"]}}
    else:
        return None
    return {"concerns": {**state["concerns"], value["concern"]: changed}}


def _read(field: object, value: object) -> str | list[str] | None:
    """Return what may stand in a field, or None."""
    if not isinstance(field, str) or field not in FIELDS:
        return None
    if field in SEVERAL:
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            return None
        chosen = [name for name in SUPPORT if name in value]
        return chosen if len(chosen) == len(value) else None
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
        return None
    return value if field in TYPED or value in CHOICES[field] else None


def problems(form: Mapping[str, Any]) -> dict[str, Word]:
    """Return for each field that keeps the form from being finished the word that says why."""
    found = {name: Word.REQUIRED for name in FIELDS if name not in ("safe-contact", "accepted") and not form.get(name)}
    code, received, reported = (
        str(form.get(name, "")).strip() for name in ("intake-code", "received-at", "reported-at")
    )
    if code and not _CODE.fullmatch(code):
        found["intake-code"] = Word.CODE_SHAPE
    times = {"received-at": received, "reported-at": reported}
    read = {name: minutes(text) for name, text in times.items()}
    found |= {name: Word.TIME_SHAPE for name, text in times.items() if text and read[name] is None}
    before, after = read["received-at"], read["reported-at"]
    if before is not None and after is not None and after < before:
        found["reported-at"] = Word.TIME_ORDER
    if form.get("consent") == "yes" and not str(form.get("safe-contact", "")).strip():
        found["safe-contact"] = Word.CONTACT_NEEDED
    if len(str(form.get("summary", "")).split()) > MOST_WORDS:
        found["summary"] = Word.SUMMARY_LONG
    if not set(form.get("accepted", ())) <= set(form.get("offered", ())):
        found["accepted"] = Word.NOT_OFFERED
    return found


def minutes(text: str) -> int | None:
    """Return a time of day such as 10:05, in digits of any script, as minutes after midnight; None if it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return hour * _MINUTES + minute if hour < _HOURS and minute < _MINUTES else None


def reminders(form: Mapping[str, Any], names: str = "", judging: Sequence[str] = ()) -> dict[str, Word]:
    """Return for each typed field that seems unsafe the word that reminds; it keeps nobody waiting.

    Args:
        form: What stands in the form.
        names: The names in the story, with commas between them.
        judging: Phrases that judge the person who speaks; they have no place in a summary.
    """
    known = [name.strip().casefold() for name in re.split("[,،]", names) if name.strip()]
    found = {}
    for field in ("summary", "safe-contact", "received-by", "intake-code"):
        text = str(form.get(field, ""))
        if _PHONE.search(text) or _MAIL.search(text):
            found[field] = Word.LOOKS_LIKE_CONTACT
        elif any(name in re.findall(r"\w+", text.casefold()) for name in known):
            found[field] = Word.LOOKS_LIKE_NAME
        elif field == "summary" and any(_begins(phrase, text) for phrase in judging):
            found[field] = Word.LOOKS_LIKE_JUDGING
    return found


def _begins(phrase: str, text: str) -> bool:
    """Return whether a phrase stands in a text where a word begins, or after the "and" that Arabic writes onto it."""
    return re.search(rf"(?<!\w)[وف]?{re.escape(phrase)}", text, re.IGNORECASE) is not None


def _reminders(data: Data, concern: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Word]:
    return reminders(form, concern["names"], data["judging"]["lines"])


def view(data: Data, state: State) -> dict[str, Any]:
    """Return each concern with its form, its cards, what is open, and, where the key is known, the rubric."""
    concerns = []
    for concern in data["concerns"]:
        here = state["concerns"][concern["id"]]
        wrong = problems(here["form"])
        unplaced = [card["id"] for card in data["cards"] if here["cards"].get(card["id"]) is None]
        told = {
            "id": concern["id"],
            "form": here["form"],
            "cards": here["cards"],
            "problems": wrong,
            "reminders": _reminders(data, concern, here["form"]),
            "open": len(wrong) + len(unplaced),
        }
        if "key" in data:
            told["rubric"] = rubric(data, concern["id"], here)
        concerns.append(told)
    return {"concerns": concerns, "finished": all(one["open"] == 0 for one in concerns)}


def finished(state: State) -> bool:
    """Return whether each form is in order and each card has its place."""
    concerns = state["concerns"].values()
    return all(not problems(one["form"]) and None not in one["cards"].values() for one in concerns)


def _judged(data: Data, concern: str, here: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Yield each card and each field of the key: its criterion, its id, whether it is right.

    A summary is no part of the key, as no computer can tell a safe one. One that is surely unsafe costs a part.
    """
    order = [slot["id"] for slot in data["slots"]]
    for card in data["key"]["cards"]:
        if card["concern"] not in ("", concern):
            continue
        at = here["cards"].get(card["id"])
        if card["last"] == NEVER:
            right = at == NEVER
        else:
            right = at in order and order.index(card["first"]) <= order.index(at) <= order.index(card["last"])
        yield card["criterion"], card["id"], right
    for field in data["key"]["fields"]:
        if field["concern"] == concern:
            yield field["criterion"], field["id"], _fits(field, here["form"].get(field["field"]))
    told = next(one for one in data["concerns"] if one["id"] == concern)
    if "summary" in _reminders(data, told, here["form"]):
        yield "record", "summary", False


def _fits(key: Mapping[str, Any], entry: object) -> bool:
    """Return whether what stands in a field is what its key asks for: a time, a set of support, or one option."""
    if key["earliest"] is not None:
        at, first, last = (minutes(str(time)) for time in (entry, key["earliest"], key["latest"]))
        return at is not None and first is not None and last is not None and first <= at <= last
    if isinstance(entry, list) or key["field"] in SEVERAL:
        return sorted(entry or ()) == sorted(key["values"]) if isinstance(entry, list | None) else False
    return entry in key["values"]


def rubric(data: Data, concern: str, here: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each criterion how much was right, of how much, and the ids of the rest; needs the key."""
    judged = list(_judged(data, concern, here))
    return [
        {
            "criterion": criterion,
            "right": sum(right for one, _, right in judged if one == criterion),
            "of": sum(one == criterion for one, _, _ in judged),
            "rest": [name for one, name, right in judged if one == criterion and not right],
        }
        for criterion in CRITERIA
    ]


def harmful(data: Data, concern: str, here: Mapping[str, Any]) -> list[str]:
    """Return the ids of the cards whose time makes the whole day unsafe; needs the key. Older keys name none."""
    right = {name: fits for _, name, fits in _judged(data, concern, here)}
    return [
        card["id"]
        for card in data["key"]["cards"]
        if card.get("harmful") and card["concern"] in ("", concern)
        if here["cards"].get(card["id"]) is not None and not right[card["id"]]
    ]


def score(data: Data, state: State) -> tuple[int, int]:
    """Return how much of the key was met, of how much, over all concerns; with a harmful act, a third at most."""
    concerns = state["concerns"].items()
    parts = [part for concern, here in concerns for part in rubric(data, concern, here)]
    right, of = sum(part["right"] for part in parts), max(1, sum(part["of"] for part in parts))
    unsafe = any(harmful(data, concern, here) for concern, here in concerns)
    return min(right, of // _UNSAFE) if unsafe else right, of


def judged(data: Data, words: Mapping[str, str], state: State) -> list[str]:
    """Return for each concern and criterion how much was right, and why for what was not; needs the key."""
    key = data["key"]
    names = {card["id"]: card["text"] for card in data["cards"]} | {"summary": words["field-summary"]}
    names |= {one["id"]: words[f"field-{one['field']}"] for one in key["fields"]}
    lines = []
    for concern in data["concerns"]:
        here = state["concerns"][concern["id"]]
        why = reasons(data, words, concern["id"], here)
        if acts := harmful(data, concern["id"], here):
            lines.append(f"{concern['title']}. {unsafe(data, words, acts)}")
        for part in rubric(data, concern["id"], here):
            counted = words[Word.RIGHT_OF].replace("{right}", str(part["right"])).replace("{of}", str(part["of"]))
            lines.append(f"{concern['title']}. {words['criterion-' + part['criterion']]}: {counted}")
            lines += [f"{names[name]}: {why[name]}" for name in part["rest"]]
    return [*lines, words[Word.TRAINER_READS]]


def unsafe(data: Data, words: Mapping[str, str], acts: Sequence[str]) -> str:
    """Return the sentence that names harmful acts."""
    texts = {card["id"]: card["text"] for card in data["cards"]}
    return words[Word.UNSAFE].replace("{acts}", listed((texts[name] for name in acts), ";"))


def reasons(data: Data, words: Mapping[str, str], concern: str, here: Mapping[str, Any]) -> dict[str, str]:
    """Return why each card and field of one concern is right as the key has it, by id; needs the key."""
    key = data["key"]
    why = {one["id"]: one["rationale"] for one in key["cards"] if one["concern"] in ("", concern)}
    why |= {one["id"]: one["rationale"] for one in key["fields"]}
    told = next(one for one in data["concerns"] if one["id"] == concern)
    reminder = _reminders(data, told, here["form"]).get("summary")
    return why | ({"summary": words[reminder]} if reminder else {})


def told(data: Data, words: Mapping[str, str], state: State) -> list[str]:
    """Return each form and the time of each card."""
    slots = {slot["id"]: slot["text"] for slot in data["slots"]} | {NEVER: words[Word.NEVER]}
    lines = []
    for concern in data["concerns"]:
        here = state["concerns"][concern["id"]]
        lines.append(concern["title"])
        lines += [
            f"{words[f'field-{name}']}: {_said(words, name, here['form'][name])}"
            for name in FIELDS
            if name in here["form"]
        ]
        placed = [(card["text"], here["cards"].get(card["id"])) for card in data["cards"]]
        lines += [f"{text} ({slots[at]})" for text, at in placed if at is not None]
    return lines


def _said(words: Mapping[str, str], field: str, entry: str | list[str]) -> str:
    """Return an entry in words; what was typed stays as it was typed."""
    if isinstance(entry, list):
        return listed(words[f"support-{name}"] for name in entry)
    # An isolate on each side: what was typed may run the other way than the words of the lab.
    return words[f"option-{entry}"] if field in CHOICES else f"\u2068{entry}\u2069"
