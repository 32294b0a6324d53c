"""Take an activity apart into what a graded trainee may see and its key, and put the two together again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from himaya.activities.kind import Key, Public

# A field reaches a browser only if it is named here or by its kind. A new field is secret until somebody decides
# otherwise.
COMMON = ("id", "kind", "mode", "version", "hash", "language", "title", "points")


class Keyed:
    """How a kind with a flat allow-list is taken apart; one with more to hide brings its own `split` and `join`."""

    public: Public

    def split(self, whole: Mapping[str, Any]) -> tuple[dict[str, Any], Key]:
        """Return the public copy and the key."""
        return split(whole, self.public)

    def join(self, public: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, Any]:
        """Return the whole activity."""
        return join(public, key, self.public)


def split(whole: Mapping[str, Any], public: Public) -> tuple[dict[str, Any], Key]:
    """Return the copy of `whole` that holds what is public, and its key."""
    copy = pick(whole, (*COMMON, *public.fields))
    lists = {**public.repeated, **public.entries}
    copy |= {name: [pick(entry, shown) for entry in whole[name]] for name, shown in lists.items()}
    key = {name: value for name, value in whole.items() if name not in copy or name in public.entries}
    key |= {name: whole[name] for name in public.repeated}
    key |= {name: secrets(whole[name], shown) for name, shown in public.entries.items()}
    return copy, {**key, "points": whole["points"]}


def join(copy: Mapping[str, Any], key: Mapping[str, Any], public: Public) -> dict[str, Any]:
    """Return the whole activity from its public copy and its key.

    Raises:
        KeyError: If the key does not belong to this activity.
    """
    whole = {**copy, **{name: value for name, value in key.items() if name not in public.entries}}
    for name in public.entries:
        whole[name] = [{**entry, **key[name][entry["id"]]} for entry in copy[name]]
    return whole


def secrets(entries: Iterable[Mapping[str, Any]], public: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return what is not public of each entry, by its id."""
    return {e["id"]: {name: value for name, value in e.items() if name not in public} for e in entries}


def pick(entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return these fields of an entry, in this order, where it has them."""
    return {name: entry[name] for name in names if name in entry}
