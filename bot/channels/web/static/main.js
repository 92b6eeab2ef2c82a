// The chat: what a person does goes to the server, what the server keeps is shown.

import { cardElement, loadCard } from "./card.js";
import { Connection } from "./connection.js";
import { find, icon, make } from "./dom.js";
import { Tray } from "./files.js";
import { Standing } from "./standing.js";
import { keep, newId, pending, settle, tab } from "./store.js";
import { View } from "./view.js";

const boot = JSON.parse(find("boot").textContent);
const { texts, language } = boot;
const question = find("question");

let last = 0;
let loaded = false;
let sending = false;
let retryTimer = null;
let hintTimer = null;

// standing: who answers besides the assistant, null, "waiting" (they are asked to) or "staff"
const page = { texts, language, press, command, hint, standing: null };
const view = new View(page);
const connection = new Connection({ after: () => last, onFrame, onState, embedded: boot.embedded });
const standing = new Standing(page, (text) => put({ text }, text));
const tray = new Tray(page, { mostBytes: boot.most_bytes, mostFiles: boot.most_files, renew: () => connection.renew(), onDone: uploaded });
let sendUploaded = false;

// -- from the server

function onFrame(frame) {
  if (frame.case !== undefined && frame.case !== page.standing) {
    page.standing = frame.case;
    if (frame.case === "staff") view.answered();
    if (!frame.case) tray.clear();
  }
  if (frame.type === "notice") view.notice(frame.notice);
  if (frame.type === "entries") {
    if (frame.whole && loaded) view.clear();
    view.settling = !loaded;
    for (const entry of frame.entries) view.entry(entry, loaded);
    view.settling = false;
    last = frame.last;
    if (!loaded) first(frame.entries.length);
  }
  if (frame.case !== undefined) standing.show(frame.case, frame.with);
  pump();
}

function first(count) {
  loaded = true;
  document.body.classList.toggle("begun", count > 0);
  if (count && !boot.service) view.toLatest();
  const wish = tab.get("language");
  tab.set("language", null);
  const staff = page.standing === "staff"; // who would only get words that are meant for the assistant
  if (count && wish === language && !staff) command({ name: "language", value: language });
  if (boot.service) {
    if (!staff) command({ name: "service", value: boot.service });
    const address = new URL(location.href);
    address.searchParams.delete("service"); // asked once, not at every reload
    history.replaceState(null, "", address);
    boot.service = null;
  }
}

function onState(state) {
  const sign = find("connection");
  const before = sign.dataset.state;
  sign.dataset.state = state;
  sign.querySelector(".words").textContent = { connecting: texts.connecting, online: texts.online }[state] ?? texts.away;
  if (state === "offline") {
    hint(texts.offline, true);
    for (const message of pending()) view.state(message.id, "unsent");
  }
  if (state === "online") {
    if (before === "offline") hint(texts.back_online);
    pump();
  }
  if (state === "blocked") {
    find("hint").replaceChildren(texts.cookies, " ", make("a", { href: `/?lang=${language}`, target: "_blank", rel: "noopener" }, texts.open));
  }
}

// -- to the server

function put(message, shown, files = []) {
  const full = { ...message, id: newId(), language };
  const kept = { id: full.id, message: full, shown, files, at: Date.now() };
  keep(kept);
  document.body.classList.add("begun");
  view.mine(kept);
  pump();
}

function press(button) {
  put({ button: button.id }, button.title);
}

function command(what) {
  const names = { human: texts.human, forget: texts.forget, language: { en: "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文" }[what.value] };
  const link = document.querySelector(`[data-service="${CSS.escape(what.value ?? "")}"]`);
  put({ command: what }, names[what.name] ?? link?.textContent ?? what.value);
}

// One message after another, so that they arrive in order; each until the server has taken or refused it.
async function pump() {
  const next = pending()[0];
  if (!connection.open) for (const each of pending()) view.state(each.id, "unsent");
  if (!next || sending || retryTimer || !loaded || !connection.open) return;
  sending = true;
  view.state(next.id, "sending");
  let answer;
  try {
    answer = await connection.send(next.message);
  } catch {
    answer = { error: "away", retry_after: 1.5 };
  }
  sending = false;
  if (answer.taken) {
    settle(next.id);
    view.sent(next.id);
  } else if (["too_fast", "away", "too_many", "session"].includes(answer.error)) {
    if (answer.error === "too_fast") hint(texts.too_fast);
    view.state(next.id, "unsent");
    retryTimer = setTimeout(() => {
      retryTimer = null;
      pump();
    }, (answer.retry_after ?? 2) * 1000 + 200);
    return;
  } else {
    settle(next.id);
    view.state(next.id, "refused", answer.error);
  }
  pump();
}

// -- what a person does

function ask() {
  const text = question.value.trim();
  if (!text && !tray.items.length) return question.focus();
  if ([...text].length > boot.longest) return hint(texts.too_long, true);
  sendUploaded = tray.uploading;
  if (sendUploaded) return hint(texts.still_uploading, true);
  if (tray.failed) return hint(texts.not_uploaded, true);
  const files = tray.take();
  put(files.length ? { text, files: files.map((each) => each.id) } : { text }, text, files);
  question.value = "";
  typed();
  question.focus();
}

function uploaded() {
  if (!sendUploaded) return;
  sendUploaded = false;
  hint("");
  ask();
}

function attach(files) {
  if (!files.length) return;
  if (page.standing) tray.add(files);
  else hint(texts.no_case, true);
  question.focus();
}

function typed() {
  tab.set("draft", question.value || null);
  question.style.height = "auto";
  question.style.height = `${Math.min(question.scrollHeight + 2, 200)}px`;
  const length = [...question.value].length;
  const over = length > boot.longest;
  question.setAttribute("aria-invalid", String(over));
  if (over) hint(texts.too_long, true);
  else if (length > boot.longest - 300) hint(`${length} / ${boot.longest}`, true);
  else if (find("hint").dataset.length) hint("");
  find("hint").dataset.length = length > boot.longest - 300 ? "yes" : "";
}

function hint(text, stays = false) {
  clearTimeout(hintTimer);
  find("hint").replaceChildren(text);
  if (text && !stays) hintTimer = setTimeout(() => find("hint").replaceChildren(), 6000);
}

find("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
question.addEventListener("input", typed);
question.addEventListener("keydown", (event) => {
  // while characters are being composed, Enter chooses one
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  ask();
});
find("attach").append(icon("clip"));
find("attach").addEventListener("click", () => find("files").click());
find("files").addEventListener("change", () => {
  attach([...find("files").files]);
  find("files").value = "";
});
question.addEventListener("paste", (event) => {
  if (!event.clipboardData?.files.length || event.clipboardData.types.includes("text/plain")) return; // a table comes as both
  event.preventDefault();
  attach([...event.clipboardData.files]);
});
// a file that is dropped beside the question would be opened instead of the page
for (const name of ["dragover", "drop"]) {
  addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (name === "drop") attach([...event.dataTransfer.files]);
  });
}
find("human").addEventListener("click", () => command({ name: "human" }));
find("forget").addEventListener("click", () => command({ name: "forget" }));
find("latest").addEventListener("click", () => view.toLatest());
addEventListener("scroll", () => view.follows() && (find("latest").hidden = true), { passive: true });

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const example = event.target.closest("[data-ask]");
  if (example) put({ text: example.dataset.ask }, example.dataset.ask);
  const service = event.target.closest("a[data-service]");
  if (service) {
    event.preventDefault();
    command({ name: "service", value: service.dataset.service });
  }
  const other = event.target.closest("a[data-language]");
  if (other && other.dataset.language !== language) tab.set("language", other.dataset.language); // answers follow
});

find("close")?.addEventListener("click", () => parent.postMessage("qta:close", "*"));
if (boot.embedded) addEventListener("keydown", (event) => event.key === "Escape" && parent.postMessage("qta:close", "*"));

// a checklist is printed open
addEventListener("beforeprint", () => document.querySelectorAll("#log details").forEach((each) => (each.open = true)));

// -- begin

for (const kept of pending()) view.mine(kept);
question.value = tab.get("draft") ?? "";
typed();
if (matchMedia("(min-width: 64rem)").matches) document.querySelector(".topics details").open = true;
if (boot.service) showCard(boot.service);
connection.start();

async function showCard(id) {
  try {
    const card = cardElement(await loadCard(id, language), page);
    find("linked").replaceChildren(card);
  } catch {
    // the answer comes all the same
  }
}
