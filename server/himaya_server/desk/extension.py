"""Routes of the desk's tabs. Every address below `/himaya/desk/<course>/` is a trainer's alone."""

from __future__ import annotations

from functools import partial
from typing import Any

from jupyter_server.utils import url_path_join

from himaya_server.desk import issuing, marking, numbers, paper, people
from himaya_server.desk.answers import Classes
from himaya_server.home.extension import PLACE
from himaya_server.home.trainer import SERVED

_AT = r"/himaya/desk/([a-z0-9-]+)"
_ROUTES: list[tuple[str, Any]] = [
    (rf"{_AT}/people", people.People),
    (rf"{_AT}/people/([^/]+)", people.OnePerson),
    (rf"{_AT}/people/([^/]+)/paper/([a-z0-9-]+)", paper.Paper),
    (rf"{_AT}/marking", marking.MarkingTab),
    (rf"{_AT}/marking/next", marking.NextAnswer),
    (rf"{_AT}/marking/marker", marking.Marker),
    (rf"{_AT}/marking/phrases", marking.Phrases),
    (rf"{_AT}/marking/([0-9a-f]+)/whose", marking.Whose),
    (rf"{_AT}/marking/([0-9a-f]+)/([a-z0-9-]+)", marking.OneAnswer),
    (rf"{_AT}/marking/([0-9a-f]+)/([a-z0-9-]+)/(aside|back)", marking.SetAside),
    (rf"{_AT}/questions", numbers.Questions),
    (rf"{_AT}/questions/([a-z0-9-]+)/([a-z0-9-]+)", numbers.Discuss),
    (rf"{_AT}/learned", numbers.LearnedPage),
    (rf"{_AT}/again", numbers.AgainPage),
    (rf"{_AT}/reports", numbers.Reports),
    (rf"{_AT}/reports/(class|attendance|donors)", numbers.ReportPage),
    (rf"{_AT}/reports/(class|attendance|donors)[.]csv", numbers.ReportTable),
    (rf"{_AT}/certificates", issuing.Certificates),
    (rf"{_AT}/certificates/key", issuing.NewKey),
    (rf"{_AT}/certificates/issue", issuing.Issue),
    (rf"{_AT}/certificates/check", issuing.Check),
    (rf"{_AT}/certificates/checker", issuing.Checker),
    (rf"{_AT}/certificates/revoke", issuing.Revoke),
    (rf"{_AT}/certificates/revoked", issuing.RevokedList),
]
_TABS = ("people", "marking", "questions", "learned", "reports")


def load_desk(app: Any) -> None:
    """Add the desk to a Jupyter Server that has the home page."""
    settings = app.web_app.settings
    place, classes = settings[PLACE], Classes()
    settings[SERVED] = _TABS
    settings[numbers.CLASSES] = classes
    if "trainer" in place.home.roles:
        place.readers[numbers.CLASS] = partial(numbers.read_ahead, place, classes)
    given = {"place": place}
    base = settings["base_url"]
    app.web_app.add_handlers(".*$", [(url_path_join(base, route), page, given) for route, page in _ROUTES])
