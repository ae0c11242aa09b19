// Pictures where one writes: paste one, drop one, or choose a file. It is sent at once, and its
// reference stands in the text, with the cursor where the description goes. Without this file a
// page of its own takes pictures.

const TYPES = "image/png,image/jpeg,image/webp,image/gif";
const main = document.getElementById("main");
let last; // the text that was written in last

const home = (target) => target?.closest?.("form[data-pictures]:not([data-closed])");
const ours = (target) => (target?.matches?.("textarea") && home(target) ? target : null);
const pictures = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));

main.addEventListener("focusin", (event) => { last = ours(event.target) ?? last; });

main.addEventListener("paste", (event) => {
  const text = ours(event.target);
  const files = pictures(event.clipboardData);
  if (!text || !files.length) return;
  event.preventDefault();
  bring(text, files);
});

main.addEventListener("dragover", (event) => {
  if (ours(event.target) && event.dataTransfer.types.includes("Files")) event.preventDefault();
});

main.addEventListener("drop", (event) => {
  const text = ours(event.target);
  const files = pictures(event.dataTransfer);
  if (!text || !files.length) return;
  event.preventDefault();
  bring(text, files);
});

main.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-picture]");
  const form = home(link);
  if (!form || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const text = last && form.contains(last) ? last : form.querySelector("textarea:not(:disabled)");
  if (!text) return;
  event.preventDefault();
  const chooser = Object.assign(document.createElement("input"), { type: "file", accept: TYPES, multiple: true });
  chooser.addEventListener("change", () => bring(text, [...chooser.files]));
  chooser.click();
});

async function bring(text, files) {
  const form = home(text);
  for (const file of files) {
    tell(form, form.dataset.bringing);
    const sent = new FormData(); // the form's secret comes before the file
    for (const name of ["csrf", "token"]) {
      const field = form.querySelector(`input[name=${name}]`);
      if (field) sent.append(name, field.value);
    }
    sent.append("file", file, file.name || "picture");
    try {
      const answer = await fetch(form.dataset.pictures, {
        method: "POST", body: sent, headers: { "X-Fragment": "1" }, redirect: "error",
      });
      const said = await answer.text();
      if (!answer.ok) return complain(form, said);
      if (!text.isConnected) return; // another task came meanwhile
      insert(text, said);
      show(form, said);
      tell(form, form.dataset.brought);
    } catch {
      return complain(form, form.dataset.unsent);
    }
  }
}

function insert(text, reference) {
  const at = text.selectionEnd;
  const before = text.value.slice(0, at);
  const gap = before && !before.endsWith("\n") ? "\n\n" : "";
  text.setRangeText(`${gap}${reference}\n`, at, at, "end");
  text.focus();
  const place = at + gap.length + 2; // between the brackets
  text.setSelectionRange(place, place);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(form, reference) {
  const found = /\((pic_[a-z2-7]{26})#(\d+)x(\d+)\)/.exec(reference);
  const place = form.querySelector("[data-attached]");
  if (!found || !place || place.querySelector(`[href="/pictures/${found[1]}"]`)) return;
  const image = Object.assign(new Image(Number(found[2]), Number(found[3])), { src: `/pictures/${found[1]}`, alt: form.dataset.unnamed });
  const link = Object.assign(document.createElement("a"), { className: "picture", href: image.src, target: "_blank" });
  link.append(image);
  place.append(link);
}

function tell(form, words) {
  const state = form.querySelector("output") ?? form.querySelector("[data-told]");
  if (state) state.textContent = words ?? "";
  const message = form.querySelector("[role=alert]");
  if (message) { message.textContent = ""; message.classList.remove("wrong-note"); }
}

function complain(form, words) {
  const message = form.querySelector("[role=alert]");
  tell(form, "");
  if (!message) return;
  message.textContent = words;
  message.classList.add("wrong-note");
  message.scrollIntoView({ block: "nearest" });
}
