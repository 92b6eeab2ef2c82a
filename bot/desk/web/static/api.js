// The way to the server: requests as JSON, and the stream of news, which comes back by itself.

const ANSWER = 15000; // ms
const SILENCE = 60000; // ms; the server says something more often
const PATIENCE = 1500; // ms before a lost connection is shown

export class Refused extends Error {
  // name: of the error, see the contract; `away` where nobody knows whether it arrived.
  constructor(status, body) {
    super(body.error ?? "away");
    Object.assign(this, { status, error: body.error ?? "away", by: body.by, text: body.text, pause: body.retry_after });
  }

  // Whether the same may go through later.
  get again() {
    return this.error === "away" || this.status === 429;
  }
}

export class Api {
  // onGone(): the session is over.
  constructor(csrf, onGone) {
    Object.assign(this, { csrf, onGone });
  }

  get(path, given = {}) {
    const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value !== null && value !== undefined && value !== ""));
    return this.ask(`/desk/api/${path}${String(query) && `?${query}`}`, {});
  }

  async post(path, body = {}) {
    const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    return this.posted(`/desk/api/${path}`, sent, ANSWER);
  }

  upload(file) {
    const headers = { "Content-Type": file.type || "application/octet-stream" };
    return this.posted(`/desk/api/files?name=${encodeURIComponent(file.name)}`, { method: "POST", headers, body: file }, 120000);
  }

  async posted(address, sent, patience) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.ask(address, { ...sent, headers: { ...sent.headers, "X-CSRF-Token": this.csrf } }, patience);
      } catch (error) {
        if (error.error !== "csrf" || attempt > 1) throw error;
        this.csrf = (await this.get("me")).csrf; // signed in anew in another tab
      }
    }
  }

  async ask(address, sent, patience = ANSWER) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    let response;
    let body;
    try {
      response = await fetch(address, { ...sent, signal: stop.signal, credentials: "same-origin", cache: "no-store", redirect: "error" });
      body = await response.json();
    } catch {
      if (response?.status === 413) throw new Refused(413, { error: "too_large" });
      throw new Refused(response?.status ?? 0, { error: "away" });
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return body;
    if (response.status === 401) this.onGone();
    throw new Refused(response.status, response.status >= 500 ? { error: "away" } : body);
  }
}

export class Live {
  // onNews(frame). onState("connecting" | "online" | "offline").
  constructor(api, onNews, onState) {
    Object.assign(this, { api, onNews, onState });
    this.last = "";
    this.attempt = 0;
  }

  // place: in the feed, from which on news are wanted.
  start(place) {
    this.last = place ?? "";
    this.open();
    window.addEventListener("online", () => this.restart());
    window.addEventListener("pageshow", (event) => event.persisted && this.restart());
    setInterval(() => this.online && Date.now() - this.heard > SILENCE && this.restart(), 5000);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && Date.now() - this.heard > 30000) this.restart();
    });
    window.addEventListener("pagehide", () => this.source?.close());
  }

  open() {
    this.source?.close();
    clearTimeout(this.timer);
    this.heard = Date.now();
    const source = new EventSource(`/desk/api/events${this.last ? `?after=${encodeURIComponent(this.last)}` : ""}`);
    this.source = source;
    source.onmessage = (event) => {
      if (source !== this.source) return;
      this.heard = Date.now();
      if (event.lastEventId) this.last = event.lastEventId;
      this.state("online");
      this.onNews(JSON.parse(event.data));
    };
    // we come back ourselves, at the last place, and look first whether we may
    source.onerror = () => source === this.source && this.lost();
  }

  restart() {
    this.attempt = 0;
    this.open();
  }

  async lost() {
    this.source.close();
    this.source = null;
    this.state("offline");
    const attempt = (this.attempt += 1);
    const longest = Math.min(8000, 250 * 2 ** attempt);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), longest / 2 + (Math.random() * longest) / 2);
    await this.api.get("me").catch(() => {}); // 401 leads to the sign-in
  }

  state(state) {
    this.online = state === "online";
    if (this.online) this.attempt = 0;
    if (!this.online) return void (this.showTimer ??= setTimeout(() => this.onState(state), PATIENCE));
    clearTimeout(this.showTimer);
    this.showTimer = null;
    return this.onState(state);
  }
}
