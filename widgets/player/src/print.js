/* On paper nothing is folded away, and no text ends at the edge of its box. */

export function readyPrint() {
  const folded = () => document.querySelectorAll("main details:not([open])");
  let opened = [];
  globalThis.addEventListener("beforeprint", () => {
    opened = [...folded()];
    for (const part of opened) part.open = true;
    // Paper is narrower than a screen; browsers that can (contents.css) make each box fit.
    for (const field of document.querySelectorAll("textarea")) field.style.minBlockSize = `${field.scrollHeight * 1.25}px`;
  });
  globalThis.addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
    for (const field of document.querySelectorAll("textarea")) field.style.minBlockSize = "";
  });
}
