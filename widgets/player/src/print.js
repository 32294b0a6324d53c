/* On paper nothing is folded away, no step is left out, and no text ends at the edge of its box. */

export function readyPrint() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  /** @type {[HTMLDetailsElement, string][]} */
  let grouped = []; // of a group one part alone may be open
  /** @type {HTMLElement[]} */
  let shown = [];
  globalThis.addEventListener("beforeprint", () => {
    shown = Array.from(document.querySelectorAll(".step[hidden]"));
    for (const step of shown) step.hidden = false; // a field that is hidden has no height
    const parts = Array.from(document.querySelectorAll("details"));
    grouped = parts.filter((part) => part.name).map((part) => [part, part.name]);
    for (const [part] of grouped) part.name = "";
    opened = parts.filter((part) => !part.open);
    for (const part of opened) part.open = true;
    // Paper is narrower than a screen; browsers that can (contents.css) make each box fit.
    for (const field of document.querySelectorAll("textarea")) field.style.minBlockSize = `${field.scrollHeight * 1.25}px`;
  });
  globalThis.addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
    for (const [part, name] of grouped) part.name = name;
    for (const step of shown) step.hidden = true;
    for (const field of document.querySelectorAll("textarea")) field.style.minBlockSize = "";
  });
}
