// The box in which one of ours writes. Nothing that was typed is lost, and nothing is sent twice: a reply has
// a name from its first try on, under which the server keeps it once, and the thread says whether it is there.
import { askFirst } from "./asking.js";
import * as drafts from "./drafts.js";
import { keychain } from "./keychain.js";
import { ask, fill } from "./live.js";
import { startPicker } from "./picker.js";
import { countSegments } from "./segments.js";
import { moment } from "./writing.js";

// What ends this member's part in the case, and with it what they were about to say.
const ENDS = /\/(give-back|close)$/u;

// `say` shows a line of trouble, `refresh` asks the server how the case stands.
export function startReply(page, words, say, refresh) {
  const part = (name) => page.querySelector(`[data-${name}]`);
  const form = part("reply"), text = form.elements.text, send = part("send"), safe = part("send-safe");
  const number = page.dataset.number, size = part("size");
  // `tried`: what was handed over under this name without a word of what became of it.
  let draft = named(), told = null, opened = null, sending = false, restored = false, isKept = true;

  document.addEventListener("case", ({ detail }) => {
    ({ told, opened } = detail);
    if (!keychain.own && isKept) empty();
    if (told.state === "closed" || told.forgotten) done();
    if (opened.state === "open") { settle(); restore(); }
    show();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const whenSafe = event.submitter === safe;
    if (!sending && !(whenSafe ? safe.hidden : send.disabled)) write(whenSafe);
  });

  async function write(whenSafe) {
    const written = text.value.trim(), again = draft.tried !== null;
    if (!written) return;
    draft.tried = written;
    keep();
    busy(true);
    try {
      const answer = await hand(written, draft.name, whenSafe);
      if (answer.ok && !again) done();
      if (answer.status === 409 && !again) { draft.tried = null; keep(); }
    } catch {
      // Whether it arrived is not known: the thread will tell.
      say(words["case.failed"]);
    }
    busy(false);
    text.focus();
    await refresh();
  }

  async function hand(written, name, whenSafe) {
    const body = new FormData();
    for (const [field, value] of Object.entries({ text: written, name, when: whenSafe ? "safe" : "" })) body.set(field, value);
    const answer = await ask(form.action, { body });
    say((await answer.json()).refused);
    return answer;
  }

  // Something was tried and nothing was heard: is it there?
  function settle() {
    if (draft.tried === null || sending) return;
    const there = sent(draft.name), typed = text.value.trim();
    if (!there) {
      say(words["reply.not_there"]);
    } else if (!typed || typed === there.text) {
      done();
      say("");
    } else {
      draft = named();
      keep();
      say(words["reply.earlier_arrived"]);
    }
  }

  const sent = (name) => [...opened.messages.values()].find((message) => message.name === name && message.text);

  function restore() {
    if (restored || !keychain.own || !told.may.write) return;
    restored = true;
    const here = text.value.trim() ? null : drafts.kept(number);
    if (!here) return;
    draft = here;
    text.value = here.text;
    part("kept").textContent = words["reply.back"];
    part("kept").hidden = false;
    settle();
  }

  function keep() {
    draft.text = text.value;
    if (text.value.trim()) isKept = Boolean(keychain.own) && drafts.keep(number, draft);
    else if (draft.tried === null) { drafts.drop(number); isKept = true; }
  }

  // It was sent, or will not be.
  function done() {
    draft = named();
    text.value = "";
    drafts.drop(number);
    isKept = true;
    part("kept").hidden = true;
    showSize();
  }

  // The key is locked: the words leave the screen and stay where they are kept.
  function empty() {
    text.value = "";
    draft = named();
    restored = false;
  }

  function busy(now) { sending = now; show(); }

  function show() {
    const opens = told?.writing?.opens, covered = told?.covered;
    send.disabled = sending || covered || Boolean(opens);
    safe.hidden = !opens || covered;
    safe.disabled = sending;
    part("not-now").hidden = safe.hidden;
    if (opens) part("not-now").textContent = fill(words["reply.not_now"], { time: moment(opens, told.writing.zone, words) });
    showSize();
  }

  function showSize() {
    const written = text.value.trim(), count = countSegments(written);
    const characters = fill(words["case.size"], { n: [...written].length });
    const segments = fill(words["case.segments"], { n: count.segments });
    size.textContent = !written ? "" : size.dataset.sms ? `${characters} · ${segments}` : characters;
    // As long as it is what nobody has reviewed: who changes it has read it.
    part("unreviewed").hidden = !(draft.unreviewed && text.value.includes(draft.unreviewed));
  }

  text.addEventListener("input", () => { part("kept").hidden = true; keep(); showSize(); });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      // Words that wait are a thing of its own, never the end of a habit.
      if (safe.hidden) form.requestSubmit();
      else safe.focus();
    } else if (event.key === "/" && !text.value) {
      event.preventDefault();
      pick();
    }
  });
  const pick = startPicker(part("picker"), part("pick"), words, Boolean(size.dataset.sms), (picked, unreviewed) => {
    text.focus();
    text.setRangeText(picked, text.selectionStart, text.selectionEnd, "end");
    if (unreviewed) draft.unreviewed = picked;
    text.dispatchEvent(new Event("input"));
  });

  page.addEventListener("click", async ({ target }) => {
    const id = Number(target.closest("[data-message]")?.dataset.message), message = opened?.messages.get(id);
    if (message && target.matches("[data-again]")) await again(message);
    if (message && target.matches("[data-withdraw]")) await withdraw(message);
  });

  // A name that follows from the message that failed: pressed twice, it goes once.
  async function again({ id, text: failed }) {
    const wait = Boolean(told.writing.opens);
    const yes = words[wait ? "reply.when_safe" : "again.yes"];
    if (!await askFirst(words["again.sure"], failed, yes)) return;
    await attempt(() => hand(failed, `again-${id}`, wait));
  }

  async function withdraw({ id, text: waiting }) {
    await attempt(async () => {
      const answer = await ask(`/desk/cases/${number}/messages/${id}/withdraw`, { body: new FormData() });
      say((await answer.json()).refused);
      // The words come back, to be changed or sent now.
      if (answer.ok && !text.value.trim()) { text.value = waiting; keep(); }
    });
  }

  async function attempt(work) {
    try { await work(); } catch { say(words["case.not_saved"]); }
    await refresh();
  }

  page.addEventListener("submit", async (event) => {
    if (!ENDS.test(event.target.action) || !text.value.trim()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!await askFirst(words["reply.losing"], text.value, words["reply.losing.yes"])) return;
    done();
    event.target.requestSubmit(event.submitter);
  }, true);
  addEventListener("beforeunload", (event) => {
    if (text.value.trim() && !isKept) event.preventDefault();
  });
  showSize();
}

// A new reply, and what the server is to call it.
function named() {
  const drawn = crypto.getRandomValues(new Uint8Array(16));
  return { name: [...drawn].map((byte) => byte.toString(16).padStart(2, "0")).join(""), text: "", tried: null, unreviewed: "" };
}
