// The words of one case, opened with the key of a team that this browser holds. What does not open is
// null, and the rest is there all the same.
import * as boxes from "./boxes.js";
import { keychain, state } from "./keychain.js";

// Opened in one go up to here; longer threads let the page breathe in between.
const AT_ONCE = 200;

export class Opened {
  // Messages by number, each with `text` once it was tried: null when it does not open.
  messages = new Map();
  summary = null;
  answers = null;
  #pair = null;
  #boxes = {};

  // "open", or why nothing can be read: none, locked, swapped and shut_out as in keychain.js; destroyed;
  // waiting for its team to have a key; unfit: the key that was handed on is not the case's.
  state = "locked";

  // Take in what the server told: sealed words and new messages. True when the case has been emptied.
  take(told) {
    this.told = told;
    const emptied = !told.public_key && this.messages.size > 0;
    if (!told.public_key || !told.may.read) this.messages.clear();
    else for (const message of told.messages) if (!this.messages.has(message.id)) this.messages.set(message.id, message);
    return emptied;
  }

  // Open what is not open yet. `progress(done, all)` is called between parts of a long thread.
  async open(progress) {
    this.state = this.#open();
    if (this.state !== "open") { this.shut(); return; }
    this.#openFacts("summary");
    this.#openFacts("answers");
    const waiting = [...this.messages.values()].filter(({ text }) => text === undefined);
    for (let at = 0; at < waiting.length; at += AT_ONCE) {
      if (at) { progress(at, waiting.length); await new Promise((done) => setTimeout(done)); }
      if (!this.#pair) return;
      for (const message of waiting.slice(at, at + AT_ONCE)) message.text = this.#words(message.body);
    }
  }

  // Nothing that was opened stays.
  shut() {
    this.#pair = this.summary = this.answers = null;
    this.#boxes = {};
    for (const message of this.messages.values()) delete message.text;
  }

  // The case's key sealed to another team's, as base64.
  sealTo(publicKey) { return boxes.text64(boxes.sealKey(this.#pair.privateKey, boxes.bytes64(publicKey))); }

  // Other words of the case, as base64: null when they do not open. Sealed only to a key that was opened here,
  // so that a server cannot put its own in place of the case's.
  read(sealed) { return this.#words(sealed); }
  seal(text, smallest) { return boxes.text64(boxes.sealWords(text, this.#pair.publicKey, smallest)); }

  // A team key that has come since the page was loaded may open it.
  get lacksKey() { return this.told.keys.length > 0 && !this.told.keys.some(({ team_key: id }) => keychain.teams.has(id)); }

  #open() {
    if (!this.told.public_key) return "destroyed";
    if (state() !== "open" && state() !== "shut_out") return state();
    this.#pair ??= this.#casePair();
    if (this.#pair) return "open";
    if (this.told.keys.length && !this.lacksKey) return "unfit";
    return this.told.held_by_service ? "waiting" : "shut_out";
  }

  #casePair() {
    const listed = boxes.bytes64(this.told.public_key);
    for (const { team_key: id, sealed } of this.told.keys) {
      try {
        const pair = boxes.openKey(boxes.bytes64(sealed), keychain.teams.get(id));
        if (boxes.same(pair.publicKey, listed)) return pair;
      } catch { /* another team's copy may open */ }
    }
    return null;
  }

  #openFacts(name) {
    const sealed = this.told[name];
    if (this.#boxes[name] === sealed) return;
    this.#boxes[name] = sealed;
    this[name] = sealed ? parsed(this.#words(sealed)) : null;
  }

  #words(sealed) {
    try {
      return boxes.openWords(boxes.bytes64(sealed), this.#pair);
    } catch {
      return null;
    }
  }
}

// Facts that cannot be read are an empty case file, not the end of the page.
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
