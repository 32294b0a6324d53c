/* What a lab of stock ipywidgets needs from the page: language and direction, labels, focus, and whether it is saved. */

import { element } from "../elements.js";
import { keepTyped, TYPED } from "../typed.js";

/** @import { Section } from "../player.js" */
/** @import { Model, View } from "../types.js" */

const PATIENCE = 1500; // milliseconds after which a kernel that says nothing is missed
const TWICE = 300; // milliseconds within which a double click may meet what the first click has put in its place
const CAN_HOLD_FOCUS = "h4[tabindex], input:enabled, select:enabled, textarea:enabled, button:enabled, summary";

/** Set an attribute only where that changes something.
 * @param {Element} node
 * @param {string} name
 * @param {string} value */
const ensure = (node, name, value) => node.getAttribute(name) === value || node.setAttribute(name, value);

/** Put the frame of one lab into the page. Returns a function that lets go of everything.
 * @param {Model} model
 * @param {HTMLElement} root */
export function frameLab(model, root) {
  const status = element("p", { class: "himaya-status", role: "status" });
  const section = element(
    "section",
    { class: "himaya himaya-frame", "data-activity": model.get("activity"), "data-kind": "lab" },
    status,
  );
  root.append(section);
  /** The lab's own box; it joins the page after its parts.
   * @type {HTMLElement | null} */
  let box = null;
  let asked = 0;
  let heard = 0;
  let lost = false;
  /** What is typed and not yet sent.
   * @type {ReturnType<typeof keepTyped> | null} */
  let typed = null;
  /** The button that was pressed last,
   * @type {Element | null} */
  let pressed = null;
  let answer = 0; // what is heard when that is answered,
  let when = 0; // and when it was
  /** @type {Set<string>} */
  const unfolded = new Set();

  /** @param {object} message */
  function send(message) {
    try {
      model.send(message);
    } catch {
      // A dead comm throws; the line below says that nobody answers.
    }
  }

  function say() {
    const words = model.get(lost ? "lost" : "said");
    if (status.textContent !== words) status.textContent = words;
    status.dataset.status = lost ? "not-saved" : model.get("status");
    section.dispatchEvent(new CustomEvent("himaya-status", { bubbles: true, composed: true }));
  }

  /** Ask for a sign of life: messages come in order, so an answer says that what was done before has arrived. */
  function touched() {
    const n = (asked += 1);
    send({ type: "alive", n });
    setTimeout(() => {
      if (heard >= n || !section.isConnected) return;
      lost = true;
      say();
    }, PATIENCE);
  }

  /** @param {{ alive?: number, focus?: string }} message */
  function take(message) {
    if (message.alive !== undefined) {
      heard = Math.max(heard, message.alive);
      lost = lost && heard < asked;
      say();
    }
    // Another window of the same kernel hears it, too: nobody who only reads or types there is led away.
    if (message.focus !== undefined && asked > 0 && !typed?.busy()) focusOn(message.focus, 0);
  }

  /** @param {string} key
   * @param {number} tries */
  function focusOn(key, tries) {
    const place = box?.querySelector(`.himaya-key-${CSS.escape(key)}`);
    const target = place && (place.matches(CAN_HOLD_FOCUS) ? place : place.querySelector(CAN_HOLD_FOCUS));
    if (target instanceof HTMLElement && target.offsetParent !== null) target.focus();
    else if (tries < 40) setTimeout(() => focusOn(key, tries + 1), 25);
  }

  function describe() {
    if (box === null) return;
    box.lang = model.get("language");
    box.dir = model.get("direction");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", model.get("label"));
    section.lang = box.lang;
    section.dir = box.dir;
  }

  /** Tie each sentence below a field to its control, and keep JupyterLab's own keys out of the lab. */
  function tie() {
    if (box === null) return;
    typed?.look();
    for (const part of box.querySelectorAll("details")) part.open ||= unfolded.has(part.querySelector("summary")?.textContent ?? "");
    for (const field of box.querySelectorAll(".himaya-field")) {
      const error = field.querySelector(".himaya-error");
      if (!error) continue; // it joins a moment later
      const controls = field.querySelectorAll("input, select, textarea");
      error.id ||= `himaya-error-${Math.random().toString(36).slice(2)}`;
      const wrong = error.textContent?.trim() !== "";
      for (const control of controls) {
        ensure(control, "aria-describedby", error.id);
        ensure(control, "aria-invalid", String(wrong));
      }
      group(field);
    }
    for (const control of box.querySelectorAll("button, input, select, textarea, summary, [tabindex]")) {
      ensure(control, "data-lm-suppress-shortcuts", "true");
      if (control.matches(TYPED)) ensure(control, "dir", "auto");
    }
  }

  /** @param {Element} field */
  function group(field) {
    const name = field.querySelector(".widget-label, .himaya-legend");
    const several = field.matches(".himaya-several") || field.querySelector(".widget-radio, .widget-toggle-buttons");
    if (!name || !several) return;
    name.id ||= `himaya-label-${Math.random().toString(36).slice(2)}`;
    const place = field.querySelector(".widget-radio-box") ?? field.querySelector(".widget-toggle-button-container") ?? field;
    ensure(place, "role", field.querySelector("input[type=radio]") ? "radiogroup" : "group");
    ensure(place, "aria-labelledby", name.id);
  }

  /** Under which name the words of a control are kept; the lab has parts in which the same fields stand again.
   * @param {Element} control */
  const draftName = (control) => {
    const key = [...(control.closest("[class*='himaya-key-']")?.classList ?? [])].find((name) => name.startsWith("himaya-key-"));
    return key === undefined ? null : ["himaya-draft", model.get("owner"), model.get("activity"), model.get("part"), key].join(":");
  };

  /** A second press before the first is answered is none: of an impatient hand, a double click, a key held down.
   * @param {MouseEvent} event */
  function once(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button === null) return;
    const again = button === pressed ? heard < answer || event.detail > 1 : event.detail > 1 && event.timeStamp - when < TWICE;
    if (again) {
      event.stopImmediatePropagation();
      event.preventDefault();
      touched();
    } else [pressed, answer, when] = [button, asked + 1, event.timeStamp];
  }

  /** What was folded out stays so when it is drawn anew.
   * @param {Event} event */
  function fold({ target }) {
    if (!(target instanceof HTMLDetailsElement)) return;
    const name = target.querySelector("summary")?.textContent;
    if (name) unfolded[target.open ? "add" : "delete"](name);
  }

  const act = (/** @type {Event} */ { type }) => {
    if (type === "change") when = 0; // who changed a field in between means the next press
    touched();
  };
  const turned = () => setTimeout(() => typed?.restore(), 0);
  const look = () => {
    if (document.visibilityState === "visible") send({ type: "look" });
  };
  const watch = new MutationObserver(() => tie());

  function join(tries = 0) {
    box = section.closest(".himaya-lab");
    if (box === null) {
      if (tries < 200) setTimeout(() => join(tries + 1), 25);
      return;
    }
    typed = keepTyped(box, draftName, () => heard >= asked, PATIENCE);
    describe();
    tie();
    watch.observe(box, { childList: true, subtree: true });
    box.addEventListener("click", once, true);
    box.addEventListener("toggle", fold, true); // it does not bubble
    for (const type of ["change", "click"]) box.addEventListener(type, act);
    box.dataset.ready = "true";
  }

  const changes = ["said", "status", "lost", "finished"].map((name) => `change:${name}`).join(" ");
  const about = ["language", "direction", "label"].map((name) => `change:${name}`).join(" ");
  model.on("msg:custom", take);
  model.on(changes, say);
  model.on(about, describe);
  model.on("change:part", turned);
  document.addEventListener("visibilitychange", look);
  /** @type {Section & { himaya?: { settled(): boolean } }} */ (section).himaya = {
    status: () => (lost ? "not-saved" : model.get("status")),
    view: () => /** @type {View} */ ({ kind: "lab", finished: model.get("finished") }), // all else its kernel knows
    events: () => [],
    settled: () => heard >= asked, // all that was done has arrived, and what follows from it is drawn
    speak: (activity) => send({ type: "speak", language: activity.language }),
  };
  say();
  join();
  return () => {
    watch.disconnect();
    model.off("msg:custom", take);
    model.off(changes, say);
    model.off(about, describe);
    model.off("change:part", turned);
    document.removeEventListener("visibilitychange", look);
    typed?.stop();
    box?.removeEventListener("click", once, true);
    box?.removeEventListener("toggle", fold, true);
    for (const type of ["change", "click"]) box?.removeEventListener(type, act);
    section.remove();
  };
}
