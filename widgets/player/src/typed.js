/* What is typed into a lab and not yet sent: nothing drawn meanwhile writes over it, and it outlives its page. */

export const TYPED = "textarea, input[type='text']";
const CARRIED = Object.freeze(["input", "change"]);

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Control */

/** The field that somebody types in at an event, or null.
 * @param {EventTarget | null} target
 * @returns {Control | null} */
const controlAt = (target) => (target instanceof Element && target.matches(TYPED) ? /** @type {Control} */ (target) : null);

/** Keep what is typed in `box`.
 * @param {HTMLElement} box
 * @param {(control: Control) => string | null} name Under which name a control's words are kept, if at all.
 * @param {() => boolean} sent Whether all that was done has arrived.
 * @param {number} patience Milliseconds after which that is asked. */
export function keepTyped(box, name, sent, patience) {
  /** A control to what was drawn meanwhile; its person's words stand in it.
   * @type {Map<Control, string | undefined>} */
  const typing = new Map();
  /** @type {WeakSet<Control>} */
  const known = new WeakSet();
  const controls = () => /** @type {NodeListOf<Control>} */ (box.querySelectorAll(TYPED));

  /** Do something with what is kept of a control. Where storage is forbidden, what is typed is lost with its page.
   * @param {Control} control
   * @param {(key: string) => string | null | void} work */
  function stored(control, work) {
    const key = name(control);
    try {
      return key ? (work(key) ?? null) : null;
    } catch {
      return null;
    }
  }

  /** @param {Control} control */
  const keep = (control) => stored(control, (key) => sessionStorage.setItem(key, control.value));
  /** @param {Control} control */
  const forget = (control) => stored(control, (key) => sessionStorage.removeItem(key));

  /** What is drawn while somebody types waits until they leave the field.
   * @param {Control} control */
  function guard(control) {
    const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), "value");
    Object.defineProperty(control, "value", {
      configurable: true,
      get: () => own?.get?.call(control),
      set: (text) => (typing.has(control) ? typing.set(control, text) : own?.set?.call(control, text)),
    });
  }

  /** @param {Control} control */
  function leave(control) {
    const drawn = typing.get(control);
    if (!typing.delete(control)) return;
    if (drawn !== undefined) control.value = drawn; // they typed and put it back: what was drawn holds
    forget(control);
  }

  /** @param {Event} event */
  function note({ type, target }) {
    const control = controlAt(target);
    if (control === null) return;
    if (type === "focusout") leave(control);
    else if (type === "input") {
      if (!typing.has(control)) typing.set(control, undefined);
      keep(control);
    } else {
      typing.delete(control);
      // What does not fit may not have been written down.
      const arrived = () => sent() && !typing.has(control) && control.getAttribute("aria-invalid") !== "true";
      setTimeout(() => arrived() && forget(control), patience);
    }
  }

  /** @param {Control} control */
  function restore(control) {
    const kept = stored(control, (key) => sessionStorage.getItem(key));
    if (!kept || kept === control.value) return;
    control.value = kept;
    for (const type of CARRIED) control.dispatchEvent(new Event(type, { bubbles: true }));
  }

  for (const type of [...CARRIED, "focusout"]) box.addEventListener(type, note);
  return {
    busy: () => typing.size > 0,
    restore: () => controls().forEach(restore),
    look() {
      for (const control of controls()) {
        if (known.has(control)) continue;
        known.add(control);
        guard(control);
        restore(control);
      }
    },
    stop() {
      for (const type of [...CARRIED, "focusout"]) box.removeEventListener(type, note);
    },
  };
}
