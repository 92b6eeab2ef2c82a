// The way to the server: a WebSocket; where networks do not let it through, server-sent events; else long polling.

import { tab } from "./store.js";

const MODES = ["socket", "events", "poll"];
const FIRST_FRAME = 8000; // ms until a new connection has said something
const SILENCE = 50000; // ms; the server says something every 20 s
const PROBE = 4000;
const ANSWER = 12000;

export class Connection {
  // after(): sequence number of the last entry shown. onFrame(frame). onState("connecting" | "online" | "offline" | "blocked").
  constructor({ after, onFrame, onState, embedded }) {
    Object.assign(this, { after, onFrame, onState, embedded });
    this.mode = MODES.includes(tab.get("mode")) ? tab.get("mode") : "socket";
    this.attempt = 0;
    this.failures = 0;
    this.renewals = 0;
    this.answers = new Map();
    this.generation = 0;
  }

  start() {
    window.addEventListener("online", () => this.restart());
    window.addEventListener("offline", () => this.lost());
    window.addEventListener("pageshow", (event) => event.persisted && this.restart());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.probe());
    setInterval(() => this.open && Date.now() - this.heard > SILENCE && this.restart(), 5000);
    this.onState("connecting");
    this.connect();
  }

  // Send a message; resolves to {taken} or {error, retry_after}, rejects when nobody knows whether it arrived.
  send(message) {
    if (this.mode === "socket") return this.sendOver(message);
    return this.post("/api/messages", message);
  }

  get open() {
    return this.channel?.ready ?? false;
  }

  // -- opening

  connect() {
    this.close();
    const generation = (this.generation += 1);
    const current = () => generation === this.generation;
    if (this.mode === "socket" && !window.WebSocket) this.mode = "events";
    if (this.mode === "events" && !window.EventSource) this.mode = "poll";
    const channel = { ready: false, close: () => {} };
    this.channel = channel;
    const frame = (each) => {
      if (!current()) return;
      this.heard = Date.now();
      if (!channel.ready) {
        channel.ready = true;
        clearTimeout(channel.timer);
        this.attempt = this.failures = this.renewals = 0;
        clearTimeout(this.offlineTimer);
        this.offlineTimer = null;
        this.onState("online");
      }
      this.onFrame(each);
    };
    const gone = (status) => current() && this.gone(status);
    channel.timer = setTimeout(() => gone("slow"), this.mode === "poll" ? 2 * FIRST_FRAME + 10000 : FIRST_FRAME);
    ({ socket: openSocket, events: openEvents, poll: openPoll })[this.mode](this, channel, frame, gone);
  }

  close() {
    const channel = this.channel;
    this.channel = null;
    if (!channel) return;
    clearTimeout(channel.timer);
    channel.close();
    for (const answer of this.answers.values()) answer.reject(new Error("closed"));
    this.answers.clear();
  }

  restart() {
    clearTimeout(this.timer);
    this.attempt = 0;
    this.connect();
  }

  lost() {
    this.generation += 1;
    this.close();
    clearTimeout(this.timer);
    this.onState("offline");
    this.timer = setTimeout(() => this.connect(), 15000); // some browsers say offline and are not
  }

  async gone(status) {
    const worked = this.channel?.ready;
    this.generation += 1;
    const generation = this.generation;
    this.close();
    this.offlineTimer ??= setTimeout(() => this.onState("offline"), 2500);
    if (status === "blocked") return this.onState("blocked");
    const reached = worked ? null : await this.renew();
    if (generation !== this.generation) return;
    if (reached === "blocked") return this.onState("blocked");
    if (reached === "ok" && status !== "session" && status !== "wait" && (this.failures += 1) >= 2) this.fallBack();
    this.attempt += 1;
    const longest = Math.min(10000, 250 * 2 ** this.attempt);
    const pause = status === "wait" ? 8000 : longest / 2 + (Math.random() * longest) / 2;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), pause);
  }

  fallBack() {
    this.failures = 0;
    this.mode = MODES[(MODES.indexOf(this.mode) + 1) % MODES.length];
    tab.set("mode", this.mode);
  }

  // A session where there is none. "ok", "away" (no network, no server), or "blocked" (the browser keeps no cookie here).
  async renew() {
    try {
      const response = await fetch(`/api/session${this.embedded ? "?embedded=1" : ""}`, { method: "POST", signal: deadline(FIRST_FRAME) });
      if (!response.ok) return "away";
      const check = await fetch("/api/session", { method: "GET", signal: deadline(FIRST_FRAME) });
      if (check.status === 401) return (this.renewals += 1) > 1 ? "blocked" : "away";
      return check.ok ? "ok" : "away";
    } catch {
      return "away";
    }
  }

  // Whether a connection that looks open still is, after sleep or a change of network.
  probe() {
    if (!this.open) return this.channel?.timer ? undefined : this.restart();
    if (this.mode !== "socket") return Date.now() - this.heard > 25000 ? this.restart() : undefined;
    const before = this.heard;
    this.channel.socket.send('{"type":"ping"}');
    setTimeout(() => this.open && this.heard === before && this.restart(), PROBE);
  }

  // -- sending

  sendOver(message) {
    return new Promise((resolve, reject) => {
      if (!this.open) return reject(new Error("closed"));
      const timer = setTimeout(() => {
        if (this.answers.get(message.id) !== answer) return;
        this.answers.delete(message.id);
        reject(new Error("late"));
        this.restart();
      }, ANSWER);
      const settle = (how) => (value) => {
        clearTimeout(timer);
        how(value);
      };
      const answer = { resolve: settle(resolve), reject: settle(reject) };
      this.answers.set(message.id, answer);
      this.channel.socket.send(JSON.stringify(message));
    });
  }

  answered(frame) {
    const answer = this.answers.get(frame.id);
    this.answers.delete(frame.id);
    answer?.resolve(frame.type === "taken" ? { taken: frame.id } : { error: frame.error, retry_after: frame.retry_after });
  }

  async post(path, body) {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: deadline(ANSWER),
    });
    if (response.status === 401) {
      await this.renew();
      return { error: "away", retry_after: 1 };
    }
    const answer = await response.json().catch(() => ({ error: "away", retry_after: 2 }));
    return response.status >= 500 ? { error: "away", retry_after: 2 } : answer;
  }
}

function openSocket(connection, channel, frame, gone) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/api/socket?after=${connection.after()}`);
  channel.socket = socket;
  channel.close = () => {
    socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  };
  socket.onmessage = (event) => {
    const data = JSON.parse(event.data);
    if (data.type === "taken" || data.type === "refused") connection.answered(data);
    frame(data);
  };
  socket.onclose = (event) => gone({ 4401: "session", 4403: "blocked", 4429: "wait" }[event.code] ?? "closed");
}

function openEvents(connection, channel, frame, gone) {
  const source = new EventSource(`/api/events?after=${connection.after()}`);
  channel.close = () => source.close();
  source.onmessage = (event) => frame(JSON.parse(event.data));
  source.onerror = () => gone("closed"); // we come back ourselves, with the last entry shown
}

async function openPoll(connection, channel, frame, gone) {
  const stop = new AbortController();
  channel.close = () => stop.abort();
  for (let known = 0; ; known = 1) {
    try {
      const response = await fetch(`/api/poll?after=${connection.after()}&known=${known}`, { signal: stop.signal });
      if (!response.ok) return gone({ 401: "session", 429: "wait" }[response.status] ?? "closed");
      const { frames } = await response.json();
      for (const each of frames.length ? frames : [{ type: "ping" }]) frame(each);
      if (stop.signal.aborted) return undefined;
    } catch {
      return stop.signal.aborted ? undefined : gone("closed");
    }
  }
}

function deadline(ms) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), ms);
  return stop.signal;
}
