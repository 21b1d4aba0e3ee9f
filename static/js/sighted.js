// In the client of a meeting's host: who is there, told to our server for this person's page alone.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { ready } from "./zoom.js";

const place = document.querySelector("[data-sighted]");
const config = await ready;

if (config && !config.unsupportedApis?.includes("getMeetingParticipants")) {
  zoomSdk.addEventListener("onParticipantChange", ({ participants }) => tell(participants));
  try {
    const { participants } = await zoomSdk.getMeetingParticipants();
    // A page that had nothing to show has now.
    if ((await tell(participants)) && !document.querySelector("[data-live]")) location.reload();
  } catch (error) {
    console.info("participants", error.message);
  }
}

async function tell(participants) {
  const body = JSON.stringify({ participants });
  const answer = await fetch(place.dataset.sighted, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return answer.ok;
}
