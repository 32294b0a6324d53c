/* Open the page once the server has read the class; until then the server answers with 202, after a second. */
async function look() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (answer && answer.status !== 202) location.reload();
  else setTimeout(look, 1000);
}
look();
