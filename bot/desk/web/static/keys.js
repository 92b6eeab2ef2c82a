// Keyboard shortcuts: single letters, never while something is being written.

import { make } from "./dom.js";
import { ask } from "./dialogs.js";

const HELP = [
  ["j", "k", "key_next"],
  ["Enter", "key_open"],
  ["c", "key_claim"],
  ["r", "key_reply"],
  ["n", "key_note"],
  ["t", "key_transfer"],
  ["e", "key_close"],
  ["/", "key_search"],
  ["Esc", "key_back"],
  ["?", "key_help"],
];

// actions: by key; `Escape` also works in fields.
export function shortcuts(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const key = { "？": "?", "、": "/" }[event.key] ?? event.key;
    if (typing && key !== "Escape") return;
    const action = actions[key.length === 1 ? key.toLowerCase() : key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}

export function help(words) {
  const rows = HELP.map((each) => [each.slice(0, -1), words.say(each.at(-1))]);
  const list = make("dl", { class: "keys" }, ...rows.map(([keys, text]) => make("div", {}, make("dt", {}, ...keys.map((key) => make("kbd", {}, key))), make("dd", {}, text))));
  return ask({ title: words.say("help"), body: [list], submit: words.say("done") });
}
