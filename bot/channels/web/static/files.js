// Files: those that stand in an entry, and those that wait to be sent.

import { find, icon, make } from "./dom.js";
import { tab } from "./store.js";

const PATIENCE = 3; // attempts to upload before the person is asked

export function fileList(files, texts) {
  if (!files?.length) return null;
  return make("ul", { class: "files" }, ...files.map((file) => make("li", {}, shown(file, texts))));
}

function shown(file, texts) {
  if (file.kind !== "photo") return make("a", { class: "file", href: file.url, download: file.name }, icon("file"), named(file));
  const gone = () => link.replaceWith(make("span", { class: "muted" }, named(file), ` (${texts.file_gone})`));
  const image = make("img", { src: file.url, alt: file.name, onerror: gone });
  const link = make("a", { class: "photo", href: file.url, target: "_blank", rel: "noopener" }, image);
  return link;
}

// bdi: a name may be written in any direction
function named(file) {
  return make("span", { class: "name" }, make("bdi", {}, file.name), " ", make("small", {}, amount(file.size)));
}

function amount(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// What was chosen, pasted or dropped: uploaded at once, sent with the next message.
export class Tray {
  // onDone(): nothing is being uploaded any more. renew(): a new session.
  constructor(page, { mostBytes, mostFiles, renew, onDone }) {
    Object.assign(this, { page, mostBytes, mostFiles, renew, onDone });
    this.list = find("tray");
    this.items = [];
    for (const file of tab.get("files") ?? []) this.ready(this.item(file.name, file.size), file);
  }

  get uploading() {
    return this.items.some((each) => each.state === "uploading");
  }

  get failed() {
    return this.items.some((each) => each.state === "failed");
  }

  add(files) {
    const { texts, hint } = this.page;
    for (const file of files) {
      if (this.items.length >= this.mostFiles) return hint(texts.too_many_files, true);
      if (file.size > this.mostBytes) hint(texts.file_too_large, true);
      else if (!file.size) hint(texts.file_empty, true);
      else this.upload(this.item(file.name, file.size), file);
    }
  }

  // The files that are ready, which leave the tray.
  take() {
    const taken = this.items.filter((each) => each.state === "ready").map((each) => each.file);
    for (const each of this.items.filter((one) => one.state === "ready")) this.drop(each);
    return taken;
  }

  clear() {
    for (const each of [...this.items]) this.drop(each);
  }

  item(name, size) {
    const { texts } = this.page;
    const item = { stop: new AbortController() };
    item.status = make("span", { class: "state", role: "status" });
    const remove = make("button", { type: "button", class: "tool", "aria-label": `${texts.remove}: ${name}`, title: texts.remove, onclick: () => this.removed(item) }, "✕");
    item.element = make("li", {}, named({ name, size }), item.status, remove);
    this.items.push(item);
    this.list.append(item.element);
    this.list.hidden = false;
    return item;
  }

  async upload(item, blob) {
    const { texts } = this.page;
    item.state = "uploading";
    item.status.replaceChildren(texts.uploading);
    const answer = await this.sent(item, blob);
    if (!this.items.includes(item)) return;
    if (answer.id) this.ready(item, answer);
    else {
      item.state = "failed";
      const again = make("button", { type: "button", class: "link", onclick: () => this.upload(item, blob) }, texts.again);
      item.status.replaceChildren(texts[answer.error] ?? texts.not_uploaded, " ", again);
    }
    if (!this.uploading) this.onDone();
  }

  async sent(item, blob) {
    let answer = {};
    for (let attempt = 1; attempt <= PATIENCE && !item.stop.signal.aborted; attempt += 1) {
      let pause = 1500 * attempt;
      try {
        const response = await fetch(`/api/files?name=${encodeURIComponent(blob.name)}`, {
          method: "POST",
          headers: { "Content-Type": "application/octet-stream" },
          body: blob,
          signal: item.stop.signal,
        });
        answer = await response.json().catch(() => ({}));
        if (response.status === 401) await this.renew();
        else if (response.status < 429 && response.status !== 408) return answer;
        else if (answer.error === "files_full") return answer;
        pause = Math.min(30000, (answer.retry_after ?? 0) * 1000 + pause);
      } catch {
        answer = {};
      }
      if (attempt < PATIENCE) await new Promise((done) => setTimeout(done, pause));
    }
    return { error: answer.error === "too_fast" ? "not_uploaded" : answer.error };
  }

  ready(item, file) {
    Object.assign(item, { state: "ready", file });
    item.status.replaceChildren();
    this.keep();
  }

  removed(item) {
    this.drop(item);
    find("question").focus();
    if (!this.uploading) this.onDone();
  }

  drop(item) {
    item.stop.abort();
    item.element.remove();
    this.items = this.items.filter((each) => each !== item);
    this.list.hidden = !this.items.length;
    this.keep();
  }

  // what is uploaded outlives a reload
  keep() {
    const files = this.items.filter((each) => each.state === "ready").map((each) => each.file);
    tab.set("files", files.length ? files : null);
  }
}
