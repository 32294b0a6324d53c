/* What every widget carries, since a widget sends its code with every instance: only enough to ask one kernel once for what
   the whole page needs. Asking again after four seconds covers a kernel that died meanwhile. */

const AGAIN = 4000;
const LOOK = 50;
const pages = (globalThis.himaya ??= {}); // by page: { asked, loading, drawings }

async function unpacked(buffers) {
  return new Response(new Blob(buffers).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

export default {
  async render({ model, el }) {
    const page = (pages[model.get("page")] ??= {});
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
