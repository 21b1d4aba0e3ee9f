/* Apps of the kinds that Rivet supports, one after the other. Prints what Zoom answered and announced, as JSON. */
import axios from "axios";
import { ChatbotClient } from "@zoom/rivet/chatbot";
import { MeetingsOAuthClient, MeetingsS2SAuthClient } from "@zoom/rivet/meetings";
import { UsersOAuthClient, UsersS2SAuthClient } from "@zoom/rivet/users";

const [port, ...names] = process.argv.slice(2);
const env = process.env;
const address = `http://127.0.0.1:${port}`;
const app = { clientId: env.ZOOM_CLIENT_ID, clientSecret: env.ZOOM_CLIENT_SECRET };
const account = { clientId: env.ZOOM_S2S_CLIENT_ID, clientSecret: env.ZOOM_S2S_CLIENT_SECRET, accountId: env.ZOOM_ACCOUNT_ID };
const events = [];

/* A user's app with a receiver of events. */
const meetings = new MeetingsOAuthClient({
  ...app, port, webhooksSecretToken: env.ZOOM_WEBHOOK_SECRET,
  installerOptions: { redirectUri: address, stateStore: "a secret for states", directInstall: true },
});
const deleted = new Promise((done) => {
  const { webEventConsumer } = meetings;
  webEventConsumer.event("meeting.participant_joined", ({ payload }) => { events.push(payload.object.participant.user_name); });
  webEventConsumer.event("meeting.created", ({ payload }) => { events.push(payload.object.topic); });
  webEventConsumer.event("meeting.deleted", ({ payload }) => { events.push("deleted"); done(payload); });
});
await meetings.start();

/* The user signs in with a browser, and the access token expires. */
const browser = axios.create({ maxRedirects: 0, validateStatus: () => true });
const install = await browser.get(`${address}/zoom/oauth/install`);
const consent = await browser.get(install.headers.location);
const cookie = install.headers["set-cookie"][0].split(";")[0];
const signedIn = await browser.get(consent.headers.location, { headers: { Cookie: cookie } });
const { auth, endpoints } = meetings;
const first = auth.tokenStore.getLatestToken();
auth.tokenStore.storeToken({ ...first, expirationTimeIso: new Date(0).toISOString() });

const listed = await endpoints.meetings.listMeetings({ path: { userId: "me" }, query: { type: "upcoming" } });
const second = auth.tokenStore.getLatestToken();
const created = await endpoints.meetings.createMeeting({ path: { userId: "me" }, body: { topic: names[0], type: 2, duration: 30 } });
const path = { meetingId: created.data.id };
const updated = await endpoints.meetings.updateMeeting({ path, body: { agenda: names[1] } });
const read = await endpoints.meetings.getMeeting({ path });
const [from, to] = [-30, 1].map((days) => new Date(Date.now() + days * 86400e3).toISOString().slice(0, 10));
const recordings = await endpoints.cloudRecording.listAllRecordings({ path: { userId: "me" }, query: { from, to } });
for (const name of names) await axios.post("https://zoom.us/client/ask/act", { data: { action: "join", name } });
const removed = await endpoints.meetings.deleteMeeting({ path });
const refused = await endpoints.meetings.getMeeting({ path }).catch((error) => error.message);

/* The same user's profile, and the account's own app. */
const users = new UsersOAuthClient({ ...app, tokenStore: auth.tokenStore, installerOptions: {}, disableReceiver: true });
const me = await users.endpoints.users.getUser({ path: { userId: "me" } });
const all = await new UsersS2SAuthClient({ ...account, disableReceiver: true }).endpoints.users.listUsers({ query: {} });
const reports = new MeetingsS2SAuthClient({ ...account, disableReceiver: true }).endpoints.reports;
const report = await reports.getMeetingReports({ path: { userId: me.data.id }, query: { from, to } });

/* A chatbot. */
const bot = new ChatbotClient({ ...app, disableReceiver: true });
const message = { robot_jid: "v1bot@xmpp.zoom.us", account_id: me.data.account_id, to_jid: me.data.jid, content: { body: [{ type: "message", text: names[0] }] } };
const said = await bot.endpoints.messages.sendChatbotMessage({ body: message });

await deleted;
await meetings.receiver.stop();
console.log(JSON.stringify({
  statuses: [signedIn, updated, removed].map(({ status, statusCode }) => status ?? statusCode),
  rotated: first.refreshToken !== second.refreshToken,
  topics: listed.data.meetings.map(({ topic }) => topic), read: [read.data.topic, read.data.agenda], refused,
  recordings: recordings.data.meetings.map(({ topic }) => topic),
  users: all.data.users.map(({ email }) => email), me: me.data.email,
  report: report.data.meetings.length > 0, messageTo: said.data.to_jid === me.data.jid, events,
}));
process.exit(0);
