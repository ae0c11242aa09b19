// The preview follows what is typed. Without this file a button of the form shows it.

const PAUSE = 350; // ms without a keystroke after which the preview is asked for
const preview = document.getElementById("preview");
const form = document.querySelector("form[data-preview]");
let timer, asked = 0;

async function refresh() {
  const mine = ++asked;
  const body = new URLSearchParams(new FormData(form));
  body.set("does", "preview");
  const got = await fetch(form.action, { method: "POST", body, headers: { "x-fragment": "1" } });
  if (got.ok && mine === asked) preview.innerHTML = await got.text();
}

if (form && preview) {
  form.querySelector("[data-show]").hidden = true;
  form.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });
  form.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(refresh, PAUSE); });
}
