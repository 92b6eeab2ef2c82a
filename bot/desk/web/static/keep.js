// What the browser keeps for one member of staff: drafts and what is on its way (in this tab), switches (for good).
// Works without storage, too: then it lasts as long as the page.

const memory = new Map();

export class Kept {
  constructor(who) {
    this.prefix = `desk.${who}.`;
  }

  get(key, lasting = false) {
    const name = this.prefix + key;
    try {
      const written = (lasting ? window.localStorage : window.sessionStorage).getItem(name);
      if (written !== null) return JSON.parse(written);
    } catch {
      // blocked, or not ours
    }
    return memory.get(name) ?? null;
  }

  set(key, value, lasting = false) {
    const name = this.prefix + key;
    memory.set(name, value);
    try {
      const storage = lasting ? window.localStorage : window.sessionStorage;
      if (value === null) storage.removeItem(name);
      else storage.setItem(name, JSON.stringify(value));
    } catch {
      // private windows, full storage
    }
  }
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, "0")).join("");
}
