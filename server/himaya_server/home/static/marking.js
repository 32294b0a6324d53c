// Saves marks and comments while they are typed, through formgrader's own API; says in words what is not saved yet.
"use strict";
{
  const page = document.querySelector("[data-marking]");
  const words = page.dataset;
  const PAUSE = 700; // ms without a key before what was typed is saved
  const AGAIN = 3000; // ms before a failed save is tried again
  const unsaved = new Map(); // part of the page -> timer
  const sending = new Map(); // part of the page -> its running save

  const plain = (text) =>
    text.trim().replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660).replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0)
      .replace(/[,٫]/, ".");

  // Returns [row, body], or null where the score is no number from 0 to the maximum.
  function content(field) {
    if ("comment" in field.dataset) return [`comment/${field.dataset.comment}`, { manual_comment: field.value }];
    const text = plain(field.value);
    const number = Number(text);
    const right = /^\d*\.?\d*$/.test(text) && number <= Number(field.dataset.most);
    field.setAttribute("aria-invalid", String(!right));
    if (!right) return null;
    const extra = field.dataset.extra === "" ? null : Number(field.dataset.extra);
    return [`grade/${field.dataset.score}`, { manual_score: text === "" ? null : number, extra_credit: extra }];
  }

  function say(field, text) {
    document.getElementById(field.getAttribute("aria-describedby")).textContent = text;
  }

  const pending = (status) => [...unsaved.keys()].some((it) => it.getAttribute("aria-describedby") === status);

  async function save(field) {
    clearTimeout(unsaved.get(field));
    await sending.get(field); // one at a time, so that the last one typed is the last one saved
    if (!unsaved.has(field)) return;
    const found = content(field);
    if (found === null) return say(field, words.wrong.replace("{most}", field.dataset.most));
    const [row, body] = found;
    const value = field.value;
    const sent = fetch(words.api + row, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-XSRFToken": words.xsrf },
      body: JSON.stringify(body),
      keepalive: true,
    }).then((answer) => answer.ok, () => false);
    sending.set(field, sent);
    const done = await sent;
    sending.delete(field);
    if (!done) {
      say(field, words.failed);
      unsaved.set(field, setTimeout(save, AGAIN, field));
    } else if (field.value === value) {
      unsaved.delete(field);
      if (!pending(field.getAttribute("aria-describedby"))) say(field, words.saved);
    }
  }

  page.addEventListener("input", ({ target }) => {
    clearTimeout(unsaved.get(target));
    unsaved.set(target, setTimeout(save, PAUSE, target));
    say(target, words.unsaved);
  });
  page.addEventListener("click", ({ target }) => {
    if (!("confirm" in target.dataset)) return;
    const field = target.closest("fieldset").querySelector("[data-score]");
    unsaved.set(field);
    save(field);
  });
  page.addEventListener("change", ({ target }) => save(target));
  addEventListener("beforeunload", (event) => {
    if (unsaved.size) event.preventDefault();
  });
  for (const link of document.querySelectorAll("[data-go]")) {
    link.addEventListener("click", async (event) => {
      if (!unsaved.size) return;
      event.preventDefault();
      await Promise.all([...unsaved.keys()].map(save));
      if (unsaved.size) [...unsaved.keys()][0].focus();
      else location.assign(link.href);
    });
  }
}
