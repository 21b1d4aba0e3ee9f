/* Sharing the app, the picture of the own camera, and who may record. The answers are plain state: nothing is shown. */
(function (root) {
  "use strict";

  const CAMERAS = [
    { id: "0x8020000005ac8514", name: "FaceTime HD Camera (Built-in)" },
    { id: "0x14424000046d085b", name: "Logitech Webcam C925e #2" },
  ];

  root.zoomMedia = function (client, Refusal) {
    const { state } = client;
    const ask = () => { if (!state.agrees) throw new Refusal("10017", "The user doesn't allow this action."); };

    return {
      shareApp({ action }) {
        if (action === "start" && state.sharing) throw new Refusal("10024", "Screen share has started in this meeting.");
        if (action === "stop" && !state.sharing) throw new Refusal("10025", "Screen share did not start in this meeting.");
        state.sharing = action === "start";
        client.later("onShareApp", action);
        return "Success";
      },
      listCameras: () => ({ cameras: CAMERAS }),
      setVirtualBackground(data) {
        ask();
        state.background = data;
        return "Success";
      },
      removeVirtualBackground() {
        ask();
        state.background = null;
        return "Success";
      },
      setVideoMirrorEffect({ mirrorMyVideo }) {
        state.mirrored = Boolean(mirrorMyVideo);
        return "Success";
      },
      allowParticipantToRecord({ participantUUID, action }) {
        if (state.runningContext === "inWebinar") {
          throw new Refusal("10116", "The running context does not support this API.");
        }
        const person = state.participants.find((one) => one.participantUUID === participantUUID);
        if (!person) throw new Refusal("10051", "Invalid user or can't perform action on this user.");
        const allowed = state.recorders.includes(participantUUID);
        if (action === "grant" && allowed) {
          throw new Refusal("10050", "The participant already has permission to do local recording.");
        }
        if (action === "revoke" && !allowed) {
          throw new Refusal("10052", "The participant doesn't have the permission to do local recording.");
        }
        ask();
        state.recorders = state.recorders.filter((uuid) => uuid !== participantUUID);
        if (action === "grant") state.recorders.push(participantUUID);
        return "Success";
      },
    };
  };
})(window);
