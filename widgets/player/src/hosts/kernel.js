/* What a player talks to in a notebook: the kernel behind one widget model. */

/** @import { Answer, Host, JournalEvent, Model } from "../types.js" */

// What each activity's journal held when this page last heard of it. A cell that runs again may have read the journal
// just before the last answers were written.
/** @type {Map<string, JournalEvent[]>} */
const heard = new Map();

/** Make what `openSession` talks to.
 * @param {Model} model
 * @returns {Host} */
export function kernelHost(model) {
  const place = `${model.get("owner")} ${model.get("activity")}`;
  const given = JSON.parse(model.get("rows"));
  const earlier = heard.get(place) ?? [];
  const behind = given.length < earlier.length;
  return {
    owner: model.get("owner"),
    keeps: true,
    seed: model.get("seed"),
    rows: behind ? earlier : given,
    behind,
    // Kept in the page only: an output that is drawn again begins where the journal is, not where the page opened.
    remember(rows) {
      heard.set(place, rows);
      model.set("rows", JSON.stringify(rows));
    },
    put: (message) => model.send({ type: "put", ...message }),
    listen(callback) {
      const take = (/** @type {Answer} */ message) => callback(message);
      model.on("msg:custom", take);
      return () => model.off("msg:custom", take);
    },
  };
}
