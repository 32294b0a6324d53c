/* An app's own front end: says how far the opening is and draws the page's widgets from what the page holds, so that it
   needs no server from then on. The page of a live app has a kernel too, and speaks its plain JSON with it. */
import { readyButtons } from "../forget.js";

readyButtons();
globalThis.himayaApp = (() => {
  const RETRIES = [500, 1500, 4000]; // milliseconds before the page connects again
  const LONGEST = 90000; // milliseconds until a page that was sent whole must be drawn
  const SILENCE = 30000; // milliseconds without a sign of the server, while the page is on its way
  const GONE = ["dead", "restarting", "autorestarting", "terminating"];
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const say = read("said");
  const numbers = document.body.dataset.digits === "arabic-indic" ? "ar-u-nu-arab" : "en";
  const fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name]?.toLocaleString(numbers) ?? whole);
  const opening = document.getElementById("opening");
  const bar = opening.querySelector("progress");
  let state = "opening"; // then "drawing", then "ready" or "trouble"

  function tell(text) {
    const line = opening.querySelector("p");
    if (line.textContent !== text) line.textContent = text;
  }

  function trouble(key) {
    if (state === "ready" || state === "trouble") return;
    state = "trouble";
    opening.hidden = true;
    const box = document.getElementById("trouble");
    box.querySelector("p").textContent = say[key];
    box.querySelector("button").onclick = () => location.reload();
    box.hidden = false;
    document.body.dataset.app = "trouble";
  }

  // A page that breaks off in the middle is "loading" for ever, and no event says so.
  let silence = null;
  function alive() {
    clearTimeout(silence);
    if (state !== "opening") return;
    document.getElementById("trouble").hidden = true;
    opening.hidden = false;
    silence = setTimeout(() => {
      trouble("app-not-started");
      state = "opening"; // the link may have been slow only
    }, SILENCE);
  }
  alive();

  /** A connection to one kernel that comes back after a cut. Messages wait until it is open. */
  function connect({ kernel, base }, take) {
    const session = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
    const address = `${location.origin.replace(/^http/, "ws")}${base}api/kernels/${kernel}/channels?session_id=${session}`;
    const waiting = [];
    let socket = null;
    let tries = 0;
    function open() {
      socket = new WebSocket(address);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => {
        tell(say["app-opening"]);
        for (const message of waiting.splice(0)) socket.send(message);
      };
      socket.onmessage = ({ data }) => {
        tries = 0;
        take(...parse(data));
      };
      socket.onclose = () => {
        if (state !== "drawing") return;
        if (tries >= RETRIES.length) return trouble("app-ended");
        tell(say["app-reconnecting"]);
        setTimeout(open, RETRIES[tries]);
        tries += 1;
      };
    }
    open();
    return {
      send(comm, content) {
        const header = { msg_id: `${session}-${Math.random()}`, msg_type: "comm_msg", session, username: "", version: "5.3" };
        header.date = new Date().toISOString();
        const data = { method: "custom", content };
        const message = { header, parent_header: {}, metadata: {}, content: { comm_id: comm, data }, channel: "shell" };
        const text = JSON.stringify({ ...message, buffers: [] });
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
        else if (waiting.length === 0) waiting.push(text);
      },
    };
  }

  /** A message and its buffers: JSON, or a count, the offsets, JSON and the buffers in one. */
  function parse(data) {
    if (typeof data === "string") return [JSON.parse(data), []];
    const view = new DataView(data);
    const offsets = Array.from({ length: view.getUint32(0) }, (_, index) => view.getUint32(4 * (index + 1)));
    const parts = offsets.map((start, index) => data.slice(start, offsets[index + 1]));
    return [JSON.parse(new TextDecoder().decode(parts[0])), parts.slice(1).map((part) => new DataView(part))];
  }

  const loaded = new Map();
  function load(code) {
    if (!loaded.has(code)) loaded.set(code, import(URL.createObjectURL(new Blob([code], { type: "text/javascript" }))));
    return loaded.get(code);
  }

  async function open() {
    if (state !== "opening") return;
    alive();
    state = "drawing";
    clearTimeout(silence);
    for (const part of document.querySelectorAll("template[data-place]")) {
      document.getElementById(part.dataset.place).append(part.content);
    }
    const page = read("himaya-widgets");
    const listeners = new Map();
    const bundle = Uint8Array.from(atob(page.bundle), (letter) => letter.charCodeAt(0));
    const link = page.kernel && connect(page, ({ msg_type: type, content }, buffers) => {
      if (type === "status" && GONE.includes(content.execution_state)) trouble("app-ended");
      if (type !== "comm_msg" || content.data.method !== "custom") return;
      for (const listener of listeners.get(content.comm_id) ?? []) listener(content.data.content, buffers);
    });
    const limit = setTimeout(() => trouble("app-not-started"), LONGEST);
    const draw = async (part) => {
      const id = JSON.parse(part.textContent);
      const values = { ...page.widgets[id] };
      const own = new Set();
      listeners.set(id, own);
      const model = {
        get: (name) => values[name],
        set: (name, value) => (values[name] = value),
        save_changes() {},
        send(content) {
          if (content.type === "bundle") for (const listener of own) listener({ bundle: true }, [bundle]);
          else link?.send(id, content);
        },
        on: (_name, listener) => own.add(listener),
        off: (_name, listener) => own.delete(listener),
      };
      const widget = (await load(values._esm)).default;
      await widget.render({ model, el: document.getElementById(part.dataset.place) });
    };
    try {
      await Promise.all(Array.from(document.querySelectorAll("script.widget"), draw));
    } catch {
      return trouble("app-not-started");
    }
    clearTimeout(limit);
    if (state === "trouble") return;
    state = "ready";
    opening.remove();
    document.body.dataset.app = "ready";
  }

  addEventListener("DOMContentLoaded", () => {
    if (state === "opening") trouble("app-not-started"); // the server went away in the middle of the page
  });
  return {
    waiting(n) {
      alive();
      tell(n > 0 ? fill(say["app-before-you"], { n }) : say["app-opening"]);
    },
    progress(n, total) {
      alive();
      tell(fill(say["app-progress"], { n, total }));
      Object.assign(bar, { max: total, value: n });
    },
    failed: () => trouble("app-not-started"),
    open,
  };
})();
