// Where staff write: a reply, a note, a change of a message. What is begun is kept for each case.

import { button, icon, make } from "./dom.js";
import { newKey } from "./keep.js";

const TYPING = 4000; // ms between two signs that somebody types

export class Composer {
  // app: words, me, api, boot, kept, outbox, say(text), why(error), failed(error).
  constructor(app) {
    this.app = app;
    const { words } = app;
    this.case = null;
    this.files = [];
    this.editing = null;
    this.typedAt = 0;
    this.uploads = 0;
    this.input = make("textarea", { id: "answer", rows: "1", "aria-describedby": "hint", enterkeyhint: "send", oninput: () => this.typed(), onkeydown: (event) => this.key(event), onpaste: (event) => this.pasted(event) });
    this.modes = Object.fromEntries(["reply", "note"].map((mode) => [mode, make("button", { type: "button", class: "mode", "data-mode": mode, "aria-pressed": "false", onclick: () => this.choose(mode) }, words.say(mode))]));
    this.hint = make("p", { id: "hint", class: "hint muted", role: "status" });
    this.banner = make("p", { class: "editing", hidden: true }, words.say("editing"), " ", make("button", { type: "button", class: "link", onclick: () => this.endEditing() }, words.say("editing_end")));
    this.attached = make("ul", { class: "attached", hidden: true });
    this.picker = make("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-hidden": "true", onchange: () => this.picked() });
    this.attach = make("button", { type: "button", class: "button round", "aria-label": words.say("attach"), title: words.say("attach"), onclick: () => this.picker.click() }, icon("clip"));
    this.replies = make("ul", {});
    this.canned = make("details", { class: "canned", ontoggle: () => this.canned.open && this.list() }, make("summary", { class: "button" }, words.say("canned")), this.replies);
    this.submit = make("button", { type: "submit", class: "button primary send" }, words.say("send"));
    this.element = make(
      "form",
      { class: "composer", hidden: true, autocomplete: "off", "data-drop": words.say("drop"), "aria-label": words.say("write") },
      make("div", { class: "above" }, make("div", { class: "modes", role: "group", "aria-label": words.say("mode") }, ...Object.values(this.modes)), this.canned, this.hint),
      this.banner,
      this.attached,
      make("label", { for: "answer", class: "unseen" }, words.say("write")),
      make("div", { class: "below" }, this.attach, this.picker, this.input, this.submit),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    document.addEventListener("click", (event) => !this.canned.contains(event.target) && (this.canned.open = false));
  }

  // Files dropped anywhere on an element are attached.
  takesDropped(element) {
    const dragged = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files") && this.case;
    element.addEventListener("dragover", (event) => {
      if (!dragged(event)) return;
      event.preventDefault();
      this.element.classList.add("drop");
    });
    element.addEventListener("dragleave", (event) => !element.contains(event.relatedTarget) && this.element.classList.remove("drop"));
    element.addEventListener("drop", (event) => {
      if (!dragged(event)) return;
      event.preventDefault();
      this.element.classList.remove("drop");
      this.upload([...event.dataTransfer.files]);
    });
  }

  // -- which case

  open(full) {
    this.editing = null;
    this.canned.open = false;
    this.case = full;
    const draft = this.app.kept.get(`draft.${full.id}`) ?? {};
    this.input.value = draft.text ?? "";
    this.files = draft.files ?? [];
    this.mode = draft.mode === "note" ? "note" : "reply";
    this.element.hidden = false;
    this.drawn();
    this.grow();
  }

  close() {
    this.case = null;
    this.element.hidden = true;
  }

  // The open case is another now than it was.
  update(full) {
    this.case = full;
    this.drawn();
  }

  keep() {
    if (!this.case || this.editing) return;
    const text = this.input.value;
    const empty = !text && !this.files.length && this.mode === "reply";
    this.app.kept.set(`draft.${this.case.id}`, empty ? null : { text, files: this.files, mode: this.mode });
  }

  get again() {
    return this.case?.state === "closed" && this.mode === "reply";
  }

  // -- as it looks

  drawn() {
    const { words, me } = this.app;
    const full = this.case;
    const name = full.name || words.say("person_object");
    const note = this.editing ? this.editing.kind === "note" : this.mode === "note";
    this.element.dataset.mode = note ? "note" : "reply";
    for (const [mode, element] of Object.entries(this.modes)) {
      element.setAttribute("aria-pressed", String(mode === this.mode));
      element.disabled = this.editing !== null;
    }
    this.modes.reply.textContent = words.say(full.state === "closed" ? "reopen" : "reply");
    this.input.placeholder = this.editing ? words.say("edit_to") : words.say(note ? "note_to" : this.again ? "again_to" : "reply_to", { name });
    this.submit.textContent = words.say(this.editing ? "save_edit" : note ? "save_note" : "send");
    this.banner.hidden = this.editing === null;
    this.attach.hidden = this.editing !== null || this.again;
    this.canned.hidden = this.editing !== null || note;
    this.attached.hidden = this.editing !== null || !this.files.length;
    this.attached.replaceChildren(...this.files.map((file) => this.file(file)));
    const other = full.state === "active" && full.staff !== me.id;
    const hint = this.again ? "hint_closed" : note || this.editing ? null : full.state === "waiting" ? "hint_claim" : other ? "hint_other" : null;
    this.usual = hint ? words.say(hint, { name: full.staff_name ?? words.staff(full.staff) }) : words.say("hint_keys");
    this.hint.classList.toggle("only-wide", !hint);
    this.tell();
  }

  tell(text = "", bad = false) {
    const shown = text || this.usual;
    if (this.hint.textContent !== shown) this.hint.textContent = shown;
    this.hint.classList.toggle("bad", bad);
    if (text) this.hint.classList.remove("only-wide");
  }

  file(file) {
    const { words } = this.app;
    const remove = () => {
      this.files = this.files.filter((each) => each !== file);
      this.keep();
      this.drawn();
      this.input.focus();
    };
    const title = words.say("detach", { name: file.name });
    return make("li", {}, icon("clip"), make("span", {}, file.name), make("button", { type: "button", class: "link", "aria-label": title, title, onclick: remove }, "✕"));
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 220)}px`;
  }

  choose(mode) {
    if (!this.case) return;
    if (this.editing) this.endEditing();
    this.mode = mode;
    this.keep();
    this.drawn();
    this.input.focus();
  }

  // -- writing

  key(event) {
    // while characters are being composed, Enter chooses one
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.send();
  }

  typed() {
    this.keep();
    this.grow();
    const length = [...this.input.value].length;
    const over = length > this.app.boot.longest;
    this.input.setAttribute("aria-invalid", String(over));
    if (over) this.tell(this.tooLong(length), true);
    else this.tell();
    const full = this.case;
    if (this.mode !== "reply" || this.editing || full.state !== "active" || full.staff !== this.app.me.id) return;
    if (Date.now() - this.typedAt < TYPING || !length) return;
    this.typedAt = Date.now();
    this.app.api.post(`cases/${encodeURIComponent(full.id)}/typing`).catch(() => {});
  }

  tooLong(n) {
    return this.app.words.say("too_long", { longest: this.app.boot.longest.toLocaleString("en"), n: n.toLocaleString("en") });
  }

  send() {
    if (!this.case) return undefined;
    const text = this.input.value.trim();
    const files = this.again || this.editing ? [] : this.files;
    if (this.uploads) return this.tell(this.app.words.say("uploading", { name: "" }));
    if (!text && (!files.length || this.again)) return this.input.focus();
    const length = [...text].length;
    if (length > this.app.boot.longest) return this.tell(this.tooLong(length), true);
    const item = { key: newKey(), case: this.case.id, text, files, at: Date.now() };
    if (this.editing) {
      if (text !== this.editing.text) this.put({ ...item, path: "edit", kind: this.editing.kind }, { of: this.editing.key, text });
      return this.endEditing();
    }
    if (this.again) this.put({ ...item, path: "reopen" }, { text });
    else this.put({ ...item, path: this.mode === "note" ? "note" : "say" }, { text, files: files.map((each) => each.id) });
    if (this.again && this.files.length) this.app.say(this.app.words.say("no_files_again"));
    else this.files = [];
    this.input.value = "";
    this.mode = "reply";
    this.keep();
    this.drawn();
    this.grow();
    return this.input.focus();
  }

  put(item, body) {
    this.app.outbox.put({ ...item, body: { ...body, key: item.key } });
  }

  // Take back into the draft what the server refused.
  redraft(item) {
    if (this.case?.id !== item.case) return;
    if (item.path === "note") this.mode = "note";
    const before = this.input.value;
    this.input.value = before ? `${item.text}\n${before}` : item.text;
    this.files = [...item.files, ...this.files];
    this.keep();
    this.drawn();
    this.grow();
    this.input.focus();
  }

  edit(entry) {
    this.keep();
    this.editing = entry;
    this.input.value = entry.text;
    this.drawn();
    this.grow();
    this.input.focus();
  }

  endEditing() {
    if (!this.editing) return;
    this.open(this.case);
    this.input.focus();
  }

  // -- canned replies

  async list() {
    const id = this.case.id;
    try {
      const { canned } = await this.app.api.get(`cases/${encodeURIComponent(id)}/canned`);
      if (this.case?.id !== id) return;
      const language = this.case.language;
      this.replies.replaceChildren(
        ...canned.map((each) =>
          make("li", {}, make("button", { type: "button", class: "reply", onclick: () => this.insert(each.text) }, make("b", {}, each.name), make("span", { class: "muted", lang: language }, each.text))),
        ),
      );
      this.replies.querySelector("button")?.focus();
    } catch (error) {
      this.canned.open = false;
      this.app.failed(error);
    }
  }

  insert(text) {
    this.canned.open = false;
    const { selectionStart: start, selectionEnd: end, value } = this.input;
    const before = value.slice(0, start);
    this.input.value = `${before}${before && !/\s$/.test(before) ? "\n" : ""}${text}${value.slice(end)}`;
    this.typed();
    this.input.focus();
  }

  // -- files

  picked() {
    const files = [...this.picker.files];
    this.picker.value = "";
    this.upload(files);
  }

  pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || this.editing) return;
    event.preventDefault();
    this.upload(files);
  }

  async upload(files) {
    if (this.again || this.editing) return this.tell(this.app.words.say("no_files_again"));
    const { words, boot } = this.app;
    const id = this.case.id;
    for (const file of files) {
      if (this.files.length >= boot.most_files) {
        this.tell(words.say("too_many_files", { most: boot.most_files }), true);
        break;
      }
      if (file.size > boot.max_file) {
        this.tell(words.say("too_large", { most: Math.floor(boot.max_file / 1024 / 1024) }), true);
        continue;
      }
      this.uploads += 1;
      this.tell(words.say("uploading", { name: file.name }));
      try {
        this.add(id, await this.app.api.upload(file));
        this.tell();
      } catch (error) {
        const why = { too_large: "too_large", too_fast: "too_fast" }[error.error] ?? "upload_failed";
        this.tell(words.say(why, { name: file.name, most: Math.floor(boot.max_file / 1024 / 1024) }), true);
      }
      this.uploads -= 1;
    }
    return this.input.focus();
  }

  // A file that is there by now, even if another case is open meanwhile.
  add(id, file) {
    if (this.case?.id === id) {
      this.files.push(file);
      this.keep();
      this.drawn();
      return;
    }
    const draft = this.app.kept.get(`draft.${id}`) ?? { text: "", mode: "reply", files: [] };
    this.app.kept.set(`draft.${id}`, { ...draft, files: [...draft.files, file] });
  }
}
