// Refreshes the people of a running meeting while the page is visible. Asks our own server, which asks Zoom once for all viewers and
// renders the rows. This script decides when to ask, and shows how old the data is.

const [TIMEOUT_MS, LONGEST_MS, IDLE_AFTER_MS, IDLE_MS, SAY_MS] = [10_000, 120_000, 1_800_000, 60_000, 20_000];
const PAUSED = "live-paused";

const region = document.querySelector("[data-live]");
const fresh = document.getElementById("fresh");
const words = fresh?.querySelector("[data-fresh-text]");
const pause = fresh?.querySelector("[data-pause]");
const byHand = region.dataset.refresh === "0";

let [interval, failures, busy, again, ended, timer, nextAt, inSight, over] = [1500, 0, false, false, false, 0, 0, true, 0];
let [version, said, saidAt, sayTimer, refused] = [`"${region.dataset.version}"`, counts(), 0, 0, false];
let [seenAt, answeredAt, touchedAt] = [Date.now() - 1000 * region.dataset.age, Date.now(), Date.now()];

if (fresh) {
  pause.hidden = byHand;
  pause.addEventListener("click", () => setPaused(!paused()));
  setPaused(paused());
  setInterval(tell, 1000);
}
document.addEventListener("visibilitychange", resume);
// Zoom's client says whether the app is in sight, and reports who came and went.
document.addEventListener("insight", ({ detail }) => ((inSight = detail), resume()));
document.addEventListener("sighted", () => failures || ask());
// "over": the meeting ended, or the client left it. Our server then asks Zoom whether it is over.
document.addEventListener("over", () => ((over = 5), ask()));
addEventListener("online", resume);
addEventListener("offline", resume);
for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, touched, { passive: true });
plan(interval);

async function ask() {
  if (!wanted()) return;
  if (busy) return void (again = true);
  busy = true;
  clearTimeout(timer);
  try {
    const headers = { Accept: "text/html", "If-None-Match": version, ...(over-- > 0 && { "X-Meeting-Ended": 1 }) };
    await take(await fetch(region.dataset.live, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }));
  } catch {
    retry(interval * 2 ** ++failures);
  } finally {
    busy = false;
    if (again && (over > 0 || !failures)) plan(0);
    again = false;
  }
}

async function take(answer) {
  answeredAt = Date.now();
  const text = await answer.text();
  if (answer.status === 401) return location.reload();
  if (answer.status === 204) return finish();
  if (answer.status > 304) {
    const asked = 1000 * answer.headers.get("Retry-After");
    refused = answer.status === 403;
    if (refused) say(text);
    return retry(asked ? Math.max(asked, 2 * interval) : interval * 2 ** ++failures, asked);
  }
  failures = 0;
  interval = 1000 * answer.headers.get("X-Poll-Interval") || interval;
  seenAt = answeredAt - 1000 * answer.headers.get("X-Seen-Age");
  // The server says when there may be news. A planned request is never earlier, but up to 5% later, so that windows spread out.
  plan(pace(), 1, 1.05);
  // A page that was paused meanwhile does not change.
  if (text && !paused()) draw(text, answer.headers.get("ETag"));
  tell();
}

// Morphs the region: existing nodes keep focus, scroll position and open state; equal nodes, forms and open menus are skipped.
// A round that comes while text is selected is not drawn.
function draw(html, etag) {
  const chosen = getSelection();
  if (!chosen.isCollapsed && region.contains(chosen.anchorNode)) return;
  const beforeNodeMorphed = (old, made) => {
    if (old === fresh || old.isEqualNode(made) || old.matches?.(":is(form, :popover-open)")) return false;
    return !old.matches?.("td:not(.a-name)") || !counted(old, made);
  };
  const beforeAttributeUpdated = (name) => !/open|hidden|expanded/.test(name);
  // Opened details stay.
  const beforeNodeRemoved = (old) => !old.matches?.("tr.detail");
  const made = document.createElement("template");
  made.innerHTML = html;
  Idiomorph.morph(region, [...made.content.childNodes], { morphStyle: "innerHTML", callbacks: { beforeNodeMorphed, beforeAttributeUpdated, beforeNodeRemoved } });
  // The page of an empty meeting lacks what its first person needs, so it loads again.
  if (!fresh && document.getElementById("fresh")) return location.replace(location.pathname + location.search);
  version = etag;
  announce();
}

// Updates a cell in place if only texts and attribute values differ, which takes a third less time than a morph. Returns false if
// its structure has changed.
function counted(old, made) {
  const [had, has] = [old, made].map((each) => each.getAttributeNames?.() ?? []);
  if (old.nodeName !== made.nodeName || String(had) !== String(has) || old.childNodes.length !== made.childNodes.length) return false;
  if (old.nodeValue !== made.nodeValue) old.nodeValue = made.nodeValue;
  for (const name of has) if (old.getAttribute(name) !== made.getAttribute(name)) old.setAttribute(name, made.getAttribute(name));
  return [...old.childNodes].every((each, n) => counted(each, made.childNodes[n]));
}

function plan(ms, from = 0.9, to = 1.1) {
  clearTimeout(timer);
  const wait = ms * (from + Math.random() * (to - from));
  nextAt = Date.now() + wait;
  if (wanted()) timer = setTimeout(ask, wait);
}

// Waits at least as long as the server asked.
function retry(ms, whole = 0) {
  plan(whole ? ms : Math.min(ms, LONGEST_MS), whole ? 1 : 0.9);
  failures ||= 1;
  tell();
}

function pace() {
  const idle = Date.now() - touchedAt > IDLE_AFTER_MS;
  return (idle ? Math.max(interval, IDLE_MS) : interval) * (navigator.connection?.saveData ? 2 : 1);
}

function wanted() {
  return !ended && (over > 0 || wantedNow());
}

function wantedNow() {
  return !paused() && !byHand && !document.hidden && inSight && navigator.onLine;
}

// After a pause: asks at once if the last answer is older than half a round. After a failure, the planned retry stays.
function resume() {
  clearTimeout(timer);
  if (!wanted()) return tell();
  if (failures) return plan(nextAt - Date.now(), 1, 1);
  plan(Date.now() - answeredAt > interval / 2 ? 0 : interval);
}

function touched() {
  const idle = Date.now() - touchedAt > IDLE_AFTER_MS;
  touchedAt = Date.now();
  if (idle) resume();
}

function finish() {
  ended = true;
  // The report is about to come. If the client enters another meeting, that one gets its own page, as after a report.
  region.dataset.ended = "";
  clearTimeout(timer);
  clearTimeout(sayTimer);
  tell();
  import(region.dataset.end);
}

function paused() {
  return sessionStorage.getItem(PAUSED) === "1";
}

function setPaused(is) {
  sessionStorage.setItem(PAUSED, is ? "1" : "0");
  pause.setAttribute("aria-pressed", is);
  resume();
  tell();
}

function tell() {
  if (!words) return;
  fresh.classList.toggle("still", ended || paused() || failures > 0 || !navigator.onLine);
  if (ended) return;
  const text = paused() ? "Paused" : !navigator.onLine ? "Offline" : failures ? `${refused ? "Refused · retry" : "Retry"} in ${short(nextAt - Date.now())}` : age();
  if (words.textContent !== text) words.textContent = text;
}

function age() {
  const ms = Date.now() - seenAt;
  return `${byHand ? "Updated" : "Live"} · ${ms < 2000 ? "just now" : `${short(ms)} ago`}`;
}

function short(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

function counts() {
  const at = region.querySelector("[data-here]")?.dataset ?? {};
  return { here: +at.here || 0, waiting: +at.waiting || 0, left: +at.left || 0, came: +at.came || 0 };
}

// Announces at most one sentence in 20 seconds. The next one includes all changes in between.
function announce() {
  clearTimeout(sayTimer);
  const wait = saidAt + SAY_MS - Date.now();
  if (wait > 0) return (sayTimer = setTimeout(announce, wait));
  const is = counts();
  const [joined, left] = [is.came - said.came, is.left - said.left];
  const parts = [];
  if (region.dataset.announce !== "off" && is.waiting !== said.waiting) parts.push(region.querySelector(".strip p").textContent.trim());
  if (region.dataset.announce === "all" && (joined > 0 || left > 0)) parts.push(`${joined} joined, ${Math.max(0, left)} left. ${is.here} in the meeting.`);
  said = is;
  if (parts.length) say(parts.join(". "));
}

function say(text) {
  saidAt = Date.now();
  document.querySelector("[data-say]").textContent = text;
}
