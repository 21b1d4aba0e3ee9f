// Inside Zoom's client: configures the SDK on every page and signs in without leaving it.
//
// The SDK object turns every unknown property into a call, even `then`. So never return or await it, or resolve a promise with it.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { ask, onUnauthorized } from "./api.js";

// Every page asks for these. A page that can do more lists it in data-capabilities, the newest names last.
const MORE = document.querySelector("[data-capabilities]")?.dataset.capabilities.split(" ") ?? [];
const BASE = ["authorize", "onAuthorized", "getAppContext", "openUrl", "promptAuthorize", "onMyUserContextChange", "onRunningContextChange"];
const CAPABILITIES = [...BASE, ...MORE];
const CORE = ["authorize", "onAuthorized", "getAppContext", "openUrl"];
// What a guest may use.
const GUEST = ["getAppContext", "openUrl", "promptAuthorize", "onMyUserContextChange"];
const LISTS = [CAPABILITIES, CAPABILITIES.slice(0, -1), BASE, CORE, GUEST, GUEST.slice(0, 2)];
const [CONFIG_MS, ALL_CONFIGS_MS] = [3000, 9000];
const [ANSWER_MS, SIGN_MS] = [60000, 10_000];
// Zoom's code for a call that the role may not make.
const NOT_FOR_ROLE = "80012";

// The result of config. Replaced when the client has changed, so that a later `await` gets the newest.
export let ready = configure();
let [prompting, out, changes, leaving] = [false, false, 0, false];
askContext();
heedChanges();
onUnauthorized(async () => (await ready) !== null && signIn());
if (document.querySelector("[data-tools]")) import("./meeting.js");
if (document.querySelector("[data-sighted]")) import("./sighted.js");
if (document.querySelector("[data-own]")) import("./own.js");
document.addEventListener("click", pressed);

// What the client allows on this page: its answer to config, or null outside Zoom's client. Some clients refuse a list with a name that
// they do not know, or that this role or a guest may not use (80012), so the next try asks for less. Others accept such a list and
// return the name in unsupportedApis. We add the names that we left out.
async function configure() {
  const endsAt = performance.now() + ALL_CONFIGS_MS;
  for (const capabilities of LISTS) {
    if (performance.now() > endsAt) break;
    try {
      const config = await zoomSdk.config({ capabilities, version: "0.16", popoutSize: { width: 480, height: 760 }, timeout: CONFIG_MS });
      const left = CAPABILITIES.filter((name) => !capabilities.includes(name));
      return { ...config, unsupportedApis: [...(config.unsupportedApis ?? []), ...left] };
    } catch (error) {
      console.info("zoom config", error.message);
    }
  }
  return null;
}

// Names that only some roles may use are added once the role is known: some clients refuse a whole list for one such name.
export function alsoUse(names) {
  CAPABILITIES.push(...names.filter((name) => !CAPABILITIES.includes(name)));
  return (ready = configure());
}

// A new role, status or running context ends what config granted, and may change what the page shows.
async function heedChanges() {
  const config = await ready;
  if (!config) return;
  let [place, address] = [config.runningContext, location.href];
  // A config counts for one address, and the report of a finished meeting has another one.
  addEventListener("refreshed", () => {
    if (address !== location.href) ready = configure();
    address = location.href;
  });
  zoomSdk.addEventListener("onMyUserContextChange", ({ role, status }) => changed("seat", `${role} ${status}`));
  zoomSdk.addEventListener("onRunningContextChange", ({ runningContext }) => {
    const begins = place === "inMainClient" && runningContext !== place;
    place = runningContext;
    out = place === "inMainClient";
    changed("place", place, begins);
  });
}

async function changed(name, is, begins = false) {
  ready = configure();
  const isNew = sessionStorage.getItem(name) !== is;
  changes += isNew;
  document.dispatchEvent(new CustomEvent("configured", { detail: await ready }));
  changes -= isNew;
  // Some clients repeat an event after each config. Only a real change loads the page again.
  if (sessionStorage.getItem(name) === is) return;
  sessionStorage.setItem(name, is);
  // After a report, or while it is on its way: if another meeting begins, open its page.
  if (document.querySelector("[data-ended]")) return begins && openCurrentMeeting();
  if (prompting || !document.querySelector("[data-sighted], [data-own]")) return;
  // The client left the meeting: the page's script finds out whether it is over, and then shows what remains, such as the report.
  if (out && document.querySelector("[data-here], [data-own-part]")) document.dispatchEvent(new Event("over"));
  else {
    leaving = true;
    location.reload();
  }
}

// Whether a change of role or place may be about to load the page again.
export function isChanging() {
  return changes > 0 || leaving;
}

// Opens the page of the meeting that the client is in now. Reloads, so that no saved list names the previous one.
export async function openCurrentMeeting() {
  await sign().catch((error) => console.info("seat", error.message));
  history.replaceState(null, "", "/participants");
  location.reload();
}

// Sends the meeting and the role of the person, as signed by Zoom's client.
export async function sign() {
  const { context } = await zoomSdk.getAppContext();
  const headers = { "Content-Type": "application/json" };
  await fetch("/api/zoomapp/seat", { method: "POST", headers, body: JSON.stringify({ context }), signal: AbortSignal.timeout(SIGN_MS) });
}

// Without a header at the Home URL: the client's app context says the same.
async function askContext() {
  if (!("askContext" in document.body.dataset)) return;
  if (!(await ready)) return location.replace("/");
  try {
    const { context } = await zoomSdk.getAppContext();
    const answer = await post("/api/zoomapp/context", { context });
    location.replace(answer.location);
  } catch (error) {
    // Our server says why it refused. Without a code, the client gave no context.
    const reason = error.code === "sign_in_failed" ? error.message : "We couldn’t identify your Zoom account.";
    tell(document, "[data-context-status]", `${reason}`);
  }
}

// Zoom's embedded browser opens no windows, loads no other website and may save no files. So links that need one of these open in
// the system browser.
function pressed(event) {
  const link = event.target.closest("a[href]");
  if (!link) return;
  if ("connect" in link.dataset) connect(event, link);
  else if ("open" in link.dataset || "file" in link.dataset || link.origin !== location.origin) leave(event, link);
}

async function leave(event, link) {
  event.preventDefault();
  try {
    if (!(await ready)) throw new Error("not in Zoom’s client");
    await zoomSdk.openUrl({ url: await outside(link) });
    tell(document, "[data-say]", "Opened in your browser");
  } catch {
    // As without a script: our page that says why, or the address itself.
    location.assign(link.href);
  }
}

// The address for the system browser, which has no session. For a link of ours, our server says where it leads, or gives a one-time link
// to a file.
async function outside(link) {
  if (link.origin !== location.origin || link.dataset.open === "always") return link.href;
  const body = { address: link.pathname + link.search };
  const { url } = await ("file" in link.dataset ? ask("/files", { method: "POST", body }) : ask(link.href, { tries: 1 }));
  return url;
}

async function connect(event, link) {
  event.preventDefault();
  if (!(await ready)) return location.assign(link.href);
  // Zoom does not report a declined prompt, so another press asks again.
  if (prompting) return zoomSdk.promptAuthorize().catch((error) => console.info("prompt", error.message));
  const says = (text) => tell(link.closest("section"), "[data-connect-status]", text);
  try {
    await upgrade(says);
    says("Zoom is asking for your consent …");
    await signIn();
    // The first page is about the meeting that the person is in.
    await sign().catch((error) => console.info("seat", error.message));
    goOn(location.pathname === "/connect" ? "/" : location.href, says);
  } catch (error) {
    // A sign-in needs the session that it began in. Without its cookie, the page says what else can be done.
    if (error.code === "sign_in_failed") return location.assign("/connect?began=1");
    if (String(error.code) === NOT_FOR_ROLE) return connectInBrowser(link, says);
    says(error.message);
  }
}

// Zoom's client lets an attendee of a webinar sign in to Zoom, but not connect an app. After they have connected in the browser, the
// client's app context identifies them.
async function connectInBrowser(link, says) {
  try {
    if (!("opened" in link.dataset)) {
      await zoomSdk.openUrl({ url: link.href });
      link.dataset.opened = "";
      return says("Attendees of a webinar connect in the browser. It is open now: finish there, then press again.");
    }
    const { context } = await zoomSdk.getAppContext();
    const { location: page } = await post("/api/zoomapp/context", { context });
    goOn(page, says);
  } catch (error) {
    says(error.message);
  }
}

// Unsent entries need another press: the person who signed in may not be the one who typed them.
function goOn(address, says) {
  if (!document.querySelector("form[data-unsent]")) return location.assign(address);
  says("Now send your entries.");
}

// A guest first signs in to Zoom, then adds the app. The client asks for each, sends an event, and needs a new config.
async function upgrade(says) {
  for (let asked = 0; ((await ready)?.auth?.status ?? "authorized") !== "authorized" && asked < 2; asked++) {
    says(asked ? "Zoom is asking whether to add the app …" : "Zoom is asking you to sign in …");
    prompting = true;
    await heard("onMyUserContextChange", () => zoomSdk.promptAuthorize()).finally(() => (prompting = false));
  }
}

// Signs in without leaving the page. Zoom does not ask people who have agreed before.
async function signIn() {
  const { codeChallenge, state } = await (await fetch("/api/zoomapp/authorize")).json();
  const event = await heard("onAuthorized", () => zoomSdk.authorize({ codeChallenge, state }));
  if (!event.result || !event.code) throw new Error("Zoom was not connected. Nothing was changed.");
  // The event may lack the state or percent-encode it, so our server gets our own. If the event has one, it must equal ours.
  const returned = event.state && new URLSearchParams(`state=${event.state}`).get("state");
  if (returned && returned !== state) throw new Error("This answer belongs to another sign-in. Select Connect again.");
  await post("/api/zoomapp/onauthorized", { code: event.code, state, redirectUri: event.redirectUri, href: location.href });
  return true;
}

// The first event of this name after a call.
function heard(name, call) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => end(reject, new Error("Zoom did not answer. Select Connect again.")), ANSWER_MS);
    const listen = (event) => end(resolve, event);
    zoomSdk.addEventListener(name, listen);
    call().catch(({ message, code }) => end(reject, Object.assign(new Error(message), { code })));
    function end(settle, what) {
      zoomSdk.removeEventListener(name, listen);
      clearTimeout(late);
      settle(what);
    }
  });
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.message), { code: said.error });
  return said;
}

function tell(part, selector, text) {
  const place = part?.querySelector(selector);
  if (place) place.textContent = text;
}
