// In the client of a meeting's host or co-host: reports to our server, for this person's page only, who is
// there and who waits; and whether the app is in sight.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { openCurrentMeeting, ready, sign } from "./zoom.js";

const place = document.querySelector("[data-sighted]");
const [SOON_MS, AGAIN_MS, EACH_MS, SIGN_MS] = [150, 5000, 60_000, 45_000];
let signedAt = 0;
let [reports, timer, again, hasDoor, current] = [Promise.resolve(), 0, 0, false, ""];

if (await ready) {
  zoomSdk.addEventListener("onAppVisibilityChange", ({ visible }) => document.dispatchEvent(new CustomEvent("insight", { detail: visible })));
  if (await hereToo()) watch();
  // The client does not answer about the meeting: the role may have ended before this page was loaded.
  else if (place.dataset.cohosted) stillCohost();
}

async function watch() {
  place.dataset.here = "";
  zoomSdk.addEventListener("onMeeting", ({ action }) => action === "ended" && document.dispatchEvent(new Event("over")));
  zoomSdk.addEventListener("onParticipantChange", soon);
  zoomSdk.addEventListener("onWaitingRoomParticipantJoin", soon);
  zoomSdk.addEventListener("onWaitingRoomParticipantLeave", soon);
  zoomSdk.addEventListener("onBreakoutRoomChange", soon);
  hasDoor = await answer(() => zoomSdk.getWaitingRoomParticipants());
  if (hasDoor) import("./admit.js");
  reports = reports.then(report);
  if (!place.dataset.cohosted) return;
  const promoted = sessionStorage.getItem("promoted");
  if (promoted) document.querySelector("[data-say]").textContent = `You’re now ${promoted === "host" ? "host" : "co-host"}.`;
  sessionStorage.removeItem("promoted");
  // Our server knows the meeting from this client alone. The role may end at any time, without an event.
  setInterval(soon, EACH_MS);
  document.addEventListener("click", stillCohost);
}

async function stillCohost() {
  // The report of a meeting that is over stays, whatever the client is in now.
  if (!place.isConnected) return true;
  // For times that the host shares: our server believes the role for two minutes.
  if (Date.now() - signedAt > SIGN_MS) {
    signedAt = Date.now();
    await answer(sign);
  }
  const me = await answer(() => zoomSdk.getUserContext());
  if (me?.role === "host") document.querySelector("[data-role]")?.replaceChildren("you’re host");
  if (!me || me.role === "host" || me.role === "coHost") return true;
  await post(place.dataset.cohosted, { uuid: place.dataset.meeting, ended: true });
  location.replace("/participants");
  return false;
}

function post(address, body) {
  const headers = { "Content-Type": "application/json" };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => ({}));
}

// One report after the other, in the order of what happened.
function soon() {
  clearTimeout(again);
  timer ||= setTimeout(() => {
    timer = 0;
    reports = reports.then(report);
  }, SOON_MS);
}

// The whole list each time: ids change with roles, and what got lost is in the next one, which comes by itself.
async function report() {
  if (place.dataset.cohosted && !(await stillCohost())) return;
  const instance = await answer(() => zoomSdk.getMeetingUUID());
  const uuid = meetingOf(instance);
  // Another meeting has a page of its own; the same number, started again, has this one.
  if (current && uuid && uuid !== current && place.isConnected && !(await hereToo())) return openCurrentMeeting();
  current = uuid || current;
  const inside = (await answer(() => zoomSdk.getMeetingParticipants()))?.participants;
  const waiting = hasDoor ? (await answer(() => zoomSdk.getWaitingRoomParticipants()))?.participants : [];
  // What did not answer is not empty.
  if (!inside || !waiting) return;
  // A breakout room's list is not the meeting's: whoever is missing from it has not left.
  const room = Boolean(instance?.parentUUID);
  showRoom(room, inside.length);
  const participants = [...inside.map(one), ...waiting.map((each) => ({ ...one(each), room: "waiting" }))];
  const { ok, status = 503 } = await post(place.dataset.sighted, { uuid, participants, room });
  if (status >= 500) again = setTimeout(soon, AGAIN_MS);
  if (!ok) return;
  // A page that had nothing to show has now.
  if ("blank" in place.dataset) location.reload();
  else document.dispatchEvent(new Event("sighted"));
}

// In a breakout room the meeting is the parent.
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

// Whether the client is in the meeting that this page is about: its words are of that one and of no other.
async function hereToo() {
  try {
    const { meetingID } = await zoomSdk.getMeetingContext();
    return String(meetingID).replace(/\D/g, "") === place.dataset.meeting;
  } catch (error) {
    console.info("meeting", error.message);
    return false;
  }
}

// Nothing where the client does not grant it, or not to this person.
async function answer(ask) {
  try {
    return await ask();
  } catch (error) {
    console.info("participants", error.message);
    return null;
  }
}
