// The page of a case's form of assistance: it is opened here, fills in what the chat said as unverified, and saves
// by itself. Progress, what others saved meanwhile, and printing on purpose.
import { chosen, isAnswered, unverified } from "./assistance-answers.js";
import { Field, savedAt } from "./assistance-field.js";
import { Keeping } from "./assistance-keeping.js";
import { started } from "./keybar.js";
import { keychain, load, onChange, state } from "./keychain.js";
import { fill, live, make, oneAtATime } from "./live.js";

// While somebody writes, what they wrote is saved this often; without a connection it is tried again.
const SAVE_AFTER_MS = 1_200, TRY_AGAIN_MS = 5_000;

const page = document.getElementById("assistance");
const words = JSON.parse(page.dataset.words);
const part = (name) => page.querySelector(`[data-${name}]`);
const sheet = part("sheet"), all = part("all"), trouble = part("trouble"), news = part("news");
const keeping = new Keeping(page.dataset.source, { form: page.dataset.form, version: Number(page.dataset.version) });
const fields = new Map([...page.querySelectorAll("[data-question]")].map((element) => {
  const field = new Field(element, words, { decided });
  return [field.id, field];
}));
const sections = [...page.querySelectorAll("[data-section]")];

// The server has something that this page has not.
let stale = true;
let later, saving = false, offline = false, refused = "";

const sync = oneAtATime(async () => {
  clearTimeout(later);
  later = undefined;
  try {
    if (stale) await refresh();
    await started;
    if (keychain.own && keeping.opened.lacksKey) await load();
    tell(await keeping.open());
    if (keeping.dirty && !refused) await save();
    offline = false;
  } catch {
    stale = offline = true;
    later = setTimeout(sync, TRY_AGAIN_MS);
  }
  saving = false;
  show();
});

async function refresh() {
  stale = false;
  await keeping.refresh();
  refused = "";
}

async function save() {
  saving = true;
  showSaved();
  const done = await keeping.save();
  // Somebody was faster: both are brought together as soon as they can be read, and saved.
  if (done.again && keeping.answers) {
    tell(await keeping.open());
    await save();
  } else if ("refused" in done) {
    refused = done.refused ?? words["assistance.gone"];
  }
  if (keeping.dirty && !refused && keeping.answers) soon();
}

function soon() { later ??= setTimeout(sync, SAVE_AFTER_MS); }

function heard() {
  const { summary, answers } = keeping.opened;
  const names = new Set([...(answers?.reasons ?? []), ...(answers?.needs ?? []).map((need) => `need.${need}`)]);
  // That a child is likely was reckoned, not said.
  if (names.has("rule.child_likely")) names.delete("need.child");
  if (summary?.path) names.add(`path.${summary.path}`);
  return names;
}

const said = (field, names = heard()) => field.said(names, page.dataset.language);
const me = () => ({ by: keychain.mine.me.name, at: new Date().toISOString() });

function settle(field, answer) {
  if (answer === undefined) keeping.answers.delete(field.id);
  else keeping.answers.set(field.id, answer);
  field.show(answer, said(field));
  showProgress();
  showSaved();
  soon();
}

function decided(field, answer) {
  settle(field, { ...chosen(keeping.answers.get(field.id), answer) });
  field.element.querySelector("[data-answer]").focus();
  // The last one is settled: that there were two answers is no news any more.
  if (![...keeping.answers.values()].some(({ others }) => others?.length)) news.hidden = true;
}

function tell(found) {
  if (!found?.by || !keeping.answers) return;
  const names = found.both.map((id) => fields.get(id)?.name ?? id).join(" · ");
  news.textContent = fill(words[names ? "assistance.news.both" : "assistance.news"], { name: found.by, questions: names });
  news.classList.toggle("bad", names !== "");
  news.hidden = false;
}

function show() {
  const now = keeping.opened.state, answers = keeping.answers;
  for (const why of page.querySelectorAll("[data-sealed]")) why.hidden = why.dataset.sealed !== now;
  const told = keeping.told;
  part("take").hidden = !told || told.case.may.read || !told.case.public_key;
  part("damaged").hidden = !keeping.damaged;
  sheet.hidden = !answers || keeping.damaged;
  part("bar").hidden = sheet.hidden;
  all.disabled = !keeping.mayFill;
  part("read-only").hidden = sheet.hidden || keeping.mayFill;
  const names = heard();
  for (const field of fields.values()) {
    if (answers) field.show(answers.get(field.id), said(field, names));
    else field.clear();
  }
  if (!answers) { news.textContent = ""; news.hidden = true; }
  showUnknown(answers ?? new Map());
  showProgress();
  showSaved();
}

// Answers of a newer form than this page is: shown as they are, and kept.
function showUnknown(answers) {
  const unknown = [...answers].filter(([id, answer]) => !fields.has(id) && isAnswered(answer));
  part("unknown").hidden = !unknown.length;
  part("unknown").querySelector("ul").replaceChildren(...unknown.map(([id, { value, none }]) =>
    make("li", "", null, make("bdi", "", id), ": ", make("bdi", "", none ?? [value].flat().join(" · ")))));
}

function showProgress() {
  const names = heard();
  for (const section of sections) {
    const own = [...section.querySelectorAll("[data-question]")].map((element) => fields.get(element.dataset.question));
    const asked = own.filter(({ kind, element }) => kind !== "text" && !("retired" in element.dataset));
    const answer = (field) => keeping.answers?.get(field.id);
    const done = asked.filter((field) => isAnswered(answer(field))).length;
    const open = own.filter((field) => unverified(answer(field), said(field, names), field).length).length;
    const split = own.some((field) => answer(field)?.others?.length);
    section.querySelector("[data-progress]").textContent = fill(words["assistance.progress"], { done, all: asked.length });
    const chat = section.querySelector("[data-chat]");
    chat.textContent = fill(words["assistance.to_confirm"], { n: open });
    chat.hidden = !open;
    section.querySelector("[data-split]").hidden = !split;
  }
}

function showSaved() {
  const { saved_at: at, saved_by: by } = keeping.told ?? {};
  const last = at ? fill(words["assistance.saved"], { time: savedAt(at), name: by }) : words["assistance.never"];
  part("saved").textContent = saving ? words["assistance.saving"]
    : keeping.dirty ? words["assistance.unsaved"] : last;
  const why = refused || (offline ? words["assistance.offline"] : "");
  trouble.textContent = why;
  trouble.hidden = !why;
}

sheet.addEventListener("input", ({ target }) => {
  const field = fields.get(target.closest("[data-question]")?.dataset.question);
  if (field && keeping.answers) settle(field, field.read(target, keeping.answers.get(field.id), said(field), me()));
});
sheet.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-confirm], [data-leave-out]");
  if (!button || !keeping.answers) return;
  const field = fields.get(button.closest("[data-question]").dataset.question);
  const confirmed = "confirm" in button.dataset;
  settle(field, field.settle(keeping.answers.get(field.id), said(field), me(), { confirmed }));
  // The button is gone: the keyboard goes on where it was.
  (field.controls.find(({ checked }) => checked) ?? field.controls[0]).focus();
});
sheet.addEventListener("submit", (event) => event.preventDefault());

// On paper everything that was answered is unfolded and whole; without this button there is nothing on it.
part("print").addEventListener("click", () => {
  const folded = sections.filter((section) => !section.open);
  for (const section of folded) section.open = true;
  document.body.classList.add("on-purpose");
  for (const text of sheet.querySelectorAll("textarea")) text.style.blockSize = `${text.scrollHeight}px`;
  addEventListener("afterprint", () => {
    document.body.classList.remove("on-purpose");
    for (const section of folded) section.open = false;
    for (const text of sheet.querySelectorAll("textarea")) text.style.blockSize = "";
  }, { once: true });
  print();
});

addEventListener("online", sync);
document.addEventListener("visibilitychange", () => { if (document.hidden && keeping.dirty) sync(); });
addEventListener("beforeunload", (event) => { if (keeping.dirty) event.preventDefault(); });
onChange(() => {
  if (!["open", "shut_out"].includes(state())) keeping.lock();
  sync();
});
sync();
live(page.dataset.live, () => { stale = true; sync(); });
