/* The language that this browser's user chose last. */

const PREFERRED = "himaya:language";

/** Return the language that was chosen last, or null. */
export function preferred() {
  try {
    return localStorage.getItem(PREFERRED);
  } catch {
    return null;
  }
}

/** @param {string} language */
export function prefer(language) {
  try {
    localStorage.setItem(PREFERRED, language);
  } catch {
    // Then the choice holds for this page.
  }
}
