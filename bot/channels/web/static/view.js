// The conversation on the page: entries, what is on its way, the typing sign, announcements.

import { blocks, linked } from "./blocks.js";
import { cardElement, loadCard, named } from "./card.js";
import { copy, find, icon, make } from "./dom.js";
import { fileList } from "./files.js";

const RECENT = 120000; // ms in which an answer to an older message is still expected
const SLOW = 20000;
const WRITES = 5000; // ms for which staff are shown to be writing
const DESK = ["rate", "skip", "leave", "transcript"];

export class View {
  constructor(page) {
    this.page = page;
    this.log = find("log");
    this.typing = find("typing");
    this.announcer = find("announcer");
    this.shown = new Map();
    this.waiting = new Set();
    this.amended = new Set();
  }

  clear() {
    for (const [id, item] of this.shown) {
      if (item.dataset.state) continue; // on its way
      item.remove();
      this.shown.delete(id);
    }
    this.amended.clear();
    this.answered();
  }

  // Show an entry that the server keeps. news: it arrived while the page was open.
  entry(entry, news) {
    if (entry.edits) return void this.amend(entry, news);
    const known = this.shown.get(entry.id);
    if (known) {
      if (entry.role === "person") this.sent(entry.id);
      return;
    }
    const item = { staff: this.staff, notice: this.line }[entry.voice]?.call(this, entry) ?? (entry.role === "person" ? this.person(entry) : this.assistant(entry));
    this.put(item, entry.id);
    if (entry.role === "person") {
      if (Math.abs(Date.now() - entry.at * 1000) < RECENT) this.expect(entry.id);
      if (news) this.bring(item, "nearest");
    } else {
      // staff, and the desk about what it did, do not say which message they answer
      if (entry.voice === "staff" || entry.voice === "notice") this.answered();
      for (const id of entry.to ?? []) this.waiting.delete(id);
      this.older(item);
      if (news) this.arrived(item, entry);
    }
    this.sign();
  }

  put(item, id) {
    item.dataset.id = id;
    this.shown.set(id, item);
    this.log.insertBefore(item, this.log.querySelector(":scope > [data-state]"));
  }

  // A member of staff changes what they said, or takes it back (no text).
  amend(entry, news) {
    if (this.amended.has(entry.id)) return;
    this.amended.add(entry.id);
    const { texts } = this.page;
    const item = this.shown.get(entry.edits);
    if (!item && !entry.text) return;
    const after = this.staff({ ...entry, edited: true });
    if (item) {
      if (entry.text && item.querySelector(".files")) after.querySelector(".bubble").append(item.querySelector(".files"));
      const focused = item.contains(document.activeElement);
      item.replaceChildren(...after.childNodes);
      if (focused) item.querySelector(".bubble").focus({ preventScroll: true });
    } else this.put(after, entry.edits);
    if (news) this.say(`${entry.author ?? texts.staff}, ${entry.text ? `${texts.edited}: ${entry.text}` : texts.withdrawn}`);
  }

  // An answer of the assistant is expected, unless staff answer here.
  expect(id) {
    if (this.page.standing !== "staff") this.waiting.add(id);
  }

  // Nothing is expected any more.
  answered() {
    this.waiting.clear();
    clearTimeout(this.writesTimer);
    this.writes = false;
    this.sign();
  }

  // Show a message that is on its way; state: "sending", "unsent" or "refused".
  mine(message) {
    const item = this.person({ ...message, text: message.shown });
    item.dataset.id = message.id;
    this.shown.set(message.id, item);
    this.log.append(item);
    this.state(message.id, "sending");
    this.bring(item, "nearest");
  }

  state(id, state, reason) {
    const item = this.shown.get(id);
    if (!item) return;
    item.dataset.state = state;
    const { texts } = this.page;
    const status = item.querySelector(".state");
    status.replaceChildren(state === "refused" ? `${texts.refused} ${texts[reason] ?? ""}` : texts[state]);
    if (state !== "refused") return;
    const drop = () => {
      item.remove();
      this.shown.delete(id);
      find("question").focus();
    };
    status.append(" ", make("button", { type: "button", class: "link", onclick: drop }, texts.remove));
    this.say(status.textContent);
  }

  sent(id) {
    const item = this.shown.get(id);
    if (!item?.dataset.state) return;
    delete item.dataset.state;
    item.querySelector(".state").replaceChildren();
    // what is still on its way stays below
    this.log.insertBefore(item, this.log.querySelector(":scope > [data-state]"));
    this.expect(id);
    this.sign();
  }

  notice(name) {
    if (name === "staff_typing") return void this.writing();
    if (!this.waiting.size) return;
    const text = this.page.texts[name];
    if (!text) return;
    this.typing.querySelector(".words").textContent = text;
    this.say(text);
  }

  writing() {
    this.writes = true;
    clearTimeout(this.writesTimer);
    this.writesTimer = setTimeout(() => {
      this.writes = false;
      this.sign();
    }, WRITES);
    this.sign();
  }

  say(text) {
    this.announcer.replaceChildren(make("p", {}, text));
  }

  // -- entries

  person(entry) {
    return make(
      "li",
      { class: "entry person" },
      make("span", { class: "unseen" }, `${this.page.texts.you}: `),
      make("div", { class: "bubble", dir: "auto" }, entry.text || null, fileList(entry.files, this.page.texts)),
      make("span", { class: "state" }),
    );
  }

  staff(entry) {
    const { texts } = this.page;
    const author = entry.author ?? texts.staff;
    const gone = entry.edited && !entry.text;
    const bubble = make(
      "article",
      { class: "bubble", tabindex: "-1", "aria-label": `${author} · ${texts.staff}` },
      make("p", { class: "author" }, icon("person"), make("bdi", {}, author), make("span", { class: "muted" }, ` · ${texts.staff}`)),
      entry.text ? make("p", { class: "said", dir: "auto" }, ...linked(entry.text)) : null,
      entry.edited ? make("p", { class: "muted edited" }, gone ? texts.withdrawn : texts.edited) : null,
      gone ? null : fileList(entry.files, texts),
    );
    return make("li", { class: "entry staff" }, bubble);
  }

  // What the desk says of its own doings.
  line(entry) {
    const { texts } = this.page;
    const stars = entry.buttons.filter((each) => each.kind === "rate");
    const others = entry.buttons.filter((each) => each.kind !== "rate");
    const body = make(
      "div",
      { class: "notice", tabindex: "-1", lang: entry.language },
      ...entry.text.split(/\n{2,}/).map((part) => make("p", { dir: "auto" }, ...linked(part))),
      fileList(entry.files, texts),
      stars.length ? this.stars(stars) : null,
      others.length ? make("div", { class: "controls" }, ...others.map((each) => this.button(entry, each))) : null,
    );
    return make("li", { class: "entry system" }, body);
  }

  stars(list) {
    const { texts } = this.page;
    const group = make("div", { role: "group", "aria-label": texts.rate_staff, class: "stars" });
    for (const each of list) {
      const press = () => {
        if (group.dataset.done) return;
        group.dataset.done = "yes";
        for (const star of group.children) {
          if (Number(star.dataset.value) <= each.value) star.dataset.on = "yes";
          star.setAttribute("aria-pressed", String(Number(star.dataset.value) === each.value));
        }
        this.page.press({ ...each, title: "⭐".repeat(each.value) });
      };
      const name = texts.stars.replace("{n}", each.value);
      group.append(make("button", { type: "button", class: "star", "data-value": each.value, "aria-label": name, title: name, "aria-pressed": "false", onclick: press }, icon("star")));
    }
    return group;
  }

  assistant(entry) {
    const { texts } = this.page;
    const body = make("div", { class: "text", lang: entry.language, dir: "auto" }, ...blocks(entry.text));
    const about = entry.interview && entry.name ? make("p", { class: "kicker" }, `${texts.check} · ${entry.name}`) : null;
    const bubble = make(
      "article",
      { class: "bubble", tabindex: "-1", "aria-label": texts.assistant, "data-verdict": entry.verdict, "data-handoff": entry.handoff ? "yes" : null },
      about,
      body,
      this.sources(entry),
      this.buttons(entry),
      this.tools(entry),
    );
    return make("li", { class: "entry assistant" }, bubble);
  }

  sources(entry) {
    if (!entry.sources.length) return null;
    const { texts } = this.page;
    const rows = entry.sources.map((source) => {
      const read = source.read_on ? texts.read_on + source.read_on : texts.not_read;
      return make("li", {}, ...named(source), `, ${source.issuer}, ${read}`);
    });
    return make("details", { class: "sources", lang: entry.language }, make("summary", {}, `${texts.sources} (${rows.length})`), make("ul", {}, ...rows));
  }

  buttons(entry) {
    const plain = entry.buttons.filter((each) => !each.kind || each.kind === "answer");
    const controls = entry.buttons.filter((each) => ["back", "unsure", "stop", "change", ...DESK].includes(each.kind));
    if (!plain.length && !controls.length) return null;
    const row = (list, name) => (list.length ? make("div", { class: name }, ...list.map((each) => this.button(entry, each))) : null);
    return make("div", { class: "buttons", lang: entry.language }, row(plain, "choices"), row(controls, "controls"));
  }

  button(entry, each) {
    const press = (event) => {
      const pressed = event.currentTarget;
      if (pressed.getAttribute("aria-disabled") === "true") return;
      pressed.classList.add("chosen");
      this.page.press(each);
    };
    const quiet = entry.interview && each.kind && !DESK.includes(each.kind) ? "yes" : null;
    return make("button", { type: "button", class: "button", "data-kind": each.kind, "data-interview": quiet, onclick: press }, each.title);
  }

  tools(entry) {
    const { texts } = this.page;
    const status = make("span", { class: "muted", role: "status" });
    const ratings = entry.buttons.filter((each) => each.kind === "up" || each.kind === "down");
    const copying = async () => {
      if (await copy(entry.text)) status.textContent = texts.copied;
    };
    return make(
      "div",
      { class: "tools no-print" },
      ...(ratings.length ? [this.rating(ratings)] : []),
      make("button", { type: "button", class: "tool", onclick: copying }, texts.copy),
      entry.service ? this.cardButton(entry) : null,
      status,
    );
  }

  rating(buttons) {
    const { texts } = this.page;
    const group = make("span", { role: "group", "aria-label": texts.rate, class: "rating" });
    for (const each of buttons) {
      const press = (event) => {
        if (group.dataset.done) return;
        group.dataset.done = "yes";
        event.currentTarget.setAttribute("aria-pressed", "true");
        this.page.press(each);
      };
      const name = texts[each.kind];
      group.append(make("button", { type: "button", class: `tool ${each.kind}`, "aria-label": name, title: name, "aria-pressed": "false", onclick: press }, icon("thumb")));
    }
    return group;
  }

  cardButton(entry) {
    const { texts } = this.page;
    const place = make("div", { class: "place" });
    const toggle = async (event) => {
      const button = event.currentTarget;
      const open = button.getAttribute("aria-expanded") !== "true";
      if (open && !place.childElementCount) {
        try {
          place.replaceChildren(cardElement(await loadCard(entry.service, this.page.language), this.page));
          button.closest("article").append(place);
        } catch {
          return this.page.hint(texts.offline);
        }
      }
      place.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    };
    return make("button", { type: "button", class: "tool", "aria-expanded": "false", onclick: toggle }, texts.card);
  }

  // Answers of an interview that went on are not offered any more.
  older(item) {
    for (const button of this.log.querySelectorAll("[data-interview]")) {
      if (!item.contains(button)) button.setAttribute("aria-disabled", "true");
    }
  }

  // -- where the reader is

  arrived(item, entry) {
    const pressed = this.log.contains(document.activeElement) && document.activeElement.matches("button, [tabindex]");
    const asked = entry.voice !== "staff";
    if (pressed && asked) {
      item.querySelector("[tabindex]").focus({ preventScroll: true }); // goes on from the answer, which is read out
    } else {
      const { texts } = this.page;
      const more = entry.buttons.filter((each) => !each.kind || each.kind === "answer").map((each) => each.title);
      const files = (entry.files ?? []).map((each) => each.name);
      const who = entry.voice === "notice" ? "" : `${entry.voice === "staff" ? (entry.author ?? texts.staff) : texts.assistant}: `;
      this.say([`${who}${entry.text}`, [...files, ...more].join(", ")].join("\n"));
    }
    this.bring(item, "start");
  }

  bring(item, block) {
    if (!this.follows()) return void (find("latest").hidden = false);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const question = block === "start" && item.previousElementSibling?.matches(".person") ? item.previousElementSibling : item;
    requestAnimationFrame(() => question.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" }));
  }

  // Whether the reader is at the end and not reading further up.
  follows() {
    if (this.settling) return true;
    const end = document.scrollingElement;
    return end.scrollHeight - end.scrollTop - end.clientHeight < Math.max(600, end.clientHeight);
  }

  toLatest() {
    find("latest").hidden = true;
    this.log.lastElementChild?.scrollIntoView({ block: "start" });
  }

  // The sign below the last entry: who is writing.
  sign() {
    const { texts } = this.page;
    const sign = this.waiting.size ? "typing" : this.writes ? "staff_typing" : "";
    if (sign === (this.typing.dataset.sign ?? "")) return;
    this.typing.dataset.sign = sign;
    this.typing.hidden = !sign;
    clearTimeout(this.slowTimer);
    if (!sign) return;
    const words = this.typing.querySelector(".words");
    words.textContent = texts[sign];
    if (sign === "typing") {
      this.slowTimer = setTimeout(() => {
        words.textContent = texts.slow;
        this.say(words.textContent);
      }, SLOW);
    }
    if (this.follows()) requestAnimationFrame(() => this.typing.scrollIntoView({ block: "nearest" }));
  }
}
