/* The meeting window: runs client.js for one user and keeps it in step with the world. */
import { deliveries, meeting, people, sheet, toast } from "./draw.js";

const { zoomClient, zoomBridges } = window;
const { home, origin, me } = document.body.dataset;
const $ = (id) => document.getElementById(id);
const frame = $("frame");
const switches = $("switches");
const GUESTS = ["Mara Lindholm", "Tomás Rey", "Yuki Tanaka", "Chidi Eze", "Lena Fischer", "Noor Haddad", "Piotr Zieliński", "Ines Carvalho"];
let coming = 0;

/* The user's session is in the address, so that a link opens the same situation. */
const asked = new URLSearchParams(location.search);
const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
const seat = { user: me, running_context: "inMeeting", role: "", theme, status: "authorized", launch: "", ...Object.fromEntries(asked) };

const client = zoomClient(ask, {
  product: "web", browserVersion: navigator.userAgent, authorization: seat.authorization || "usual",
  runningContext: seat.running_context, launchContext: { origin: "App Launcher", openBy: seat.launch ? "deeplink" : "user" },
});
Object.assign(window, { client, seat });
if (frame) zoomBridges.iframe(client, frame, origin);

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ seat, ...body }) });
  if (!answer.ok) throw new Error((await answer.json()).message);
  return answer.json();
}

const question = async (name, data) => (await post(`/client/ask/${name}`, { data })).answer;

async function ask(name, data) {
  if (name === "prompt") return prompted();
  const answer = await question(name, data);
  if (name !== "authorize" || !answer.consent) return answer;
  const agreed = await sheet("Allow this app?", "It asks to use your Zoom account for:", answer.consent.scopes);
  return question(name, { ...data, agreed, declined: !agreed });
}

/* A guest signs in first, and adds the app when asked once more. */
async function prompted() {
  const signedIn = seat.status === "authenticated";
  const agreed = signedIn
    ? await sheet("Add this app?", "It will be added to your Zoom account.")
    : await sheet("Sign in to Zoom?", "The app would like to know who you are.");
  if (!agreed) return null;
  sit({ status: signedIn ? "authorized" : "authenticated" });
  return question("state", {});
}

function sit(changes) {
  Object.assign(seat, changes);
  const fields = Object.entries(seat).filter(([name, value]) => value && !(name === "status" && value === "authorized"));
  history.replaceState(null, "", `?${new URLSearchParams(fields)}`);
  dress();
}

function dress() {
  document.documentElement.dataset.theme = seat.theme;
  $("client").dataset.layout = seat.running_context === "inMainClient" ? "main" : "meeting";
  for (const name of ["user", "running_context", "theme"]) switches.elements[name].value = seat[name];
  switches.elements.role.value = seat.status === "authorized" || seat.role === "attendee" ? seat.role : "guest";
  switches.elements.authorization.value = client.state.authorization;
}

const open = () => { if (frame) frame.src = home; };

let latestLook = 0;

async function act(action, data) {
  latestLook += 1;  // a look that is under way shows what was before
  try { client.update(await question("act", { action, ...data })); } catch (error) { toast("That did not work", error.message); }
  await look();
}

async function look() {
  const from = JSON.stringify(seat);
  const number = latestLook += 1;
  const around = await post("/client/around", {});
  // The session changed meanwhile, or a later look began, so this answer is outdated.
  if (JSON.stringify(seat) !== from || number !== latestLook) return;
  client.update(around.state);
  $("clock").textContent = new Date(around.now).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  meeting(client.state, around);
  people(client.state, around.left);
  if (!$("log").hidden) deliveries(around.webhooks);
}

/* What the app made the client do since the last look. */
const seen = { opened: 0, notifications: 0, messages: 0, invitations: 0 };
const SHOWN = {
  opened(url) {
    const listed = URL.canParse(url) && new URL(url).host === new URL(home).host;
    toast(listed ? "The app opens a page in your browser" : "Accessing an untrusted website", url, /^https?:/.test(url) ? url : "");
  },
  notifications({ title, message }) { toast(title, message); },
  messages(text) { toast("In the meeting chat", text); },
  invitations() { toast("Invitation", "The others are invited to the app."); },
};
client.onchange = () => {
  for (const [list, show] of Object.entries(SHOWN)) {
    client.state[list].slice(seen[list]).forEach(show);
    seen[list] = client.state[list].length;
  }
  $("client").classList.toggle("expanded", client.state.expanded);
  $("client").classList.toggle("undocked", client.state.undocked);
};

switches.addEventListener("change", async ({ target: { name, value } }) => {
  if (name === "authorization") { client.state.authorization = value; return; }
  if (name === "role") {
    const guest = value === "guest";
    // Attendees of a webinar have not signed in.
    const status = guest || value === "attendee" ? "unauthenticated" : "authorized";
    sit({ role: guest ? "participant" : value, status, launch: "" });
    await act("enter");
    return;
  }
  sit({ [name]: value, launch: "" });
  if (name === "user") { sit({ role: "", status: "authorized" }); }
  if (name !== "theme") await (client.state.meeting ? act("enter") : look());
  if (name !== "running_context") open();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { act: action, id, come, open: drawer, panel, toggle, hook } = button.dataset;
  if (action === "record") act("record", { on: client.state.meeting?.recording !== "started" });
  else if (action) act(action, { participantId: id });
  if (come) { act("join", { name: GUESTS[coming % GUESTS.length], waiting: come === "wait" }); coming += 1; }
  if (drawer) {
    const hidden = ($(drawer).hidden = !$(drawer).hidden);
    if (drawer === "app") {
      $("divider").hidden = hidden;
      client.emit("onAppVisibilityChange", { timestamp: Date.now(), visible: !hidden });
    }
    button.setAttribute("aria-pressed", String(!hidden));
    look();
  }
  if (toggle) button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  if (panel === "reload") open();
  if (panel === "popout") { client.apis.appPopout({ action: client.state.undocked ? "dock" : "undock" }); client.onchange(); }
  if (hook) post("/client/webhooks", { [hook]: true }).then(look, (error) => toast("Webhooks", error.message));
});

$("log").addEventListener("change", ({ target: { name, checked } }) => {
  const value = { duplicates: checked ? 1 : 0, stale_seconds: checked ? 3600 : 0 }[name] ?? checked;
  post("/client/webhooks", { mischief: { [name]: value } }).then(look, (error) => toast("Webhooks", error.message));
});

/* The divider: 320 to 480 pixels, by pointer or by arrow keys. */
const divider = $("divider");
function widen(pixels) {
  const width = Math.max(320, Math.min(480, Math.round(pixels)));
  divider.setAttribute("aria-valuenow", width);
  document.documentElement.style.setProperty("--app-width", `${width}px`);
}
divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId));
divider.addEventListener("pointermove", (event) => {
  if (divider.hasPointerCapture(event.pointerId)) widen($("client").getBoundingClientRect().right - event.clientX);
});
divider.addEventListener("keydown", ({ key }) => {
  const step = { ArrowLeft: 8, ArrowRight: -8 }[key];
  if (step) widen(Number(divider.getAttribute("aria-valuenow")) + step);
});
if (asked.has("width")) widen(Number(asked.get("width")));

dress();
if (seat.running_context !== "inMainClient") {
  await question("state", {}).then((now) => now.meeting && question("act", { action: "enter" })).catch(() => null);
}
await look();
open();
(async function watch() {
  await new Promise((rest) => setTimeout(rest, 1000));
  await look().catch(() => null);
  watch();
})();
