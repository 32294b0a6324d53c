/* On paper nothing is folded away, and no text ends at the edge of its box. */

export function readyPrint() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  globalThis.addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details")).filter((part) => !part.open && part.closest("main") !== null);
    for (const part of opened) part.open = true;
    // Paper is narrower than a screen; browsers that can (contents.css) make each box fit.
    for (const field of document.querySelectorAll("textarea")) field.style.minBlockSize = `${field.scrollHeight * 1.25}px`;
  });
  globalThis.addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
    for (const field of document.querySelectorAll("textarea")) field.style.minBlockSize = "";
  });
}
