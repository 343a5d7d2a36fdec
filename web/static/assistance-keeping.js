// The form of one case between this browser and the server: opened here, sealed here, and saved with the number
// of the version it was made from. Who was slower brings both together and saves that; nothing is overwritten.
import { merge, parse, sameAll, written } from "./assistance-answers.js";
import { ask } from "./live.js";
import { Opened } from "./opened.js";

// The size class that forms are padded to at least, as in hotline/assistance.py.
const SMALLEST = 4096;

export class Keeping {
  opened = new Opened();
  // What the server told last.
  told = null;
  // By question; null while it is locked.
  answers = null;
  // Something was saved that does not open: it must not be overwritten.
  damaged = false;
  // As it was saved last, its number, and its sealed form.
  #base = null;
  #version = 0;
  #sealed = "";
  // What was not saved yet when the keys were locked, sealed.
  #held = null;
  // The mark of what was sent last, to know it again when the server's answer was lost.
  #sent = null;
  #form;

  constructor(source, form) {
    this.source = source;
    this.#form = form;
  }

  get dirty() { return this.#held !== null || this.answers !== null && !sameAll(this.#base, this.answers); }

  get mayFill() { return this.answers !== null && !this.damaged && this.told.may_fill; }

  async refresh() {
    const answer = await ask(this.source);
    if (!answer.ok) throw new Error(String(answer.status));
    this.told = await answer.json();
    this.opened.take(this.told.case);
  }

  // Open what is not open yet, and bring in what others saved: { by, both }, or null when there is nothing new.
  async open() {
    await this.opened.open(() => {});
    if (this.opened.state !== "open" || !this.told.case.may.read) {
      if (this.opened.state === "destroyed") this.#held = null;
      this.#shut();
      return null;
    }
    const saved = this.#read(this.told.form);
    this.damaged = saved === null;
    if (this.damaged) return null;
    if (this.answers === null) this.#unlock(saved);
    if (this.told.version === this.#version) return null;
    const own = saved.save !== null && saved.save === this.#sent;
    const { answers, both } = own ? { answers: this.answers, both: [] } : merge(this.#base, this.answers, saved.answers);
    this.answers = answers;
    this.#stands(saved.answers, this.told.version, this.told.form);
    return own ? null : { by: this.told.saved_by, both };
  }

  // Nothing that was opened stays; what is not saved yet stays sealed. To be called before it shuts by itself.
  lock() {
    if (this.answers !== null && this.dirty) {
      this.#held = { mine: this.#seal(this.answers), version: this.#version, base: this.#sealed };
    }
    this.#shut();
  }

  // Gives { again } when somebody was faster, { refused } with why not, { saved } when it is kept.
  async save() {
    const sent = this.#held ? null : new Map(this.answers);
    const form = this.#held?.mine ?? this.#seal(sent);
    const version = this.#held?.version ?? this.#version;
    const answer = await ask(this.source, { body: JSON.stringify({ version, form }) });
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (!answer.headers.get("Content-Type")?.includes("json")) return { refused: null };
    const said = await answer.json();
    if ("refused" in said) return said;
    this.told = { ...this.told, ...said };
    if (!answer.ok) return { again: true };
    this.told.form = form;
    if (this.#held?.mine === form) this.#held = null;
    else if (this.#held) Object.assign(this.#held, { version: said.version, base: form });
    else this.#stands(sent, said.version, form);
    return { saved: true };
  }

  #shut() {
    this.answers = this.#base = null;
    this.opened.shut();
  }

  #stands(answers, version, sealed) {
    this.#base = answers;
    this.#version = version;
    this.#sealed = sealed;
  }

  #unlock(saved) {
    const held = this.#held;
    const before = held && this.#read(held.base), mine = held && this.#read(held.mine);
    this.#held = null;
    this.answers = new Map((mine ?? saved).answers);
    if (held) this.#stands(before.answers, held.version, held.base);
    else this.#stands(saved.answers, this.told.version, this.told.form);
  }

  #seal(answers) {
    this.#sent = [...crypto.getRandomValues(new Uint32Array(4))].join("-");
    return this.opened.seal(written(this.#form, this.#sent, answers), SMALLEST);
  }

  // Null when there is something that does not open.
  #read(sealed) {
    if (!sealed) return { save: null, answers: new Map() };
    try {
      return parse(this.opened.read(sealed));
    } catch {
      return null;
    }
  }
}
