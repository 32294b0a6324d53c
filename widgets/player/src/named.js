/* On a page without steps: the activity that the address names. */

const [LOOK, LONGEST] = [100, 60000]; // milliseconds
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"];

function named() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return ""; // half a percent sign
  }
}

/** Show it once it is drawn, and keep it in sight while others are drawn above it. Whoever moves meanwhile stays where they
 * are. */
export function showNamed() {
  const name = named();
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
