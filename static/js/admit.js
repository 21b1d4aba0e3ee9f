// The waiting room in a host's client: lists the people who wait, as Zoom's client does, each with a button to admit them.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { batch } from "./api.js";

const hidden = new URLSearchParams(location.search).get("names") === "hide";

// Until this script runs, the menu only says where Zoom has its own Admit buttons; see components.css.
document.body.dataset.admits = "";
document.addEventListener("toggle", ({ target, newState }) => newState === "open" && target.id === "admit" && show(target), true);

async function show(door) {
  try {
    const { participants } = await zoomSdk.getWaitingRoomParticipants();
    const each = participants.map((one) => button(door, `Admit ${name(one)}`, [one]));
    const all = participants.length > 1 ? [button(door, `Admit all ${participants.length}`, participants)] : [];
    door.replaceChildren(...each, ...all);
    if (!participants.length) door.hidePopover();
  } catch (error) {
    say(door, error);
  }
}

function button(door, textContent, people) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent });
  made.addEventListener("click", async () => {
    const strip = door.closest(".strip");
    made.disabled = true;
    try {
      // Admits one person after the other. If one has left meanwhile, the others are still admitted.
      const calls = people.map(({ participantUUID }) => () => zoomSdk.admitParticipantFromWaitingRoom({ participantUUID }));
      const [failed] = (await batch(calls, 1)).filter(({ reason }) => reason);
      await show(door);
      if (failed && door.matches(":popover-open")) throw failed.reason;
      // The list may be gone by now. Then the focus of a keyboard user moves to what remains.
      (door.querySelector("button") ?? strip).focus();
    } catch (error) {
      say(door, error);
    }
  });
  return made;
}

function say(door, error) {
  const words = Object.assign(document.createElement("p"), { textContent: `Zoom didn’t admit them: ${error.message}` });
  door.replaceChildren(words);
}

function name({ screenName }) {
  const words = screenName.split(/\s+/).filter(Boolean);
  return hidden ? [words[0], ...words.slice(1).slice(-1)].map((word) => word[0].toUpperCase()).join("") : screenName;
}
