/* The quick exit: leaves at once, wherever it is pressed. */

import { element } from "./elements.mjs";

export function leave() {
  document.body.replaceChildren();
  document.title = " ";
  globalThis.location.replace("about:blank");
}

export function showExit(strings, direction) {
  if (document.querySelector(".himaya-exit") !== null) return;
  const bar = element(
    "aside",
    { class: "himaya-exit", dir: direction, "aria-label": strings["quick-exit"] },
    element("button", { type: "button", title: strings["quick-exit-help"], onclick: leave }, strings["quick-exit"]),
    element("span", {}, `${strings["training-notice"]} ${strings["exit-honest"]}`),
  );
  document.body.prepend(bar);
}
