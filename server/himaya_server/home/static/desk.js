/* Say that a step is at work, and let it be taken once only. */
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    const status = document.querySelector("#working");
    status.textContent = status.dataset.says;
    for (const button of document.querySelectorAll("form button")) button.disabled = true;
  });
}
// Who comes back to this page may take a step again.
globalThis.addEventListener("pageshow", (event) => event.persisted && location.reload());
