// An invitation's token stands after the "#" of its link, which is sent to nobody: it is put into the
// form here, and out of the address, so that the next who sits here does not find it in the history.
const join = document.querySelector("form[data-join]");
const token = location.hash.slice(1);
if (token) history.replaceState(null, "", location.pathname);
if (join && token) {
  join.elements.token.value = token;
  join.requestSubmit();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const secret = button.parentElement.querySelector("[data-secret]");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    secret.select();
    await navigator.clipboard.writeText(secret.value);
    button.textContent = button.dataset.done;
  });
}
