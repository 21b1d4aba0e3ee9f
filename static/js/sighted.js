// In the client of a meeting's host: who is there and who waits, told to our server for this person's page alone; and
// whether the app is in sight.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { ready } from "./zoom.js";

const place = document.querySelector("[data-sighted]");
let told = Promise.resolve();

if (await ready) {
  zoomSdk.addEventListener("onAppVisibilityChange", ({ visible }) => document.dispatchEvent(new CustomEvent("insight", { detail: visible })));
  if (await hereToo()) watch();
}

async function watch() {
  zoomSdk.addEventListener("onParticipantChange", ({ participants }) => tell(participants));
  zoomSdk.addEventListener("onWaitingRoomParticipantJoin", ({ participant }) => tell([atDoor(participant, "join")]));
  zoomSdk.addEventListener("onWaitingRoomParticipantLeave", ({ participant }) => tell([atDoor(participant, "leave")]));
  const inside = await listed(() => zoomSdk.getMeetingParticipants());
  const waiting = await listed(() => zoomSdk.getWaitingRoomParticipants());
  if (waiting) import("./admit.js");
  // A page that had nothing to show has now.
  if (inside && (await tell([...inside, ...(waiting ?? []).map((one) => atDoor(one))])) && !document.querySelector("[data-live]")) location.reload();
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
async function listed(ask) {
  try {
    return (await ask()).participants;
  } catch (error) {
    console.info("participants", error.message);
    return null;
  }
}

function atDoor({ participantUUID, screenName, role }, status) {
  return { participantUUID, screenName, role, status, room: "waiting" };
}

// One after the other: what is told first happened first.
function tell(participants) {
  told = told.then(async () => {
    const body = JSON.stringify({ participants });
    const answer = await fetch(place.dataset.sighted, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
    if (answer?.ok) document.dispatchEvent(new Event("sighted"));
    return answer?.ok;
  });
  return told;
}
