// The conversation on the page: entries, what is on its way, the typing sign, announcements.

import { blocks } from "./blocks.js";
import { cardElement, loadCard, named } from "./card.js";
import { copy, find, make, thumb } from "./dom.js";

const RECENT = 120000; // ms in which an answer to an older message is still expected
const SLOW = 20000;

export class View {
  constructor(page) {
    this.page = page;
    this.log = find("log");
    this.typing = find("typing");
    this.announcer = find("announcer");
    this.shown = new Map();
    this.waiting = new Set();
    this.rated = new Map();
  }

  clear() {
    for (const [id, item] of this.shown) {
      if (item.dataset.state) continue; // on its way
      item.remove();
      this.shown.delete(id);
    }
    this.waiting.clear();
    this.sign();
  }

  // Show an entry that the server keeps. news: it arrived while the page was open.
  entry(entry, news) {
    const known = this.shown.get(entry.id);
    if (known) {
      if (entry.role === "person") this.sent(entry.id);
      return;
    }
    const item = entry.role === "person" ? this.person(entry) : this.assistant(entry);
    item.dataset.id = entry.id;
    this.shown.set(entry.id, item);
    this.log.insertBefore(item, this.log.querySelector(":scope > [data-state]"));
    if (entry.role === "person") {
      if (Math.abs(Date.now() - entry.at * 1000) < RECENT) this.waiting.add(entry.id);
      if (news) this.bring(item, "nearest");
    } else {
      for (const id of entry.to ?? []) this.waiting.delete(id);
      this.older(item);
      if (news) this.arrived(item, entry);
    }
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
    this.waiting.add(id);
    this.sign();
  }

  notice(name) {
    if (!this.waiting.size) return;
    const text = this.page.texts[name];
    if (!text) return;
    this.typing.querySelector(".words").textContent = text;
    this.say(text);
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
      make("div", { class: "bubble", dir: "auto" }, entry.text),
      make("span", { class: "state" }),
    );
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
    const controls = entry.buttons.filter((each) => ["back", "unsure", "stop", "change"].includes(each.kind));
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
    const quiet = entry.interview && each.kind ? "yes" : null;
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
      group.append(make("button", { type: "button", class: `tool ${each.kind}`, "aria-label": name, title: name, "aria-pressed": "false", onclick: press }, thumb()));
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
    const article = item.querySelector("article");
    const pressed = this.log.contains(document.activeElement) && document.activeElement.matches("button, article");
    if (pressed) {
      article.focus({ preventScroll: true }); // goes on from the answer, which is read out
    } else {
      const { texts } = this.page;
      const more = entry.buttons.filter((each) => !each.kind || each.kind === "answer").map((each) => each.title);
      this.say([`${texts.assistant}: ${entry.text}`, more.join(", ")].join("\n"));
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

  sign() {
    const waits = this.waiting.size > 0;
    if (waits === !this.typing.hidden) return;
    this.typing.hidden = !waits;
    clearTimeout(this.slowTimer);
    const words = this.typing.querySelector(".words");
    words.textContent = this.page.texts.typing;
    if (!waits) return;
    this.slowTimer = setTimeout(() => {
      words.textContent = this.page.texts.slow;
      this.say(words.textContent);
    }, SLOW);
    if (this.follows()) requestAnimationFrame(() => this.typing.scrollIntoView({ block: "nearest" }));
  }
}
