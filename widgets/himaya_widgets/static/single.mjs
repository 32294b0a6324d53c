/* One practice scenario as one small file. */

import { useDigits } from "./elements.mjs";
import { readyExit } from "./exit.mjs";
import { unpacked } from "./packed.mjs";
import { play } from "./player.mjs";

export function openSingle() {
  readyExit();
  const { activity, ...host } = unpacked(document.getElementById("himaya-data").textContent);
  useDigits(host.digits);
  play(document.querySelector("[data-show]"), activity, { ...host, seed: 1, skips: false });
}
