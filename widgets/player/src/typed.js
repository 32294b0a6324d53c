/* What is typed into a lab and not yet sent: nothing drawn meanwhile writes over it, and it outlives its page. */

export const TYPED = "textarea, input[type='text']";
const CARRIED = Object.freeze(["input", "change"]);

/**
 * Keep what is typed in `box`. `name` says under which name a control's words are kept, or nothing; `sent` says whether
 * all that was done has arrived.
 */
export function keepTyped(box, name, sent, patience) {
  const typing = new Map(); // control -> what was drawn meanwhile, or undefined; its person's words stand in it
  const known = new WeakSet();

  function stored(control, ...text) {
    const key = name(control);
    try {
      if (key && text.length === 0) return sessionStorage.getItem(key);
      if (key && text[0] === null) sessionStorage.removeItem(key);
      else if (key) sessionStorage.setItem(key, text[0]);
    } catch {
      // Forbidden storage: then what is typed is lost with its page.
    }
    return null;
  }

  /** What is drawn while somebody types waits until they leave the field. */
  function guard(control) {
    const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), "value");
    Object.defineProperty(control, "value", {
      configurable: true,
      get: () => own.get.call(control),
      set: (text) => (typing.has(control) ? typing.set(control, text) : own.set.call(control, text)),
    });
  }

  function leave(control) {
    const drawn = typing.get(control);
    if (!typing.delete(control)) return;
    if (drawn !== undefined) control.value = drawn; // they typed and put it back: what was drawn holds
    stored(control, null);
  }

  function note({ type, target: control }) {
    if (!control.matches?.(TYPED)) return;
    if (type === "focusout") leave(control);
    else if (type === "input") {
      if (!typing.has(control)) typing.set(control, undefined);
      stored(control, control.value);
    } else {
      typing.delete(control);
      // What does not fit may not have been written down.
      const arrived = () => sent() && !typing.has(control) && control.getAttribute("aria-invalid") !== "true";
      setTimeout(() => arrived() && stored(control, null), patience);
    }
  }

  function restore(control) {
    const kept = stored(control);
    if (!kept || kept === control.value) return;
    control.value = kept;
    for (const type of CARRIED) control.dispatchEvent(new Event(type, { bubbles: true }));
  }

  for (const type of [...CARRIED, "focusout"]) box.addEventListener(type, note);
  return {
    busy: () => typing.size > 0,
    restore: () => box.querySelectorAll(TYPED).forEach(restore),
    look() {
      for (const control of box.querySelectorAll(TYPED)) {
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
