// The person of a case: everything staff need to know beside the words.

import { button, make } from "./dom.js";

export class Card {
  // app: words, boot, talk().
  constructor(app) {
    this.app = app;
    this.element = make("section", { class: "pane card", "aria-labelledby": "card-title" });
    this.nothing();
  }

  nothing() {
    this.element.replaceChildren(make("h2", { id: "card-title", class: "unseen" }, this.app.words.say("card")));
  }

  show(full, history) {
    this.history = history ?? this.history ?? [];
    const { words, boot } = this.app;
    const language = boot.language === "en" ? "en" : "zh-Hans";
    const service = full.service
      ? make("a", { href: `/services/${encodeURIComponent(full.service)}?lang=${language}`, target: "_blank", rel: "noopener" }, full.service_name ?? full.service, make("span", { class: "unseen" }, ` ${words.say("new_window")}`))
      : null;
    const at = (time) => (time ? make("time", { title: words.full(time), "data-at": time }, words.ago(time)) : null);
    const facts = [
      ["name", full.name],
      ["contact", full.contact],
      ["language", words.named("language", full.language)],
      ["channel", words.named("channel", full.channel)],
      ["service", service],
      ["reason", words.named("reason", full.reason)],
      ["team", full.team],
      ["staff", full.staff ? (full.staff_name ?? words.staff(full.staff)) : null],
      ["opened", at(full.opened_at)],
      ["replied", at(full.replied_at)],
      ["ended", at(full.closed_at)],
      ["outcome", words.named("outcome", full.outcome)],
      ["rating", full.rating ? words.say("rating_of", { rating: full.rating }) : null],
      ["comment", full.comment],
    ];
    this.element.scrollTop = full.id === this.id ? this.element.scrollTop : 0;
    this.id = full.id;
    this.element.replaceChildren(
      button(`← ${words.say("talk")}`, () => this.app.talk(), { class: "button only-small" }),
      make("h2", { id: "card-title" }, words.say("card")),
      table(facts.filter(([, value]) => value).map(([name, value]) => [words.say(name), value])),
      ...part(words.say("profile"), full.profile, full.language),
      ...part(words.say("interview"), full.interview, full.language),
      make("h3", {}, words.say("history")),
      this.history.length ? make("ul", { class: "history" }, ...this.history.map((each) => this.earlier(each))) : make("p", { class: "muted" }, words.say("no_history")),
    );
  }

  earlier(summary) {
    const { words } = this.app;
    const at = summary.closed_at ?? summary.opened_at;
    const about = [summary.service_name, summary.outcome ? words.named("outcome", summary.outcome) : words.say(`state_${summary.state}`), summary.rating ? words.say("rating_of", { rating: summary.rating }) : null];
    return make(
      "li",
      {},
      make("a", { href: `#${summary.id}` }, `#${summary.id}`, " ", make("time", { title: words.full(at) }, words.formats.date.format(at * 1000))),
      make("span", { class: "muted" }, about.filter(Boolean).join(" · ")),
    );
  }
}

function part(title, rows, language) {
  return rows?.length ? [make("h3", {}, title), table(rows, language)] : [];
}

function table(rows, lang) {
  return make("dl", { lang }, ...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", { dir: "auto" }, value))));
}
