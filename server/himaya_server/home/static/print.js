/* A button that prints the page; without scripts there is none. */
const press = document.querySelector("#print");
press.hidden = false;
press.addEventListener("click", () => globalThis.print());
