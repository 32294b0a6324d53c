"""Who a visitor of the practice apps is: a random name in a signed cookie, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.identity import IdentityProvider, User

if TYPE_CHECKING:
    from tornado.web import RequestHandler

COOKIE = "himaya-apps"
DAY = 1  # days that a visitor's cookie is believed; the browser forgets it when it closes


def visitor_of(handler: RequestHandler) -> str | None:
    """Return who this browser is: a random name that we signed, or None."""
    cookie = handler.get_signed_cookie(COOKIE, max_age_days=DAY)
    return None if cookie is None else cookie.decode()


class Visitors(IdentityProvider):
    """Tells Jupyter Server's channel who is there."""

    def get_user(self, handler: RequestHandler) -> User | None:
        """Return the visitor of the cookie."""
        name = visitor_of(handler)
        return None if name is None else User(name)

    def get_handlers(self) -> list[tuple[str, Any]]:
        """Return no pages: nobody logs in here."""
        return []
