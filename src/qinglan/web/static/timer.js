// How long a task is worked on. The time stands still while the page is hidden or out of focus, and
// when nobody has touched it for a minute. The server takes no more than passed on its own clock.

const IDLE = 60_000; // ms without a key, a pointer or a scroll after which somebody is away
const SEND = 20_000; // ms of work after which the server is told
const TICK = 1_000;

const main = document.getElementById("main");
const now = () => performance.now();
let form, spent, unsent, last, touched = now();

function open() {
  form = document.getElementById("work");
  spent = unsent = 0;
  last = now();
  show();
}

function working() {
  return form && !("closed" in form.dataset) && document.visibilityState === "visible"
    && document.hasFocus() && now() - touched < IDLE;
}

function count() {
  const passed = Math.min(now() - last, 2 * TICK); // a machine that slept did not work
  last = now();
  if (!working()) return;
  spent += passed;
  unsent += passed;
}

function show() {
  const clock = document.getElementById("timer");
  if (!clock) return;
  const seconds = Math.floor(spent / 1000);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  clock.textContent = working() ? time : `${time} · ${clock.dataset.away}`;
  clock.classList.toggle("away", !working());
}

function send() {
  const body = form && unsent >= TICK && new URLSearchParams({
    csrf: form.elements.csrf.value, token: form.elements.token.value, spent: String(Math.floor(unsent)),
  });
  if (!body) return;
  unsent = 0;
  const url = form.getAttribute("action").replace(/submit$/, "time");
  fetch(url, { method: "POST", body, headers: { "X-Fragment": "1" }, keepalive: true }).catch(() => {});
}

for (const event of ["keydown", "pointermove", "pointerdown", "wheel", "touchstart", "focus"]) {
  addEventListener(event, () => { touched = now(); }, { passive: true, capture: true });
}
document.addEventListener("visibilitychange", () => {
  count();
  if (document.visibilityState === "hidden") send();
  show();
});
addEventListener("pagehide", () => { count(); send(); });
new MutationObserver(() => {
  if (document.getElementById("work") !== form) { count(); send(); open(); }
}).observe(main, { childList: true });
setInterval(() => {
  count();
  show();
  if (unsent >= SEND) send();
}, TICK);

open();
