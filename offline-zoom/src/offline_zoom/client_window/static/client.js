/* The Zoom client's side of the Zoom Apps SDK bridge.
 *
 * zoomClient(ask, options) answers what the SDK asks and announces what changes. It knows no transport
 * (bridges.js brings one), keeps to the rules (rules.js) and decides nothing that belongs to Zoom's servers: for that it calls
 * `ask(name, data)`, which the page /client sends to the offline Zoom and a browser test answers from Python.
 *
 * All state is one plain object, so that a test can read it, send it and set it as JSON.
 * Roles are kept as the app context spells them (co-host); the SDK spells them in two other ways.
 */
(function (root) {
  "use strict";

  const NOT_DECLARED = "10001";
  const NOT_PERMITTED = "80012";
  const NOT_IN_THIS_CONTEXT = "10116";
  const NOT_FOR_GUESTS = "10284";
  const ALREADY_PENDING = "10285";

  const { MEETINGS, RULES, LETTERS, inCalls, changes } = root.zoomRules;

  const newId = () => Array.from(root.crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // Every character of it, so that nothing is left that needs no encoding.
  const percentEncoded = (text) => Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`).join("");

  class Refusal extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }

  function freshState() {
    return {
      clientVersion: "6.5.10.12345", browserVersion: "", product: "desktop",
      runningContext: "inMeeting", role: "host", status: "authorized",
      me: { screenName: "", participantUUID: "", participantId: "" },
      meeting: null, participants: [], waiting: [],
      inWaitingRoom: false,      // then there is no meeting: whatever is about it is refused
      breakoutRoom: "",          // its name; participants are then those of the room
      launchContext: { origin: "App Launcher", openBy: "user" },
      rtms: null, expanded: false, undocked: false,
      features: null,            // names ticked in the Marketplace; null: all this client knows
      granted: [], grantedAt: "",
      connectMilliseconds: 1000, // how long connect waits for the main window
      authorization: "usual",    // with-state, encoded-state, denied, never, twice, wrong-redirect
      roleEvents: "all",         // who gets onMyUserContextChange for a new role or name: "all", or "hosts" for hosts and co-hosts only
      roleRefusals: "at-call",   // what config does with a name that this role or guest may not use: at-call (nothing), listed, rejected
      authNames: "samples",      // the auth status of guests in config: as Zoom's samples expect it, or "types": as the SDK's types say
      rejectsUnknown: false, silent: [], failing: {}, delays: {},
      agrees: true,              // whether the user allows what the client asks about
      sharing: false, background: null, mirrored: false, recorders: [],
      opened: [], notifications: [], messages: [], invitations: [], log: [],
    };
  }

  function answers(client) {
    const { state } = client;
    const inside = (list, uuid) => list.find((one) => one.participantUUID === uuid);
    const listed = (list) => list.map((one) => ({ ...one, role: inCalls(one.role) }));
    const act = async (action, data) => {
      const after = await client.ask("act", { action, ...data });
      if (after) client.update(after);
      return "Success";
    };
    const invite = () => {
      const invitationUUID = newId();
      state.invitations.push(invitationUUID);
      client.later("onSendAppInvitation", { timestamp: Date.now(), invitationUUID });
      return { invitationUUID };
    };
    const rtms = (status) => () => {
      const running = state.rtms && state.rtms.status !== "stopped";
      if (Boolean(running) === (status === "started")) return "Failure";
      if (!running) state.rtms = { rtmsSessionId: newId(), displayName: state.me.screenName };
      Object.assign(state.rtms, { status: status === "resumed" ? "started" : status, timestamp: Date.now() });
      client.later("onRTMSStatusChange", { ...state.rtms, status });
      return "Success";
    };

    return {
      config(data) {
        const asked = data.js_api_lists || [];
        const enabled = (name) => name in RULES && (!state.features || state.features.includes(name));
        const forbidden = state.roleRefusals === "at-call" ? [] : asked.filter((name) => enabled(name) && client.refusal(name));
        if (state.roleRefusals === "rejected" && forbidden.length) throw client.refusal(forbidden[0]);
        const unsupportedApis = asked.filter((name) => !enabled(name) || forbidden.includes(name));
        if (state.rejectsUnknown && unsupportedApis.length) throw new Refusal("10002", `Unsupported API: ${unsupportedApis}`);
        state.granted = asked.filter(enabled);
        state.grantedAt = client.page();
        return {
          clientVersion: state.clientVersion, browserVersion: state.browserVersion, userAgent: root.navigator.userAgent,
          auth: { status: state.authNames === "types" && state.status !== "authorized" ? "unauthorized" : state.status, upgradable: false },
          unsupportedApis, runningContext: state.runningContext, product: state.product, launchContext: state.launchContext,
        };
      },
      getSupportedJsApis: () => ({ supportedApis: Object.keys(RULES) }),
      getRunningContext: () => state.runningContext,
      getUserContext: () => ({ ...state.me, role: inCalls(state.role), status: state.status }),
      getAppContext: async () => ({ context: await client.ask("context", {}) }),
      getMeetingContext: () => ({ meetingTopic: state.meeting.meetingTopic, meetingID: state.meeting.meetingID }),
      getMeetingUUID: () => ({ meetingUUID: state.meeting.meetingUUID, ...(state.meeting.parentUUID && { parentUUID: state.meeting.parentUUID }) }),
      getMeetingJoinUrl: () => ({ joinUrl: state.meeting.joinUrl }),
      getMeetingParticipants: () => ({ participants: listed(state.participants) }),
      getRecordingContext: () => ({ cloudRecordingStatus: state.meeting.recording }),
      cloudRecording: ({ action }) => act("record", { on: action === "start" || action === "resume" }),

      authorize(data) {
        if (!data.codeChallenge) throw new Refusal("10003", "codeChallenge is missing");
        client.authorize(data);
        return "Success";
      },
      async promptAuthorize() {
        if (client.prompting) throw new Refusal(ALREADY_PENDING, "JsCall already in pending.");
        client.prompting = true;
        client.ask("prompt", { status: state.status }).then((after) => after && client.update(after))
          .finally(() => { client.prompting = false; });
        return "Success";
      },

      openUrl({ url }) { client.note("opened", url); },
      showNotification(data) { client.note("notifications", data); return "Success"; },
      expandApp({ action }) {
        state.expanded = action === "expand";
        client.later("onExpandApp", { timestamp: Date.now(), action });
        return "Success";
      },
      appPopout({ action, width = 480, height = 760 }) {
        const undock = action === "undock";
        if (state.undocked === undock) return { warning: `App is already ${undock ? "un" : ""}docked` };
        state.undocked = undock;
        const orientation = width > height ? "landscape" : "portrait";
        client.later("onAppPopout", { timestamp: Date.now(), action, width, height, orientation });
        return "Success";
      },
      sendMessageToChat({ message }) {
        client.note("messages", message);
        return { result: [{ channelId: newId(), messageId: newId() }] };
      },
      sendAppInvitation: invite, sendAppInvitationToAllParticipants: invite, sendAppInvitationToMeetingOwner: invite,
      showAppInvitationDialog() { invite(); return "Success"; },

      getWaitingRoomState: () => ({ waitingRoom: state.meeting.waitingRoom }),
      setWaitingRoomState({ waitingRoom }) {
        if (waitingRoom === state.meeting.waitingRoom) throw new Refusal("10234", "Waiting room is enabled/disabled already");
        return act("waiting_room", { on: waitingRoom });
      },
      getWaitingRoomParticipants: () => ({ participants: listed(state.waiting).map(({ participantId, ...rest }) => rest) }),
      admitParticipantFromWaitingRoom({ participantUUID }) {
        if (!inside(state.waiting, participantUUID)) throw new Refusal("10238", "Participant is not in a waiting room");
        return act("admit", { participantUUID });
      },
      putParticipantToWaitingRoom({ participantUUID }) {
        if (inside(state.waiting, participantUUID)) throw new Refusal("10237", "Participant is already in the waiting room");
        const role = inside(state.participants, participantUUID)?.role;
        if (role === "host" || role === "co-host") {
          throw new Refusal("10239", "Hosts and co-hosts cannot be put in waiting room");
        }
        return act("put_in_waiting_room", { participantUUID });
      },

      startRTMS: rtms("started"), stopRTMS: rtms("stopped"), pauseRTMS: rtms("paused"), resumeRTMS: rtms("resumed"),
      getRTMSStatus: () => ({ rtmsStatus: state.rtms ? [state.rtms] : [] }),
    };
  }

  root.zoomClient = function (ask, options) {
    const client = {
      state: Object.assign(freshState(), options),
      ask,
      prompting: false,
      send: null,                        // set by the bridge: delivers one object to the SDK
      page: () => "",                    // set by the bridge, where the client can see the page's address
      onchange: () => {},                // the window redraws itself

      /* What the SDK posted. It posts nothing but strings. */
      async receive(text) {
        let call;
        try { call = JSON.parse(text); } catch { return; }
        if (!call || !call.jsCallId) return;
        client.note("log", call);
        const answer = await client.answer(call.apiName, call.data || {});
        if (!answer || client.state.silent.includes(call.apiName)) return;
        const reply = { type: "apiResponse", data: { jsCallId: call.jsCallId, ...answer } };
        root.setTimeout(() => client.send(reply), client.state.delays[call.apiName] || 0);
      },

      async answer(name, data) {
        try {
          if (name === "config") client.update(await client.ask("state", {}));
          else client.check(name);
          if (client.state.failing[name]) throw new Refusal(...client.state.failing[name]);
          const result = await this.apis[name](data);
          return result === undefined ? null : { result };
        } catch (error) {
          return { errorCode: error.code || "10000", errorMessage: error.message };
        } finally {
          client.onchange();
        }
      },

      /* Refuses what was not declared on this page, or is not for this role, guest or context. */
      check(name) {
        const { state } = client;
        const declared = state.granted.includes(name) && state.grantedAt === client.page();
        if (!declared) throw new Refusal(NOT_DECLARED, `${name} is not among the capabilities configured on this page.`);
        if (RULES[name].split(" ").includes("m") && (!state.meeting || !MEETINGS.includes(state.runningContext))) {
          throw new Refusal(NOT_IN_THIS_CONTEXT, "The running context does not support this API.");
        }
        const refusal = client.refusal(name);
        if (refusal) throw refusal;
      },

      /* Why this role, or a guest, may not use an API; null if it may. */
      refusal(name) {
        const { state } = client;
        const [roles, ...marks] = RULES[name].split(" ");
        if (state.status !== "authorized" && !marks.includes("g")) return new Refusal(NOT_FOR_GUESTS, "API is not support in guest mode.");
        if (!roles.includes(LETTERS[state.role])) return new Refusal(NOT_PERMITTED, "No Permission for this API. [code:80012, reason:require_meeting_role]");
        return null;
      },

      /* The in-client authorization, which ends in an event rather than in an answer. */
      async authorize(data) {
        const how = client.state.authorization;
        if (how === "never") return;
        const event = await client.ask("authorize", { ...data, page: client.page(), declined: how === "denied" });
        if (!event) return;
        if (how === "with-state" && data.state) event.state = data.state;
        if (how === "encoded-state") event.state = percentEncoded(data.state);
        if (how === "wrong-redirect") event.redirectUri = "https://elsewhere.example/callback";
        for (let times = how === "twice" ? 2 : 1; times > 0; times -= 1) client.emit("onAuthorized", event);
      },

      /* Takes over a newer state and tells the app what is different. */
      update(newer) {
        const before = { ...client.state };
        Object.assign(client.state, newer);
        const events = changes(before, client.state);
        // Another role or status, and Zoom wants the app to call config again.
        for (const [name, data] of events) client.emit(name, data);
        if (before.status !== client.state.status) client.state.granted = [];
        client.onchange();
      },

      emit(name, data) {
        try { client.check(name); } catch { return; }
        client.send({ type: "event", name, data });
      },
      later(name, data) { root.setTimeout(() => client.emit(name, data), 0); },
      note(list, entry) {
        client.state[list].push(entry);
        if (client.state[list].length > 200) client.state[list].shift();
      },
    };
    client.apis = { ...answers(client), ...root.zoomInstances(client, Refusal), ...root.zoomMedia(client, Refusal) };
    return client;
  };
})(window);
