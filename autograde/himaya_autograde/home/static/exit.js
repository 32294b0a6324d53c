/* Quick exit: clear the screen at once and leave no way back in this tab's history to this page. */
document.querySelector(".exit a").addEventListener("click", (event) => {
  event.preventDefault();
  document.body.replaceChildren();
  document.title = " ";
  globalThis.location.replace("about:blank");
});
