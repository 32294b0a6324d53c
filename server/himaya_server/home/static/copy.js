// Copies the text above a button; where the browser does not allow it, the text is selected to be copied by hand.
"use strict";
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = button.parentElement.previousElementSibling;
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      button.textContent = button.dataset.copied;
    } catch {
      text.focus();
    }
  });
}
