"""Measure what a person with another pair of eyes, hands or ears meets: sizes, focus, names, what is covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

TARGET = 44  # CSS px, both ways

_STILL = """() => Promise.allSettled(document.getAnimations()
  .filter(one => one.playState === "running" && one.effect?.getComputedTiming().endTime !== Infinity)
  .map(one => one.finished)).then(() => null)"""
_TARGETS = """([root, least]) => {
  const seen = Array.from(document.querySelectorAll(root)).flatMap(part => Array.from(part.querySelectorAll(
    "button, select, textarea, input, summary, a[href]")));
  return seen.filter(it => it.offsetParent !== null || getComputedStyle(it).position === "fixed")
    .filter(it => !it.closest("p"))
    .map(it => ["radio", "checkbox"].includes(it.type) ? it.closest("label") : it)
    .map(it => [it, it.getBoundingClientRect()])
    .filter(([, box]) => box.width < least - 0.01 || box.height < least - 0.01)
    .map(([it, box]) => `${it.tagName} "${it.textContent.trim().slice(0, 40)}" ${box.width} x ${box.height}`);
}"""
_CLIPPED = """root => {
  const problems = [];
  const wide = document.scrollingElement.scrollWidth;
  if (wide > innerWidth) problems.push(`the page is ${wide} wide on ${innerWidth}`);
  for (const part of document.querySelectorAll(root)) {
    const outer = part.getBoundingClientRect();
    for (const it of part.querySelectorAll("*")) {
      if (it.closest(".himaya-announce") || it.tagName === "OPTION" || it.closest(".scroll")) continue;
      const box = it.getBoundingClientRect();
      const out = box.width > 0 && (box.right > outer.right + 0.5 || box.left < outer.left - 0.5);
      const cut = !["SELECT", "TEXTAREA", "INPUT", "METER"].includes(it.tagName) && it.clientWidth > 0
        && getComputedStyle(it).overflowX !== "visible" && it.scrollWidth > it.clientWidth + 1;
      if (out || cut) problems.push(`clipped: ${it.tagName} "${it.textContent.trim().slice(0, 40)}"`);
    }
    const pen = document.createElement("canvas").getContext("2d");
    for (const list of part.querySelectorAll("select")) {
      pen.font = getComputedStyle(list).font;
      const room = list.clientWidth - 48;  // padding and the arrow
      const whole = list.closest("label")?.querySelector(".himaya-whole");
      for (const option of list.options) {
        if (pen.measureText(option.text).width <= room) continue;
        const shown = option.selected && whole?.checkVisibility() && whole.textContent === option.text;
        if (!shown) problems.push(`clipped in ${option.selected ? "a closed" : "a"} list: "${option.text}"`);
      }
    }
  }
  return problems;
}"""
_COVERED = """() => {
  const it = document.activeElement;
  const bar = document.querySelector(".himaya-top, .himaya-exit");
  if (it === document.body || bar.contains(it)) return null;
  const shown = ["radio", "checkbox"].includes(it.type) ? it.closest("label") ?? it : it;
  const one = shown.getBoundingClientRect();
  const other = bar.getBoundingClientRect();
  const covers = one.right > other.left && one.bottom > other.top && one.top < other.bottom;
  const outside = one.bottom < 0 || one.top > innerHeight;
  const what = `${it.tagName} "${(it.dataset.key ?? it.textContent).slice(0, 40)}"`;
  return one.height > innerHeight - 120 || !(covers || outside) ? null : what;
}"""
_ROLES = {"button", "radio", "checkbox", "textbox", "combobox", "link", "DisclosureTriangle"}


def violations(page: Page, root: str) -> list[str]:
    """Return what axe finds inside `root`, once nothing fades in any more: half drawn, a text has no contrast."""
    page.evaluate(_STILL)
    axe = Axe("" if page.evaluate("'axe' in window") else AXE_SCRIPT)
    found = axe.run(page, context=root).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def small_targets(page: Page, root: str) -> list[str]:
    """Return what can be pressed and is smaller than 44 px; links inside a sentence are excepted."""
    return list(page.evaluate(_TARGETS, [root, TARGET]))


def clipped(page: Page, root: str, *, in_lists: bool = True) -> list[str]:
    """Return what does not fit: a page that scrolls sideways, text that is cut.

    Without `in_lists`, an option of a closed list may be longer than the list, which shows it whole when it is opened.
    """
    return [one for one in page.evaluate(_CLIPPED, root) if in_lists or "in a list" not in one]


def covered(page: Page) -> str | None:
    """Return the focused element where the header covers it or it is outside the window, else None."""
    found: str | None = page.evaluate(_COVERED)
    return found


def controls(page: Page, root: str) -> list[tuple[str, str]]:
    """Return role and name of every control and group in `root`, as the accessibility tree has them."""
    session = page.context.new_cdp_session(page)
    found = session.send("Runtime.evaluate", {"expression": f"document.querySelector({root!r})"})
    nodes = session.send("Accessibility.queryAXTree", {"objectId": found["result"]["objectId"]})["nodes"]
    session.detach()
    read = [(_value(node, "role"), _value(node, "name")) for node in nodes if not node["ignored"]]
    return [(role, name) for role, name in read if role in _ROLES]


def _value(node: dict[str, Any], field: str) -> str:
    return str(node.get(field, {}).get("value", "")).strip()
