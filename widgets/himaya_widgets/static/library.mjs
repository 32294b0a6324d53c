/* Shipped once per page: puts the player, the hand-in box and the quick exit where the thin widgets find them. */

import { browserHost } from "./browser.mjs";
import { element } from "./elements.mjs";
import { showExit } from "./exit.mjs";
import { drawGroup } from "./group.mjs";
import { drawHandIn } from "./handin.mjs";
import { frameLab } from "./lab.mjs";
import { openLanguages } from "./languages.mjs";
import { play } from "./player.mjs";

// What each activity's journal held when this page last heard of it. A cell that runs again may have read the journal
// just before the last answers were written.
const heard = new Map();

/** What a player talks to in a notebook or app: the kernel behind one widget model. */
function kernelHost(model, strings) {
  const place = `${model.get("owner")} ${model.get("activity")}`;
  const given = JSON.parse(model.get("rows"));
  const earlier = heard.get(place) ?? [];
  const behind = given.length < earlier.length;
  return {
    owner: model.get("owner"),
    keeps: model.get("keeps"),
    seed: model.get("seed"),
    rows: behind ? earlier : given,
    behind,
    strings,
    // Kept in the page only: an output that is drawn again begins where the journal is, not where the page opened.
    remember(rows) {
      heard.set(place, rows);
      model.set("rows", JSON.stringify(rows));
    },
    put: (message) => model.send({ type: "put", ...message }),
    listen(callback) {
      const take = (message) => callback(message);
      model.on("msg:custom", take);
      return () => model.off("msg:custom", take);
    },
  };
}

const unpacked = (buffers) =>
  new Response(new Blob(buffers).stream().pipeThrough(new DecompressionStream("gzip"))).json();

/** Make ready what the thin widgets ask for. Styles go into the page once, whatever is drawn in it. */
export function install({ styles, ...words }) {
  if (document.getElementById("himaya-styles") === null) {
    document.head.append(element("style", { id: "himaya-styles" }, styles));
  }
  const models = new Set();
  const languages = openLanguages(words, (language) => [...models].at(-1)?.send({ type: "words", language }));
  const exit = () => showExit(languages.now(), languages.buttons());
  languages.onSwitch(exit);
  exit();
  const host = (model) =>
    model.get("keeps")
      ? kernelHost(model, languages.now().strings)
      : browserHost(model.get("owner"), model.get("activity"), model.get("seed"), languages.now().strings);
  const activity = (model) => languages.now().activities[model.get("activity")];

  /** Draw one widget, and listen for the words of another language, which any of them may be sent. */
  const drawing = (draw) => (model, root) => {
    const take = async (message, buffers) => {
      if (message.words) languages.take(await unpacked(buffers));
    };
    models.add(model);
    model.on("msg:custom", take);
    const undraw = draw(model, root);
    languages.begin();
    return () => {
      models.delete(model);
      model.off("msg:custom", take);
      undraw();
    };
  };
  return {
    play: drawing((model, root) => play(root, activity(model), host(model))),
    group: drawing((model, root) => play(root, activity(model), { ...host(model), draw: drawGroup })),
    lab: drawing((model, root) => frameLab(model, root)),
    handIn: drawing((model, root) => drawHandIn(model, root, languages.now())),
  };
}
