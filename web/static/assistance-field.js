// One question of the form on the page: what is chosen there, and an answer shown there. Values are only ever
// put in as text or chosen among what the page offers.
import { NOT_KNOWN, NOT_SAID, isAnswered, unverified, valuesOf } from "./assistance-answers.js";
import { fill, make } from "./live.js";

const NONE = [NOT_KNOWN, NOT_SAID];
const SEVERAL = ["many", "countries"];

// A form is filled in over days: the hour alone would mislead.
const LANGUAGE = document.documentElement.lang;
const hour = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: "short", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

export function savedAt(iso) {
  const at = new Date(iso);
  return (at.toDateString() === new Date().toDateString() ? hour : day).format(at);
}

export class Field {
  // `decided(field, answer)` is called when somebody chose among the answers of several.
  constructor(element, words, { decided }) {
    this.element = element;
    this.id = element.dataset.question;
    this.kind = element.dataset.kind;
    this.name = element.querySelector("legend").textContent;
    this.several = SEVERAL.includes(this.kind);
    this.words = words;
    this.decided = decided;
    this.nones = [...element.querySelectorAll("[data-none]")];
  }

  get controls() { return [...this.element.querySelectorAll("[data-answer]")]; }

  // Of what the chat said, by the names of `heard`, what answers this question.
  said(heard, language) {
    if (this.element.dataset.said) return this.#offers(language) ? [language] : [];
    return [...this.element.querySelectorAll("[data-said]")]
      .filter((choice) => choice.dataset.said.split(" ").some((name) => heard.has(name)))
      .map((choice) => choice.value);
  }

  // The answer after somebody touched `control`; undefined when it is left empty.
  read(control, before, said, me) {
    if (this.nones.includes(control)) this.#onlyNone(control);
    else for (const none of this.nones) none.checked = false;
    const answer = this.#chosen(before);
    const left = this.#left(answer, before, said), others = before?.others ?? [];
    if (!isAnswered(answer) && !left.length && !others.length) return undefined;
    return { ...answer, left, others, ...me };
  }

  // What the chat said becomes the caseworker's own answer, or is left out.
  settle(before, said, me, { confirmed }) {
    const open = unverified(before, said, this);
    if (!confirmed) return { ...before, left: [...(before?.left ?? []), ...open], ...me };
    return { ...before, value: this.several ? [...valuesOf(before), ...open] : open[0], ...me };
  }

  show(answer, said) {
    const open = unverified(answer, said, this);
    const values = valuesOf(answer), shown = [answer?.none ?? [], values, open].flat();
    if (this.kind === "countries") this.#asMany(values.length);
    this.controls.forEach((control, at) => this.#put(control, at, values, shown, open));
    for (const none of this.nones) none.checked = none.value === answer?.none;
    this.element.dataset.answered = String(isAnswered(answer) || open.length > 0);
    this.element.hidden = "retired" in this.element.dataset && !isAnswered(answer);
    this.element.querySelector("[data-unverified]").hidden = !open.length;
    this.#showEarlier(values.filter((value) => !this.#offers(value)));
    this.#showBoth(answer);
  }

  clear() { this.show(undefined, []); }

  textOf({ value, none }) {
    if (none) return this.words[`assistance.${none}`] ?? none;
    return [value].flat().map((one) => this.#label(one)).join(" · ");
  }

  #chosen(before) {
    const none = this.nones.find(({ checked }) => checked)?.value;
    if (none) return { none };
    if (this.kind === "many") return this.#list(this.controls.filter((box) => box.checked && !box.indeterminate), before);
    if (this.kind === "countries") return this.#list(this.controls.filter(({ value }) => value), before);
    const one = this.controls.find((control) => control.type !== "radio" || control.checked);
    const value = one?.validity.valid ? one.value : "";
    if (NONE.includes(value)) return { none: value };
    if (!value.trim()) return {};
    return { value: this.kind === "number" ? Number(value) : value };
  }

  // Of the values that this page does not offer, all stay.
  #list(controls, before) {
    const kept = valuesOf(before).filter((value) => !this.#offers(value));
    const value = [...new Set([...controls.map((control) => control.value), ...kept])];
    return value.length ? { value } : {};
  }

  #left(answer, before, said) {
    const known = before?.left ?? [];
    if ("none" in answer || before?.none !== undefined) return known;
    if (this.kind === "many") {
      return this.controls.filter((box) => said.includes(box.value) && !box.checked && !box.indeterminate)
        .map(({ value }) => value);
    }
    return isAnswered(answer) ? known : [...new Set([...known, ...said])];
  }

  #onlyNone(control) {
    if (!control.checked) return;
    for (const none of this.nones) none.checked = none === control;
    for (const other of this.controls) {
      if (other.type === "checkbox") other.checked = other.indeterminate = false;
      else other.value = "";
    }
  }

  #put(control, at, values, shown, open) {
    if (control.type === "checkbox" || control.type === "radio") {
      const marked = open.includes(control.value);
      control.checked = shown.includes(control.value) && !(marked && this.several)
        || control.value === "" && !shown.length;
      control.indeterminate = marked && this.several;
      const label = control.closest("label");
      label.classList.toggle("from-chat", marked);
      if ("retired" in control.dataset) label.hidden = !control.checked;
      return;
    }
    const value = String((this.kind === "countries" ? values[at] : shown[0]) ?? "");
    if (control.value !== value && !(this.kind === "number" && !control.validity.valid)) control.value = value;
    for (const option of control.options ?? []) {
      if ("retired" in option.dataset) option.hidden = option.value !== value;
    }
  }

  // One place to choose a country for each that was chosen, and one more.
  #asMany(chosen) {
    const places = this.controls;
    for (const place of places.slice(chosen + 1)) place.closest("label").remove();
    for (let n = places.length; n < chosen + 1; n += 1) {
      const label = places[0].closest("label").cloneNode(true);
      label.querySelector("span").textContent = fill(this.words["assistance.another"], { n: n + 1 });
      places[0].closest("label").parentElement.append(label);
    }
  }

  #showEarlier(values) {
    const place = this.element.querySelector("[data-earlier]");
    place.hidden = !values.length;
    place.querySelector("bdi").textContent = values.join(" · ");
  }

  #showBoth(answer) {
    const place = this.element.querySelector("[data-both]"), others = answer?.others ?? [];
    place.hidden = !others.length;
    if (!others.length) { place.replaceChildren(); return; }
    place.replaceChildren(make("p", "", this.words["assistance.both"]),
      make("ul", "", null, ...[answer, ...others].filter(isAnswered).map((each) => this.#rival(each))));
  }

  #rival(answer) {
    const button = make("button", "second", this.words["assistance.both.keep"]);
    button.type = "button";
    button.addEventListener("click", () => this.decided(this, answer));
    const when = Date.parse(answer.at) ? savedAt(answer.at) : "";
    const words = make("bdi", "", this.textOf(answer));
    button.setAttribute("aria-label", `${button.textContent}: ${words.textContent}`);
    return make("li", "", null, words, make("bdi", "quiet", [answer.by, when].filter(Boolean).join(" · ")), button);
  }

  #offered(value) {
    const fits = (choice) => choice.value === String(value) && value !== "";
    const [control] = this.controls;
    if (control.tagName === "SELECT") return [...control.options].find(fits);
    return this.controls.find(fits);
  }

  #offers(value) {
    return ["text", "number"].includes(this.kind) || this.#offered(value) !== undefined;
  }

  #label(value) {
    if (["text", "number"].includes(this.kind)) return String(value);
    const found = this.#offered(value);
    if (!found) return String(value);
    return found.tagName === "OPTION" ? found.textContent : found.closest("label").querySelector("span").textContent;
  }
}
