"""Nothing of a hand-in, nor of a notebook that somebody sends, runs or is drawn with the rights of who opens it."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import nbformat
import pytest

from himaya.content.load import load_module
from himaya.content.markdown import PICTURE, markdown
from himaya.languages.interface import sentence
from himaya.languages.isolates import END, ENGLISH, VALUE, marked_up
from himaya.publish.notebook import prose_html
from himaya_autograde.course import CourseDirectory
from tests.browser.conftest import MODULE, ROOT, TOKEN, Server, _watched
from tests.browser.markup_injection import MARKUP, Intruder, enough
from tests.browser.user_actions import until, wait_drawn
from tests.chromium import CHROMIUM, FLAGS, without
from tests.javascript import sources
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

_ALL = "".join(MARKUP.values())
_WHO = "intruder"
_NAME = f"{MODULE}.ipynb"
_SAYS = sentence("app-not-released")


@pytest.fixture(scope="module")
def browser(server: Server, chromium: Browser) -> Iterator[tuple[BrowserContext, Intruder]]:
    """A browser that is logged in, and what ran in it."""
    with _watched(chromium) as context:
        intruder = Intruder(context)
        context.new_page().goto(server.address("himaya"))
        yield context, intruder


@pytest.fixture(scope="module")
def handin(server: Server) -> Iterator[Path]:
    """A collected hand-in of hostile files, with the released notebook among them."""
    folder = server.course / "submitted" / _WHO / MODULE
    shutil.copytree(server.home / "exchange" / "core-protection" / "outbound" / MODULE, folder)
    notebook = nbformat.read(folder / _NAME, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell(_ALL))
    nbformat.write(notebook, folder / "evil.ipynb")
    page = f"<!doctype html><body>{_ALL}"
    for name in ("evil.html", "evil.htm", "evil.xhtml", "evil.md", "evil.txt"):
        (folder / name).write_text(page, encoding="utf-8")
    svg = "<svg xmlns='http://www.w3.org/2000/svg' onload=\"ran('file')\"><script>ran('file')</script></svg>"
    (folder / "evil.svg").write_text(svg, encoding="utf-8")
    (folder / "evil.js").write_text("ran('own-file')", encoding="utf-8")
    for step in ("autograded", "feedback"):
        shutil.copytree(folder, server.course / step / _WHO / MODULE)
    (server.home / "desk" / "trainee" / "intruder.js").write_text("ran('own-file')", encoding="utf-8")
    yield folder
    for step in ("submitted", "autograded", "feedback"):
        shutil.rmtree(server.course / step / _WHO)


def _markdown(notebook: Any) -> Any:
    return next(cell for cell in notebook.cells if cell.cell_type == "markdown" and cell.source)


def _code(notebook: Any) -> Any:
    return next(cell for cell in notebook.cells if cell.source.startswith("show("))


def _added(kind: str, source: str = _ALL, **fields: Any) -> Callable[[Any], None]:
    return lambda notebook: notebook.cells.append({**nbformat.v4.new_raw_cell(source), "cell_type": kind, **fields})


def _text(notebook: Any) -> None:
    _markdown(notebook).source += _ALL


def _one_blank(notebook: Any) -> None:
    _markdown(notebook).source += " "


def _carriage_return(notebook: Any) -> None:
    _markdown(notebook).source = _markdown(notebook).source.replace("\n", "\r\n") + "\r\n"


def _zero_width(notebook: Any) -> None:
    _code(notebook).source = _code(notebook).source.replace("show", "sh\u200bow")


def _removed(notebook: Any) -> None:
    notebook.cells.remove(_markdown(notebook))


def _swapped(notebook: Any) -> None:
    notebook.cells[1], notebook.cells[2] = notebook.cells[2], notebook.cells[1]


def _twice(notebook: Any) -> None:
    notebook.cells.append({**_code(notebook), "id": "another"})


def _attachment(notebook: Any) -> None:
    _markdown(notebook)["attachments"] = {"x": {"text/html": _ALL, "image/svg+xml": _ALL}}


def _becomes_text(notebook: Any) -> None:
    cell = _code(notebook)
    notebook.cells[notebook.cells.index(cell)] = nbformat.v4.new_markdown_cell(cell.source, id=cell.id)


def _identity(notebook: Any) -> None:
    _markdown(notebook)["id"] = '"><img src=x onerror=ran(1)>'


def _says(notebook: Any) -> None:
    notebook.metadata["himaya"]["say"]["quick-exit"] = "</button>" + _ALL


def _answer_as_text(notebook: Any) -> None:
    _markdown(notebook).source += _ALL
    _markdown(notebook).metadata["nbgrader"] = {"solution": True, "locked": False, "grade": False}


def _answer_as_code(notebook: Any) -> None:
    _code(notebook).source = "open('ran', 'w').close()"
    _code(notebook).metadata["nbgrader"] = {"solution": True, "locked": False, "grade": False}


def _template(notebook: Any) -> None:
    notebook.metadata["voila"] = {"template": "base"}
    _text(notebook)


_NOTEBOOKS: dict[str, Callable[[Any], None]] = {
    "markup in a text": _text,
    "a text more": _added("markdown"),
    "a raw cell of HTML": _added("raw", metadata={"raw_mimetype": "text/html"}),
    "a cell of no kind": _added("heading"),
    "code of its own": _added("code", "open('ran', 'w').close()", outputs=[], execution_count=None),
    "one blank": _one_blank,
    "other line ends": _carriage_return,
    "a letter of no width": _zero_width,
    "a cell less": _removed,
    "cells in another order": _swapped,
    "an activity twice": _twice,
    "an attachment": _attachment,
    "code becomes text": _becomes_text,
    "markup for an id": _identity,
    "markup for a word of the page": _says,
    "a text that says it is an answer": _answer_as_text,
    "code that says it is an answer": _answer_as_code,
    "a template of its own": _template,
}


@pytest.mark.parametrize("change", _NOTEBOOKS.values(), ids=_NOTEBOOKS)
def test_app_refuses_a_changed_notebook(
    server: Server, browser: tuple[BrowserContext, Intruder], change: Callable[[Any], None]
) -> None:
    context, intruder = browser
    folder = server.new_trainee("sent")
    notebook = nbformat.read(folder / _NAME, as_version=4)
    change(notebook)
    (folder / _NAME).write_text(json.dumps(notebook), encoding="utf-8")
    page = context.new_page()
    answer = page.goto(server.door("app", "sent"))
    assert answer is not None
    assert answer.status == 403
    assert _SAYS in page.inner_text("h1")
    assert not (folder / "ran").exists()
    assert intruder.ran == []
    page.close()


def _activities(folder: Path) -> None:
    path = folder / "activities.json"
    path.write_text(path.read_text(encoding="utf-8").replace("case", "<img src=x onerror=ran(1)>"), encoding="utf-8")


def _prose(folder: Path) -> None:
    content = json.loads((folder / "activities.json").read_text(encoding="utf-8"))
    notebook = nbformat.read(folder / _NAME, as_version=4)
    prose = {cell.id: _ALL for cell in notebook.cells}
    text = json.dumps({**content, "language": "ckb", "prose": prose})
    (folder / "activities.ckb.json").write_text(text, encoding="utf-8")


def _elsewhere(folder: Path) -> None:
    shutil.move(folder / "activities.json", folder.parent / "activities.json")
    (folder / "activities.json").symlink_to(folder.parent / "other.json")


@pytest.mark.parametrize("change", [_activities, _prose, _elsewhere])
def test_app_refuses_changed_activities(server: Server, change: Callable[[Path], None]) -> None:
    folder = server.new_trainee("sent")
    change(folder)
    status, text = _ask(server, f"voila/render/trainee/sent/{MODULE}/{_NAME}")
    assert status == 403
    assert _SAYS in text


@pytest.mark.proof
@pytest.mark.parametrize("door", ["notebook", "lab"])
def test_prose_of_a_sent_folder_runs_nothing(
    server: Server, browser: tuple[BrowserContext, Intruder], door: str
) -> None:
    context, intruder = browser
    folder = server.new_trainee(f"sent-{door}")
    _prose(folder)
    content = json.loads((folder / "activities.json").read_text(encoding="utf-8"))
    (folder / "activities.json").write_text(json.dumps({**content, "languages": ["en", "ckb"]}), encoding="utf-8")
    page = context.new_page()
    page.goto(server.door(door, f"sent-{door}"))
    wait_drawn(page)
    page.get_by_role("button", name="کوردی", exact=False).first.click()
    wait_for(page.locator(".himaya-prose").first, state="attached")
    intruder.press(page)
    wait_for_load(page, "networkidle")
    drawn = """all => all.flatMap(it => [...it.querySelectorAll('*')])
      .map(it => [it.localName, ...it.getAttributeNames()].join(' '))"""
    assert intruder.ran == []
    assert set(page.locator(".himaya-prose").evaluate_all(drawn)) <= {"a", "img", "p"}
    page.close()


_MARKDOWN = f"""# One

> *two* **three** `four` [five](#Five) ![six]({PICTURE}PHN2Zz48L3N2Zz4=)\\
seven {VALUE}eight{END} {ENGLISH}nine{END} <b>as text</b>

7. ten
   - eleven

| a | b | c | d |
|---|:--|:-:|--:|
| 1 | 2 | 3 | 4 |

---

    twelve
"""


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page that has the player's `safeProse`, and what ran in it."""
    page = chromium.new_page()
    ran: list[str] = []
    page.expose_binding("ran", lambda _, place: ran.append(str(place)))
    page.add_script_tag(content=sources("prose"))
    yield page, ran
    page.close()


_BOX = (
    "html => {{ const it = document.createElement('div'); {}; document.body.replaceChildren(it); return it.innerHTML }}"
)
_SAFE, _AS_IT_IS = _BOX.format("it.append(player.safeProse(html))"), _BOX.format("it.innerHTML = html")


def test_our_own_prose_is_drawn_whole(blank: tuple[Page, list[str]]) -> None:
    module = load_module(ROOT / "modules" / MODULE)
    texts = [marked_up(markdown(html=False).render(_MARKDOWN)), *prose_html(module).values()]
    changed = [text for text in texts if blank[0].evaluate(_SAFE, text) != blank[0].evaluate(_AS_IT_IS, text)]
    assert len(texts) > 10
    assert changed == []


_NESTED = {
    "style in svg": "<svg></p><style><a id='</style><img src=x onerror=ran(1)>'>",
    "style in math": "<math><mtext><mglyph><style><!--</style><p title='--&gt;&lt;img src=x onerror=ran(1)&gt;'>",
    "noscript": "<noscript><p title='</noscript><img src=x onerror=ran(1)>'></noscript>",
    "text that holds markup": "<textarea></textarea><p>&lt;img src=x onerror=ran(1)&gt;</p>",
    "comment": "<!--><img src=x onerror=ran(1)>--><p>x</p>",
    "kept element": "<p onclick=ran(1) onpointerover=ran(1) autofocus tabindex=0 style='all:unset' id=x class=y>x</p>",
    "drawing": "<img src='data:image/svg+xml,<svg onload=ran(1)>' onerror=ran(1) alt=x>",
    "link": "<a href='java&#10;script:ran(1)' ping=//x target=_top>x</a><a href=' #x'>x</a><a href=//x>x</a>",
    "styled cell": "<table><tr><td style='text-align:left;background:url(//x)'>x</td></tr></table>",
    "span": "<span class='himaya-english himaya-status' lang=ar dir=rtl>x</span>",
    "meta": "<meta http-equiv=refresh content='0;url=//x'><base href=//x><link rel=stylesheet href=//x>",
    "deep": "<b>" * 2000 + "<img src=x onerror=ran(1)>",
}


@pytest.mark.parametrize("html", [*MARKUP.values(), *_NESTED.values()], ids=[*MARKUP, *_NESTED])
def test_prose_keeps_nothing_but_text(blank: tuple[Page, list[str]], html: str) -> None:
    page, ran = blank
    page.evaluate(_SAFE, html)
    attributes = page.evaluate("[...document.querySelectorAll('div *')].flatMap(it => it.getAttributeNames())")
    allowed = {"alt"} if html == _NESTED["drawing"] else set()
    page.evaluate("document.querySelectorAll('a, p').forEach(it => it.click())")
    page.evaluate("() => new Promise(done => setTimeout(() => requestAnimationFrame(() => done(true))))")
    assert ran == []
    assert set(attributes) == allowed


def _ask(server: Server, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    """Return status and text of one address, as the person whose token it is."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    asked = urllib.request.Request(f"http://127.0.0.1:{server.port}/{path}", data, headers)
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - as above
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


_HERE = f"trainer/core-protection/submitted/{_WHO}/{MODULE}"
_STEPS = [f"trainer/core-protection/{step}/{_WHO}/{MODULE}" for step in ("submitted", "autograded", "feedback")]
_ROUTES = [
    *(f"voila/render/{step}/{name}" for step in _STEPS for name in (_NAME, "evil.ipynb", "evil.md", "evil.html")),
    f"voila/render/trainee/../{_HERE}/{_NAME}",
    f"voila/render/trainee/%2e%2e/{_HERE}/{_NAME}",
    f"voila/render/trainee%2f..%2f{quote(_HERE, safe='')}%2f{_NAME}",
    f"voila/render//{_HERE}/{_NAME}",
    f"voila/render/./{_HERE}/{_NAME}",
    f"voila/render/{_HERE}/{_NAME}?template=base&theme=dark",
    f"voila/render/{_HERE.replace('submitted', 'Submitted')}/{_NAME}",
    "voila",
    "voila/",
    f"voila/tree/{_HERE}",
    f"voila/api/contents/{_HERE}",
    *(f"voila/files/{step}/evil.{kind}" for step in _STEPS for kind in ("svg", "html", "js")),
    *(f"files/{step}/evil.{kind}" for step in _STEPS for kind in ("svg", "html", "xhtml", "js", "ipynb", "md")),
    f"files/trainee/../{_HERE}/evil.svg",
    f"files/{_HERE}/evil.html?download=1",
    *(f"nbconvert/{kind}/{_HERE}/evil.ipynb" for kind in ("html", "slides", "script", "markdown")),
    *(f"api/contents/{step}/evil.{kind}" for step in _STEPS for kind in ("ipynb", "md", "html", "svg")),
    *(f"api/contents/{step}" for step in _STEPS),
    f"api/contents/{_HERE}/evil.ipynb?type=notebook&content=1",
    f"api/contents/{_HERE}/evil.html?type=file&format=base64",
    "files/trainer/core-protection/keys/case-management.json",
    "api/contents/trainer/core-protection/keys",
    f"formgrader/submissions/{'0' * 32}/evil.svg",
]


@pytest.mark.parametrize("path", _ROUTES, ids=lambda path: path.replace(MODULE, "m").replace("core-protection", "c"))
def test_no_route_opens_what_was_handed_in(server: Server, handin: Path, path: str) -> None:
    assert handin.exists()
    status, text = _ask(server, path)
    assert status in (403, 404)
    assert "ran(" not in text


_POSTS: dict[str, tuple[str, dict[str, Any]]] = {
    "copy": ("api/contents/trainee", {"copy_from": f"{_HERE}/evil.ipynb"}),
    "validate": ("assignments/validate", {"path": f"{_HERE}/evil.ipynb"}),
    "session": (
        "api/sessions",
        {"path": f"{_HERE}/evil.ipynb", "name": "x", "type": "notebook", "kernel": {"name": "himaya"}},
    ),
    "trust": (f"api/contents/{_HERE}/evil.ipynb/trust", {}),
    "checkpoint": (f"api/contents/{_HERE}/evil.ipynb/checkpoints", {}),
}


@pytest.mark.parametrize(("path", "body"), _POSTS.values(), ids=_POSTS)
def test_no_request_acts_on_what_was_handed_in(server: Server, handin: Path, path: str, body: dict[str, Any]) -> None:
    assert handin.exists()
    kernels = _ask(server, "api/kernels")[1].count('"id"')
    status, _text = _ask(server, path, body)
    assert status >= 400
    assert _ask(server, "api/kernels")[1].count('"id"') == kernels


@pytest.mark.parametrize("path", ["trainee/door", "trainee/case", "trainer/core-protection/release/door"])
def test_no_link_leads_to_what_was_handed_in(server: Server, handin: Path, path: str) -> None:
    door = server.home / "desk" / path
    door.symlink_to(handin)
    try:
        for route in ("files/{}/evil.svg", "api/contents/{}/evil.ipynb", "voila/render/{}/" + _NAME):
            status, _text = _ask(server, route.format(path))
            assert status in (403, 404)
    finally:
        door.unlink()


def test_own_file_runs_nothing(server: Server, browser: tuple[BrowserContext, Intruder]) -> None:
    context, intruder = browser
    for name in ("own.html", "own.svg"):
        (server.home / "desk" / "trainee" / name).write_text(
            f"<svg xmlns='http://www.w3.org/2000/svg'>{MARKUP['svg-script']}</svg>", encoding="utf-8"
        )
        page = context.new_page()
        answer = page.goto(server.address(f"files/trainee/{name}"))
        assert answer is not None
        assert "sandbox" in answer.headers["content-security-policy"]
        page.close()
    assert intruder.ran == []


@pytest.mark.proof
@pytest.mark.parametrize("view", sampled(["lab/tree", "notebooks", "view"], ["doc/tree", "edit", "tree"]))
def test_no_view_of_jupyter_shows_a_handin(
    server: Server, browser: tuple[BrowserContext, Intruder], handin: Path, view: str
) -> None:
    assert handin.exists()
    context, intruder = browser
    page = context.new_page()
    name = "" if view == "tree" else "/evil.html" if view in ("view", "edit") else "/evil.ipynb"
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(unquote(answer.url)) if answer.status == 404 else None)
    answer = page.goto(server.address(f"{view}/{_HERE}{name}"))
    assert answer is not None
    if answer.status == 200:  # the program of the view: it asks for the file, and is refused
        until(lambda: page.title() and any(_HERE in url for url in asked), "the view to ask for the file")
    assert intruder.ran == []
    page.close()


def _harmless(notebook: Any) -> None:
    """Change all that neither runs nor is drawn."""
    html = {"output_type": "display_data", "metadata": {}, "data": {"text/html": _ALL}}
    script = {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "ran('output')"}}
    for cell in notebook.cells:
        cell.metadata["tags"] = ['"><img src=x onerror=ran(1)>']
        cell.metadata["raw_mimetype"] = "text/html"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [nbformat.from_dict(html), nbformat.from_dict(script)], 7
    state = {"version_major": 2, "version_minor": 0, "state": {"</script>" + _ALL: {}}}
    notebook.metadata.update(
        title="</title>" + _ALL,
        voila={"template": "base", "theme": "dark"},
        widgets={"application/vnd.jupyter.widget-state+json": state},
        kernelspec={"name": "python3", "display_name": "<img>", "language": "x"},
        language_info={"name": "x", "pygments_lexer": "x"},
    )


@pytest.mark.proof
def test_saved_notebook_opens_without_additions(server: Server, browser: tuple[BrowserContext, Intruder]) -> None:
    context, intruder = browser
    folder = server.new_trainee("saved")
    notebook = nbformat.read(folder / _NAME, as_version=4)
    _harmless(notebook)
    nbformat.write(notebook, folder / _NAME)
    page = context.new_page()
    page.goto(server.door("app", "saved"))
    wait_drawn(page)
    assert intruder.ran == []
    assert page.locator("img[src=x]").count() == 0
    page.close()


def test_app_opens_a_mentors_practice(server: Server) -> None:
    assert _ask(server, f"voila/render/mentor/{MODULE}/{_NAME}")[0] == 200


def test_missing_app_asks_no_other_origin(server: Server, browser: tuple[BrowserContext, Intruder]) -> None:
    page = browser[0].new_page()
    answer = page.goto(server.address("voila/render/trainee/no-such-folder/x.ipynb"))
    assert answer is not None
    assert answer.status >= 400
    page.close()


@pytest.mark.proof
def test_app_opens_a_build_that_was_released_before(server: Server) -> None:
    folder = server.new_trainee("earlier")
    released = server.home / "exchange" / "core-protection" / "outbound" / MODULE / "activities.json"
    before = released.read_bytes()
    assert _ask(server, f"voila/render/trainee/earlier/{MODULE}/{_NAME}")[0] == 200
    released.write_bytes(before + b"\n")
    try:
        assert _ask(server, f"voila/render/trainee/earlier/{MODULE}/{_NAME}")[0] == 200
        (folder / "activities.json").write_bytes(before + b"\n")
        assert _ask(server, f"voila/render/trainee/earlier/{MODULE}/{_NAME}")[0] == 200
        (folder / "activities.json").write_bytes(before + b"\n\n")
        assert _ask(server, f"voila/render/trainee/earlier/{MODULE}/{_NAME}")[0] == 403
    finally:
        released.write_bytes(before)


@pytest.fixture(scope="module")
def meddled(chromium: Browser) -> Iterator[Browser]:
    """A Chromium that takes a page which a test changed on its way for one of this machine, as it is."""
    flags = [*FLAGS, without("LocalNetworkAccessChecks")]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=flags)
    yield browser
    browser.close()


@pytest.mark.parametrize("policy", [False, True], ids=["without the policy", "with it"])
@pytest.mark.parametrize("door", sampled(["marking"], ["app", "home", "trainer"]))
def test_page_policy_alone_stops_markup(
    server: Server, meddled: Browser, handin: Path, door: str, *, policy: bool
) -> None:
    assert handin.exists()
    path, last = _OURS[door]
    if door == "app":
        server.new_trainee("policy")
    if door == "marking":
        with CourseDirectory(server.course, server.home / "exchange").api.gradebook as gradebook:
            path += str(gradebook.assignment_submissions(MODULE)[0].notebooks[0].id) + "/"
    with _watched(meddled) as context:
        intruder = Intruder(context)
        context.new_page().goto(server.address("himaya"))
        page = context.new_page()
        intruder.enter(f"**/{path}", policy=policy)
        page.goto(f"http://127.0.0.1:{server.port}/{path}")
        wait_for(page.locator(last).first, state="attached")
        intruder.press(page)
        wait_for_load(page, "networkidle")
        if policy:
            assert intruder.ran == []
        else:
            assert enough(intruder.ran)


_OURS = {
    "home": ("himaya/trainee", "h1"),
    "trainer": ("himaya/trainer", "h1"),
    "marking": ("formgrader/submissions/", "[data-marking]"),
    "app": (f"voila/render/trainee/policy/{MODULE}/{_NAME}", "section.himaya-handin"),
}


@pytest.mark.proof
def test_app_reports_no_violation_of_its_policy(server: Server, context: BrowserContext) -> None:
    server.new_trainee("quiet")
    context.add_init_script(
        "addEventListener('securitypolicyviolation', e => "
        "(globalThis.refused ??= []).push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"
    )
    page = context.new_page()
    page.goto(server.door("app", "quiet"))
    wait_drawn(page)
    wait_for_load(page, "networkidle")
    assert page.evaluate("globalThis.refused ?? []") == []


def test_other_kernels_are_refused(server: Server) -> None:
    assert "himaya" in _ask(server, "api/kernelspecs")[1]
    assert _ask(server, "api/kernels", {"name": "python3"})[0] == 403
    session = {"path": "trainee/x.ipynb", "name": "x", "type": "notebook", "kernel": {"name": "python3"}}
    assert _ask(server, "api/sessions", session)[0] >= 400
    status, text = _ask(server, "api/kernels", {"name": "himaya"})
    assert status == 201
    made = json.loads(text)["id"]
    headers = {"Authorization": f"token {TOKEN}"}
    address = f"http://127.0.0.1:{server.port}/api/kernels/{made}"
    ended = urllib.request.Request(address, headers=headers, method="DELETE")
    urllib.request.urlopen(ended, timeout=30).close()  # noqa: S310 - as above
