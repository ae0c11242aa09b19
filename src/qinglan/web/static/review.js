// Reviewing by keyboard: a digit picks an answer, a letter does what stands beside it, and Ctrl Enter
// decides with the form one is in. Without this file the page works as well, with Tab and Enter.

const $$ = (root, selector) => [...root.querySelectorAll(selector)];
const rule = document.getElementById("rule");
const typing = (target) => target.matches?.("textarea, input:not([type=radio]):not([type=checkbox]), select");

function pick(form, digit) {
  const input = $$(form, "input[name=annotation]")[digit - 1];
  if (!input) return false;
  input.checked = true;
  input.focus({ preventScroll: true });
  input.closest("article")?.scrollIntoView({ block: "nearest" });
  return true;
}

function open(summary) { // what is written there comes next, about the answer that was picked
  const box = summary.parentElement;
  box.open = true;
  const picked = rule.querySelector("input[name=annotation]:checked");
  const same = picked && $$(box, "#back input[name=annotation]").find((one) => one.value === picked.value);
  if (same) same.checked = true;
  const first = same ? box.querySelector("textarea") : box.querySelector("form :is(input:not([type=hidden]), textarea, select, [tabindex='0'])");
  first?.focus();
  box.scrollIntoView({ block: "nearest" });
}

function act(target) {
  if (target.matches("summary")) open(target);
  else if (target.matches("textarea")) target.focus();
  else target.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.altKey) return;
  const form = event.target.closest?.("form") ?? rule;
  if (event.ctrlKey || event.metaKey) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    return form.requestSubmit(form.querySelector("button.main"));
  }
  if (event.key === "Escape") { event.target.blur?.(); return; }
  if (typing(event.target)) return;
  if (/^[1-9]$/.test(event.key)) {
    if (form.id !== "write" && pick(form, Number(event.key))) event.preventDefault();
    return;
  }
  const found = document.querySelector(`[data-press="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!found || form.id === "write" || event.key.length > 1) return;
  event.preventDefault();
  act(found);
});
