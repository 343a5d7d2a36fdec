// On every page: times in words, menus that close, the form token for htmx, keys that lock at sign-out.
import { showTimes } from "./live.js";

showTimes();
setInterval(showTimes, 30_000);
// On a phone the navigation is wider than the screen: where one is stands in it.
document.querySelector(".places [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
});
document.addEventListener("htmx:afterSettle", () => showTimes());
// Signing out locks the key in every tab; what is left of it here opens nothing, and goes too. So do words
// that were never sent (drafts.js), once somebody has said that they may.
for (const form of document.querySelectorAll("form[action='/logout']")) {
  form.addEventListener("submit", (event) => {
    const unsent = Object.keys(localStorage).filter((key) => key.startsWith("waypost-draft:"));
    if (unsent.length && !confirm(form.dataset.unsent)) { event.preventDefault(); return; }
    for (const key of unsent) localStorage.removeItem(key);
    new BroadcastChannel("waypost-keys").postMessage({ locked: true });
  });
}
if (!document.querySelector("form[action='/logout']")) sessionStorage.removeItem("waypost-unlocked");
// A browser that is too old for a script of this page says so where the page has a place for it.
document.addEventListener("error", (event) => {
  const place = document.querySelector("[data-key-state=failed]");
  if (event.target.tagName === "SCRIPT" && place) place.hidden = false;
}, true);
