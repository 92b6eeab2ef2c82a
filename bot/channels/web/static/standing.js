// Who answers: nothing to say while it is the assistant, else a line below the header and what can be done in a case.

import { find, icon, make } from "./dom.js";

const SURE = 5000; // ms in which leaving is confirmed

export class Standing {
  // say(text): send it as if it was typed.
  constructor(page, say) {
    Object.assign(this, { page, say });
    find("transcript").addEventListener("click", () => say(page.texts.transcript_word));
    find("leave").addEventListener("click", () => this.leave());
  }

  // of: null, "waiting" or "staff"; name: of whoever of the staff has the case.
  show(of, name) {
    const { texts } = this.page;
    const staff = of === "staff";
    find("standing").hidden = !of;
    find("with").replaceChildren(...(staff ? [icon("person"), ...words(name, texts)] : of ? [texts.queued] : []));
    find("attach").hidden = !of;
    find("human").hidden = staff;
    find("question").placeholder = staff ? texts.placeholder_staff : texts.placeholder;
    // a place in line that is given up cannot be given up again
    for (const button of document.querySelectorAll("#log [data-kind=leave]")) button.setAttribute("aria-disabled", String(!of));
    if (!of) this.stay();
  }

  leave() {
    if (this.sure) {
      this.stay();
      this.page.hint("");
      return this.say(this.page.texts.leave_word);
    }
    find("leave").replaceChildren(this.page.texts.leave_sure);
    this.page.hint(this.page.texts.leave_hint);
    this.sure = setTimeout(() => this.stay(), SURE);
    return undefined;
  }

  stay() {
    clearTimeout(this.sure);
    this.sure = null;
    find("leave").replaceChildren(this.page.texts.leave);
  }
}

function words(name, texts) {
  if (!name) return [texts.with_staff];
  const [before, after] = texts.with.split("{name}");
  return [make("span", {}, before, make("bdi", {}, name), after)];
}
