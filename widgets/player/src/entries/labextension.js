/* Draws the activities of a Himaya module when its notebook opens and after its kernel died. Runs exactly the cells
   that the build writes and never any other; works in JupyterLab 4 and Notebook 7. */

import { openLessons } from "../notebook_lessons.js";

/** @import { Lessons } from "../notebook_lessons.js" */

/** What is used of JupyterLab, which ships its types for TypeScript projects alone.
 * @template T
 * @typedef {{ connect(listener: (sender: unknown, value: T) => void): void }} Signal */
/** @typedef {{ getSource(): string, changed: Signal<{ sourceChange?: unknown }> }} SharedModel */
/** @typedef {{ type: string, id: string, sharedModel: SharedModel, getMetadata(name: string): any }} CellModel */
/** @typedef {{ model: CellModel, node: HTMLElement, toggleClass(name: string, on: boolean): void }} Cell */
/** @typedef {{ readOnly: boolean, dirty: boolean, getMetadata(name: string): any }} NotebookModel */
/** @typedef {{ header: { session: string }, content: { execution_state?: string } }} Message */
/** @typedef {{
 *   isDisposed: boolean,
 *   disposed: Signal<void>,
 *   node: HTMLElement,
 *   contentHeader: { addWidget(widget: object): void },
 *   content: {
 *     widgets: Cell[], activeCell: Cell | null, activeCellIndex: number, activeCellChanged: Signal<Cell | null>, mode: string,
 *     rendermime: { mimeTypes: string[] }, node: HTMLElement,
 *   },
 *   context: { path: string, model: NotebookModel, ready: Promise<void>, save(): Promise<void> },
 *   revealed: Promise<void>,
 *   sessionContext: { ready: Promise<void>, iopubMessage: Signal<Message> },
 *   addClass(name: string): void,
 *   toggleClass(name: string, on: boolean): void,
 * }} Panel */
/** @typedef {{ runCells(content: object, cells: Cell[], session: object): Promise<boolean> }} Actions */
/** @typedef {{ forEach(draw: (panel: Panel) => void): void, widgetAdded: Signal<Panel> }} Tracker */
/** @typedef {{ commands: { hasCommand(id: string): boolean, execute(id: string): Promise<unknown> } }} App */
/** @typedef {Record<string, Record<string, { loaded?: unknown, get(): Promise<() => any> }>>} Scope */

const NAME = "himaya";
const [SECTIONS, ROOM] = ["toc:show-panel", 1000]; // pixels of width that leave a list of sections its place
const SOON = 300; // milliseconds after which what was done gets its tick
const OURS = [
  /^from himaya_widgets import show, submit$/,
  /^show\("[a-z][a-z0-9-]*"\)$/,
  /^submit\(\)$/,
];
/** @type {Scope} */
let scope = {};

/** @param {CellModel} model */
const isOurs = (model) => model.type === "code" && OURS.some((form) => form.test(model.sharedModel.getSource().trim()));

/** @param {string} name */
async function load(name) {
  const versions = Object.values(scope[name]);
  const factory = await (versions.find((version) => version.loaded) ?? versions[0]).get();
  return factory();
}

/** @param {Panel} panel */
function hideCode(panel) {
  for (const cell of panel.content.widgets) {
    cell.toggleClass("himaya-cell", isOurs(cell.model));
    cell.toggleClass("himaya-setup", isOurs(cell.model) && OURS[0].test(cell.model.sharedModel.getSource().trim()));
  }
}

/** The address of this person's server. */
function base() {
  const { baseUrl = "/" } = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
  return baseUrl;
}

/** Let Himaya's server send the font of Arabic script, once it is needed; without it the device's own draws the text. */
function useFont() {
  if (document.getElementById("himaya-font") !== null) return;
  const link = document.createElement("link");
  [link.id, link.rel, link.href] = ["himaya-font", "stylesheet", `${base()}himaya/font/arabic-1.css`];
  document.head.append(link);
}

/** Prose in the direction of its language; the player finds each cell by its id when another one is chosen.
 * @param {Panel} panel */
function speak(panel) {
  const { language, direction } = panel.context.model.getMetadata("himaya");
  for (const cell of panel.content.widgets) {
    if (cell.model.type !== "markdown") continue;
    cell.node.dataset.himayaCell = cell.model.id;
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (cell.node.querySelectorAll(".jp-MarkdownOutput"))) {
      box.lang = language ?? "";
      box.dir = direction ?? "auto"; // a notebook released before does not say
    }
  }
}

/** Models announced before the widget manager listens would be lost: wait until it has joined the notebook.
 * @param {Panel} panel */
async function widgetsListen(panel) {
  const joined = () => panel.content.rendermime.mimeTypes.includes("application/vnd.jupyter.widget-view+json");
  for (let tries = 0; tries < 200 && !joined(); tries += 1) await new Promise((next) => setTimeout(next, 50));
}

/** @param {Panel} panel
 * @param {Actions} NotebookActions */
async function draw(panel, NotebookActions) {
  if (panel.isDisposed) return;
  hideCode(panel);
  speak(panel);
  const cells = panel.content.widgets.filter((cell) => isOurs(cell.model));
  await NotebookActions.runCells(panel.content, cells, panel.sessionContext);
  // Saved at once: an unsaved notebook would ask "Leave site?" when somebody needs the quick exit.
  if (!panel.isDisposed && !panel.context.model.readOnly) await panel.context.save().catch(() => {});
}

/** Answers in code are in the notebook, not in the journal: each is on the disk a second after it was typed.
 * @param {Panel} panel */
function saveCode(panel) {
  let changes = 0;
  let waits = false;
  const saveAfter = (/** @type {number} */ milliseconds) => {
    waits = true;
    setTimeout(save, milliseconds);
  };
  // Whether the model is dirty would not do: JupyterLab calls what was typed during a save saved.
  const save = async () => {
    if (panel.isDisposed) return;
    const written = changes;
    const saved = await panel.context.save().then(
      () => true,
      () => false, // Jupyter has said so in a dialog
    );
    waits = false;
    if (!saved) saveAfter(30_000);
    else if (written !== changes) saveAfter(1000);
    else panel.toggleClass("himaya-unsaved", false);
  };
  for (const { model } of panel.content.widgets) {
    if (!model.getMetadata("nbgrader")?.solution) continue;
    model.sharedModel.changed.connect((_, change) => {
      if (!change.sourceChange || panel.isDisposed) return;
      changes += 1;
      panel.addClass("himaya-unsaved");
      if (!waits) saveAfter(1000);
    });
  }
}

/** Show the list of a module's sections beside it. It leads to them, and folds them as their headings do.
 * @param {App} app */
async function showSections({ commands }) {
  if (globalThis.innerWidth >= ROOM && commands.hasCommand(SECTIONS)) await commands.execute(SECTIONS);
}

/** Put the list of lessons above a notebook that has some. Whoever goes to a folded cell by another way finds it unfolded.
 * @param {Panel} panel
 * @param {AbortSignal} closed */
async function lead(panel, closed) {
  /** @type {{ lessons?: Lessons, language: string }} */
  const { lessons, language } = panel.context.model.getMetadata("himaya");
  if (lessons === undefined) return null;
  const { Widget } = await load("@lumino/widgets");
  const { content, context } = panel;
  /** Make a cell that is shown the active one: from a folded one the next key would lead to another lesson.
   * @param {readonly string[]} shown */
  const enter = (shown) => {
    if (shown.length === 0 || shown.includes(content.activeCell?.model.id ?? "")) return;
    content.mode = "command"; // a cell of text that is entered would show its source
    content.activeCellIndex = content.widgets.findIndex(({ model }) => shown.includes(model.id));
  };
  const list = openLessons(lessons, {
    language,
    place: `${base()}${context.path}`,
    cells: () => content.widgets,
    toTop(shown) {
      enter(shown);
      content.node.querySelector(".jp-WindowedPanel-outer")?.scrollTo(0, 0);
    },
    closed,
  });
  enter(list.shown());
  panel.contentHeader.addWidget(new Widget({ node: list.bar }));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waits;
  const changes = new MutationObserver(() => {
    waits ??= setTimeout(() => {
      waits = undefined;
      if (!panel.isDisposed) list.draw();
    }, SOON);
  });
  changes.observe(content.node, { childList: true, subtree: true }); // what is drawn, and what is answered
  closed.addEventListener("abort", () => changes.disconnect());
  const speakAgain = (/** @type {Event} */ event) => list.speak(/** @type {CustomEvent<string>} */ (event).detail);
  document.addEventListener("himaya-language", speakAgain, { signal: closed });
  return list;
}

/** @param {Panel} panel
 * @param {Actions} NotebookActions
 * @param {App} app */
async function follow(panel, NotebookActions, app) {
  await panel.context.ready;
  if (!panel.context.model.getMetadata("himaya")) return;
  panel.addClass("himaya-notebook");
  // Jupyter asks "Leave site?" where a notebook has changed since it was saved, such as by an output that came late.
  const forget = () => {
    panel.context.model.dirty = false;
  };
  const ended = new AbortController(); // what listens holds the panel and all of its cells
  panel.disposed.connect(() => ended.abort());
  document.addEventListener("himaya-leave", forget, { signal: ended.signal });
  useFont();
  hideCode(panel);
  await panel.revealed;
  showSections(app).catch(() => {});
  const list = await lead(panel, ended.signal).catch(() => null); // without it everything else works
  if (list !== null) panel.content.activeCellChanged.connect((_, cell) => list.reach(cell));
  await panel.sessionContext.ready;
  await widgetsListen(panel);
  const redraw = () => draw(panel, NotebookActions);
  // Every kernel process signs its messages with a name of its own. A status would not do: a restart that another
  // tab asks for shows none here.
  /** @type {string | null} */
  let kernel = null;
  let lost = false;
  panel.sessionContext.iopubMessage.connect((_, message) => {
    if (kernel !== null && kernel !== message.header.session) lost = true;
    kernel = message.header.session;
    if (lost && message.content.execution_state === "idle") {
      lost = false;
      redraw();
    }
  });
  await redraw();
  saveCode(panel);
}

const style = document.createElement("style");
style.textContent = `
  .himaya-notebook .himaya-cell .jp-Cell-inputWrapper,
  .himaya-notebook .himaya-cell .jp-OutputPrompt,
  .himaya-notebook .himaya-cell .jp-OutputArea-promptOverlay,
  .himaya-notebook .himaya-cell .jp-OutputCollapser { display: none; }
  .himaya-notebook .himaya-setup { block-size: 0; padding: 0; overflow: hidden; }
  .himaya-notebook .jp-MarkdownOutput { max-inline-size: 42rem; }
  .himaya-notebook .jp-MarkdownOutput[dir="rtl"] { font-family: var(--himaya-font); line-height: var(--himaya-leading); }
  .himaya-notebook .jp-Notebook { padding-block-end: 96px; }
  .himaya-lessons { display: flex; align-items: center; gap: 8px; box-sizing: border-box; min-height: 56px; max-height: 56px; padding: 0 12px; color: var(--jp-content-font-color1); background: var(--jp-layout-color1); border-block-end: 1px solid var(--jp-border-color2); }
  .himaya-lessons :is(select, button) { min-block-size: 44px; padding: 4px 12px; font: inherit; font-size: 1rem; color: inherit; background: var(--jp-layout-color0); border: 1px solid var(--jp-border-color1); border-radius: 8px; }
  .himaya-lessons select { flex: 0 1 32rem; min-inline-size: 0; }
  .himaya-lessons button:disabled { opacity: 0.4; }
  .himaya-lessons [role="status"] { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  .himaya-notebook .himaya-folded { display: none !important; }
  @media print {
    .himaya-lessons { display: none; }
    .himaya-notebook .himaya-folded { display: revert !important; }
  }`;
document.head.append(style);

const lab = /** @type {{ _JUPYTERLAB?: Record<string, object> }} */ (globalThis);
(lab._JUPYTERLAB ??= {})[NAME] = {
  /** @param {Scope} shared */
  init(shared) {
    scope = shared;
  },
  async get() {
    const { INotebookTracker, NotebookActions } = await load("@jupyterlab/notebook");
    const plugin = {
      id: "himaya:draw",
      autoStart: true,
      requires: [INotebookTracker],
      /** @param {App} app
       * @param {Tracker} tracker */
      activate(app, tracker) {
        const start = (/** @type {Panel} */ panel) => follow(panel, NotebookActions, app);
        tracker.forEach(start);
        tracker.widgetAdded.connect((_, panel) => start(panel));
      },
    };
    return () => ({ __esModule: true, default: plugin });
  },
};
