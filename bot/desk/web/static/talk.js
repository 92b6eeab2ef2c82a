// One case: what was said and done in it, and what is on its way.

import { button, icon, make } from "./dom.js";

const NEAR = 80; // px from the end within which the reader follows
const LINK = /https?:\/\/[^\s<>"'，。；：、（）《》“”]+/g;
const MINE = { say: "staff", reopen: "staff", note: "note" };

export class Talk {
  // app: words, me, boot, api, outbox, say(text), edit(entry), withdraw(entry), back(), card(), act(name), seen().
  constructor(app) {
    this.app = app;
    const { words } = app;
    this.log = make("ol", { class: "log" });
    this.scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.say("messages") }, this.log);
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // an image that has come makes the log longer
    this.log.addEventListener("load", () => this.following && this.toEnd(), true);
    this.newer = make("button", { type: "button", class: "newer", hidden: true, onclick: () => this.toEnd() });
    this.head = make("header", { class: "head" });
    this.element = make(
      "section",
      { class: "pane talk", "aria-label": words.say("talk") },
      this.head,
      make("div", { class: "frame" }, this.scroll, this.newer),
    );
    new ResizeObserver(() => this.following && this.toEnd()).observe(this.scroll);
    this.nothing();
  }

  // -- which case

  nothing(text) {
    const { words } = this.app;
    this.case = null;
    this.clear();
    this.element.classList.add("nothing");
    const back = text ? button(words.say("back"), () => this.app.back(), { class: "button only-phone" }) : null;
    this.head.replaceChildren(make("p", { class: "empty muted" }, text ?? words.say("choose"), " ", text ? back : words.say("choose_hint")));
  }

  loading(id) {
    const { words } = this.app;
    this.case = null;
    this.clear();
    this.element.classList.remove("nothing");
    this.head.replaceChildren(this.backButton(), make("h2", {}, words.say("case", { id })), make("p", { class: "muted", role: "status" }, words.say("loading")));
  }

  clear() {
    this.entries = new Map();
    this.pending = new Map();
    this.edited = new Map();
    this.lastDay = null;
    this.unseen = 0;
    this.last = null;
    this.following = true;
    this.top = 0;
    this.newer.hidden = true;
    this.log.replaceChildren();
  }

  // Show a case from its beginning.
  begin(full, entries, last) {
    this.clear();
    this.case = full;
    this.element.classList.remove("nothing");
    this.log.lang = full.language;
    this.header(full);
    this.more(entries, last, false);
    for (const item of this.app.outbox.of(full.id)) this.mine(item, item.refused ? "refused" : "sending");
    this.toEnd();
  }

  header(full) {
    const { words, me } = this.app;
    const focused = this.head.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    this.case = full;
    const mine = full.staff === me.id;
    const name = full.staff_name ?? words.staff(full.staff);
    const whose = { waiting: full.staff ? words.say(mine ? "for_me" : "for", { name }) : words.say("state_waiting"), active: words.say(mine ? "with_me" : "with", { name }) };
    const state = whose[full.state] ?? `${words.say("state_closed")} · ${words.named("outcome", full.outcome)}`;
    const may = full.state === "waiting" || mine || me.role === "supervisor";
    const act = (what, given = {}) => button(words.say(what), () => this.app.act(what), { "data-act": what, ...given });
    const buttons = [
      full.state === "waiting" ? act("claim", { class: "button primary" }) : null,
      full.state === "active" && !mine && me.role === "supervisor" ? act("take_over") : null,
      full.state !== "closed" && may ? act("transfer") : null,
      full.state !== "closed" && may ? act("close") : null,
      full.state === "closed" ? act("reopen") : null,
      full.state !== "closed" || full.outcome !== "spam" ? act("ban", { class: "button quiet" }) : null,
    ];
    this.head.replaceChildren(
      this.backButton(),
      make(
        "div",
        { class: "title" },
        make("h2", {}, make("span", { class: "number" }, `#${full.id}`), " ", make("span", { dir: "auto" }, words.person(full))),
        make("p", { class: "muted state", "data-state": full.state }, full.due ? make("span", { class: "badge due", title: words.say("due_long") }, words.say("due")) : null, full.due ? " " : null, state),
      ),
      make("button", { type: "button", class: "button only-small card-button", "aria-label": words.say("show_card"), title: words.say("show_card"), onclick: () => this.app.card() }, icon("person")),
      make("p", { class: "actions", role: "group", "aria-label": words.say("actions") }, ...buttons),
    );
    if (focused) this.head.querySelector(`[data-act="${focused}"]`)?.focus();
  }

  backButton() {
    const title = this.app.words.say("back");
    return make("button", { type: "button", class: "button only-phone back", "aria-label": title, title, onclick: () => this.app.back() }, icon("back"));
  }

  // -- entries

  // More entries, in their order. news: they came while the case was open.
  more(entries, last, news) {
    const follows = this.following;
    const came = [];
    for (const entry of entries) {
      if (this.entries.has(entry.key)) continue;
      this.entries.set(entry.key, entry);
      if (entry.author === this.app.me.id) this.app.outbox.settled(entry.key);
      if (entry.edits) {
        this.change(entry);
        continue;
      }
      this.arrived(entry.key);
      const item = this.entry(entry);
      item.dataset.key = entry.key;
      this.day(entry.at);
      this.log.insertBefore(item, this.log.querySelector(":scope > [data-pending]"));
      if (this.edited.has(entry.key)) this.redraw(entry.key);
      if (news && this.isNews(entry)) came.push(entry);
    }
    if (last) this.last = last;
    if (came.length) this.announce(came);
    if (follows) this.toEnd();
    else if (came.length) this.showNewer(came.length);
  }

  isNews(entry) {
    return entry.author !== this.app.me.id && ["person", "staff", "note"].includes(entry.kind);
  }

  // Messages of the person after a place that the log has by now.
  saidAfter(keys) {
    return [...this.entries.values()].filter((entry) => entry.kind === "person" && !keys.has(entry.key));
  }

  day(at) {
    const { words } = this.app;
    const date = words.date(at);
    if (date === this.lastDay) return;
    this.lastDay = date;
    this.log.insertBefore(make("li", { class: "day" }, make("time", { datetime: date }, words.day(at))), this.log.querySelector(":scope > [data-pending]"));
  }

  entry(entry) {
    if (entry.kind === "move") return this.move(entry);
    const { words, me } = this.app;
    const own = entry.author === me.id;
    const author = {
      person: () => words.person(this.case),
      assistant: () => words.say("assistant"),
      notice: () => words.say("notice_mark"),
    }[entry.kind]?.() ?? (own ? words.say("me") : entry.author_name || words.staff(entry.author) || words.say("somebody"));
    const via = entry.via === "telegram" ? words.say("via_telegram") : null;
    const about = make(
      "p",
      { class: "by muted", lang: this.app.boot.language },
      own ? this.tools(entry) : null,
      make("span", { class: "author", dir: "auto" }, author),
      entry.kind === "note" ? make("span", { class: "badge note" }, words.say("note_mark")) : null,
      via,
      make("time", { datetime: new Date(entry.at * 1000).toISOString(), title: words.full(entry.at) }, words.clock(entry.at)),
    );
    const bubble = make("div", { class: "bubble" }, ...this.text(entry), ...this.files(entry.files ?? [], this.case.id));
    const item = make("li", { class: `entry ${entry.kind}${own ? " own" : ""}` }, about, bubble);
    return item;
  }

  text(entry) {
    if (!entry.text) return [];
    const linked = entry.kind === "person" ? [entry.text] : links(entry.text); // people's links are words: staff do not follow them by a slip
    return [make("div", { class: "text", dir: "auto" }, ...linked)];
  }

  files(files, id) {
    const { words } = this.app;
    return files.map((file) => {
      const address = `/desk/files/${encodeURIComponent(file.id)}?case=${encodeURIComponent(id)}`;
      const outside = { target: "_blank", rel: "noopener noreferrer" };
      if (/^image\/(jpeg|png|gif|webp)$/.test(file.mime)) {
        const image = make("img", { src: address, alt: words.say("image", { name: file.name }), loading: "lazy" });
        return make("a", { class: "picture", href: address, ...outside }, image);
      }
      return make("a", { class: "file", href: address, download: file.name, ...outside }, icon("clip"), make("span", {}, file.name), make("span", { class: "muted" }, size(file.size)));
    });
  }

  tools(entry) {
    const { words } = this.app;
    const tool = (what, act) => make("button", { type: "button", class: "link", onclick: act }, words.say(what));
    return make("span", { class: "tools" }, tool("edit", () => this.app.edit(this.now(entry))), tool("withdraw", () => this.app.withdraw(this.now(entry))));
  }

  // An entry with the text that it has by now.
  now(entry) {
    const last = this.edited.get(entry.key)?.at(-1);
    return last ? { ...entry, text: last.text } : entry;
  }

  change(edit) {
    const edits = this.edited.get(edit.edits) ?? [];
    edits.push(edit);
    this.edited.set(edit.edits, edits);
    this.arrived(edit.key);
    this.redraw(edit.edits);
  }

  redraw(key) {
    const entry = this.entries.get(key);
    const item = this.log.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!entry || !item) return;
    const { words, boot } = this.app;
    const edits = this.edited.get(key);
    const last = edits.at(-1);
    const withdrawn = !last.text;
    const earlier = [entry, ...edits.slice(0, -1)].filter((each) => each.text);
    item.classList.toggle("withdrawn", withdrawn);
    const mark = make(
      "details",
      { class: "edits muted", lang: boot.language },
      make("summary", { title: words.full(last.at) }, words.say(withdrawn ? "withdrawn" : "edited")),
      ...earlier.map((each) => make("p", { dir: "auto" }, words.say("before"), make("del", {}, each.text))),
    );
    const shown = withdrawn ? [] : [...this.text({ ...entry, text: last.text }), ...this.files(entry.files ?? [], this.case.id)];
    item.querySelector(".bubble").replaceChildren(...shown, mark);
    if (withdrawn) item.querySelector(".tools")?.remove();
  }

  move(entry) {
    const { words, me } = this.app;
    const details = entry.details ?? {};
    const name = (id) => (id === me.id ? words.say("me_object") : words.staff(id));
    const by = entry.author ? (entry.author === me.id ? words.say("me_subject") : entry.author_name || words.staff(entry.author)) : words.say("somebody");
    const given = { by, to: name(details.to), team: details.team, rating: details.rating, outcome: words.named("outcome", details.outcome), reason: words.named("reason", details.reason) };
    let kind = words.texts[`move_${entry.move}`] ? entry.move : "other";
    if (kind === "assign" && details.to === entry.author) kind = "assign_self";
    if (kind === "transfer" && !details.team) kind = "transfer_any";
    return make(
      "li",
      { class: "entry move", lang: this.app.boot.language },
      make("p", {}, words.say(`move_${kind}`, given), " ", make("time", { class: "muted", title: words.full(entry.at) }, words.clock(entry.at))),
    );
  }

  // -- on its way

  // Show what was written and is not taken yet; state: "sending", "unsent" or "refused".
  mine(item, state) {
    if (!this.case || item.case !== this.case.id) return;
    const key = `s:${item.key}`;
    if (this.entries.has(key)) return;
    let shown = this.pending.get(key);
    const { words } = this.app;
    if (!shown && item.path === "edit") {
      shown = make("div", { class: "editing-sent" }, make("p", { class: "text muted", dir: "auto" }, item.text), make("p", { class: "sent muted", lang: this.app.boot.language, role: "status" }));
      this.pending.set(key, shown);
      this.log.querySelector(`[data-key="${CSS.escape(item.body.of)}"]`)?.append(shown);
    }
    if (!shown) {
      const kind = MINE[item.path];
      shown = make(
        "li",
        { class: `entry own ${kind}`, "data-pending": "yes", "data-key": key },
        make("p", { class: "by muted", lang: this.app.boot.language }, make("span", { class: "author" }, words.say("me")), kind === "note" ? make("span", { class: "badge note" }, words.say("note_mark")) : null),
        make("div", { class: "bubble" }, make("div", { class: "text", dir: "auto" }, item.text), ...item.files.map((file) => make("span", { class: "file" }, icon("clip"), file.name))),
        make("p", { class: "sent muted", lang: this.app.boot.language, role: "status" }),
      );
      this.pending.set(key, shown);
      this.log.append(shown);
      this.toEnd();
    }
    shown.dataset.pending = state;
    const status = shown.querySelector(".sent");
    if (state !== "refused") return void status.replaceChildren(words.say(state));
    const retry = () => this.app.outbox.retry(item);
    const draft = () => {
      this.arrived(key);
      this.app.outbox.drop(item);
      this.app.redraft(item);
    };
    const link = (title, onclick) => make("button", { type: "button", class: "link", onclick }, words.say(title));
    status.replaceChildren(words.say("refused"), this.app.why(item.refused), " ", link("again", retry), " ", link("to_draft", draft));
    return undefined;
  }

  arrived(key) {
    this.pending.get(key)?.remove();
    this.pending.delete(key);
  }

  // -- where the reader is

  announce(entries) {
    const { words } = this.app;
    const name = (entry) => (entry.kind === "person" ? words.person(this.case) : entry.author_name || words.say("somebody"));
    this.app.say(entries.map((entry) => words.say("announce", { name: name(entry), text: entry.text || words.say("file_words") })).join("\n"));
  }

  // Whoever scrolls up reads there; a pane that gets lower, or a log that gets longer, does not change where the reader is.
  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    if (near) this.following = true;
    else if (scrollTop < this.top) this.following = false;
    this.top = scrollTop;
    if (this.following) this.caughtUp();
  }

  showNewer(count) {
    const { words } = this.app;
    this.unseen += count;
    this.newer.hidden = false;
    this.newer.textContent = `↓ ${this.unseen === 1 ? words.say("new_message") : words.say("new_messages", { n: this.unseen })}`;
  }

  caughtUp() {
    this.unseen = 0;
    this.newer.hidden = true;
    this.app.seen();
  }

  toEnd() {
    this.following = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.top = this.scroll.scrollTop;
    this.caughtUp();
  }
}

function links(text) {
  const parts = [];
  let position = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = match[0].replace(/[.,;:!?)\]]+$/, "");
    parts.push(text.slice(position, match.index), make("a", { href: shown, target: "_blank", rel: "noopener noreferrer" }, shown));
    position = match.index + shown.length;
  }
  return [...parts, text.slice(position)];
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
