"""Which roles a server's user has, and where their folders lie."""

from __future__ import annotations

from traitlets import Dict, Enum, List, Unicode
from traitlets.config import Configurable

from himaya.languages.facts import LANGUAGES

ROLES = ("trainee", "trainer", "mentor")


class HimayaHome(Configurable):
    """Where each role's folder lies, under the server's root directory."""

    roles = List(Enum(ROLES), default_value=["trainee"], config=True, help="Roles that this server's user has.")
    trainee = Unicode("", config=True, help="The trainee's folder.")
    mentor = Unicode("", config=True, help="The folder with the mentor's practice apps.")
    modules = Unicode("", config=True, help="Sources of the modules; a mentor can then show them to a room.")
    exchange = Unicode("", config=True, help="nbgrader's exchange, an absolute path.")
    courses = List(
        Dict(per_key_traits={"id": Unicode(), "directory": Unicode(), "trainee": Unicode()}),
        config=True,
        help="nbgrader courses, the first to be shown first: each one's id, directory, and folder of the trainee.",
    )
    repository = Unicode("", config=True, help="Folder with courses/country.yaml, for the page of local facts.")
    languages = List(
        Enum(LANGUAGES), default_value=["en"], config=True, minlen=1, help="Languages to choose from, the usual first."
    )
    digits = Enum(("arabic-indic", "western"), "arabic-indic", config=True, help="Of Arabic and Sorani pages.")
