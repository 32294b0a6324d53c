/* What every widget carries, since a widget sends its code with every instance: only enough to ask one kernel once for what
   the whole page needs. Asking again after four seconds covers a kernel that died meanwhile. */

/** @import { DrawWidget, Model } from "../types.js" */

/** What one kernel sent for this page.
 * @typedef {{ asked: number, loading: boolean, drawings?: Record<string, DrawWidget> }} Page */

const AGAIN = 4000;
const LOOK = 50;
const shared = /** @type {{ himaya?: Record<string, Page> }} */ (globalThis);
const pages = (shared.himaya ??= {});

/** @param {BlobPart[]} buffers */
const unpacked = (buffers) =>
  new Response(new Blob(buffers).stream().pipeThrough(new DecompressionStream("gzip"))).json();

export default {
  /** @param {{ model: Model, el: HTMLElement }} widget */
  async render({ model, el }) {
    const page = (pages[model.get("page")] ??= { asked: 0, loading: false });
    /** @param {{ bundle?: boolean }} content
     * @param {BlobPart[]} buffers */
    const take = async (content, buffers) => {
      if (!content.bundle || page.loading) return;
      page.loading = true;
      const bundle = await unpacked(buffers);
      const address = URL.createObjectURL(new Blob([bundle.code], { type: "text/javascript" }));
      page.drawings = (await import(address)).install(bundle);
    };
    model.on("msg:custom", take);
    for (; !page.drawings; await new Promise((next) => setTimeout(next, LOOK))) {
      if (Date.now() - page.asked < AGAIN) continue;
      page.asked = Date.now();
      try {
        model.send({ type: "bundle" });
      } catch {
        // The kernel is gone for now.
      }
    }
    model.off("msg:custom", take);
    return page.drawings[model.get("draws")](model, el);
  },
};
