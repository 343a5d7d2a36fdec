// A large file takes a while to arrive here: say how much of it has. Without this script the browser does.
const form = document.getElementById("upload");
const sending = document.getElementById("sending");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const way = new XMLHttpRequest(), bar = sending.querySelector("progress");
  sending.hidden = false;
  form.querySelector("button").disabled = true;
  way.upload.addEventListener("progress", ({ loaded, total }) => { bar.max = total; bar.value = loaded; });
  // Begun, the answer is the page of this import (or of the sign-in, when the session has ended).
  // Refused, it is this page with the reason.
  way.addEventListener("load", () => {
    if (way.status === 200) return location.assign(way.responseURL);
    const answer = new DOMParser().parseFromString(way.responseText, "text/html");
    document.getElementById("main").replaceWith(answer.getElementById("main"));
  });
  way.addEventListener("error", () => form.submit());
  way.open("POST", form.action);
  way.send(new FormData(form));
});
