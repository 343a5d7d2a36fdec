// Whether somebody looks at this page; and of which case they saw what, so that they are not told of it.
import { gate } from "./gate.js";
import { quietFor } from "./live.js";

const LOOKED_MS = 60_000;
const CASE = /^\/desk\/cases\/(\d+)$/;

export function looks() {
  return document.visibilityState === "visible" && document.hasFocus() && quietFor() < LOOKED_MS && !gate.locked;
}

// The newest entry of the case on this page, and the last one that somebody was seen to see.
let newest = null, seen = null;

document.addEventListener("case", ({ detail: { told, opened } }) => {
  newest = told.may.write ? Math.max(0, ...opened.messages.keys()) : null;
  note();
});
addEventListener("focus", note);

async function note() {
  const number = location.pathname.match(CASE)?.[1];
  if (newest === null || newest === seen || !number || !looks()) return;
  seen = newest;
  const body = new FormData();
  body.append("case", number);
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  try {
    const answer = await fetch("/account/notices/look", { method: "POST", body, headers, redirect: "manual" });
    if (!answer.ok) seen = null;
  } catch {
    seen = null;
  }
}
