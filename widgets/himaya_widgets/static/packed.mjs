/* Reads the data that the build wrote into a page. */

/** Read data as himaya.publish.packing wrote them: strings that repeat stand in a table, equal objects as rows. */
export function unpacked(text) {
  const [table, packed] = JSON.parse(text);
  const walk = (value) => {
    if (typeof value === "string") return value.startsWith("~") ? table[value.slice(1)] : value;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    if (Object.hasOwn(value, "~")) {
      const [names, ...rows] = value["~"];
      return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, walk(row[at])])));
    }
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner)]));
  };
  return walk(packed);
}
