// Runs in the Zoom client of a host or co-host. Reports to our server who is in the meeting and who waits, for this
// person's page only. Tells live.js whether the app is in sight.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { isChanging, openCurrentMeeting, ready, sign } from "./zoom.js";

const place = document.querySelector("[data-sighted]");
const [SOON_MS, LOOK_MS, AGAIN_MS, EACH_MS, SIGN_MS, POST_MS] = [150, 2000, 5000, 60_000, 45_000, 10_000];
let signedAt = 0;
// The UUID of the meeting that the client is in; at first that of this page.
let current = place.dataset.uuid ?? "";
let [reports, timer, again, hasDoor, over] = [Promise.resolve(), 0, 0, false, false];

if (await ready) {
  zoomSdk.addEventListener("onAppVisibilityChange", ({ visible }) => document.dispatchEvent(new CustomEvent("insight", { detail: visible })));
  zoomSdk.addEventListener("onMeeting", ({ action }) => action === "ended" && document.dispatchEvent(new Event("over")));
  document.addEventListener("over", () => (over = true));
  const number = await numberHere();
  if (number === place.dataset.meeting) watch();
  // The client is in another meeting or does not answer. The role may have ended before this page was loaded.
  else if (place.dataset.cohosted) await (number ? leaveForNext() : stillCohost());
  else lookForRole();
}

async function watch() {
  place.dataset.here = "";
  zoomSdk.addEventListener("onParticipantChange", soon);
  zoomSdk.addEventListener("onWaitingRoomParticipantJoin", soon);
  zoomSdk.addEventListener("onWaitingRoomParticipantLeave", soon);
  zoomSdk.addEventListener("onBreakoutRoomChange", soon);
  hasDoor = await answer(() => zoomSdk.getWaitingRoomParticipants());
  if (hasDoor) import("./admit.js");
  next();
  setInterval(look, LOOK_MS);
  document.addEventListener("click", look);
  if (!place.dataset.cohosted) return;
  const promoted = sessionStorage.getItem("promoted");
  if (promoted) say(`You’re now ${promoted === "host" ? "host" : "co-host"}.`);
  sessionStorage.removeItem("promoted");
  // Our server knows of the meeting from this client only. The role may end at any time, without an event.
  setInterval(soon, EACH_MS);
  document.addEventListener("click", stillCohost);
}

// The host gave the role away. Their client lists nobody until they are host again. There is no event for that.
async function lookForRole() {
  const line = document.querySelector("[data-not-host]");
  const me = await answer(() => zoomSdk.getUserContext());
  const uuid = meetingOf(await answer(() => zoomSdk.getMeetingUUID()));
  if (!line || (uuid && uuid !== place.dataset.uuid)) return;
  // A missing answer says nothing about the role.
  if (me && uuid) line.hidden = isHosting(me.role);
  if (uuid && isHosting(me?.role)) {
    // No event came for this role, so the next one counts as a change.
    sessionStorage.removeItem("seat");
    return watch();
  }
  document.addEventListener("click", lookForRole, { once: true });
}

async function stillCohost() {
  if (hasEnded()) return true;
  // For times that the host shares: our server trusts a signed role for two minutes.
  if (Date.now() - signedAt > SIGN_MS) {
    signedAt = Date.now();
    await answer(sign);
  }
  const me = await answer(() => zoomSdk.getUserContext());
  // The meeting may have ended meanwhile.
  if (!me || hasEnded()) return true;
  if (isHosting(me.role)) return showRole(me.role);
  await endCohosted();
  location.replace("/participants");
  return false;
}

// The report of a finished meeting stays, whatever role the client names then.
function hasEnded() {
  return over || !place.isConnected;
}

function isHosting(role) {
  return role === "host" || role === "coHost";
}

// Shows the role, and announces it if it has changed in this meeting.
function showRole(role) {
  // The page may be about to load again. Then the next page says the role, else the next report.
  if (isChanging()) return true;
  const is = role === "host" ? "host" : "co-host";
  const [before, meeting] = sessionStorage.getItem("hosting")?.split(" ") ?? [];
  document.querySelector("[data-role]")?.replaceChildren(`you’re ${is}`);
  if (before !== is && meeting === place.dataset.uuid) say(`You’re now ${is}.`);
  sessionStorage.setItem("hosting", `${is} ${place.dataset.uuid}`);
  return true;
}

async function leaveForNext() {
  if (place.dataset.cohosted) await endCohosted();
  return openCurrentMeeting();
}

function endCohosted() {
  return post(place.dataset.cohosted, { uuid: place.dataset.meeting, ended: true });
}

function post(address, body) {
  const headers = { "Content-Type": "application/json" };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(POST_MS) }).catch(() => ({}));
}

// No event tells that the client has gone on to another meeting, so the client is asked.
async function look() {
  const uuid = meetingOf(await zoomSdk.getMeetingUUID().catch(() => null));
  if (current && uuid && uuid !== current) soon();
}

function soon() {
  clearTimeout(again);
  timer ||= setTimeout(() => {
    timer = 0;
    next();
  }, SOON_MS);
}

// Reports are sent one after the other, in the order of events. A failed one does not stop the next.
function next() {
  reports = reports.then(report).catch((error) => console.info("participants", error.message));
}

// Sends the whole list each time: ids change with roles, and the next report makes up for a lost one.
async function report() {
  if (place.dataset.cohosted && !(await stillCohost())) return;
  const instance = await answer(() => zoomSdk.getMeetingUUID());
  const uuid = meetingOf(instance);
  // Another meeting has its own page. If the same number was started again, the host's live page stays.
  if (current && uuid && uuid !== current && !(await staysHere())) return leaveForNext();
  current = uuid || current;
  if (place.dataset.cohosted && hasEnded()) return;
  const inside = (await answer(() => zoomSdk.getMeetingParticipants()))?.participants;
  const waiting = hasDoor ? (await answer(() => zoomSdk.getWaitingRoomParticipants()))?.participants : [];
  // A missing answer does not mean an empty list.
  if (!inside || !waiting) return;
  const later = await answer(() => zoomSdk.getMeetingUUID());
  if (instance && !later) return;
  // The client changed rooms meanwhile, so the list may be of either room.
  if (later?.meetingUUID !== instance?.meetingUUID) return soon();
  // In a breakout room the client lists that room only: missing people have not left the meeting.
  const room = Boolean(instance?.parentUUID);
  showRoom(room, inside.length);
  const participants = [...inside.map(one), ...waiting.map((each) => ({ ...one(each), room: "waiting" }))];
  const { ok, status = 503 } = await post(place.dataset.sighted, { uuid, participants, room });
  if (status >= 500) again = setTimeout(soon, AGAIN_MS);
  if (!ok) return;
  // A page that had nothing to show now has something.
  if ("blank" in place.dataset) location.reload();
  else document.dispatchEvent(new Event("sighted"));
}

// In a breakout room, the parent is the meeting.
function meetingOf(instance) {
  return instance?.parentUUID || instance?.meetingUUID || "";
}

function showRoom(room, people) {
  const line = document.querySelector("[data-room]");
  if (!line) return;
  line.hidden = !room;
  line.querySelector("b").textContent = `You see your room, ${people === 1 ? "1 person" : `${people} people`}.`;
}

function one({ participantUUID, screenName, role }) {
  return { participantUUID, screenName, role };
}

async function staysHere() {
  return place.isConnected && !place.dataset.cohosted && (await numberHere()) === place.dataset.meeting;
}

// The number of the meeting that the client is in.
async function numberHere() {
  const meeting = await answer(() => zoomSdk.getMeetingContext());
  return String(meeting?.meetingID ?? "").replace(/\D/g, "");
}

function say(text) {
  document.querySelector("[data-say]").textContent = text;
}

// Returns null if the call fails, for example because the client does not grant it to this person.
async function answer(ask) {
  try {
    return await ask();
  } catch (error) {
    console.info("participants", error.message);
    return null;
  }
}
