"""The trainer's page of local facts: what `[country: ...]` stands for, who checked it and when. It writes the file.

Modules show what the file says when they are built next; nothing here changes what was released.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado import web  # type: ignore[attr-defined]

from himaya.content.country import put, read_country, version_of
from himaya.errors import ContentError
from himaya.signoff.standing import signed_facts
from himaya_server.home.handlers import Page

if TYPE_CHECKING:
    from himaya.content.country import Setting

_LONGEST = 2_000  # characters of one field


class LocalFacts(Page):
    """Every local fact with its state, and a form for each."""

    role = "trainer"

    @web.authenticated
    async def get(self) -> None:
        """Draw the list."""
        await self._list()

    @property
    def base(self) -> Path:
        """The repository whose facts they are.

        Raises:
            HTTPError: If this server was not told of one.
        """
        if not self.place.home.repository:
            raise web.HTTPError(404, "This server keeps no local facts.")
        return Path(self.place.home.repository)

    async def _list(self, **told: object) -> None:
        def look() -> list[dict[str, Any]]:
            settings = read_country(self.base).settings
            signed = signed_facts(self.base, settings)
            return [_row(name, setting, signed=name in signed) for name, setting in settings.items()]

        rows = await asyncio.get_running_loop().run_in_executor(None, look)
        self.draw("local-facts.html", rows=rows, **{"problem": "", "saved": "", "named": "", **told})


class WriteFact(LocalFacts):
    """Write one fact anew."""

    @web.authenticated
    async def post(self, name: str) -> None:
        """Write what the form says, as of today, and draw the list again."""
        given = {field: self.get_body_argument(field, "").strip() for field in ("value", "source", "checked_by")}
        state, seen = self.get_body_argument("state", ""), self.get_body_argument("seen", "")
        if state not in ("checked", "read", "hidden") or any(len(text) > _LONGEST for text in given.values()):
            raise web.HTTPError(400, "This form is not one of ours.")
        today = datetime.now(UTC).date()
        changed = {
            "value": given["value"] or None,
            "source": given["source"] or None,
            "checked_by": given["checked_by"] if state == "checked" and given["checked_by"] else None,
            "last_checked": today if state == "checked" else None,
            "last_read": today if state == "read" else None,
            "status": "checked" if state == "checked" else "verify" if given["value"] or state == "read" else "empty",
        }
        try:
            await asyncio.get_running_loop().run_in_executor(None, partial(put, self.base, name, changed, seen))
        except ContentError as error:
            self.set_status(409)
            await self._list(problem=" ".join(problem.text for problem in error.problems), named=name)
            return
        await self._list(saved=name)


def _row(name: str, setting: Setting, *, signed: bool) -> dict[str, Any]:
    """Return what the page shows of one fact; its state is signed, checked, read or hidden."""
    kind = "checked" if setting.status == "checked" else "read" if setting.day else "hidden"
    return {
        "name": name,
        "about": setting.about,
        "value": setting.value or "",
        "source": setting.source or "",
        "checked_by": setting.checked_by or "",
        "day": setting.day,
        "kind": kind,
        "state": "signed" if signed and setting.day else kind,
        "seen": version_of(setting),
    }
