/* What the window shows, drawn from plain data. Names come from the story and may be hostile: text nodes only. */

const $ = (id) => document.getElementById(id);

export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 997, 7);
const color = (name) => `hue${hash(name) % 6}`;

function initials(name) {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.length ? [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0] || "").join("") : "?";
}

const face = (name) => make("span", { class: `face ${color(name)}`, "aria-hidden": "true" }, initials(name));
const TILE_ROWS = 4;
const SHOWN_NAMES = 60;

/* Puts new children into a list, but only when they would differ: a list that is rebuilt each second cannot be clicked. */
function fill(node, key, children) {
  const drawn = JSON.stringify(key);
  if (node.dataset.drawn === drawn) return;
  node.dataset.drawn = drawn;
  node.replaceChildren(...children());
}

export function meeting(state, around) {
  const { meeting: now, inWaitingRoom, breakoutRoom } = state;
  const participants = inWaitingRoom ? [] : state.participants;
  $("topic").textContent = now ? [now.meetingTopic, ...(breakoutRoom ? [breakoutRoom] : [])].join(" · ") : inWaitingRoom ? "Waiting room" : "No meeting";
  const minutes = now && around.started ? Math.floor((Date.parse(around.now) - Date.parse(around.started)) / 60000) : 0;
  $("about").textContent = now ? `${now.meetingID.replace(/(\d{3})(\d{4})(\d+)/, "$1 $2 $3")} · ${minutes} min · host ${around.host}` : inWaitingRoom ? "The host lets you in." : "";
  $("count").textContent = now ? participants.length : "";
  $("quiet").hidden = Boolean(now) || inWaitingRoom;
  $("record").setAttribute("aria-pressed", String(now?.recording === "started"));
  const tiles = $("tiles");
  const most = tiles.clientWidth < 700 ? 3 : tiles.clientWidth < 900 ? 4 : 5;
  const spots = Math.min(participants.length, most * TILE_ROWS);
  const shown = participants.slice(0, participants.length > spots ? spots - 1 : spots);
  const more = participants.length - shown.length;
  tiles.dataset.columns = Math.min(most, spots <= 1 ? 1 : spots <= 4 ? 2 : spots <= 9 ? 3 : spots <= 16 ? 4 : 5);
  fill(tiles, [shown, more, state.me], () => [
    ...shown.map((one) => tile(one, one.participantId === state.me.participantId)),
    ...(more ? [make("li", { class: "more" }, `+${more}`)] : []),
  ]);
}

function tile(one, mine) {
  const label = make("span", { class: "name" }, icon(hash(one.screenName) % 3 ? "mic-off" : "mic"), make("bdi", {}, one.screenName), mine ? " (you)" : "");
  return make("li", { class: mine ? "mine" : false }, face(one.screenName), label);
}

export function people(state, left) {
  const button = (act, one, text) => make("button", { type: "button", "data-act": act, "data-id": one.participantId }, text);
  const person = (one, note, ...buttons) => make("li", {}, face(one.screenName),
    make("span", { class: "who" }, make("bdi", {}, one.screenName), note ? make("small", {}, note) : ""), ...buttons);
  const rest = (list) => (list.length > SHOWN_NAMES ? [make("li", { class: "rest" }, `and ${list.length - SHOWN_NAMES} more`)] : []);

  $("door").hidden = !state.waiting.length;
  fill($("waiting"), state.waiting, () => state.waiting.map((one) => person(one, "", button("admit", one, "Admit"), button("leave", one, "Remove"))));
  fill($("inside"), [state.participants, state.me, state.breakoutRoom], () => [
    ...state.participants.slice(0, SHOWN_NAMES).map((one) => {
      const note = [one.participantId === state.me.participantId && "you", one.role !== "participant" && one.role].filter(Boolean).join(", ");
      const door = one.role === "participant" ? [button("put_in_waiting_room", one, "To the door")] : [];
      const host = one.role === "host" ? [] : [button("make_host", one, "Host")];
      const room = state.breakoutRoom ? button("leave_breakout", one, "Back") : button("join_breakout", one, "Room");
      return person(one, note, ...host, room, ...door, button("leave", one, "Leaves"));
    }),
    ...rest(state.participants),
  ]);
  $("gone").hidden = !left.length;
  fill($("left"), left, () => [...left.slice(0, SHOWN_NAMES).map((one) => person(one, "", button("rejoin", one, "Rejoins"))), ...rest(left)]);
}

export function deliveries(webhooks) {
  $("address").textContent = webhooks ? `${webhooks.url} · ${webhooks.validated ? "validated" : "not validated"}` : "no address is configured";
  fill($("deliveries"), webhooks?.log || [], () => (webhooks?.log || []).map(delivery));
}

function delivery(one) {
  const thing = one.body.payload.object || {};
  const about = thing.participant?.user_name || thing.topic || one.body.payload.user_id || "";
  const last = one.attempts.at(-1);
  const answer = !last ? "on its way" : last.status ? `${last.status} in ${last.milliseconds} ms` : last.trouble;
  const later = one.due_at && last ? ", again later" : "";
  const body = make("details", {}, make("summary", {}, one.event), make("pre", {}, JSON.stringify(one.body, null, 2)));
  return make("tr", { class: one.delivered ? "good" : last ? "bad" : "" },
    make("td", {}, String(one.number)), make("td", {}, body), make("td", {}, make("bdi", {}, about)),
    make("td", {}, String(one.attempts.length)), make("td", {}, answer + later));
}

/* A short message; with an address, a link that only the person can follow. */
export function toast(title, text, url) {
  const parts = [make("strong", {}, title), make("span", {}, text)];
  if (url) parts.push(make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Open"));
  const node = make("div", { class: "toast" }, ...parts);
  $("toasts").append(node);
  setTimeout(() => node.remove(), url ? 20000 : 6000);
}

/* A question above everything; true when the person agrees. */
export function sheet(title, text, entries = []) {
  const dialog = $("sheet");
  $("sheet-title").textContent = title;
  $("sheet-text").textContent = text;
  $("sheet-scopes").replaceChildren(...entries.map((entry) => make("li", {}, entry)));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}
