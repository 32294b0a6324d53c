/* Quick exit: clear the screen at once and leave no way back in this tab's history to this page. */
document.querySelector(".exit a").addEventListener("click", (event) => {
  event.preventDefault();
  document.body.replaceChildren();
  document.title = " ";
  globalThis.location.replace("about:blank");
});
/* Notebooks and apps open in the language that was chosen here. */
for (const link of document.querySelectorAll("[data-language]")) {
  link.addEventListener("click", () => {
    try {
      localStorage.setItem("himaya:language", link.dataset.language);
    } catch {
      // Then the choice holds for these pages.
    }
  });
}
