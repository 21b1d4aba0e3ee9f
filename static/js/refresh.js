// Replaces a page that came from a saved copy once the server has a newer one. Does the same for a report that Zoom still completes,
// and for the part with a summary or transcript that Zoom still writes.

const DELAYS_MS = [1500, 3000, 6000];
// For about 45 minutes: every 30 seconds at first, then every 2 minutes.
const COMING_MS = [...Array(20).fill(30_000), ...Array(18).fill(120_000)];
// A part with a version costs no call to Zoom while nothing is new: every few seconds for 20 minutes, then slower for 40 more.
const WATCHED_MS = [...Array(300).fill(4000), ...Array(80).fill(30_000)];

const main = document.getElementById("main");
let shown = main.firstElementChild;

async function refresh(delays) {
  if (!delays.length) return;
  await new Promise((done) => setTimeout(done, delays[0]));
  const coming = isComing();
  if (document.hidden && coming) return refresh(delays);
  let page;
  try {
    const version = coming?.dataset.version;
    const answer = await fetch(location.href, { headers: { Accept: "text/html", ...(version && { "If-None-Match": `"${version}"` }) } });
    // Nothing new, or the server is busy. A notice that there is nothing yet has the status 404.
    if (answer.status === 304 || (coming && answer.status >= 429)) return refresh(delays.slice(1));
    if (!answer.ok && !(version && answer.status === 404)) return;
    // Another kind of page, such as that of a started meeting or of a long list's progress, needs its own scripts.
    if (answer.redirected || answer.headers.has("Refresh")) return inUse(main) || location.assign(answer.url);
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    // The page is about something else now. Open its address: a reload would ask Zoom for everything again.
    if (subject(whole) !== subject(document)) return inUse(main) || location.replace(location.pathname + location.search);
    page = whole.getElementById("main");
  } catch {
    return refresh(delays.slice(1));
  }
  // Another script has replaced the page meanwhile, for example with that of the waiting room.
  if (!page || main.firstElementChild !== shown) return;
  const part = coming?.id && page.querySelector(`#${coming.id}`);
  if (inUse(part ? coming : main)) return refresh(delays.slice(1));
  if (part) replacePart(coming, part);
  else if (page.innerHTML !== main.innerHTML) replaceMain(page);
  main.toggleAttribute("data-refreshing", page.hasAttribute("data-refreshing"));
  if (main.hasAttribute("data-refreshing") || isComing()) return refresh(delays.slice(1));
}

function replaceMain(page) {
  const atTitle = document.activeElement.matches("h1");
  main.replaceChildren(...page.childNodes);
  shown = main.firstElementChild;
  if (atTitle) focusTitle();
  dispatchEvent(new Event("refreshed"));
}

// The rest of the page stays, and so does the focus.
function replacePart(old, part) {
  old.replaceWith(part);
  dispatchEvent(new Event("refreshed"));
  if (part.dataset.ready) document.querySelector("[data-say]").textContent = part.dataset.ready;
}

// The title got the focus when the report replaced the live page. The new title takes it over.
function focusTitle() {
  const title = main.querySelector("h1");
  title.tabIndex = -1;
  title.focus();
}

function isComing() {
  return main.querySelector("[data-coming]");
}

// The canonical address: what the page is about.
function subject(page) {
  return page.querySelector("link[rel=canonical]")?.getAttribute("href");
}

// Whether somebody uses this part: types, has changed a field, selects text, or has opened a menu or a row.
function inUse(part) {
  const changed = [...part.querySelectorAll(":is(input, textarea):not([readonly])")].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
  return changed || (part.contains(document.activeElement) && !document.activeElement.matches("h1")) || !getSelection().isCollapsed || part.querySelector(":is(details[open], :popover-open, a[aria-expanded=true])");
}

const comingMs = isComing() ? (isComing().dataset.version ? WATCHED_MS : COMING_MS) : [];
refresh([...(main.hasAttribute("data-refreshing") || !isComing() ? DELAYS_MS : []), ...comingMs]);
