"""Routes of the home page and the configuration it is given."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_core.paths import jupyter_data_dir
from jupyter_server.utils import url_path_join
from tornado.web import StaticFileHandler

from himaya_autograde.gradebook import points
from himaya_server import font
from himaya_server.builds import Builds
from himaya_server.home import formgrader, local_facts, saved_answers, sharing, trainer
from himaya_server.home import handlers as pages
from himaya_server.home.app import app_routes
from himaya_server.home.desk import DeskValidation
from himaya_server.home.roles import HimayaHome

PLACE = "himaya_place"
"""The setting of the server that holds what every page knows."""
_COURSE = r"/himaya(?:/course/([a-z0-9-]+))?"
"""Where the pages of one course lie; those of the first course are also found without its id."""


class Font(StaticFileHandler):
    """The font that pages in Arabic script are drawn with, and its sheet for JupyterLab."""

    def get_cache_time(self, *_about: object) -> int:
        """Let a browser keep them: their names change with them."""
        return font.KEPT


def load_home(app: Any) -> None:
    """Add the home page to a Jupyter Server."""
    app.config.VoilaExporter.markdown_renderer_class = "himaya_server.home.pictures.PicturesInText"
    home = HimayaHome(parent=app)
    templates = Environment(
        loader=PackageLoader("himaya_server.home"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters["points"] = points
    builds = Builds(Path(jupyter_data_dir()), *(Path(home.exchange, each["id"], "outbound") for each in home.courses))
    builds.remember_released()
    place = pages.Place(home=home, root=Path(app.root_dir), templates=templates, builds=builds, shows=sharing.Shows())
    app.web_app.settings[PLACE] = place
    if "trainer" in home.roles:
        place.readers[trainer.GRADEBOOK] = lambda course: place.snapshots.of(course).read_all()
        app.io_loop.add_callback(place.read_ahead, *place.courses)  # once the server runs
    routes: list[tuple[str, Any]] = [
        (r"/himaya/?", pages.Welcome),
        (r"/himaya/trainee", pages.Trainee),
        (rf"{_COURSE}/open/([a-z0-9-]+)/(app|notebook)", pages.Open),
        (rf"{_COURSE}/feedback/([a-z0-9-]+)", pages.Feedback),
        (rf"{_COURSE}/trainer", trainer.Trainer),
        (rf"{_COURSE}/trainer/(collect|grade|bring_in)", trainer.TrainerStep),
        (rf"{_COURSE}/trainer/feedback", trainer.Send),
        (rf"{_COURSE}/trainer/second-form/([a-z0-9-]+)", trainer.SecondForm),
        (rf"{_COURSE}/trainer/tables", trainer.Tables),
        (rf"{_COURSE}/trainer/answers", saved_answers.Begin),
        (rf"{_COURSE}/trainer/answers/([0-9a-f]{{16}})", saved_answers.Take),
        (rf"{_COURSE}/trainer/answers/([0-9a-f]{{16}})/([0-9]{{1,4}})", saved_answers.File),
        (r"/himaya/trainer/local-facts", local_facts.LocalFacts),
        (r"/himaya/trainer/local-facts/([a-z0-9-]+)", local_facts.WriteFact),
        (r"/himaya/mentor", pages.Mentor),
        (r"/himaya/mentor/sheet/([a-z0-9-]+)", pages.PracticeSheet),
        (r"/himaya/mentor/show", sharing.MentorShow),
    ]
    base = app.web_app.settings["base_url"]
    if home.courses and "trainer" not in home.roles:
        routes[:0] = [(rf"{at}/formgrader(?:/.*)?", pages.OtherRole) for at in ("", "/himaya/course/[a-z0-9-]+")]
    # The first handler of an address answers; Voilà and nbgrader add their own after us, by name.
    listed = [
        *((route, page, {"place": place}) for route, page in routes),
        *app_routes(app, place),
        (r"/assignments/validate", DeskValidation, {}),
        *formgrader.instead(place),
    ]
    handlers = [(url_path_join(base, route), handler, given) for route, handler, given in listed]
    if "trainer" in home.roles:
        for course in place.courses[1:]:  # nbgrader's extension serves the first
            handlers += formgrader.of_course(app, place, course)
    static = {"path": str(files("himaya_server.home").joinpath("static"))}
    handlers.append((url_path_join(base, r"/himaya/static/(.*)"), StaticFileHandler, static))
    handlers.append((url_path_join(base, f"/himaya/font/{font.NAMES}"), Font, {"path": font.FOLDER}))
    app.web_app.add_handlers(".*$", handlers)
    app.log.info("Himaya's home page is at %s", url_path_join(base, "himaya"))
