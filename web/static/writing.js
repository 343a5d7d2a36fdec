// Whether the contact may be written to now, in words and times of the reader.
import { ask, fill } from "./live.js";

const LANGUAGE = document.documentElement.lang;
const DAY = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

const shown = (at, how, timeZone) => new Intl.DateTimeFormat(LANGUAGE, { ...how, timeZone }).format(at);

// A moment on the reader's clock, with what the contact's shows beside it where that is another time.
export function moment(iso, zone, words) {
  const at = new Date(iso);
  const day = at.toDateString() === new Date().toDateString() ? HOUR : DAY;
  const here = shown(at, day);
  if (!zone || shown(at, DAY) === shown(at, DAY, zone)) return here;
  return fill(words["writing.there"], { here, there: shown(at, day, zone) });
}

export function startWriting(place, words, say, refresh) {
  const part = (name) => place.querySelector(`[data-${name}]`);
  const form = part("pause");

  document.addEventListener("case", ({ detail: { told } }) => {
    if (told.writing) show(told);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await ask(form.action, { body: new FormData(form, event.submitter) });
      say((await answer.json()).refused);
      if (answer.ok) form.closest("details").open = false;
    } catch {
      say(words["case.not_saved"]);
    }
    await refresh();
  });

  function show({ writing, covered }) {
    const { opens, closes, zone, hours, not_before: held } = writing;
    const time = (iso) => moment(iso, zone, words);
    part("writing").textContent = covered ? words["writing.covered"]
      : opens ? fill(words["writing.opens"], { time: time(opens) })
      : closes ? fill(words["writing.until"], { time: time(closes) })
      : words["writing.any_time"];
    place.classList.toggle("not-now", covered || Boolean(opens));
    line("writing-agreed", hours && fill(words["writing.agreed"], { hours, place: writing.place }));
    line("writing-held", held && fill(words["writing.held"], { time: time(held) }));
    part("lift").hidden = !held;
  }

  function line(name, text) {
    part(name).textContent = text || "";
    part(name).hidden = !text;
  }
}
