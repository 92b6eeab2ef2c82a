// What calls staff back to the page: the title, a sound, notifications.

const FLASH = 1200; // ms

export class Alerts {
  constructor(words, kept) {
    Object.assign(this, { words, kept });
    this.name = document.title;
    this.count = 0;
    this.flashing = null;
    document.addEventListener("visibilitychange", () => this.visible() && this.calm());
    window.addEventListener("focus", () => this.calm());
    // browsers let a page sound only after somebody has touched it
    for (const touch of ["pointerdown", "keydown"]) {
      window.addEventListener(touch, () => this.sound && this.context().resume(), { once: true });
    }
  }

  visible() {
    return document.visibilityState === "visible" && document.hasFocus();
  }

  get sound() {
    return this.kept.get("sound", true) === true;
  }

  set sound(on) {
    this.kept.set("sound", on, true);
    if (on) this.beep();
  }

  get notifications() {
    return this.kept.get("notifications", true) === true && window.Notification?.permission === "granted";
  }

  // Whether notifications are on afterwards.
  async notify(on) {
    if (on && window.Notification?.permission === "default") await Notification.requestPermission();
    const allowed = on && window.Notification?.permission === "granted";
    this.kept.set("notifications", allowed, true);
    return allowed;
  }

  // How many messages and cases wait for this member of staff.
  counted(count) {
    this.count = count;
    if (!this.flashing) document.title = this.title();
  }

  // Something happened that they should know of. text: shown; id: of the case, opened by a click.
  call(text, id) {
    if (this.sound) this.beep();
    if (this.visible()) return;
    this.flash(text);
    if (!this.notifications) return;
    try {
      const shown = new Notification(text, { tag: `desk-${id}`, icon: document.querySelector('link[rel="icon"]')?.href });
      shown.onclick = () => {
        window.focus();
        location.hash = `#${id}`;
        shown.close();
      };
    } catch {
      // phones allow them to service workers only
    }
  }

  flash(text) {
    this.calm();
    let on = false;
    this.flashing = setInterval(() => {
      on = !on;
      document.title = on ? `${text} · ${this.name}` : this.title();
    }, FLASH);
  }

  calm() {
    clearInterval(this.flashing);
    this.flashing = null;
    document.title = this.title();
  }

  title() {
    return this.count ? `(${this.count}) ${this.name}` : this.name;
  }

  context() {
    this.audio ??= new AudioContext();
    return this.audio;
  }

  beep() {
    try {
      const audio = this.context();
      audio.resume();
      const start = audio.currentTime;
      for (const [delay, pitch] of [[0, 660], [0.14, 880]]) {
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, start + delay);
        volume.gain.exponentialRampToValueAtTime(0.15, start + delay + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, start + delay + 0.13);
        tone.connect(volume).connect(audio.destination);
        tone.start(start + delay);
        tone.stop(start + delay + 0.14);
      }
      this.beeps = (this.beeps ?? 0) + 1;
    } catch {
      // no sound here
    }
  }
}
