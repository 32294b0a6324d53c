/* On every page of the platform's home: the quick exit, and the language that notebooks and apps open in. */

import { readyExit } from "../exit.js";
import { prefer } from "../preferred.js";

readyExit(".himaya-exit a");
for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-language]"))) {
  link.addEventListener("click", () => prefer(link.dataset.language ?? ""));
}
