// A service card: everything the catalog has on a service.

import { checklist, linked } from "./blocks.js";
import { copy, make } from "./dom.js";

export async function loadCard(id, language) {
  const address = `/api/services/${encodeURIComponent(id)}?lang=${language}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(address);
      if (response.ok) return await response.json();
      throw new Error(String(response.status));
    } catch (error) {
      if (attempt === 3) throw error; // a network that changes, a gateway that starts again
      await new Promise((done) => setTimeout(done, 500 * attempt));
    }
  }
}

export function cardElement(card, page) {
  const { texts, language } = page;
  const status = make("span", { class: "muted", role: "status" });
  return make(
    "section",
    { class: "card", "aria-label": `${texts.card}: ${card.name}` },
    make("p", { class: "kicker" }, card.category),
    make("h3", {}, card.name),
    ...card.sections.map((section, position) => part(section, position === 0)),
    sources(card, texts),
    make(
      "p",
      { class: "actions no-print" },
      card.check ? button(texts.check, () => page.command({ name: "check", value: card.id })) : null,
      button(texts.copy, async () => {
        if (await copy(plain(card, texts))) status.textContent = texts.copied;
      }),
      make("a", { class: "button", href: `/services/${card.id}?lang=${language}#print`, target: "_blank", rel: "noopener", "aria-label": `${texts.print} ${texts.new_window}` }, texts.print),
      status,
    ),
  );
}

function button(title, onclick) {
  return make("button", { type: "button", class: "button", onclick }, title);
}

function part(section, open) {
  const lists = [];
  for (const item of section.items) {
    const last = lists.at(-1);
    if (last && last[0] === item.kind) last[1].push(item.text);
    else lists.push([item.kind, [item.text]]);
  }
  return make("details", { open }, make("summary", {}, section.title), ...lists.map(([kind, items]) => list(kind, items)));
}

function list(kind, items) {
  if (kind === "document") return checklist(items);
  const rows = items.map((item) => make("li", {}, ...linked(item)));
  return make(kind === "step" ? "ol" : "ul", {}, ...rows);
}

function sources(card, texts) {
  const rows = card.sources.map((source) => make("li", {}, ...named(source), `, ${details(source, texts)}`));
  return make("details", { class: "sources" }, make("summary", {}, `${texts.sources} (${rows.length})`), make("ol", {}, ...rows));
}

export function named(source) {
  if (!source.url) return [source.title];
  return [make("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, source.title)];
}

function details(source, texts) {
  const read = source.read_on ? texts.read_on + source.read_on : source.general ? texts.not_read : null;
  return [source.issuer, ...source.details, read].filter(Boolean).join(", ");
}

function plain(card, texts) {
  const marks = { document: "☐ ", step: "- ", text: "• " };
  const parts = card.sections.map((section) => [section.title, ...section.items.map((item) => marks[item.kind] + item.text)].join("\n"));
  const cited = card.sources.map((source) => `${source.number}. ${source.title}, ${details(source, texts)} ${source.url ?? ""}`.trim());
  return [card.name, ...parts, [texts.sources, ...cited].join("\n")].join("\n\n");
}
