// Keeps the console's lists and its clock up to date. Every action works without it.
const SECONDS = 1;
const button = document.getElementById("live");
const LIVE = "[data-live], [data-rows]";

// Brings a part of the page up to date. What has the focus stays as it is until the focus leaves.
function update(part, fresh) {
  if (part.hasAttribute("data-rows")) return updateRows(part, fresh);
  const inner = [...part.querySelectorAll(LIVE)].filter((found) => found.parentElement.closest(LIVE) === part.closest(LIVE));
  if (!part.hasAttribute("data-live") && inner.length) {
    for (const found of inner) {
      const counterpart = fresh.querySelector(`#${CSS.escape(found.id)}`);
      if (counterpart) update(found, counterpart);
    }
  } else if (!part.isEqualNode(fresh) && !part.contains(document.activeElement)) part.replaceWith(fresh);
}

// Adds, changes and removes rows. A row is known by its id.
function updateRows(list, fresh) {
  const rows = [...fresh.children];
  const wanted = new Set(rows.map((row) => row.id));
  for (const row of [...list.children]) if (!wanted.has(row.id)) row.remove();
  rows.forEach((row, position) => {
    const existing = [...list.children].find((child) => child.id === row.id);
    const place = list.children[position] ?? null;
    if (!existing) return list.insertBefore(row, place);
    if (existing !== place && !existing.contains(document.activeElement)) list.insertBefore(existing, place);
    update(existing, row);
  });
}

function isPaused() {
  return button.getAttribute("aria-pressed") === "false";
}

async function refresh() {
  if (document.hidden || isPaused()) return;
  try {
    const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
    const text = await answer.text();
    // Somebody may have paused it meanwhile.
    if (isPaused()) return;
    if (!answer.ok) return show("No answer");
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const part of document.querySelectorAll(LIVE)) {
      const fresh = page.getElementById(part.id);
      if (part.isConnected && fresh && !part.parentElement.closest(LIVE)) update(part, fresh);
    }
    show("Live");
  } catch {
    if (!isPaused()) show("No answer");
  }
}

function show(words) {
  if (button.lastChild.textContent !== words) button.lastChild.textContent = words;
}

button.hidden = false;
button.addEventListener("click", () => {
  const live = isPaused();
  button.setAttribute("aria-pressed", live);
  show(live ? "Live" : "Paused");
  if (live) refresh();
});

async function run() {
  await refresh();
  setTimeout(run, SECONDS * 1000);
}
setTimeout(run, SECONDS * 1000);
