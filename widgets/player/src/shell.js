/* The player, the hand-in box and the quick exit of a page whose parts are widgets: a notebook or an app. */

import { element } from "./elements.js";
import { showExit } from "./exit.js";
import { useKinds } from "./fold.js";
import { KINDS } from "./generated/kinds.js";
import { drawHandIn } from "./handin.js";
import { kernelHost } from "./hosts/kernel.js";
import { storageHost } from "./hosts/storage.js";
import { frameLab } from "./kinds/lab_frame.js";
import { drawGroup } from "./kinds/scenario_group.js";
import { openLanguages } from "./languages.js";
import { play } from "./player.js";

/** @import { Draw, DrawWidget, FirstWords, Host, Model, Words } from "./types.js" */

/** @param {BlobPart[]} buffers
 * @returns {Promise<Words>} */
const unpacked = (buffers) =>
  new Response(new Blob(buffers).stream().pipeThrough(new DecompressionStream("gzip"))).json();

/** What keeps the answers of one widget: its kernel, or for practice the browser.
 * @param {Model} model
 * @returns {Host} */
function hostOf(model) {
  if (model.get("keeps")) return kernelHost(model);
  const [owner, id] = [model.get("owner"), model.get("activity")];
  return storageHost(`himaya-practice:${owner}:${id}`, { owner: `practice-${owner}`, seed: model.get("seed") }, id);
}

/** Make ready what draws widgets. Styles go into the page once, whatever is drawn in it.
 * @param {FirstWords & { styles?: string }} bundle
 * @returns {Record<string, DrawWidget>} */
export function install({ styles, ...words }) {
  useKinds(KINDS);
  if (styles !== undefined && document.getElementById("himaya-styles") === null) {
    document.head.append(element("style", { id: "himaya-styles" }, styles));
  }
  /** @type {Set<Model>} */
  const models = new Set();
  const languages = openLanguages(words, (language, around) => [...models].pop()?.send({ type: "words", language, around }));
  const exit = () => showExit(languages.now(), languages.buttons());
  languages.onSwitch(exit);
  exit();

  /** Draw one widget, and listen for the words of another language, which any of them may be sent.
   * @param {DrawWidget} draw
   * @returns {DrawWidget} */
  const drawing = (draw) => (model, root) => {
    /** @param {{ words?: boolean }} message
     * @param {BlobPart[]} buffers */
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

  /** @param {Model} model
   * @param {HTMLElement} root
   * @param {Draw} [draw] */
  const player = (model, root, draw) => {
    const { activities, strings } = languages.now();
    return play(root, activities[model.get("activity")], { host: hostOf(model), strings, draw });
  };

  return {
    play: drawing((model, root) => player(model, root)),
    group: drawing((model, root) => player(model, root, drawGroup)),
    lab: drawing((model, root) => frameLab(model, root)),
    handIn: drawing((model, root) => drawHandIn(model, root, languages.now(), languages.onSwitch)),
  };
}
