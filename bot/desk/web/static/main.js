// The desk: what the server keeps is shown, what staff do goes to the server.

import { Alerts } from "./alerts.js";
import { Api, Live, Refused } from "./api.js";
import { Card } from "./card.js";
import { Composer } from "./composer.js";
import { ask, radios } from "./dialogs.js";
import { find, icon, make } from "./dom.js";
import { Kept, newKey } from "./keep.js";
import { help, shortcuts } from "./keys.js";
import { Outbox } from "./outbox.js";
import { Queue } from "./queue.js";
import { Talk } from "./talk.js";
import { Words } from "./words.js";

const POLL = 15000; // ms between two looks while there is no stream

const boot = JSON.parse(find("boot").textContent);
const { me } = boot;
const words = new Words(boot);
const kept = new Kept(me.id);
const api = new Api(me.csrf ?? boot.csrf, signIn);
const alerts = new Alerts(words, kept);
const announcer = make("div", { class: "unseen", "aria-live": "polite" });
const toast = make("p", { class: "toast", role: "alert", hidden: true });

let open = null; // the id of the case beside the list
let generation = 0;
let syncing = null;
let syncAgain = false;
let counts = {};
const mine = new Map(); // cases in progress that are mine
const read = new Map(); // by case, when what was last seen was said

const app = {
  words, boot, me, api, kept,
  say: (text) => announcer.replaceChildren(make("p", {}, text)),
  failed, why, isFresh, counted, looked,
  seen: () => seen(),
  back: () => (location.hash = "#"),
  card: () => pane("card"),
  talk: () => pane("talk"),
  act: (what) => actions[what]?.(),
  edit: (entry) => composer.edit(entry),
  redraft: (item) => composer.redraft(item),
  withdraw,
};

const outbox = new Outbox(api, kept, {
  onState: (item, state) => talk.mine(item, state),
  onSent: (item, full) => {
    if (full && full.id !== item.case && open === item.case) location.hash = `#${full.id}`; // written again: a case of its own
    else if (open === item.case) sync();
  },
});
app.outbox = outbox;
const queue = new Queue(app);
const talk = new Talk(app);
const card = new Card(app);
const composer = new Composer(app);
const live = new Live(api, onNews, onState);

// -- from the server

function onNews(frame) {
  if (frame.now) words.now = frame.now;
  if (frame.type === "hello" && !frame.resumed) everything();
  if (frame.type === "forgotten") forgotten(frame.case);
  if (frame.type !== "case") return;
  const summary = frame.case;
  noted(summary);
  if (frame.counts) queue.counts(frame.counts);
  queue.put(summary);
  if (frame.move) queue.moved();
  if (summary.id === open) sync();
  if (frame.by === me.id) return;
  const theirs = summary.staff === me.id && summary.state === "active";
  const text = summary.last_text ? `${words.person(summary)}: ${summary.last_text}` : words.person(summary);
  const fresh = ["open", "reopen", "transfer", "overdue"].includes(frame.move) && summary.state === "waiting" && me.available;
  const given = frame.move === "assign" && summary.staff === me.id;
  const kind = (frame.kind === "person" && theirs) || given ? "new_in_mine" : fresh ? "new_waiting" : null;
  if (!kind) return;
  alerts.call(`${words.say(kind)} · ${text}`, summary.id);
  if (summary.id !== open) app.say(`${words.say(kind)} · ${text}`);
}

function onState(state) {
  const sign = find("connection");
  const before = sign.dataset.state;
  if (before === state) return;
  sign.dataset.state = state;
  sign.querySelector(".words").textContent = words.say(state);
  sign.title = state === "offline" ? words.say("offline_long") : "";
  if (state === "online") outbox.pump();
}

function everything() {
  queue.refresh(0);
  ours();
  if (open) sync();
}

function forgotten(id) {
  queue.gone(id);
  mine.delete(id);
  outbox.forget(id);
  kept.set(`draft.${id}`, null);
  if (id === open) {
    composer.close();
    card.nothing();
    talk.nothing(words.say("forgotten"));
  }
  titled();
}

// The cases that are mine, for the title.
async function ours() {
  try {
    const { cases } = await api.get("cases", { view: "mine" });
    mine.clear();
    for (const each of cases) noted(each);
  } catch {
    // the stream brings them
  }
}

function noted(summary) {
  if (summary.staff === me.id && summary.state === "active") mine.set(summary.id, summary);
  else mine.delete(summary.id);
  titled();
}

function counted(given) {
  counts = given;
  titled();
}

function titled() {
  const fresh = [...mine.values()].filter(isFresh).reduce((sum, each) => sum + each.unread, 0);
  alerts.counted(fresh + (me.available ? (counts.waiting ?? 0) : 0));
}

// Whether the person wrote what this member of staff has not seen on this page.
function isFresh(summary) {
  return summary.unread > 0 && !((read.get(summary.id) ?? 0) >= summary.last_at);
}

// -- the open case

async function show(id) {
  const now = (generation += 1);
  const before = open;
  open = id;
  queue.open(id);
  if (!id) {
    pane("queue");
    talk.nothing();
    composer.close();
    card.nothing();
    if (before) queue.focus(before);
    return;
  }
  if (before === id) return pane("talk");
  pane("talk");
  talk.loading(id);
  composer.close();
  card.nothing();
  card.history = [];
  for (let attempt = 1; now === generation; attempt += 1) {
    try {
      const found = await whole(id);
      if (now !== generation) return undefined;
      talk.begin(found.case, found.entries, found.last);
      composer.open(found.case);
      card.show(found.case, found.history);
      noted(found.case);
      return undefined;
    } catch (error) {
      if (now !== generation) return undefined;
      if (error.status === 404) return talk.nothing(error.text);
      failed(error);
      await new Promise((done) => setTimeout(done, Math.min(8000, 500 * 2 ** attempt)));
    }
  }
  return undefined;
}

// A case with all its entries after a place.
async function whole(id, after = null) {
  const address = `cases/${encodeURIComponent(id)}`;
  const found = await api.get(address, { after });
  for (let more = found; more.entries.length >= 500; ) {
    more = await api.get(address, { after: more.last });
    if (!more.entries.length) break;
    Object.assign(found, { case: more.case, last: more.last });
    found.entries.push(...more.entries);
  }
  return found;
}

// Fetch what the open case has by now; calls during a fetch lead to one more. Resolves when all is there.
function sync() {
  if (!open || !talk.case) return Promise.resolve();
  syncAgain = true;
  syncing ??= (async () => {
    while (syncAgain && open && talk.case) {
      syncAgain = false;
      await fetched(open, generation);
    }
  })().finally(() => (syncing = null));
  return syncing;
}

async function fetched(id, now) {
  try {
    const found = await whole(id, talk.last);
    if (now !== generation || !talk.case) return;
    talk.header(found.case);
    talk.more(found.entries, found.last, true);
    composer.update(found.case);
    card.show(found.case, found.history);
    queue.put(found.case);
    noted(found.case);
    seen();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 404 && now === generation) forgotten(id);
  }
}

function seen() {
  if (!talk.case || !talk.following || document.visibilityState !== "visible") return;
  const entries = [...talk.entries.values()];
  const last = entries.at(-1)?.at;
  if (!last || (read.get(talk.case.id) ?? 0) >= last) return;
  read.set(talk.case.id, last);
  queue.fresh(talk.case.id);
  titled();
}

// -- what staff do

async function done(path, body) {
  const id = open;
  try {
    const { case: full } = await api.post(`cases/${encodeURIComponent(id)}/${path}`, body);
    if (full && open === id) await sync();
    queue.moved();
    return full;
  } catch (error) {
    if (error.error === "unseen") throw error;
    failed(error);
    if (open === id) sync();
    queue.moved();
    return null;
  }
}

const actions = {
  claim: () => talk.case?.state === "waiting" && done("claim"),
  take_over: () => talk.case && done("assign", { to: me.id }),
  transfer,
  close,
  ban,
  reopen: () => composer.choose("reply"),
};

async function transfer() {
  const full = talk.case;
  if (!may(full)) return;
  const others = boot.staff.filter((each) => each.id !== full.staff);
  others.sort((one, other) => other.available - one.available);
  const options = [
    ["any", words.say("transfer_any")],
    ...(boot.teams.length ? [[null, words.say("transfer_teams")], ...boot.teams.map((each) => [`team ${each}`, each])] : []),
    ...(others.length ? [[null, words.say("transfer_colleagues")], ...others.map((each) => [`staff ${each.id}`, each.id === me.id ? words.say("name_me", { name: each.name }) : each.name, words.say(each.available ? "here" : "away")])] : []),
  ];
  const note = make("textarea", { name: "note", id: "transfer-note", rows: "2", maxlength: "2000" });
  const answer = await ask({
    title: words.say("transfer_title", { id: full.id }),
    body: [radios("to", words.say("transfer_to"), options), make("div", { class: "field" }, make("label", { for: "transfer-note" }, words.say("transfer_note")), note)],
    submit: words.say("transfer"),
    cancel: words.say("cancel"),
  });
  if (!answer || open !== full.id) return;
  const text = answer.get("note").trim();
  const key = newKey();
  if (text) outbox.put({ key, case: full.id, path: "note", text, files: [], at: Date.now(), body: { text, files: [], key } });
  const to = answer.get("to");
  if (to.startsWith("staff ")) await done("assign", { to: to.slice(6) });
  else await done("transfer", { team: to === "any" ? null : to.slice(5) });
}

async function close() {
  const full = talk.case;
  if (!may(full)) return;
  let answer;
  let news = [];
  for (;;) {
    const place = talk.last;
    const known = new Set(talk.entries.keys());
    const shown = news.map((entry) => make("li", { class: "entry person" }, make("div", { class: "bubble", dir: "auto" }, entry.text || words.say("file_words"))));
    const chosen = answer?.get("outcome") ?? "answered";
    const outcomes = boot.outcomes.filter((each) => each.choose).map((each) => [each.id, each.name]);
    answer = await ask({
      title: words.say("close_title", { id: full.id }),
      body: [
        news.length ? make("p", { class: "warning", role: "alert" }, words.say("close_unseen")) : null,
        news.length ? make("ol", { class: "log unseen-list" }, ...shown) : null,
        radios("outcome", words.say("close_text"), outcomes, chosen),
      ].filter(Boolean),
      submit: words.say(news.length ? "close_anyway" : "close"),
      cancel: words.say("cancel"),
    });
    if (!answer || open !== full.id) return;
    try {
      await done("close", { outcome: answer.get("outcome"), seen: place });
      return;
    } catch {
      await sync();
      news = talk.saidAfter(known);
      if (!news.length) await new Promise((end) => setTimeout(end, 300));
    }
  }
}

async function ban() {
  const full = talk.case;
  if (!full) return;
  const text = make("p", {}, words.say("ban_text"));
  const answer = await ask({ title: words.say("ban_title"), body: [text], submit: words.say("ban"), cancel: words.say("cancel"), danger: true });
  if (answer && open === full.id) await done("ban");
}

async function withdraw(entry) {
  const id = open;
  const quoted = make("blockquote", { dir: "auto" }, entry.text);
  const answer = await ask({ title: words.say("withdraw_ask"), body: [quoted, make("p", {}, words.say("withdraw_text"))], submit: words.say("withdraw"), cancel: words.say("cancel"), danger: true });
  if (!answer || open !== id) return;
  await done("edit", { of: entry.key, text: "", key: newKey() });
}

function may(full) {
  return full && full.state !== "closed" && (full.state === "waiting" || full.staff === me.id || me.role === "supervisor");
}

function why(refused) {
  return refused.text ?? words.say("error_away");
}

let toastTimer = null;

function failed(error) {
  if (!(error instanceof Refused)) throw error;
  if (error.status === 401) return;
  toast.textContent = why(error);
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (toast.hidden = true), 7000);
}

function signIn() {
  if (open) kept.set("return", open);
  location.assign("/desk/login?next=/desk");
}

// -- panes and tools

function pane(name) {
  find("desk").dataset.pane = name;
}

function tools() {
  const switching = make("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(me.available), title: words.say("available_long") }, make("span", { class: "knob", "aria-hidden": "true" }), make("span", { class: "words" }, words.say("available")));
  switching.addEventListener("click", async () => {
    const wanted = switching.getAttribute("aria-checked") !== "true";
    try {
      const { available } = await api.post("available", { available: wanted });
      me.available = available;
      switching.setAttribute("aria-checked", String(available));
      titled();
    } catch (error) {
      failed(error);
    }
  });
  const toggle = (name, on, change) => {
    const box = make("input", { type: "checkbox", id: `alert-${name}`, checked: on });
    box.addEventListener("change", async () => (box.checked = await change(box.checked)));
    return make("div", { class: "choice" }, box, make("label", { for: `alert-${name}` }, words.say(name)));
  };
  const sound = toggle("sound", alerts.sound, (on) => (alerts.sound = on));
  const denied = make("p", { class: "muted", hidden: true, role: "status" }, words.say("notifications_denied"));
  const notifications = toggle("notifications", alerts.notifications, async (on) => {
    const allowed = await alerts.notify(on);
    denied.hidden = !on || allowed;
    return allowed;
  });
  const keys = make("button", { type: "button", class: "link only-wide", onclick: () => help(words) }, words.say("help"));
  const menu = make("details", { class: "menu alerts" }, make("summary", { "aria-label": words.say("alerts"), title: words.say("alerts") }, icon("bell")), make("div", { class: "drop-down" }, sound, "Notification" in window ? notifications : null, denied, keys));
  find("tools").append(
    make("p", { id: "connection", class: "connection", role: "status", "data-state": "connecting" }, make("span", { class: "dot", "aria-hidden": "true" }), make("span", { class: "words" }, words.say("connecting"))),
    switching,
    menu,
  );
}

// the other language shows the same case
document.querySelector("form.languages")?.addEventListener("submit", () => kept.set("return", open));

// one menu at a time, and none once something else is clicked
document.addEventListener("click", (event) => {
  for (const each of document.querySelectorAll("details.menu[open]")) if (!each.contains(event.target)) each.open = false;
});

// -- keyboard

const opened = () => document.querySelector("details.menu[open], details.canned[open]");

shortcuts({
  j: () => queue.step(1),
  k: () => queue.step(-1),
  c: () => actions.claim(),
  r: () => composer.choose("reply"),
  n: () => composer.choose("note"),
  t: transfer,
  e: close,
  "/": () => {
    if (find("desk").dataset.pane !== "queue") pane("queue");
    queue.search();
  },
  "?": () => help(words),
  Escape: () => {
    const menu = opened();
    if (menu) {
      menu.open = false;
      return menu.querySelector("summary").focus();
    }
    if (composer.editing) return composer.endEditing();
    if (find("desk").dataset.pane === "card") return pane("talk");
    const typing = document.activeElement?.matches("input, textarea, select");
    if (typing && open && composer.element.contains(document.activeElement)) return talk.scroll.focus();
    if (typing) return queue.focus();
    if (open && document.activeElement !== document.body && !queue.rows.contains(document.activeElement)) return queue.focus(open);
    return app.back();
  },
});

// -- begin

const fromHash = () => /^#(\d{1,15})$/.exec(location.hash)?.[1] ?? null;

let looking = false;

// The list was looked at: news from that place of the feed on are wanted.
function looked(place) {
  if (looking) return;
  looking = true;
  live.start(place);
}

tools();
talk.element.append(composer.element);
composer.takesDropped(talk.element);
find("desk").replaceChildren(make("h1", { class: "unseen" }, words.say("list")), queue.element, talk.element, card.element);
document.body.append(announcer, toast);
pane("queue");
if (boot.now) words.now = boot.now;
const returning = kept.get("return");
kept.set("return", null);
if (returning && !fromHash()) history.replaceState(null, "", `#${returning}`);
window.addEventListener("hashchange", () => show(fromHash()));
show(fromHash());
queue.refresh(0);
ours();
outbox.pump();
setInterval(() => {
  queue.tick();
  for (const each of card.element.querySelectorAll("[data-at]")) each.textContent = words.ago(Number(each.dataset.at));
}, 1000);
setInterval(() => {
  if (live.online) return;
  queue.refresh(0);
  if (open) sync();
}, POLL);
document.addEventListener("visibilitychange", () => seen());
setTimeout(() => looked(""), 5000); // even if the list cannot be had
