/* On every page: the quick exit, and forgetting what this browser keeps. */
"use strict";
document.addEventListener("click", ({ target }) => {
  if (target.id === "quick-exit") {
    document.body.replaceChildren();
    document.title = " ";
    location.replace("about:blank");
  }
  if (target.id !== "forget") return;
  let told = "forgotten";
  try {
    const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index));
    for (const key of keys) if (/^himaya(-practice:|:practice-)/.test(key)) localStorage.removeItem(key);
    document.dispatchEvent(new Event("visibilitychange")); // every activity looks at the storage anew
  } catch {
    told = "not-forgotten";
  }
  document.getElementById("forgotten").textContent = JSON.parse(document.getElementById("said").textContent)[told];
});
