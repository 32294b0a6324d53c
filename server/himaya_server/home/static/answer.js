// Saves marks as they are made. What the server has not taken waits in this browser and is sent later; a mark that
// somebody changed meanwhile is never overwritten without a word. Nothing kept here names a trainee.
"use strict";
{
  const page = document.querySelector("[data-answer]");
  const words = page?.dataset;
  const AGAIN = 3000; // ms before what was not taken is sent again
  const PAUSE = 700; // ms without a key before a comment is sent
  const status = page?.querySelector("[data-status]");
  const here = words?.answer;

  // --- what waits: by answer, so that only the last mark of each is sent -------------------------------------------
  const waiting = () => {
    try {
      return JSON.parse(localStorage.getItem(words.queue) ?? "{}");
    } catch {
      return {};
    }
  };
  function keep(change) {
    const all = waiting();
    change(all);
    if (Object.keys(all).length) localStorage.setItem(words.queue, JSON.stringify(all));
    else localStorage.removeItem(words.queue);
  }
  const say = (text, bad) => {
    status.textContent = text;
    status.toggleAttribute("data-bad", Boolean(bad));
  };

  let sending = null;
  // Sends all that waits, one after the other; resolves to whether nothing waits any more.
  function flush() {
    sending ??= (async () => {
      await null; // `sending` is set before anything ends
      try {
        for (const [key, mark] of Object.entries(waiting())) if (!(await send(key, mark))) break;
      } finally {
        sending = null;
      }
      return Object.keys(waiting()).length === 0;
    })();
    return sending;
  }

  let again;
  // Sends one; resolves to whether the server answered.
  async function send(key, mark) {
    let answer;
    try {
      answer = await fetch(mark.to, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-XSRFToken": words.xsrf },
        body: JSON.stringify({ id: mark.id, wanted: mark.wanted, seen: mark.seen, second: mark.second }),
        keepalive: true,
      });
    } catch {
      answer = null;
    }
    const mine = key === shown;
    if (answer === null || answer.status >= 500 || answer.status === 403) {
      clearTimeout(again);
      again = setTimeout(flush, AGAIN);
      say(words.lost, true);
      return false;
    }
    if (answer.ok) {
      // A mark that was made while this one was under way has seen what this one wrote.
      keep((all) => {
        if (all[key]?.id === mark.id) delete all[key];
        else if (all[key]) all[key].seen = [mark.wanted];
      });
      if (mine) seen = mark.wanted;
      if (!waiting()[shown]) say(words.saved);
      return true;
    }
    if (answer.status === 409) {
      const now = await answer.json().catch(() => ({}));
      if (mine) conflict(now, mark);
      else say(words.changed.replace("{points}", now.score ?? "–"), true);
      return true;
    }
    keep((all) => delete all[key]);
    say(words.refused, true);
    return true;
  }

  // --- one answer ---------------------------------------------------------------------------------------------------
  let seen = here && { score: words.score === "" ? null : Number(words.score), comment: words.comment };
  const shown = here && `${here}${words.second ? "?second" : ""}`;
  const box = page?.querySelector("[data-comment-box]");
  const field = page?.querySelector("[data-points]");
  const levels = [...(page?.querySelectorAll("input[name=level]") ?? [])];

  const plain = (text) =>
    text.trim().replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660).replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0)
      .replace(/[,٫]/, ".");

  // Returns the points in the field, null where it is empty, undefined where it holds no number from 0 to the maximum.
  function score() {
    const text = plain(field.value);
    if (text === "") return null;
    const right = /^\d*\.?\d*$/.test(text) && text !== "." && Number(text) <= Number(field.dataset.most);
    return right ? Number(text) : undefined;
  }

  function mark() {
    const wanted = { score: score(), comment: box?.value.trim() ?? "" };
    field.setAttribute("aria-invalid", String(wanted.score === undefined));
    if (wanted.score === undefined) return say(words.wrong.replace("{most}", field.dataset.most), true);
    for (const level of levels) level.checked = wanted.score !== null && Number(level.value) === wanted.score;
    keep((all) => {
      const before = all[shown];
      all[shown] = {
        id: crypto.randomUUID?.() ?? `${Date.now()}-${String(Math.random()).slice(2)}`,
        to: here,
        wanted,
        // What was sent before may have arrived though its answer did not.
        seen: before ? [...before.seen, before.wanted].slice(-20) : [seen],
        second: words.second === "1",
      };
    });
    say(words.unsaved);
    return flush().then(() => (waiting()[shown] && !conflicting() ? flush() : undefined));
  }

  const asks = page?.querySelector("[data-conflict]");
  const conflicting = () => asks && !asks.hidden;
  function conflict(now, mine) {
    say(words.changed.replace("{points}", now.score ?? "–"), true);
    asks.hidden = false;
    asks.querySelector("a").onclick = () => keep((all) => delete all[shown]);
    asks.querySelector("[data-mine]").onclick = () => {
      asks.hidden = true;
      keep((all) => {
        all[shown] = { ...mine, seen: [{ score: now.score ?? null, comment: now.comment ?? "" }] };
      });
      flush();
    };
  }

  function choose(level) {
    field.value = level.value;
    mark();
  }

  if (here) {
    const kept = waiting()[shown];
    if (kept) {
      field.value = kept.wanted.score ?? "";
      if (box) box.value = kept.wanted.comment;
      for (const level of levels) level.checked = Number(level.value) === kept.wanted.score;
    }
    for (const level of levels) level.addEventListener("change", () => choose(level));
    field.addEventListener("change", mark);
    let pause;
    box?.addEventListener("input", () => {
      clearTimeout(pause);
      say(words.unsaved);
      pause = setTimeout(mark, PAUSE);
    });
    box?.addEventListener("change", () => {
      clearTimeout(pause);
      mark();
    });
    for (const phrase of page.querySelectorAll("[data-phrase]")) {
      phrase.addEventListener("click", () => {
        box.value = [box.value.trim(), phrase.textContent].filter(Boolean).join(" ");
        mark();
      });
    }
    page.querySelector("[data-holds]")?.addEventListener("click", mark);
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("textarea, input:not([type=radio])")) return;
      const number = plain(event.key);
      const level = levels.find((each) => each.dataset.level === number);
      const go = { n: "next", p: "previous", Enter: "waiting" }[event.key];
      if (level) {
        event.preventDefault();
        choose(level);
      } else if (event.key === "c" && box) {
        event.preventDefault();
        box.focus();
      } else if (go && !event.target.matches("a, button, summary")) {
        document.querySelector(`[data-go=${go}]`)?.click();
      }
    });
  }
  for (const link of document.querySelectorAll("[data-go]")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      if (document.activeElement === box) box.blur();
      if (here && !(await flush())) {
        // What waits is safe; the next page is opened only where it can be.
        const open = await fetch(link.href).then((answer) => answer.ok, () => false);
        if (!open || conflicting()) return;
      }
      location.assign(link.href);
    });
  }
  const ask = document.querySelector("[data-ask]");
  ask?.addEventListener("click", async () => {
    const answer = await fetch(ask.dataset.ask).catch(() => null);
    if (answer?.ok) document.querySelector("[data-whose]").textContent = (await answer.json()).name;
  });
  if (page) {
    addEventListener("online", flush);
    flush();
  }
}
