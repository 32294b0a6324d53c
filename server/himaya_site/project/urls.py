"""The addresses of the site, all of them below `/class/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from django.urls import re_path

from himaya.languages.facts import LANGUAGES
from himaya_server.font import FILE
from himaya_site.desk import changing, enrolling, making, opening, pages, sheets, signing, team, wall
from himaya_site.desk import views as desk
from himaya_site.home import api, views
from himaya_site.refused import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest


def unknown(_request: HttpRequest, _path: str) -> NoReturn:
    """Answer every other address with 404."""
    raise Refused(404)


_NAME = "([a-z0-9-]{1,100})"
_SPOKEN = f"({'|'.join(LANGUAGES)})"

urlpatterns = [
    re_path(r"^(?:class/?)?\Z", views.door, name="door"),
    re_path(rf"^class/p/{_NAME}/([0-9a-f]{{12}})/([a-z]{{2,3}})/{_NAME}\.html\Z", views.page, name="page"),
    re_path(rf"^class/feedback/{_NAME}\Z", views.feedback, name="feedback"),
    re_path(r"^class/api/([a-z-]{1,20})\Z", api.api, name="api"),
    re_path(rf"^class/font/({FILE})\Z", views.send_font, name="font"),
    re_path(r"^class/first\Z", signing.first_visit, name="first"),
    re_path(r"^class/staff/?\Z", desk.front, name="staff"),
    re_path(r"^class/staff/(staff\.js)\Z", pages.send_script, name="staff-script"),
    re_path(rf"^class/staff/{_SPOKEN}/\Z", desk.classes, name="staff-classes"),
    re_path(rf"^class/staff/{_SPOKEN}/out\Z", desk.out, name="staff-out"),
    re_path(rf"^class/staff/{_SPOKEN}/new\Z", making.new_class, name="staff-new"),
    re_path(rf"^class/staff/{_SPOKEN}/site\Z", team.site, name="staff-site"),
    re_path(rf"^class/staff/{_SPOKEN}/room\Z", opening.opening, name="staff-room"),
    re_path(rf"^class/staff/{_SPOKEN}/keep\Z", opening.keep, name="staff-keep"),
    re_path(rf"^class/staff/{_SPOKEN}/c/([a-z0-9-]{{1,60}})/staff\Z", team.team, name="staff-team"),
    re_path(rf"^class/staff/{_SPOKEN}/c/([a-z0-9-]{{1,60}})/cards\Z", sheets.sheet, name="staff-cards"),
    re_path(rf"^class/staff/{_SPOKEN}/c/([a-z0-9-]{{1,60}})/wall\Z", wall.wall, name="staff-wall"),
    re_path(rf"^class/staff/{_SPOKEN}/c/([a-z0-9-]{{1,60}})/people\Z", enrolling.enrolling, name="staff-people"),
    re_path(rf"^class/staff/{_SPOKEN}/c/([a-z0-9-]{{1,60}})/settings\Z", changing.settings, name="staff-settings"),
    re_path(rf"^class/staff/{_SPOKEN}/c/([a-z0-9-]{{1,60}})\Z", desk.one_class, name="staff-class"),
    re_path(r"^(.*)\Z", unknown, name="unknown"),
]
