// In the client of a meeting's host: who is there and who waits, told to our server for this person's page alone; and
// whether the app is in sight.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { ready } from "./zoom.js";

const place = document.querySelector("[data-sighted]");
const [SOON_MS, AGAIN_MS, EACH_MS, SIGN_MS] = [150, 5000, 60_000, 45_000];
let signedAt = 0;
let [told, timer, again, hasDoor] = [Promise.resolve(), 0, 0, false];

if (await ready) {
  zoomSdk.addEventListener("onAppVisibilityChange", ({ visible }) => document.dispatchEvent(new CustomEvent("insight", { detail: visible })));
  if (await hereToo()) watch();
}

async function watch() {
  place.dataset.here = "";
  zoomSdk.addEventListener("onMeeting", ({ action }) => action === "ended" && document.dispatchEvent(new Event("over")));
  zoomSdk.addEventListener("onParticipantChange", soon);
  zoomSdk.addEventListener("onWaitingRoomParticipantJoin", soon);
  zoomSdk.addEventListener("onWaitingRoomParticipantLeave", soon);
  hasDoor = await answer(() => zoomSdk.getWaitingRoomParticipants());
  if (hasDoor) import("./admit.js");
  told = told.then(tell);
  if (!place.dataset.cohosted) return;
  if (sessionStorage.getItem("promoted")) document.querySelector("[data-say]").textContent = "You’re now co-host.";
  sessionStorage.removeItem("promoted");
  // Our server knows the meeting from this client alone. The role may end at any time, without an event.
  setInterval(soon, EACH_MS);
  document.addEventListener("click", stillCohost);
}

async function stillCohost() {
  if (Date.now() - signedAt > SIGN_MS) await sign();
  const me = await answer(() => zoomSdk.getUserContext());
  if (!me || me.role === "host" || me.role === "coHost") return true;
  const uuid = (await answer(() => zoomSdk.getMeetingUUID()))?.meetingUUID;
  await post(place.dataset.cohosted, { uuid, ended: true });
  location.replace("/participants");
  return false;
}

// The role as Zoom's client signs it, for times that the host shares: our server believes it for two minutes.
async function sign() {
  signedAt = Date.now();
  const signed = await answer(() => zoomSdk.getAppContext());
  if (signed) await post("/api/zoomapp/seat", { context: signed.context });
}

function post(address, body) {
  const headers = { "Content-Type": "application/json" };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => ({}));
}

// One after the other: what is told first happened first.
function soon() {
  clearTimeout(again);
  timer ||= setTimeout(() => {
    timer = 0;
    told = told.then(tell);
  }, SOON_MS);
}

// The whole list each time: ids change with roles, and what got lost is in the next one, which comes by itself.
async function tell() {
  if (place.dataset.cohosted && !(await stillCohost())) return;
  const instance = await answer(() => zoomSdk.getMeetingUUID());
  const inside = (await answer(() => zoomSdk.getMeetingParticipants()))?.participants;
  const waiting = hasDoor ? (await answer(() => zoomSdk.getWaitingRoomParticipants()))?.participants : [];
  // A breakout room's list is not the meeting's; what did not answer is not empty.
  if (!inside || !waiting || instance?.parentUUID) return;
  const participants = [...inside.map(one), ...waiting.map((each) => ({ ...one(each), room: "waiting" }))];
  const { ok, status = 503 } = await post(place.dataset.sighted, { uuid: instance?.meetingUUID ?? "", participants });
  if (status >= 500) again = setTimeout(soon, AGAIN_MS);
  if (!ok) return;
  // A page that had nothing to show has now.
  if ("blank" in place.dataset) location.reload();
  else document.dispatchEvent(new Event("sighted"));
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
