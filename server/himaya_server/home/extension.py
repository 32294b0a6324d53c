"""Routes of the home page and the configuration it is given."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_server.utils import url_path_join
from tornado.web import StaticFileHandler
from traitlets import Enum, List, Unicode
from traitlets.config import Configurable

from himaya.languages.facts import LANGUAGES
from himaya_autograde.marks import points
from himaya_server.home import formgrader, trainer
from himaya_server.home import handlers as pages
from himaya_server.home.cells import only_ours
from himaya_server.home.marking import Marking, NoFiles

ROLES = ("trainee", "trainer", "mentor")


class HimayaHome(Configurable):
    """Where each role's folder lies, under the server's root directory."""

    roles = List(Enum(ROLES), default_value=["trainee"], config=True, help="Roles that this server's user has.")
    trainee = Unicode("", config=True, help="The trainee's folder.")
    course = Unicode("", config=True, help="The trainer's nbgrader course directory.")
    mentor = Unicode("", config=True, help="The folder with the mentor's practice apps.")
    exchange = Unicode("", config=True, help="nbgrader's exchange, an absolute path.")
    course_id = Unicode("", config=True, help="The nbgrader course that a trainee takes.")
    languages = List(
        Enum(LANGUAGES), default_value=["en"], config=True, minlen=1, help="Languages to choose from, the usual first."
    )
    digits = Enum(("arabic-indic", "western"), "arabic-indic", config=True, help="Of Arabic and Sorani pages.")


def load_home(app: Any) -> None:  # noqa: ANN401 - a ServerApp
    """Add the home page to a Jupyter Server."""
    # Voilà runs every cell of whatever notebook it is given; it reads this when it loads, after us by name.
    app.config.VoilaConfiguration.prelaunch_hook = only_ours
    app.config.VoilaExporter.markdown_renderer_class = "himaya_server.home.pictures.PicturesInText"
    home = HimayaHome(parent=app)
    templates = Environment(
        loader=PackageLoader("himaya_server.home"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters["points"] = points
    place = pages.Place(home=home, root=Path(app.root_dir), templates=templates)
    routes: list[tuple[str, Any]] = [
        (r"/himaya/?", pages.Welcome),
        (r"/himaya/trainee", pages.Trainee),
        (r"/himaya/open/([a-z0-9-]+)/(app|notebook)", pages.Open),
        (r"/himaya/feedback/([a-z0-9-]+)", pages.Feedback),
        (r"/himaya/trainer", trainer.Trainer),
        (r"/himaya/trainer/(collect|grade|feedback)", trainer.TrainerStep),
        (r"/himaya/trainer/tables", trainer.Tables),
        (r"/himaya/trainer/answers", trainer.SavedAnswers),
        (r"/himaya/mentor", pages.Mentor),
        # In the place of formgrader's own pages; nbgrader adds those after us, by name.
        (r"/formgrader/submissions/([0-9a-f]+)/?", Marking),
        (r"/formgrader/submissions/[^/]+/(?!(?:next|prev)(?:_incorrect)?/?$).+", NoFiles),
    ]
    base = app.web_app.settings["base_url"]
    handlers: list[tuple[str, Any, dict[str, Any]]] = [
        (url_path_join(base, route), page, {"place": place}) for route, page in routes
    ]
    # The first handler of an address answers; nbgrader adds its own after us, by name.
    handlers += [(url_path_join(base, route), handler, {}) for route, handler in formgrader.ROUTES]
    static = {"path": str(files("himaya_server.home").joinpath("static"))}
    handlers.append((url_path_join(base, r"/himaya/static/(.*)"), StaticFileHandler, static))
    app.web_app.add_handlers(".*$", handlers)
    app.log.info("Himaya's home page is at %s", url_path_join(base, "himaya"))
