// What was written and the server has not taken yet. Kept in the tab, sent in order, again and again with the same key.

const FIRST_PAUSE = 1000; // ms
const LONGEST_PAUSE = 10000;

export class Outbox {
  // onState(item, "sending" | "unsent" | "refused"); onSent(item, case).
  constructor(api, kept, { onState, onSent }) {
    Object.assign(this, { api, kept, onState, onSent });
    this.items = kept.get("outbox") ?? [];
    this.busy = new Set();
    this.failures = 0;
  }

  of(id) {
    return this.items.filter((each) => each.case === id);
  }

  // item: key, case, path (say, note, edit, reopen), body, and what the page shows: text, files, at.
  put(item) {
    this.items.push(item);
    this.keep();
    this.onState(item, "sending");
    this.pump();
  }

  // An entry of the log is what was sent, even if nobody told us that it was taken.
  settled(key) {
    const item = this.items.find((each) => `s:${each.key}` === key);
    if (item) this.drop(item);
  }

  drop(item) {
    this.items = this.items.filter((each) => each !== item);
    this.keep();
  }

  // Send one again that was refused.
  retry(item) {
    item.refused = null;
    this.keep();
    this.pump();
  }

  forget(id) {
    this.items = this.items.filter((each) => each.case !== id);
    this.keep();
  }

  // One after another in each case, so that they arrive in order.
  pump() {
    for (const id of new Set(this.items.map((each) => each.case))) {
      const next = this.of(id).find((each) => !each.refused);
      if (next && !this.busy.has(id)) this.send(next);
    }
  }

  async send(item) {
    this.busy.add(item.case);
    this.onState(item, "sending");
    try {
      const answer = await this.api.post(`cases/${encodeURIComponent(item.case)}/${item.path}`, item.body);
      this.failures = 0;
      this.drop(item);
      this.onSent(item, answer.case);
    } catch (error) {
      if (error.again || error.status === 401) {
        this.failures += 1;
        this.onState(item, "unsent");
        const pause = error.pause ? error.pause * 1000 : FIRST_PAUSE * 2 ** (this.failures - 1);
        await new Promise((done) => setTimeout(done, Math.min(LONGEST_PAUSE, pause)));
      } else {
        item.refused = { error: error.error, by: error.by, text: error.text };
        this.keep();
        this.onState(item, "refused");
      }
    }
    this.busy.delete(item.case);
    this.pump();
  }

  keep() {
    this.kept.set("outbox", this.items.length ? this.items : null);
  }
}
