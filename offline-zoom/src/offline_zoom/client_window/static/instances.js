/* Two instances of the app of one user: in the meeting and in the main window. `connect` links them, then messages pass.
 *
 * Zoom's client runs both. Here each is a client.js in a window of its own, and they find each other over a
 * BroadcastChannel, which reaches every window of the same origin.
 */
(function (root) {
  "use strict";

  const NO_MAIN_WINDOW = "10039";
  const TOO_LARGE = "10038";
  const NOT_CONNECTED = "10041";
  const MAX_BYTES = 512 * 1024;

  root.zoomInstances = function (client, Refusal) {
    const own = root.crypto.randomUUID ? root.crypto.randomUUID() : String(Math.random());
    const channel = new root.BroadcastChannel("zoom-app-instances");
    let peer = "";
    let connected = () => {};

    const send = (kind, to, payload) => {
      channel.postMessage({ kind, from: own, to, user: client.state.me.screenName, payload });
    };
    const receive = {
      connect(from) {
        if (client.state.runningContext !== "inMainClient") return;
        peer = from;
        send("connected", from);
      },
      connected(from) { peer = from; connected(true); },
      message(from, payload) {
        if (from === peer) client.emit("onMessage", { timestamp: Date.now(), payload });
      },
      closed(from) { if (from === peer) peer = ""; },
    };
    channel.addEventListener("message", ({ data: { kind, from, to, user, payload } }) => {
      if (user === client.state.me.screenName && (!to || to === own)) receive[kind]?.(from, payload);
    });
    root.addEventListener("pagehide", () => send("closed", ""));

    return {
      /* Ends in an event, too: onConnect says whether it succeeded. */
      async connect() {
        peer = "";
        const found = await new Promise((done) => {
          connected = done;
          send("connect", "");
          root.setTimeout(() => done(false), client.state.connectMilliseconds);
        });
        client.later("onConnect", { timestamp: Date.now(), action: found ? "success" : "failure" });
        if (!found) throw new Refusal(NO_MAIN_WINDOW, "Failed to connect with the app in main client.");
        return "Success";
      },
      postMessage(data) {
        if (!peer) throw new Refusal(NOT_CONNECTED, "Failed to do this action because app instances aren't connected.");
        if (JSON.stringify(data).length >= MAX_BYTES) throw new Refusal(TOO_LARGE, "Failed to post message to connect app.");
        send("message", peer, data);
        return "Success";
      },
    };
  };
})(window);
