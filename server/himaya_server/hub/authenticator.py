"""Signing in to the Hub with the class's session: the class's page brings a ticket of one minute, good for one time."""

from __future__ import annotations

import html
import secrets
import time
from typing import Any
from urllib.parse import quote

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.utils import url_path_join
from tornado.web import HTTPError
from traitlets import Unicode

from himaya_server.classroom.notebooks import DAY, GATE, opened, sign

_PAGE = """<!DOCTYPE html>
<meta charset="utf-8"><title>Notebook</title><meta name="referrer" content="no-referrer">
<form method="post"><input type="hidden" name="_xsrf" value="{xsrf}"><input type="hidden" name="ticket"></form>
<p lang="en">Open your notebook from your class's page.</p>
<p lang="ar" dir="rtl">افتح دفترك من صفحة صفّك.</p>
<p lang="ckb" dir="rtl">دەفتەرەکەتان لە لاپەڕەی پۆلەکەتانەوە بکەنەوە.</p>
<script nonce="{nonce}">
  const ticket = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  if (ticket !== "") {{
    document.forms[0].elements.ticket.value = ticket;
    document.forms[0].submit();
  }}
</script>
"""


class ClassAuthenticator(Authenticator):
    """Takes tickets. Who may enter, and into which groups, the class decides."""

    key = Unicode(help="Signs tickets.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        """Remember which tickets were used while they are good."""
        super().__init__(**kwargs)
        self._used: dict[str, int] = {}

    def login_url(self, base_url: str) -> str:
        """Return where a ticket is taken."""
        return str(url_path_join(base_url, "class"))

    def get_handlers(self, _app: object) -> list[tuple[str, type[BaseHandler]]]:
        """Return the one page of ours in the Hub."""
        return [("/class", TicketHandler)]

    def check(self, ticket: str) -> dict[str, Any] | None:
        """Return what a ticket says, the first time and within its minute."""
        now = time.time()
        facts = opened(self.key, "ticket", ticket, now)
        self._used = {once: until for once, until in self._used.items() if until >= now}
        if facts is None or facts["once"] in self._used:
            return None
        self._used[facts["once"]] = facts["until"]
        return facts

    async def authenticate(self, _handler: object, data: dict[str, str]) -> dict[str, Any] | None:
        """Return who somebody is, by a ticket that was checked."""
        facts = data.get("facts")
        if not isinstance(facts, dict):
            return None
        return {"name": facts["who"], "groups": [f"nbgrader-{facts['course']}"]}


class TicketHandler(BaseHandler):
    """Takes a ticket out of the address, signs in, and leads to the notebook."""

    def get(self) -> None:
        """Send the page that posts what stands after `#`."""
        nonce = secrets.token_urlsafe(16)
        policy = f"default-src 'none'; script-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'"
        self.set_header("Content-Security-Policy", policy)
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        xsrf = html.escape(self.xsrf_token.decode("ascii"))
        self.finish(_PAGE.format(xsrf=xsrf, nonce=nonce))

    async def post(self) -> None:
        """Sign in."""
        facts = self.authenticator.check(self.get_body_argument("ticket", ""))
        if facts is None:
            raise HTTPError(
                403, "This way into a notebook was used, or is older than a minute. Open it from your class."
            )
        user = await self.login_user({"facts": facts})
        if user is None:
            raise HTTPError(403)
        gate = sign(self.authenticator.key, "gate", time.time() + DAY, who=user.name)
        secure = self.request.protocol == "https"
        self.set_cookie(GATE, gate, path="/user/", httponly=True, samesite="Lax", secure=secure, max_age=DAY)
        place = "/".join(quote(facts[name]) for name in ("course", "module", "module"))
        notebook = f"{user.url}notebooks/{place}.ipynb"
        self.redirect(f"{self.hub.base_url}spawn/{quote(user.name)}?next={quote(notebook)}")
