// What the browser keeps: messages not yet taken by the server, and an unfinished question. Works without storage, too.

const PENDING = "qta.pending";

function read(storage, key) {
  try {
    return JSON.parse(storage().getItem(key));
  } catch {
    return null;
  }
}

function write(storage, key, value) {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, JSON.stringify(value));
  } catch {
    // private windows, blocked or full storage: it lasts as long as the page
  }
}

const lasting = () => window.localStorage;
const ofTab = () => window.sessionStorage;

export function pending() {
  const found = read(lasting, PENDING);
  const recent = Date.now() - 24 * 3600 * 1000;
  return Array.isArray(found) ? found.filter((each) => each && typeof each.id === "string" && each.at > recent) : [];
}

export function keep(message) {
  write(lasting, PENDING, [...pending().filter((each) => each.id !== message.id), message]);
}

export function settle(id) {
  const left = pending().filter((each) => each.id !== id);
  write(lasting, PENDING, left.length ? left : null);
}

export const tab = { get: (key) => read(ofTab, `qta.${key}`), set: (key, value) => write(ofTab, `qta.${key}`, value) };

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, "0")).join("");
}
