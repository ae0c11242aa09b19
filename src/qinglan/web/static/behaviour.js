// Counts what the page before the work says is counted: characters pasted, characters typed, and
// how often the page was left. No text and no key is sent. It goes when the task is done with.

const main = document.getElementById("main");
let form, counts;

function open() {
  form = document.getElementById("work");
  counts = { pasted: 0, typed: 0, away: 0 };
}

function send() {
  const counted = Object.values(counts).some(Boolean);
  if (!form || !counted) return;
  const body = new URLSearchParams({
    csrf: form.elements.csrf.value, token: form.elements.token.value, ...counts,
  });
  counts = { pasted: 0, typed: 0, away: 0 };
  const url = form.getAttribute("action").replace(/submit$/, "behaviour");
  const options = { method: "POST", body, headers: { "X-Fragment": "1" }, keepalive: true };
  fetch(url, options).catch(() => {}); // evidence only: the work never waits for it
}

main.addEventListener("input", (event) => {
  const length = event.data?.length ?? (event.inputType === "insertLineBreak" ? 1 : 0);
  if (event.inputType?.startsWith("insert") && event.inputType !== "insertFromPaste") counts.typed += length;
});
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
