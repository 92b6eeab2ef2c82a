// Questions in a window of their own, which keeps the focus and gives it back.

import { make } from "./dom.js";

// The form's data when it is sent, null when it is cancelled. body: elements.
export function ask({ title, body, submit, cancel, danger = false }) {
  return new Promise((resolve) => {
    let answer = null;
    const form = make(
      "form",
      { method: "dialog" },
      make("h2", { id: "dialog-title" }, title),
      ...body,
      make(
        "p",
        { class: "actions end" },
        cancel ? make("button", { type: "button", class: "button", onclick: () => dialog.close() }, cancel) : null,
        make("button", { type: "submit", class: `button primary${danger ? " danger" : ""}` }, submit),
      ),
    );
    const dialog = make("dialog", { "aria-labelledby": "dialog-title" }, form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = new FormData(form);
      dialog.close();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// Radio buttons, one line each. options: [value, title, detail]; groups are separated by [null, title].
export function radios(name, legend, options, chosen) {
  const rows = options.map(([value, title, detail], position) => {
    if (value === null) return make("p", { class: "group muted" }, title);
    const id = `${name}-${position}`;
    const box = make("input", { type: "radio", name, value, id, required: true, checked: value === chosen });
    return make("div", { class: "choice" }, box, make("label", { for: id }, title, detail ? make("span", { class: "muted" }, ` ${detail}`) : null));
  });
  return make("fieldset", {}, make("legend", {}, legend), ...rows);
}
