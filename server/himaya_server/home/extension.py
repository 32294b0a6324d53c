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
from himaya_server.builds import Builds
from himaya_server.home import formgrader, saved_answers, trainer
from himaya_server.home import handlers as pages
from himaya_server.home.app import app_routes
from himaya_server.home.desk import DeskValidation
from himaya_server.home.marking import Marking, NoFiles
from himaya_server.home.roles import HimayaHome


def load_home(app: Any) -> None:
    """Add the home page to a Jupyter Server."""
    app.config.VoilaExporter.markdown_renderer_class = "himaya_server.home.pictures.PicturesInText"
    home = HimayaHome(parent=app)
    templates = Environment(
        loader=PackageLoader("himaya_server.home"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters["points"] = points
    builds = Builds(Path(jupyter_data_dir()), Path(home.exchange, home.course_id, "outbound"))
    builds.remember_released()
    place = pages.Place(home=home, root=Path(app.root_dir), templates=templates, builds=builds)
    routes: list[tuple[str, Any]] = [
        (r"/himaya/?", pages.Welcome),
        (r"/himaya/trainee", pages.Trainee),
        (r"/himaya/open/([a-z0-9-]+)/(app|notebook)", pages.Open),
        (r"/himaya/feedback/([a-z0-9-]+)", pages.Feedback),
        (r"/himaya/trainer", trainer.Trainer),
        (r"/himaya/trainer/(collect|grade|feedback)", trainer.TrainerStep),
        (r"/himaya/trainer/tables", trainer.Tables),
        (r"/himaya/trainer/answers", saved_answers.Begin),
        (r"/himaya/trainer/answers/([0-9a-f]{16})", saved_answers.Take),
        (r"/himaya/trainer/answers/([0-9a-f]{16})/([0-9]{1,4})", saved_answers.File),
        (r"/himaya/mentor", pages.Mentor),
        # In the place of formgrader's own pages; nbgrader adds those after us, by name.
        (r"/formgrader/submissions/([0-9a-f]+)/?", Marking),
        (r"/formgrader/submissions/[^/]+/(?!(?:next|prev)(?:_incorrect)?/?$).+", NoFiles),
    ]
    base = app.web_app.settings["base_url"]
    if home.course_id and "trainer" not in home.roles:
        routes.insert(0, (r"/formgrader(?:/.*)?", pages.OtherRole))
    # The first handler of an address answers; Voilà and nbgrader add their own after us, by name.
    listed = [
        *((route, page, {"place": place}) for route, page in routes),
        *app_routes(app, place),
        *((route, handler, {}) for route, handler in [*formgrader.ROUTES, (r"/assignments/validate", DeskValidation)]),
    ]
    handlers = [(url_path_join(base, route), handler, given) for route, handler, given in listed]
    static = {"path": str(files("himaya_server.home").joinpath("static"))}
    handlers.append((url_path_join(base, r"/himaya/static/(.*)"), StaticFileHandler, static))
    app.web_app.add_handlers(".*$", handlers)
    app.log.info("Himaya's home page is at %s", url_path_join(base, "himaya"))
