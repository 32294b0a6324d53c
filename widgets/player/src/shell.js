/* The player, the hand-in box and the quick exit of a page whose parts are widgets. */

import { drawActivity } from "./drawing.js";
import { element } from "./elements.js";
import { showExit } from "./exit.js";
import { drawGroup } from "./group.js";
import { drawHandIn } from "./handin.js";
import { kernelHost } from "./hosts/kernel.js";
import { storageHost } from "./hosts/storage.js";
import { frameLab } from "./lab.js";
import { openLanguages } from "./languages.js";
import { play } from "./player.js";

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
  const host = (model) => {
    const { strings } = languages.now();
    if (model.get("keeps")) return kernelHost(model, strings);
    const [owner, id] = [model.get("owner"), model.get("activity")];
    const about = { owner: `practice-${owner}`, seed: model.get("seed"), strings };
    return storageHost(`himaya-practice:${owner}:${id}`, about, id);
  };
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
    play: drawing((model, root) => play(root, activity(model), host(model), drawActivity)),
    group: drawing((model, root) => play(root, activity(model), host(model), drawGroup)),
    lab: drawing((model, root) => frameLab(model, root)),
    handIn: drawing((model, root) => drawHandIn(model, root, languages.now())),
  };
}
