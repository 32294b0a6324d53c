/* On a page that Voilà's own front end draws: the quick exit, which is there before anything else is, and the activity that
   the address names. */

import { readyExit } from "../exit.js";

const [LOOK, LONGEST] = [100, 60000]; // milliseconds
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"];

/** Show the activity that the address names once it is drawn, and keep it in sight while others are drawn above it.
 * Whoever moves meanwhile stays where they are. */
function showNamed() {
  const name = location.hash.slice(1);
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return;
  const stop = () => clearInterval(timer);
  const timer = setInterval(() => {
    const place = document.querySelector(`section.himaya[data-activity="${name}"]`);
    if (!place?.checkVisibility()) return;
    place.scrollIntoView();
    if (document.querySelector(".himaya-handin") !== null) stop();
  }, LOOK);
  setTimeout(stop, LONGEST);
  for (const move of MOVES) addEventListener(move, stop, { once: true, passive: true });
}

readyExit(".himaya-exit a");
showNamed();
