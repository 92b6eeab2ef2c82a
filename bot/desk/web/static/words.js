// Texts of the interface, and times in words. All times are seconds since 1970, shown as in Shenzhen.

const ZONE = "Asia/Shanghai";

export class Words {
  // boot: language (`zh` or `en`), texts, staff, services, reasons, outcomes, channels.
  constructor(boot) {
    this.texts = boot.texts;
    this.locale = boot.language === "zh" ? "zh-CN" : "en-GB";
    this.boot = boot;
    this.skew = 0;
    const format = (options) => new Intl.DateTimeFormat(this.locale, { timeZone: ZONE, ...options });
    this.formats = {
      clock: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
      full: format({ year: "numeric", month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
      day: format({ year: "numeric", month: "long", day: "numeric", weekday: "long" }),
      date: new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }),
    };
  }

  say(name, given = {}) {
    const text = this.texts[name] ?? name;
    return text.replace(/\{(\w+)\}/g, (whole, key) => (given[key] === undefined || given[key] === null ? "" : String(given[key])));
  }

  // The name of one of a fixed set, such as a reason; what is not in the set stays as it is.
  named(group, value) {
    if (!value) return "";
    const found = this.boot[`${group}s`]?.find((each) => each.id === value)?.name;
    return found ?? this.texts[`${group}_${value}`] ?? value;
  }

  person(summary) {
    return summary.name || this.say("nobody");
  }

  staff(id) {
    return this.boot.staff.find((each) => each.id === id)?.name ?? id ?? "";
  }

  // -- times

  // The server's clock counts, not that of this machine.
  set now(at) {
    if (at) this.skew = at - Date.now() / 1000;
  }

  get now() {
    return Date.now() / 1000 + this.skew;
  }

  // 45 → "just now", 200 → "3 min", 4000 → "1 h 6 min".
  span(seconds) {
    const minutes = Math.floor(seconds / 60);
    if (minutes < 1) return this.say("now");
    if (minutes < 60) return this.say("minutes", { n: minutes });
    const hours = Math.floor(minutes / 60);
    if (hours < 24) {
      const rest = minutes % 60;
      return [this.say("hours", { n: hours }), rest && hours < 6 ? this.say("minutes", { n: rest }) : ""].filter(Boolean).join(this.boot.language === "zh" ? "" : " ");
    }
    return this.say("days", { n: Math.floor(hours / 24) });
  }

  // 75 → "1:15": a time that is counted every second; longer ones as above.
  counter(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    if (whole >= 3600) return this.span(whole);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  ago(at) {
    const seconds = this.now - at;
    if (seconds < 60) return this.say("now");
    return this.say("ago", { time: this.span(seconds) });
  }

  clock(at) {
    return this.formats.clock.format(at * 1000);
  }

  full(at) {
    return this.formats.full.format(at * 1000);
  }

  date(at) {
    return this.formats.date.format(at * 1000);
  }

  day(at) {
    const date = this.date(at);
    if (date === this.date(this.now)) return this.say("today");
    if (date === this.date(this.now - 86400)) return this.say("yesterday");
    return this.formats.day.format(at * 1000);
  }
}
