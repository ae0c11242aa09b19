// Counts what the page before the work says is counted: characters pasted, characters typed, how
// often the page was left, and what was taken of a suggestion, after how long. No text and no key
// is sent. It goes when the task is done with.

const main = document.getElementById("main");
const nothing = () => ({ pasted: 0, typed: 0, away: 0, taken: 0, taken_ms: 0 });
const LONGEST = 60000; // ms: whoever thinks longer than a minute is not hasty
let form, counts, took, since;

function open() {
  form = document.getElementById("work");
  counts = nothing();
  took = new Set(); // a part counts once, however often it is chosen
  since = performance.now();
}

function send() {
  const counted = Object.values(counts).some(Boolean);
  if (!form || !counted) return;
  const body = new URLSearchParams({
    csrf: form.elements.csrf.value, token: form.elements.token.value, ...counts,
  });
  counts = nothing();
  const url = form.getAttribute("action").replace(/submit$/, "behaviour");
  const options = { method: "POST", body, headers: { "X-Fragment": "1" }, keepalive: true };
  fetch(url, options).catch(() => {}); // evidence only: the work never waits for it
}

main.addEventListener("input", (event) => {
  const length = event.data?.length ?? (event.inputType === "insertLineBreak" ? 1 : 0);
  if (event.inputType?.startsWith("insert") && event.inputType !== "insertFromPaste") counts.typed += length;
});
// A choice was made, by key ("chosen") or by pointer ("change").
for (const kind of ["chosen", "change"]) {
  main.addEventListener(kind, ({ target }) => {
    if (target.type !== "radio") return;
    if (target.closest(".suggested") && !took.has(target.name)) {
      counts.taken += 1;
      counts.taken_ms += Math.round(Math.min(performance.now() - since, LONGEST));
    }
    took.add(target.name);
    since = performance.now();
  });
}
main.addEventListener("paste", (event) => {
  counts.pasted += event.clipboardData?.getData("text/plain").length ?? 0;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") counts.away += 1;
});
addEventListener("pagehide", send);
new MutationObserver(() => {
  if (document.getElementById("work") !== form) { send(); open(); }
}).observe(main, { childList: true });

open();
