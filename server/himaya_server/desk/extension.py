"""Routes of the desk's tabs. Every address below `/himaya/desk/<course>/` is a trainer's alone."""

from __future__ import annotations

from typing import Any

from jupyter_server.utils import url_path_join

from himaya_server.desk import people
from himaya_server.home.extension import PLACE
from himaya_server.home.trainer import SERVED

_AT = r"/himaya/desk/([a-z0-9-]+)"
_ROUTES: list[tuple[str, Any]] = [
    (rf"{_AT}/people", people.People),
    (rf"{_AT}/people/([^/]+)", people.OnePerson),
]
_TABS = ("people",)


def load_desk(app: Any) -> None:
    """Add the desk to a Jupyter Server that has the home page."""
    settings = app.web_app.settings
    settings[SERVED] = _TABS
    given = {"place": settings[PLACE]}
    base = settings["base_url"]
    app.web_app.add_handlers(".*$", [(url_path_join(base, route), page, given) for route, page in _ROUTES])
