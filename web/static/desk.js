// The list of cases, fetched anew whenever the desk rings. It holds facts of cases, no words of contacts.
import { ask, live, oneAtATime, showTimes } from "./live.js";

const list = document.getElementById("cases");
const title = document.title;

function tellWaiting() {
  const waiting = list.querySelector("[data-waiting]")?.dataset.waiting ?? "0";
  document.title = waiting === "0" ? title : `(${waiting}) ${title}`;
}

const refresh = oneAtATime(async () => {
  const answer = await ask(list.dataset.source, { accept: "text/html" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.closest?.("#cases")
    ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...page.body.childNodes);
  if (focused) list.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  showTimes(list);
  tellWaiting();
});

tellWaiting();
if (list.dataset.live) live(list.dataset.live, refresh);
