/* What pages of staff do beyond forms: print, fill the screen, and show what is new. Each works without it. */

"use strict";

const AGAIN = 4000; // milliseconds

for (const button of document.querySelectorAll("button[data-step]")) {
  const whole = button.closest("[data-whole]");
  const steps = {
    print: () => print(),
    whole: () => (document.fullscreenElement ? document.exitFullscreen() : whole.requestFullscreen()),
  };
  if (button.dataset.step === "whole" && !document.fullscreenEnabled) continue;
  button.hidden = false;
  button.addEventListener("click", steps[button.dataset.step]);
}

/* The part of this page that lives is read again; nobody loses the button that they are about to press. */
async function read(live) {
  const answer = await fetch(location.pathname, { cache: "no-store", credentials: "same-origin" });
  if (answer.redirected) return location.reload(); // signed out
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-live]");
  if (next === null || live.contains(document.activeElement) || next.innerHTML === live.dataset.shown) return;
  live.dataset.shown = next.innerHTML;
  live.replaceChildren(...next.childNodes);
}

const live = document.querySelector("[data-live]");
if (live !== null) {
  navigator.wakeLock?.request("screen").catch(() => {}); // a projector shows it for an hour
  setInterval(() => read(live).catch(() => {}), AGAIN); // the link comes back by itself
}
