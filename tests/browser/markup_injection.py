"""Markup that calls `ran(...)` wherever a page takes it for its own, and how it is put into a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

MARKUP = {
    "script": "<script>ran('script')</script>",
    "module": "<script type=module>ran('module')</script>",
    "own-file": "<script src='/files/trainee/intruder.js'></script>",
    "own-file-encoded": "<script src='/voila/static/%2e%2e/%2e%2e/files/trainee/intruder.js'></script>",
    "data-script": "<script src=\"data:text/javascript,ran('data-script')\"></script>",
    "data-module": "<script type=module>import \"data:text/javascript,ran('data-module')\"</script>",
    "image": "<img src=x onerror=\"ran('image')\">",
    "svg": "<svg onload=\"ran('svg')\"></svg>",
    "svg-script": "<svg><script>ran('svg-script')</script></svg>",
    "details": "<details open ontoggle=\"ran('details')\">x</details>",
    "focus": "<input autofocus onfocus=\"ran('focus')\">",
    "animation": "<style>@keyframes q{}</style><b style='animation:q 1s' onanimationstart=\"ran('animation')\">x</b>",
    "srcdoc": "<iframe srcdoc=\"<script>parent.ran('srcdoc')</script>\"></iframe>",
    "javascript-frame": "<iframe src=\"javascript:parent.ran('javascript-frame')\"></iframe>",
    "object": "<object data=\"data:text/html,<script>parent.ran('object')</script>\"></object>",
    "embed": "<embed src=\"javascript:ran('embed')\">",
    "link": "<a id=intruder-link href=\"javascript:ran('link')\">here</a>",
    "form": "<form id=intruder-form action=\"javascript:ran('form')\"><button>x</button></form>",
    "refresh": "<meta http-equiv=refresh content=\"0;url=javascript:ran('refresh')\">",
    "base": "<base href=\"data:text/javascript,ran('base')//\">",
    "shadow": "<p><template shadowrootmode=open><img src=x onerror=\"ran('shadow')\"></template></p>",
}
"""By what each would run as."""

_RUN_ANYWHERE = 8
"""At least so many of them run in a page without a policy."""


class Intruder:
    """Puts all of `MARKUP` into the body of every page that a context loads, and counts what runs."""

    def __init__(self, context: BrowserContext) -> None:
        self.ran: list[str] = []
        self._context = context
        context.expose_binding("ran", lambda _, place: self.ran.append(place))

    def enter(self, address: str, *, policy: bool = True) -> None:
        """Put the markup into the page at this address; without its policy, to see that it would run."""

        def answer(route: Route) -> None:
            given = route.fetch()
            headers = {**given.headers}
            if not policy:
                headers.pop("content-security-policy", None)
            headers.pop("content-length", None)
            headers.pop("content-encoding", None)
            before, body, after = given.text().partition("<body")
            tag, end, rest = after.partition(">")
            markup = "".join(MARKUP.values())
            route.fulfill(status=given.status, headers=headers, body=f"{before}{body}{tag}{end}{markup}{rest}")

        self._context.route(address, answer)

    def press(self, page: Page) -> None:
        """Follow the link and send the form that were put in."""
        for name in ("intruder-link", "intruder-form"):
            page.evaluate(
                "name => { const it = document.getElementById(name); it?.requestSubmit?.(); it?.click(); }", name
            )
        page.evaluate("() => new Promise(done => setTimeout(() => requestAnimationFrame(() => done(true))))")


def enough(ran: list[str]) -> bool:
    """Return whether the markup shows that it can run."""
    return len(set(ran)) >= _RUN_ANYWHERE
