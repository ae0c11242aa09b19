// The desk by keyboard. Without this file every form still works; with it, marks are one key each,
// drafts are saved at every pause, and the next task comes without a new page.

const PAUSE = 700; // ms without a keystroke after which the draft is saved
const main = document.getElementById("main");
document.documentElement.classList.add("scripted");

let form, made, timer, saving, dirty, sending, base; // base: what the server has of the form

const $ = (selector) => form?.querySelector(selector);
const $$ = (selector) => [...(form?.querySelectorAll(selector) ?? [])];
const typing = (target) => target.matches?.("textarea, input:not([type=radio]), select");
const composing = (event) => event.isComposing || event.keyCode === 229;
const fields = () => new URLSearchParams(new FormData(form));
const said = () => String(fields());

function open() {
  form = document.getElementById("work");
  document.dispatchEvent(new Event("opened")); // kinds with keys of their own wake up
  made = [];
  dirty = sending = false;
  clearTimeout(timer);
  if (!form || "closed" in form.dataset) return;
  base = said();
  if (stepped()) look(firstOpen(), false);
  const choice = stepped() ? stepAt(now())?.querySelector("input") : $("[data-focus], .rank, .choices input");
  if (choice) return choice.focus({ preventScroll: true });
  const texts = $$("fieldset.plain textarea, fieldset.plain input:not([type=hidden])");
  (texts.find((field) => !field.value) ?? texts[0])?.focus();
}

// ---- marks -------------------------------------------------------------------------------------

// A row is a step, or one of several candidates for a step: those share a group.
const stepped = () => ["marks", "alternatives"].includes(form.dataset.kind);
const groupOf = (place) => stepAt(place)?.dataset.group ?? String(place);
const steps = () => $$(".step");
const stepAt = (place) => steps()[place];
const markOf = (step) => step?.querySelector(".choices input:checked")?.value;
const now = () => steps().findIndex((step) => step.classList.contains("now"));

// The last row before marking stops: of the first group in which every row is wrong; or -1.
function stopAt() {
  const rows = steps();
  for (let place = 0, holds = false; place < rows.length; place += 1) {
    holds ||= markOf(rows[place]) !== "wrong";
    if (place + 1 < rows.length && groupOf(place + 1) === groupOf(place)) continue;
    if (!holds) return place;
    holds = false;
  }
  return -1;
}

function firstOpen() {
  const stop = stopAt();
  if (stop >= 0) return stop;
  const open = steps().findIndex((step) => !markOf(step));
  return open >= 0 ? open : steps().length - 1;
}

function look(place, focus = true) {
  const stop = stopAt();
  const last = stop >= 0 ? stop : steps().length - 1;
  place = Math.max(0, Math.min(place, last));
  steps().forEach((step, at) => {
    step.classList.toggle("now", at === place);
    step.classList.toggle("beyond", stop >= 0 && at > stop);
    step.querySelectorAll("input").forEach((input) => { input.disabled = stop >= 0 && at > stop; });
  });
  $("#after").classList.toggle("shown", stop >= 0);
  const step = stepAt(place);
  if (!focus || !step) return;
  (step.querySelector(".choices input:checked") ?? step.querySelector("input")).focus({ preventScroll: true });
  step.scrollIntoView({ block: "nearest" });
}

function mark(place, value, keep = true) {
  const step = stepAt(place);
  if (!step) return;
  if (keep) made.push([place, markOf(step)]);
  step.querySelectorAll(".choices input").forEach((input) => { input.checked = input.value === value; });
  if (keep) told(step.querySelector(".choices input:checked"));
  changed();
  if (keep) onward(place); else look(place);
}

function onward(place, focus = true) {
  const stop = stopAt();
  if (stop < 0 || groupOf(stop) !== groupOf(place)) return look(place + 1, focus);
  look(place);
  $("#after textarea").focus();
}

// For whoever counts: scripts that check an input tell nobody by themselves.
const told = (input) => input?.dispatchEvent(new Event("chosen", { bubbles: true }));

// Take what is suggested of the one part in focus; never of more.
function take() {
  if (stepped()) {
    const input = stepAt(now())?.querySelector(".choices .suggested input");
    if (input) mark(now(), input.value);
    return;
  }
  const open = (input) => !$$(`input[name="${CSS.escape(input.name)}"]`).some((one) => one.checked);
  const here = document.activeElement?.closest?.("[data-scale], .choices");
  const part = here?.querySelector(".suggested input");
  const input = part && open(part) ? part : $$(".suggested input").find(open);
  if (!input) return;
  input.checked = true;
  input.focus();
  told(input);
  changed();
}

function choose(place) {
  const input = stepAt(place)?.querySelector(".goes-on input");
  if (!input || input.disabled) return;
  input.checked = true;
  changed();
}

// ---- keys --------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (composing(event) || !form && !document.querySelector("[data-done]")) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") { event.preventDefault(); return submit(); }
  if (command && event.key.toLowerCase() === "z" && !event.shiftKey) {
    if (typing(event.target) && event.target.value !== event.target.defaultValue) return; // its own undo
    event.preventDefault();
    return back();
  }
  if (form && event.altKey && event.key === "Enter") {
    event.preventDefault();
    return $("[data-more]")?.click();
  }
  if (!form || "closed" in form.dataset || command || event.altKey) return;
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault(); // Enter in a line moves on; it never sends by accident
    return;
  }
  if (event.key === "Escape" && typing(event.target)) { event.preventDefault(); return leave(event.target); }
  if (typing(event.target)) return;
  const giving = document.getElementById("giving");
  if (event.key.toLowerCase() === "x" && giving) {
    event.preventDefault();
    giving.open = !giving.open;
    (giving.open ? giving.querySelector("button") : $(".choices input"))?.focus();
    return;
  }
  if (event.key.toLowerCase() === "y" && $(".suggested")) { event.preventDefault(); return take(); }
  if (event.key.toLowerCase() === "c" && stepped()) { event.preventDefault(); return choose(now()); }
  const digit = Number(event.key);
  if (!digit) return arrows(event);
  event.preventDefault();
  if (giving?.open && giving.contains(document.activeElement)) {
    return giving.querySelector(`[data-key="${digit}"]`)?.click();
  }
  if (stepped()) {
    const input = stepAt(now())?.querySelectorAll(".choices input")[digit - 1];
    if (input) mark(now(), input.value);
    return;
  }
  const input = $$(".choices input")[digit - 1];
  if (input) { input.checked = true; input.focus(); told(input); changed(); }
});

function arrows(event) {
  if (!stepped()) return;
  const by = { ArrowUp: -1, ArrowDown: 1, k: -1, j: 1 }[event.key];
  if (!by || document.getElementById("giving")?.contains(event.target)) return;
  event.preventDefault();
  look(now() + by);
}

function leave(target) {
  target.blur();
  if (stepped()) look(now());
  else $("[data-focus], .rank, .choices input:checked, .choices input")?.focus();
}

function back() {
  if (made.length) {
    const [place, before] = made.pop();
    return mark(place, before, false);
  }
  send(form?.dataset.undo ?? document.querySelector("[data-done] form").action,
    form ? fields() : new URLSearchParams(new FormData(document.querySelector("[data-done] form"))));
}

main.addEventListener("change", (event) => {
  const step = event.target.closest?.(".step .choices")?.closest(".step");
  if (step && event.target.type === "radio") {
    event.target.checked = true;
    const place = Number(step.dataset.place);
    if (event.target.value === "wrong") look(place, false); else look(Math.max(now(), place), false);
  }
});
main.addEventListener("click", (event) => { // a click on a mark moves on as a key does
  const input = event.target.closest?.(".step .choices input");
  if (!input || event.detail === 0) return;
  onward(Number(input.closest(".step").dataset.place), false);
});

// ---- drafts ------------------------------------------------------------------------------------

function changed() {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

main.addEventListener("input", () => { if (form) changed(); });

function tell(text) {
  const state = document.getElementById("state");
  if (state) state.textContent = text;
}

function save() {
  if (!form || !dirty || saving || sending || "closed" in form.dataset) return;
  saving = store(form, said());
}

async function store(one, body) {
  let wait = PAUSE;
  dirty = false;
  tell(one.dataset.saving);
  try {
    const answer = await post(one.dataset.draft, body);
    if (one !== form) return;
    if (answer.ok) base = body;
    const text = await answer.text();
    if (one !== form) return;
    if (!answer.ok) return complain(text);
    tell(`${one.dataset.saved} ${new Date().toTimeString().slice(0, 5)}`);
    const changes = $("[data-changes]");
    if (changes && text) changes.innerHTML = text; // rendered on our own server, as below
  } catch {
    dirty = true;
    wait = 3000;
    tell(one.dataset.unsaved);
  } finally {
    saving = null;
    if (dirty) { clearTimeout(timer); timer = setTimeout(save, wait); }
  }
}

// A page that goes sends what was not saved yet, but the page that comes in its place may be asked
// for before that arrives, or it never does. So it waits in this tab as well, with what the server
// had till then; where the new page shows just that, it is sent again, and the page shows it.
const KEPT = "unsaved";

function depart() {
  if (!form || "closed" in form.dataset) return;
  const one = form, body = said();
  if (body === base) return;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ url: one.dataset.draft, base, body }));
  } catch { /* larger than a tab may keep: it is sent, as ever */ }
  if (sending) return; // the answer itself is on its way
  dirty = false;
  fetch(one.dataset.draft, { ...request(body), keepalive: true }).then((answer) => {
    sessionStorage.removeItem(KEPT);
    if (answer.ok && one === form) base = body;
  }, () => { dirty = true; });
}

async function recover() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  if (!kept || !form || "closed" in form.dataset) return;
  sessionStorage.removeItem(KEPT);
  if (kept.url !== form.dataset.draft || kept.base !== base || kept.body === base) return;
  form.inert = true; // what were typed now would be typed into what is about to be replaced
  const answer = await post(kept.url, kept.body).catch(() => null);
  if (answer?.ok) return location.reload();
  form.inert = false;
  if (!answer) sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") depart(); });
addEventListener("pagehide", depart);

// ---- sending -----------------------------------------------------------------------------------

const request = (body) => ({ method: "POST", body: new URLSearchParams(body), headers: { "X-Fragment": "1" }, redirect: "error" });
const post = (url, body) => fetch(url, request(body));

function complain(text) {
  const message = document.getElementById("message");
  if (!message) return;
  message.textContent = text;
  message.classList.add("wrong-note");
  message.scrollIntoView({ block: "nearest" });
}

function submit() {
  if (form && !("closed" in form.dataset)) send(form.action, fields());
}

async function send(url, body) {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  main.classList.add("busy");
  try {
    await saving; // a draft that came after its answer would be refused
    const answer = await post(url, body);
    const text = await answer.text();
    if (!answer.ok) return complain(text);
    main.innerHTML = text; // rendered and cleaned on our own server, under the page's policy
    open();
    scrollTo(0, 0);
  } catch {
    complain(form?.dataset.unsent ?? "");
  } finally {
    sending = false;
    main.classList.remove("busy");
    if (dirty) changed(); // it is still here, and not all of it is saved
  }
}

main.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.name === "task") return; // reopening goes to a page of its own
  event.preventDefault();
  if (button && "first" in button.dataset) return;
  const body = new URLSearchParams(new FormData(event.target));
  if (button?.name) body.set(button.name, button.value);
  send(button?.hasAttribute("formaction") ? button.formAction : event.target.action, body);
});

open();
recover();
