// The lists of cases: what waits, mine, in progress, closed; filters and search.

import { make } from "./dom.js";

const VIEWS = ["queue", "mine", "active", "closed"];
const FILTERS = ["language", "service", "channel", "reason", "team"];
const SEARCHED = ["q", "from", "to", "outcome", "staff"];
const PAUSE = 400; // ms between two looks at a list that changes
const TYPED = 350; // ms without a key after which is searched

export class Queue {
  // app: words, api, boot, kept, isFresh(summary), failed(error), counted(counts), looked(place).
  constructor(app) {
    this.app = app;
    const { words } = app;
    this.view = VIEWS.includes(app.kept.get("view")) ? app.kept.get("view") : "queue";
    this.chosen = app.kept.get("filters") ?? {};
    this.items = new Map();
    this.order = [];
    this.current = null;
    this.generation = 0;
    this.tabs = new Map(VIEWS.map((view) => [view, this.tab(view)]));
    this.rows = make("ol", { class: "rows" });
    this.empty = make("p", { class: "empty muted", hidden: true });
    this.status = make("p", { class: "unseen", role: "status" });
    this.searching = this.searchForm();
    this.filtering = this.filterBox();
    this.element = make(
      "section",
      { class: "pane queue", "aria-label": words.say("list") },
      make("nav", { class: "tabs", "aria-label": words.say("views") }, ...this.tabs.values()),
      this.searching,
      this.filtering,
      make("div", { class: "scroll" }, this.rows, this.empty),
      this.status,
    );
    this.marked();
  }

  // -- parts

  tab(view) {
    const count = make("span", { class: "count", hidden: true });
    const show = () => this.show(view);
    return make("button", { type: "button", class: "tab", "data-view": view, onclick: show }, make("span", {}, this.app.words.say(view)), count);
  }

  searchForm() {
    const { words, boot } = this.app;
    const look = () => this.changed();
    this.words = make("input", { type: "search", name: "q", id: "search", placeholder: words.say("search_hint"), autocomplete: "off", maxlength: 200, enterkeyhint: "search", oninput: look });
    const date = (name) => field(words.say(name), make("input", { type: "date", name, id: `search-${name}`, onchange: look }));
    const set = (values) => values.map((each) => [each.id, each.name]);
    const form = make(
      "form",
      { class: "search", role: "search", "aria-label": words.say("search"), onsubmit: (event) => (event.preventDefault(), this.refresh(0)) },
      make("label", { class: "unseen", for: "search" }, words.say("search")),
      this.words,
      make("div", { class: "grid" }, date("from"), date("to"), this.select("outcome", set(boot.outcomes), look), this.select("staff", set(boot.staff), look)),
    );
    for (const name of SEARCHED) if (this.chosen[name]) form.elements[name].value = this.chosen[name];
    return form;
  }

  filterBox() {
    const { words, boot } = this.app;
    const look = () => this.changed();
    const set = (values) => values.map((each) => [each.id, each.name]);
    const languages = ["zh-Hans", "zh-Hant", "en"].map((each) => [each, words.named("language", each)]);
    const selects = [
      this.select("language", languages, look),
      this.select("service", set(boot.services), look),
      this.select("channel", set(boot.channels), look),
      this.select("reason", set(boot.reasons), look),
      boot.teams.length ? this.select("team", boot.teams.map((each) => [each, each]), look) : null,
    ];
    this.filterTitle = make("summary", {});
    this.filterForm = make("form", { class: "grid", onsubmit: (event) => event.preventDefault() }, ...selects);
    for (const name of FILTERS) if (this.chosen[name] && this.filterForm.elements[name]) this.filterForm.elements[name].value = this.chosen[name];
    const clear = () => {
      for (const element of [...this.filterForm.elements]) element.value = "";
      this.changed();
    };
    this.clear = make("button", { type: "button", class: "link", onclick: clear }, words.say("filters_none"));
    return make("details", { class: "filters" }, this.filterTitle, this.filterForm, this.clear);
  }

  select(name, options, onchange) {
    const { words } = this.app;
    const any = make("option", { value: "" }, words.say("any"));
    const chosen = make("select", { name, id: `filter-${name}`, onchange }, any, ...options.map(([value, title]) => make("option", { value }, title)));
    return field(words.say(name), chosen);
  }

  // -- what is chosen

  changed() {
    const given = {};
    for (const name of FILTERS) given[name] = this.filterForm.elements[name]?.value ?? "";
    for (const name of SEARCHED) given[name] = this.searching.elements[name].value.trim();
    this.chosen = given;
    this.app.kept.set("filters", given);
    this.marked();
    clearTimeout(this.timer);
    this.timer = null;
    this.refresh(TYPED);
  }

  show(view) {
    this.view = view;
    this.app.kept.set("view", view);
    this.items.clear();
    this.order = [];
    this.rows.replaceChildren();
    this.empty.hidden = true;
    this.marked();
    this.refresh(0);
  }

  search() {
    if (this.view !== "closed") this.show("closed");
    this.words.focus();
    this.words.select();
  }

  marked() {
    for (const [view, tab] of this.tabs) {
      if (view === this.view) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
    this.searching.hidden = this.view !== "closed";
    const on = FILTERS.filter((name) => this.chosen[name]).length;
    this.filterTitle.textContent = on ? this.app.words.say("filters_on", { n: on }) : this.app.words.say("filters");
    this.clear.hidden = !on;
  }

  // -- the list

  // Something moved from one list to another; what was searched for stays as it was found.
  moved() {
    if (!this.searches) this.refresh();
  }

  get searches() {
    return this.view === "closed" && SEARCHED.some((name) => this.chosen[name]);
  }

  // Look again, after a pause in which more may change.
  refresh(pause = PAUSE) {
    if (pause && this.timer) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.load();
    }, pause);
  }

  async load() {
    const generation = (this.generation += 1);
    const { api } = this.app;
    const wanted = Object.fromEntries(FILTERS.map((name) => [name, this.chosen[name]]));
    const searched = Object.fromEntries(SEARCHED.map((name) => [name, this.chosen[name]]));
    const { searches } = this;
    let found;
    try {
      found = searches ? await api.get("search", { ...wanted, ...searched }) : await api.get("cases", { view: this.view, ...wanted });
    } catch (error) {
      if (generation !== this.generation) return;
      if (!error.again) this.app.failed(error); // else the sign above says so
      else if (error.pause) this.refresh(error.pause * 1000);
      return;
    }
    if (generation !== this.generation) return;
    if (found.now) this.app.words.now = found.now;
    this.app.looked(found.at);
    if (found.counts) this.counts(found.counts);
    this.list(found.cases);
    const { words } = this.app;
    const name = searches ? "empty_found" : `empty_${this.view}`;
    this.empty.textContent = words.say(FILTERS.some((each) => wanted[each]) ? "empty_found" : name);
    this.empty.hidden = found.cases.length > 0;
    if (searches) this.status.textContent = words.say("found", { n: found.cases.length });
  }

  list(cases) {
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const ids = cases.map((each) => each.id);
    for (const each of cases) this.put(each, true);
    for (const id of [...this.items.keys()]) if (!ids.includes(id)) this.items.delete(id);
    if (ids.join() !== this.order.join() || this.rows.childElementCount !== ids.length) {
      this.order = ids;
      this.rows.replaceChildren(...ids.map((id) => this.items.get(id).item));
      if (focused) this.items.get(focused)?.link.focus();
    }
    this.open(this.current);
  }

  // A case as it is now; added: whether it may be new to the list.
  put(summary, added = false) {
    let row = this.items.get(summary.id);
    if (!row && !added) return;
    if (!row) {
      const link = make("a", { class: "row", href: `#${summary.id}`, "data-id": summary.id });
      row = { link, item: make("li", {}, link) };
      this.items.set(summary.id, row);
    }
    row.summary = { ...summary, snippet: summary.snippet ?? (added ? undefined : row.summary?.snippet) };
    this.fill(row);
  }

  gone(id) {
    this.items.get(id)?.item.remove();
    this.items.delete(id);
    this.order = this.order.filter((each) => each !== id);
  }

  fill({ link, summary }) {
    const { words, me } = this.app;
    link.dataset.state = summary.state;
    link.toggleAttribute("data-due", summary.due);
    link.toggleAttribute("data-fresh", this.app.isFresh(summary));
    const about = [summary.service_name, words.named("language", summary.language), words.named("channel", summary.channel)].filter(Boolean).join(" · ");
    const last = summary.snippet ?? `${words.texts[`last_${summary.last_kind}`] ?? ""}${summary.last_text || words.say("file_words")}`;
    const said = summary.snippet || summary.last_text || ["person", "staff", "note"].includes(summary.last_kind);
    const whose = summary.staff && summary.staff === me.id ? "_me" : "";
    const name = summary.staff_name ?? words.staff(summary.staff);
    const marks = [
      summary.due ? make("span", { class: "badge due", title: words.say("due_long") }, words.say("due")) : null,
      summary.unread > 0 && summary.state !== "closed" ? make("span", { class: "badge unread" }, words.say("unread", { n: summary.unread })) : null,
      summary.reopened > 0 ? make("span", { class: "badge" }, words.say("reopened")) : null,
      summary.state === "closed" ? make("span", { class: "badge" }, words.named("outcome", summary.outcome)) : null,
      summary.state === "active" ? make("span", { class: "badge with" }, words.say(`with${whose}`, { name })) : null,
      summary.state === "waiting" && summary.staff ? make("span", { class: "badge with" }, words.say(`for${whose}`, { name })) : null,
      summary.team ? make("span", { class: "badge" }, summary.team) : null,
    ];
    link.replaceChildren(
      make("span", { class: "line" }, make("b", { class: "number" }, `#${summary.id}`), " ", make("span", { class: "name", dir: "auto" }, words.person(summary)), " ", this.time(summary)),
      make("span", { class: "about muted" }, about),
      said ? make("span", { class: "last", dir: "auto" }, last) : null,
      make("span", { class: "marks" }, make("span", { class: "unseen" }, words.say(`state_${summary.state}`)), ...marks.filter(Boolean).flatMap((mark) => [" ", mark])),
    );
  }

  time(summary) {
    const { words } = this.app;
    if (summary.state === "waiting") {
      return make("time", { class: "waited", "data-since": summary.waiting_since, title: words.full(summary.waiting_since) }, this.waited(summary.waiting_since));
    }
    const at = summary.closed_at ?? summary.last_at ?? summary.opened_at;
    return make("time", { class: "muted", "data-at": at, title: words.full(at) }, words.ago(at));
  }

  waited(since) {
    const { words } = this.app;
    return words.say("waited", { time: words.counter(words.now - since) });
  }

  // Once a second: times go on.
  tick() {
    for (const each of this.rows.querySelectorAll("[data-since]")) each.textContent = this.waited(Number(each.dataset.since));
    for (const each of this.rows.querySelectorAll("[data-at]")) each.textContent = this.app.words.ago(Number(each.dataset.at));
  }

  counts(counts) {
    for (const [view, count] of [["queue", counts.waiting], ["mine", counts.mine], ["active", counts.active]]) {
      const shown = this.tabs.get(view).querySelector(".count");
      shown.hidden = !count;
      shown.textContent = count ?? "";
      shown.classList.toggle("due", view === "queue" && counts.due > 0);
    }
    this.app.counted(counts);
  }

  // -- where the reader is

  // Mark the case that is shown beside the list.
  open(id) {
    this.current = id;
    for (const [each, { link }] of this.items) {
      if (each === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  fresh(id) {
    const row = this.items.get(id);
    if (row) row.link.toggleAttribute("data-fresh", this.app.isFresh(row.summary));
  }

  // Focus the row so many further on.
  step(by) {
    if (!this.order.length) return;
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.dataset.id : this.current;
    const position = this.order.indexOf(focused);
    const next = position < 0 ? (by > 0 ? 0 : this.order.length - 1) : Math.min(this.order.length - 1, Math.max(0, position + by));
    this.focus(this.order[next]);
  }

  focus(id = this.current) {
    const row = this.items.get(id) ?? this.items.get(this.order[0]);
    if (!row) return this.tabs.get(this.view).focus();
    row.link.focus();
    row.link.scrollIntoView({ block: "nearest" });
    return undefined;
  }
}

function field(title, control) {
  return make("div", { class: "field" }, make("label", { for: control.id }, title), control);
}
