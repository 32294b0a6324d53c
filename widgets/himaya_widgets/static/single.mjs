/* One practice scenario as one small file. */

import { button, element, useDigits } from "./elements.mjs";
import { readyExit } from "./exit.mjs";
import { saveFile } from "./file.mjs";
import { unpacked } from "./packed.mjs";
import { play } from "./player.mjs";

export function openSingle() {
  readyExit();
  const { activity, hands, ...host } = unpacked(document.getElementById("himaya-data").textContent);
  useDigits(host.digits);
  const place = document.querySelector("[data-show]");
  play(place, activity, { ...host, seed: 1 });
  if (!hands) return;
  const say = (key) => host.strings[key];
  const told = element("p", { class: "himaya-told", role: "status" });
  const save = () => {
    told.textContent = saveFile(place.firstChild.himaya.events(), say);
  };
  const buttons = element("div", { class: "himaya-buttons" }, button("save", say("save-answers"), save));
  place.after(element("div", { class: "himaya" }, buttons, told));
}
