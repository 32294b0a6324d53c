/* Events that nobody has acknowledged yet, in the browser's storage. It sends nothing and draws nothing. */

export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12)); // randomUUID does not exist on plain http
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Read one kept event; what somebody else left under our name must not keep the others from being sent. */
function readKept(text, activityId) {
  try {
    const event = JSON.parse(text);
    const ours = event?.activity === activityId && typeof event.id === "string" && typeof event.type === "string";
    return ours ? [event] : [];
  } catch {
    return [];
  }
}

/** Unsent events of one activity in localStorage, one key each, so that two tabs never overwrite each other. */
export function openOutbox(owner, activityId) {
  const prefix = `himaya:${owner}:${activityId}:`;
  const works = { storage: true };
  return {
    works,
    load() {
      const found = [];
      try {
        for (let index = 0; index < localStorage.length; index += 1) {
          const key = localStorage.key(index);
          if (key.startsWith(prefix)) found.push(...readKept(localStorage.getItem(key), activityId));
        }
      } catch {
        works.storage = false;
      }
      return found.sort((one, other) => one.seq - other.seq || (one.time < other.time ? -1 : 1));
    },
    keep(event) {
      try {
        localStorage.setItem(prefix + event.id, JSON.stringify(event));
        works.storage = true;
      } catch {
        works.storage = false; // full or forbidden: the page still holds it and says so
      }
    },
    drop(event) {
      try {
        localStorage.removeItem(prefix + event.id);
      } catch {
        works.storage = false;
      }
    },
  };
}
