// Phones on a page. Their numbers stay in this browser; what they show comes from the server as data.
import { ask, clockTime, live, make, oneAtATime } from "./live.js";

const KEY = "waypost.phones";
const shelf = document.getElementById("phones");
const template = document.getElementById("phone");
const words = JSON.parse(shelf.dataset.words);
const trouble = document.getElementById("trouble");
const places = new Intl.DisplayNames(document.documentElement.lang, { type: "region" });
const phones = new Map();
// The code of a poster, whose QR code leads here.
const given = new URLSearchParams(location.search).get("text") ?? "";
let stop = () => {};

function kept() {
  try {
    const numbers = JSON.parse(localStorage.getItem(KEY));
    if (Array.isArray(numbers) && numbers.length) return numbers;
  } catch { /* whatever stood there is not ours */ }
  return JSON.parse(shelf.dataset.numbers);
}

function keep() { localStorage.setItem(KEY, JSON.stringify([...phones.keys()])); }

function say(what) {
  trouble.textContent = what;
  trouble.hidden = !what;
}

async function read(asked) {
  const answer = await ask("/simulator/messages", { body: JSON.stringify({ phones: asked }) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.refused);
  return told.phones;
}

function place(number) {
  const card = template.content.firstElementChild.cloneNode(true);
  const phone = { number, card, last: 0, ring: "", screen: card.querySelector("[data-screen]") };
  card.dataset.phone = number;
  card.querySelector("[data-number]").textContent = number;
  phone.screen.setAttribute("aria-label", number);
  phone.screen.append(make("li", "empty", words["simulator.empty"]));
  const form = card.querySelector("[data-write]");
  form.elements.text.placeholder = words["simulator.write"];
  form.elements.text.value = given;
  form.elements.text.setAttribute("aria-label", `${words["simulator.write"]} ${number}`);
  card.querySelector("[data-send]").textContent = words["simulator.send"];
  const remove = card.querySelector("[data-remove]");
  remove.setAttribute("aria-label", `${words["simulator.remove"]} ${number}`);
  remove.addEventListener("click", () => { phones.delete(number); card.remove(); keep(); listen(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = form.elements.text;
    if (field.value.trim()) send(phone, field.value, field);
  });
  phones.set(number, phone);
  shelf.append(card);
}

async function send(phone, text, field) {
  try {
    const answer = await ask("/simulator/send", {
      body: JSON.stringify({ number: phone.number, text }),
    });
    const told = answer.ok ? {} : await answer.json();
    say(told.refused ?? "");
    if (answer.ok && field) field.value = "";
  } catch {
    say(words["simulator.failed"]);
  }
  refresh();
}

function show(phone, told) {
  phone.ring = told.ring;
  if (told.region) phone.card.querySelector("[data-place]").textContent = places.of(told.region);
  const atEnd = phone.screen.scrollHeight - phone.screen.scrollTop - phone.screen.clientHeight < 120;
  for (const message of told.messages) {
    if (message.id <= phone.last) continue;
    phone.screen.querySelector(".empty")?.remove();
    // Only the newest message's buttons do something.
    for (const old of phone.screen.querySelectorAll(".options")) old.remove();
    phone.screen.append(...bubbles(phone, message));
    phone.last = message.id;
  }
  if (atEnd && told.messages.length) phone.screen.scrollTop = phone.screen.scrollHeight;
}

function bubbles(phone, message) {
  const said = make("p", "words", message.text);
  said.dir = "auto";
  const time = make("time", "", clockTime(message.at));
  time.dateTime = message.at;
  const item = make("li", message.received ? "entry line-said" : "entry phone-said", null, said, time);
  item.dataset.message = message.id;
  if (!message.options.length) return [item];
  const options = message.options.map((label, index) => {
    const button = make("button", "option", null, make("b", "", String(index + 1)), make("bdi", "", label));
    button.type = "button";
    button.addEventListener("click", () => send(phone, String(index + 1)));
    return button;
  });
  const choices = make("li", "options", null, ...options);
  return [item, choices];
}

const refresh = oneAtATime(async () => {
  if (!phones.size) return;
  const asked = [...phones.values()].map((phone) => ({ number: phone.number, after: phone.last }));
  for (const told of await read(asked)) {
    const phone = phones.get(told.number);
    if (phone) show(phone, told);
  }
});

function listen() {
  stop();
  const rings = [...phones.values()].map((phone) => phone.ring).filter(Boolean);
  if (!rings.length) return;
  const asked = new URLSearchParams(rings.map((ring) => ["phone", ring]));
  stop = live(`/simulator/events?${asked}`, refresh);
}

document.getElementById("add-phone").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  try {
    const [told] = await read([{ number: form.elements.number.value, after: 0 }]);
    if (!phones.has(told.number)) place(told.number);
    show(phones.get(told.number), told);
    form.reset();
    say("");
    keep();
    listen();
    phones.get(told.number).card.scrollIntoView({ behavior: "smooth", inline: "end" });
  } catch (error) {
    say(error.message || words["simulator.failed"]);
  }
});

for (const number of kept()) if (typeof number === "string") place(number);
refresh().then(listen);
