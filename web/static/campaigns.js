// A draft with unsaved words is not left by a slip of the hand; picking a time means "later".
const plan = document.getElementById("plan");
let dirty = false;
plan.addEventListener("input", () => { dirty = true; });
plan.addEventListener("submit", () => { dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
plan.elements.starts_at.addEventListener("input", () => {
  plan.querySelector("input[name=start][value=at]").checked = true;
});
