/* What Zoom's documentation says of each API, how roles are spelled, and which events follow from a change.
 * Plain data and plain functions; client.js acts on them. */
(function (root) {
  "use strict";

  const MEETINGS = ["inMeeting", "inWebinar", "inImmersive", "inCollaborate", "inCamera"];

  /* Who may use what: H host, C co-host, P participant, L panelist, A attendee; g in guest mode too; m only in a meeting.
   * https://appssdk.zoom.us/classes/ZoomSdk.ZoomSdk.html ("Supported roles", "Supports Guest Mode") */
  const RULES = {
    getSupportedJsApis: "HCPLA g", getRunningContext: "HCPLA g", getUserContext: "HCPLA g", getAppContext: "HCPLA g",
    openUrl: "HCPLA g", showNotification: "HCPLA g", expandApp: "HCPLA g", appPopout: "HCPLA g", promptAuthorize: "HCPLA g",
    authorize: "HCPL", onAuthorized: "HCPL",
    getMeetingUUID: "HCPLA g m", getMeetingContext: "HC m", getMeetingJoinUrl: "HC m", getMeetingParticipants: "HC m",
    getRecordingContext: "HC m", cloudRecording: "HC m", onCloudRecording: "HC m", onParticipantChange: "HC m",
    getWaitingRoomState: "HC g m", setWaitingRoomState: "HC g m", getWaitingRoomParticipants: "HC g m",
    admitParticipantFromWaitingRoom: "HC g m", putParticipantToWaitingRoom: "HC g m",
    onBreakoutRoomChange: "HCPLA g m",
    onWaitingRoomStateChange: "HC g m", onWaitingRoomParticipantJoin: "HC g m", onWaitingRoomParticipantLeave: "HC g m",
    sendMessageToChat: "HCPL g m", sendAppInvitation: "HCP m", sendAppInvitationToAllParticipants: "HCP m",
    sendAppInvitationToMeetingOwner: "CP m", showAppInvitationDialog: "HCP m", onSendAppInvitation: "HCP m",
    connect: "HCPL g m", onConnect: "HCPL g m", postMessage: "HCPL g", onMessage: "HCPLA g",
    shareApp: "HCPL g m", onShareApp: "HCPLA g m", onActiveSpeakerChange: "HC m", listCameras: "HCPLA g", setVideoMirrorEffect: "HCPLA g",
    setVirtualBackground: "HCPLA g", removeVirtualBackground: "HCPLA g", allowParticipantToRecord: "HC m",
    startRTMS: "HCPLA m", stopRTMS: "HCPLA m", pauseRTMS: "HCPLA m", resumeRTMS: "HCPLA m", getRTMSStatus: "HCPLA m",
    onRTMSStatusChange: "HCPLA m",
    // The type file gives these two to few roles, yet a demoted host and a guest who signs in must hear of it.
    onMyUserContextChange: "HCPLA g", onRunningContextChange: "HCPL", onMeeting: "HCPL",
    onExpandApp: "HCPLA g", onAppPopout: "HCPLA g", onAppVisibilityChange: "HCPLA g",
  };
  const HOSTS = ["host", "co-host"];
  const LETTERS = { host: "H", "co-host": "C", participant: "P", panelist: "L", attendee: "A" };

  const inCalls = (role) => ({ "co-host": "coHost", participant: "attendee" })[role] || role;
  const inEvents = (role) => ({ "co-host": "cohost", participant: "attendee", panelist: "attendee" })[role] || role;

  /* The events between two states: what the app hears when the meeting goes on. */
  function changes(before, after) {
    const events = [];
    const tell = (name, data) => events.push([name, { timestamp: Date.now(), ...data }]);
    if (before.runningContext !== after.runningContext) tell("onRunningContextChange", { runningContext: after.runningContext });
    if (before.meeting && !after.meeting && !after.inWaitingRoom) tell("onMeeting", { action: "ended" });
    const anotherRole = before.role !== after.role || before.me.screenName !== after.me.screenName;
    const getsRoleEvents = after.roleEvents !== "hosts" || HOSTS.includes(before.role);
    if (before.status !== after.status || (anotherRole && getsRoleEvents)) {
      tell("onMyUserContextChange", { role: inCalls(after.role), status: after.status, screenName: after.me.screenName });
    }
    if (before.meeting && after.meeting && before.breakoutRoom !== after.breakoutRoom) {
      const [action, { meeting }] = after.breakoutRoom ? ["join", after] : ["leave", before];
      tell("onBreakoutRoomChange", { action, breakoutRoomUUID: meeting.meetingUUID });
    }
    if (!before.meeting || !after.meeting || before.meeting.meetingUUID !== after.meeting.meetingUUID) return events;

    const moved = people(before.participants, after.participants);
    if (moved.length) tell("onParticipantChange", { participants: moved });
    for (const { status, screenName, participantUUID } of people(before.waiting, after.waiting)) {
      if (status === "leave") tell("onWaitingRoomParticipantLeave", { participant: { screenName, participantUUID } });
      else {
        const wasInside = before.participants.some((one) => one.participantUUID === participantUUID);
        const action = wasInside ? "putFromMainMeeting" : "joinMeeting";
        tell("onWaitingRoomParticipantJoin", { participant: { action, screenName, participantUUID } });
      }
    }
    if (before.meeting.waitingRoom !== after.meeting.waitingRoom) {
      tell("onWaitingRoomStateChange", { waitingRoom: after.meeting.waitingRoom });
    }
    if (before.meeting.recording !== after.meeting.recording) tell("onCloudRecording", { action: after.meeting.recording });
    return events;
  }

  /* Who came, who went, and whose role is another one now (Zoom reports that as a join). */
  function people(before, after) {
    const known = new Map(before.map((one) => [one.participantId, one]));
    const here = new Set(after.map((one) => one.participantId));
    const came = after.filter((one) => known.get(one.participantId)?.role !== one.role);
    const went = before.filter((one) => !here.has(one.participantId));
    const toEvent = (status) => (one) => ({
      status, screenName: one.screenName, participantUUID: one.participantUUID,
      participantId: Number(one.participantId), role: inEvents(one.role),
    });
    return [...went.map(toEvent("leave")), ...came.map(toEvent("join"))];
  }

  root.zoomRules = { MEETINGS, RULES, LETTERS, inCalls, changes };
})(window);
