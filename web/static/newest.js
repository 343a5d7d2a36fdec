// Where the reader is in a thread: what came since they last looked, and the way to the newest.
import { make } from "./live.js";

const NEAR_END = 120;

export class Newest {
  #place; #button; #tab; #key; #label;
  #looks = 0;
  #stays = false;

  constructor(page, place, button, number) {
    this.#place = place;
    this.#button = button;
    this.#label = button.dataset.words;
    this.#tab = page.querySelector("[data-unread]");
    // Only as long as this tab is open: a number of a message, nothing of it.
    this.#key = `waypost-read:${number}`;
    button.addEventListener("click", () => this.go());
    place.addEventListener("scroll", () => this.#soon(), { passive: true });
    addEventListener("scroll", () => this.#soon(), { passive: true });
    document.addEventListener("visibilitychange", () => this.look());
    // Who reads at the end stays there when something grows beside it.
    new ResizeObserver(() => { if (this.#stays) this.go(); }).observe(page);
  }

  // Whether the end of the thread is on the screen, and somebody before it.
  get atEnd() {
    if (document.hidden || this.#place.offsetParent === null) return false;
    const box = this.#scroller;
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
  }

  // Entries were added; `first`: the thread has just been opened.
  added(entries, { first, wasAtEnd, label }) {
    const read = Number(sessionStorage.getItem(this.#key));
    const fresh = entries.filter((entry) => entry.classList.contains("contact")
      && (first ? read && Number(entry.dataset.message) > read : !wasAtEnd));
    const marker = this.#place.querySelector(".unread");
    if (!first && entries.some((entry) => entry.classList.contains("staff"))) marker?.remove();
    else if (fresh.length && !marker) fresh[0].before(make("li", "unread", label));
    if (first || wasAtEnd) this.go();
    this.look();
  }

  look() {
    const last = [...this.#place.querySelectorAll(".entry")].at(-1)?.dataset.message;
    const atEnd = this.#stays = this.atEnd;
    if (atEnd && last) sessionStorage.setItem(this.#key, last);
    const read = Number(sessionStorage.getItem(this.#key));
    const unread = [...this.#place.querySelectorAll(".entry.contact")]
      .filter((entry) => Number(entry.dataset.message) > read).length;
    this.#button.hidden = atEnd || !last || this.#place.hidden;
    this.#button.textContent = unread && read ? `↓ ${this.#label} (${unread})` : `↓ ${this.#label}`;
    this.#tab.textContent = unread && read && !atEnd ? ` (${unread})` : "";
  }

  // On a wide screen the thread has a scroll bar of its own, on a phone the page has.
  get #scroller() {
    return getComputedStyle(this.#place).overflowY === "visible" ? document.scrollingElement : this.#place;
  }

  #soon() {
    cancelAnimationFrame(this.#looks);
    this.#looks = requestAnimationFrame(() => this.look());
  }

  go() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.look();
  }
}
