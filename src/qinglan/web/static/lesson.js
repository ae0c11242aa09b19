// Keys in lessons, and where a reviewer writes the right answer: a digit chooses, Ctrl Enter sends.
// Without this file the form works as well.

const form = document.querySelector("#lesson, #write");
const typing = (target) => target.matches?.("textarea, input:not([type=radio]), select");

function rowOf(target) { // in marks, a digit marks the step in focus, or else the first open one
  const steps = [...form.querySelectorAll(".step")];
  if (!steps.length) return form.querySelector(".choices");
  const open = steps.find((step) => !step.querySelector("input:checked"));
  return target.closest?.(".step") ?? open ?? steps[steps.length - 1];
}

form?.classList.add("scripted");
form?.addEventListener("change", () => {
  form.querySelector(".after")?.classList.toggle("shown", !!form.querySelector("input[value=wrong]:checked"));
});
document.addEventListener("keydown", (event) => {
  if (!form || event.isComposing || event.keyCode === 229) return;
  if (form.id === "write" && !form.contains(event.target)) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.main"));
    return;
  }
  const digit = Number(event.key);
  if (!digit || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const row = rowOf(document.activeElement);
  const input = row?.querySelectorAll("input[type=radio]")[digit - 1];
  if (!input) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  input.checked = true;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  const next = input.value === "wrong" ? form.querySelector("#because") : row.nextElementSibling?.querySelector("input");
  (next ?? input).focus();
});
