// The text of an answer as paragraphs, lists and checklists.

import { make } from "./dom.js";

const ITEM = /^(☐|•|–|\d{1,3}\.) (.*)$/s;
const LINK = /https?:\/\/[^\s<>"'，。；：、（）《》“”]+|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)/g;

let boxes = 0;

export function blocks(text) {
  return text.split(/\n{2,}/).flatMap((part, position, all) => paragraph(part, position === 0 && all.length > 1));
}

function paragraph(text, first) {
  const lines = text.split("\n");
  if (first && lines.length === 1 && text.length < 80 && text.includes(" · ")) return [make("h3", {}, text)];
  const groups = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    const last = groups.at(-1);
    if (/^\s{2,}\S/.test(line) && last) {
      last.items[last.items.length - 1] += `\n${line.trim()}`;
      continue;
    }
    const kind = item ? { "☐": "check", "•": "list", "–": "list" }[item[1]] ?? "steps" : "text";
    if (last?.kind === kind) last.items.push(item ? item[2] : line);
    else groups.push({ kind, items: [item ? item[2] : line], start: item ? parseInt(item[1], 10) : 0 });
  }
  return groups.map(built);
}

function built({ kind, items, start }) {
  if (kind === "text") return make("p", {}, ...linked(items.join("\n")));
  if (kind === "check") return checklist(items);
  const rows = items.map((item) => make("li", {}, ...linked(item)));
  return kind === "steps" ? make("ol", { start }, ...rows) : make("ul", {}, ...rows);
}

export function checklist(items) {
  const rows = items.map((item) => {
    const id = `box-${(boxes += 1)}`;
    return make("li", {}, make("input", { type: "checkbox", id }), make("label", { for: id }, ...linked(item)));
  });
  return make("ul", { class: "checklist" }, ...rows);
}

export function linked(text) {
  const parts = [];
  let position = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = match[0].replace(/[.,;:!?)\]]+$/, "");
    parts.push(text.slice(position, match.index), anchor(shown));
    position = match.index + shown.length;
  }
  return [...parts, text.slice(position)];
}

function anchor(shown) {
  if (!shown.startsWith("http")) return make("a", { href: `tel:${shown}` }, shown);
  return make("a", { href: shown, target: "_blank", rel: "noopener noreferrer" }, shown);
}
