// Answers that are kept ready, to be found by a few letters, with the reader's own language beside the
// contact's. What is picked goes into the box as words that can be changed.
import { ask, fill, make } from "./live.js";
import { countSegments } from "./segments.js";

// `put(text, draft)` is called with what was picked; `sms`: whether segments count.
export function startPicker(dialog, button, words, sms, put) {
  const search = dialog.querySelector("input"), list = dialog.querySelector("ul");
  const nothing = dialog.querySelector("[data-nothing]");
  let offered = null, shown = [], at = 0;

  async function open() {
    dialog.showModal();
    search.value = "";
    search.focus();
    try {
      offered ??= await (await ask(dialog.dataset.source)).json();
    } catch { /* no connection: the list stays empty, and says so */ }
    show();
  }

  function show() {
    const asked = plain(search.value).split(/\s+/u);
    shown = (offered ?? []).filter(({ text, own }) => {
      const all = plain(`${text} ${own}`);
      return asked.every((word) => all.includes(word));
    });
    list.replaceChildren(...shown.map(option));
    nothing.hidden = shown.length > 0;
    choose(0);
  }

  function option({ text, own, draft }, number) {
    const said = make("p", "", text);
    said.dir = "auto";
    const size = sms ? fill(words["case.segments"], { n: countSegments(text).segments }) : "";
    const state = draft ? make("span", "draft", words["replies.draft"]) : "";
    const mine = make("p", "quiet", own);
    mine.dir = "auto";
    const item = make("li", "", null, ...(own ? [mine] : []), said, make("p", "meta", size, state));
    Object.assign(item, { id: `pick-${number}`, role: "option", onclick: () => pick(number) });
    return item;
  }

  function choose(number) {
    at = Math.max(0, Math.min(number, shown.length - 1));
    for (const [n, item] of [...list.children].entries()) item.ariaSelected = String(n === at);
    const item = list.children[at];
    if (item) search.setAttribute("aria-activedescendant", item.id);
    else search.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  function pick(number) {
    if (!shown[number]) return;
    dialog.close();
    put(shown[number].text, shown[number].draft);
  }

  button.addEventListener("click", open);
  dialog.querySelector("[data-shut]").addEventListener("click", () => dialog.close());
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(at + step);
    else if (event.key === "Enter") pick(at);
    else return;
    event.preventDefault();
  });
  return open;
}

// As one searches: no capitals, no accents.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
