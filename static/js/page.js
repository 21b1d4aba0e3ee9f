// For every page: copy buttons, menus, parts that load later, focus on errors, the browser's time zone, and the SDK inside Zoom's
// client.

const [ROUNDS, SKELETON_MS, SLOW_MS] = [20, 1500, 8000];

// After the first paint, because finding the time zone takes some milliseconds.
requestAnimationFrame(() => setTimeout(saveZone));

const forAll = (selector, act) => document.querySelectorAll(selector).forEach(act);

document.querySelector("[data-focus]")?.focus();
bind();
addEventListener("refreshed", bind);

// A page restored from the back/forward cache must be usable again.
addEventListener("pageshow", () => forAll("form button[disabled]", (button) => (button.disabled = false)));

addEventListener("offline", () => offline(true));
addEventListener("online", () => offline(false));
addEventListener("click", pressed);
addEventListener("keydown", shortcut);
document.addEventListener("toggle", ({ target }) => target.popover && import("./menu.js"), true);

const bridged = window !== window.top || window.chrome?.webview || window.webkit?.messageHandlers?.jsOCHelper || window.android;
if (bridged) import("./zoom.js");

function saveZone() {
  document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax`;
}

// Sets up the elements of the page. Runs again after a refresh, which creates new elements.
function bind() {
  forAll("[data-copy]", (button) => {
    button.hidden = false;
    button.onclick = () => copy(button);
  });
  forAll("[data-print]", (button) => {
    button.hidden = false;
    button.onclick = () => print();
  });
  forAll("[data-part]", load);
  // For looks only: the key in the form makes a second submission harmless.
  forAll("form[method=post]", (form) => {
    form.onsubmit = () => void setTimeout(() => form.querySelector("button")?.setAttribute("disabled", ""));
  });
  forAll("[data-countdown]", count);
  // In the panel the tabs of a meeting are one scrolling line: center the current one, unless the person has scrolled.
  forAll(".tabs [aria-current]", (tab) => (tab.parentNode.scrollLeft ||= tab.offsetLeft - (innerWidth - tab.offsetWidth) / 2));
}

export async function copy(button) {
  const words = button.querySelector("[data-words]");
  const before = (words.dataset.before ??= words.textContent);
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = button.dataset.done ?? "Copied";
    say(words.textContent);
  } catch {
    (await import("./copy_by_hand.js")).show(button);
  }
  setTimeout(() => (words.textContent = before), 2000);
}

// "/" and "?": see shortcuts.js.
function shortcut(event) {
  if (!"/?".includes(event.key) || event.target.matches("input, textarea, select") || localStorage.noKeys) return;
  event.preventDefault();
  import("./shortcuts.js").then((keys) => keys.press(event.key));
}

// A slow section has a page of its own: fetch the section from there until it is complete.
export async function load(part) {
  for (let round = 0; part.dataset.part && !part.busy && round < ROUNDS; round++) {
    part.busy = true;
    // As HTML, so that the server answers before it has loaded everything.
    const fresh = await partOf(part.dataset.part, part.id, { Accept: "text/html" });
    if (!fresh || !part.isConnected) return;
    part.replaceWith(fresh);
    part = fresh;
  }
}

export async function partOf(address, id, headers) {
  const answer = await fetch(address, { headers }).catch(() => null);
  if (!answer?.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
}

function offline(is) {
  const strip = document.querySelector("[data-offline]");
  if (strip) strip.hidden = !is;
  say(is ? strip?.textContent.trim() : "You’re back online.");
}

// After a press on a link to a slow page: shows placeholder rows after 1.5 s and a sentence after 8 s. The old content returns on
// leaving, because the browser may show this page again.
function pressed(event) {
  const link = event.target.closest(".nav a, .chips a, [aria-expanded]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.ariaExpanded) return event.preventDefault(), import("./rows.js").then((rows) => rows.toggle(link));
  const main = document.querySelector("main");
  const before = [...main.childNodes];
  const rows = document.querySelector("[data-loading]").content.cloneNode(true);
  const slow = rows.querySelector("[data-slow]");
  const timers = [setTimeout(() => main.replaceChildren(rows), SKELETON_MS), setTimeout(() => (slow.hidden = false), SLOW_MS)];
  addEventListener("pagehide", () => (timers.forEach(clearTimeout), main.replaceChildren(...before)), { once: true });
}

// Counts down the wait that Zoom asked for, in seconds. Then opens the page again, once it is visible and online and no field has
// the focus. After a form, which must not be sent again by itself, it shows a sentence instead.
function count(place) {
  const endsAt = Date.now() + 1000 * place.dataset.countdown;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left || document.hidden || !navigator.onLine || document.querySelector("input:focus")) return;
    clearInterval(timer);
    if (place.dataset.then) place.parentNode.textContent = place.dataset.then;
    // Not a reload, which would ask Zoom again for what is saved.
    else location.replace(location.pathname + location.search);
  }, 1000);
}

export function say(text) {
  const place = document.querySelector("[data-say]");
  if (place) place.textContent = text;
}
