/* Modules hold no formulas: this stands where Voilà would fetch MathJax from another origin. */
const none = () => {};
globalThis.MathJax = { Hub: { Config: none, Configured: none, Queue: none, Register: { StartupHook: none } } };
