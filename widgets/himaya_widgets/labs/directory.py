"""The referral lab's list of services: three fields that narrow it, and one entry that opens for each service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import VBox

from himaya.activities.lab.referral.model import Word
from himaya_widgets.labs.fields import choose, html, paragraphs, text_html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def pairs(entries: Sequence[Mapping[str, str]]) -> list[tuple[str, Any]]:
    """Return entries of the lab's data as options of a field."""
    return [(entry["text"], entry["id"]) for entry in entries]


def names_of(entries: Sequence[Mapping[str, str]], wanted: Sequence[str]) -> list[str]:
    """Return the texts of the `wanted` ids, in the order of the data."""
    return [entry["text"] for entry in entries if entry["id"] in wanted]


class Directory:
    """Draws the services that are left; each entry is a `details` element, so keys and small screens have it too.

    Attributes:
        widgets: What is displayed.
    """

    def __init__(
        self, data: Mapping[str, Any], word: Callable[..., str], number: Callable[[object], str], dot: str
    ) -> None:
        """Draw all of them.

        Args:
            data: The lab's data.
            word: Returns one of the lab's words with numbers filled in.
            number: Writes a number in the digits of the page.
            dot: What stands between entries of a list in this language.
        """
        self._data, self._word, self._number, self._dot = data, word, number, dot
        everything = (word(Word.EVERYTHING), None)
        self._filters = {
            name: choose(
                f"filter-{name}", word(f"filter-{name}"), [everything, *pairs(data[among])], self._draw, style="list"
            )
            for name, among in (("kind", "kinds_of_help"), ("area", "areas"), ("group", "groups"))
        }
        self._list = html(key="directory")
        narrow = VBox([field.box for field in self._filters.values()])
        narrow.add_class("himaya-grid")
        self.widgets = [narrow, self._list]
        self._draw(None)

    def _draw(self, _value: object) -> None:
        kind, area, group = (field.value for field in self._filters.values())
        left = [
            service
            for service in self._data["services"]
            if kind in (None, service["kind_of_help"])
            and area in (None, service["area"])
            and (group is None or group in service["groups_served"])
        ]
        said = text_html(self._word(Word.SHOWN_SERVICES, shown=len(left), all=len(self._data["services"])))
        entries = "".join(map(self._entry, left)) or paragraphs([self._word(Word.NO_SERVICE_SHOWN)])
        unfolded = " open" if len(left) < len(self._data["services"]) else ""  # all of them are long on a phone
        self._list.value = f'<details{unfolded}><summary><span role="status">{said}</span></summary>{entries}</details>'

    def _entry(self, service: Mapping[str, Any]) -> str:
        data, word = self._data, self._word
        kind = self._dot.join(names_of(data["kinds_of_help"], [service["kind_of_help"]]))
        area = self._dot.join(names_of(data["areas"], [service["area"]]))
        rows = {
            "kind": kind,
            "area": area,
            "hours": service["text"],
            "cost": word(f"cost-{service['cost']}"),
            "groups": self._dot.join(names_of(data["groups"], service["groups_served"])),
            "staff": word(Word.YES if service["female_staff"] else Word.NO),
            "access": self._dot.join(names_of(data["access"], service["access"])) or word(Word.NO_ACCESS_NOTE),
            "languages": self._dot.join(names_of(data["speaks"], service["speaks"])),
            "consent": word(f"consent-{service['consent_required']}"),
            "asks": self._dot.join(names_of(data["fields"], service["asks"])),
            "checked": word(Word.DAYS_AGO, days=service["last_verified"]),
            "places": self._number(service["capacity_left"]),
        }
        told = "".join(
            f'<tr><th scope="row">{text_html(word(f"column-{name}"))}</th><td>{text_html(says)}</td></tr>'
            for name, says in rows.items()
        )
        head = self._dot.join([f"<strong>{text_html(service['title'])}</strong>", text_html(kind), text_html(area)])
        return f'<details class="himaya-service"><summary>{head}</summary><table>{told}</table></details>'
