// Scores, rankings and spans by keyboard, on the desk, in lessons and in review. Without this file
// their forms work as well: radio buttons, a place for each item, and marks as lines of text.

const $ = (root, selector) => root.querySelector(selector);
const $$ = (root, selector) => [...root.querySelectorAll(selector)];
const typing = (target) => target.matches?.("textarea, select, input:not([type=radio]):not([type=checkbox])");
const changed = (field) => {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};
const keys = []; // what takes a key, newest form first

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
  if (typing(event.target) || document.getElementById("giving")?.contains(event.target)) return;
  const form = event.target.closest?.("form") ?? document.getElementById("work") ?? document.getElementById("lesson");
  for (const [root, take] of keys) {
    if (!root.isConnected || root.closest("form") !== form || root.closest("fieldset:disabled")) continue;
    if (!take(event)) continue;
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
}, true);

// ---- scores: a digit chooses a level of the scale in focus, and the next scale comes ------------

function scales(root) {
  const rows = () => $$(root, "[data-scale]");
  const input = (row) => $(row, "input:checked") ?? $(row, "input");
  const here = () => {
    const within = rows().findIndex((row) => row.contains(document.activeElement));
    if (within >= 0) return within;
    const open = rows().findIndex((row) => !$(row, "input:checked"));
    return open >= 0 ? open : rows().length - 1;
  };
  const look = (place) => {
    const row = rows()[Math.max(0, Math.min(place, rows().length - 1))];
    rows().forEach((one) => one.classList.toggle("now", one === row));
    if (row) { input(row).focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  };
  root.addEventListener("focusin", () => {
    rows().forEach((row) => row.classList.toggle("now", row.contains(document.activeElement)));
  });
  keys.unshift([root, (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1, k: -1, j: 1 }[event.key];
    if (by) { look(here() + by); return true; }
    const place = here();
    const chosen = $$(rows()[place], "input").find((one) => one.dataset.press === event.key);
    if (!chosen) return /^[0-9]$/.test(event.key); // a level that this scale has not
    chosen.checked = true;
    changed(chosen);
    look(place + 1);
    return true;
  }]);
}

// ---- a ranking: items are picked in order, the best first ----------------------------------------

function ranking(root) {
  const items = $$(root, ".item");
  const field = (item) => $(item, "select");
  root.classList.add("picking");
  items.forEach((item, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rank";
    button.setAttribute("aria-describedby", `item-${at}`);
    $(item, ".handle").prepend(button);
    button.addEventListener("click", () => pick(item));
  });
  const order = () => items.filter((item) => field(item).value)
    .sort((a, b) => Number(field(a).value) - Number(field(b).value));
  const keep = (ranked) => {
    items.forEach((item) => {
      const place = ranked.indexOf(item);
      field(item).value = place < 0 ? "" : String(place + 1);
    });
    changed(field(items[0]));
    show();
  };
  const pick = (item) => {
    const ranked = order();
    keep(ranked.includes(item) ? ranked.filter((one) => one !== item) : [...ranked, item]);
  };
  const show = () => items.forEach((item, at) => {
    const place = field(item).value;
    item.classList.toggle("ranked", !!place);
    const button = $(item, ".rank");
    const key = at < 9 ? `${at + 1}` : "";
    button.replaceChildren(document.createElement("b"), ...(key ? [document.createElement("kbd")] : []));
    button.firstChild.textContent = place ? `#${place}` : "–";
    if (key) button.lastChild.textContent = key;
    button.setAttribute("aria-label", `${at + 1}: ${place ? `${root.dataset.place} ${place}` : root.dataset.open}`);
  });
  const focused = () => items.findIndex((item) => item.contains(document.activeElement));
  const shift = (item, by) => {
    const ranked = order();
    const at = ranked.indexOf(item);
    if (at < 0 || !ranked[at + by]) return;
    [ranked[at], ranked[at + by]] = [ranked[at + by], ranked[at]];
    keep(ranked);
  };
  keys.unshift([root, (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by && event.altKey) { if (focused() >= 0) shift(items[focused()], by); return true; }
    if (event.altKey) return false;
    if (by) {
      const next = Math.max(0, Math.min(focused() + by, items.length - 1));
      $(items[next], ".rank").focus();
      return true;
    }
    if (event.key === "Backspace") { keep(order().slice(0, -1)); return true; }
    const item = items[Number(event.key) - 1];
    if (!item || !/^[1-9]$/.test(event.key)) return false;
    pick(item);
    $(item, ".rank").focus({ preventScroll: true });
    return true;
  }]);
  show();
  if (document.activeElement === document.body) $(items[0], ".rank").focus({ preventScroll: true });
}

// ---- spans: a cursor of words, a selection, and labels -------------------------------------------

function spans(root) {
  const passage = $(root, ".passage");
  const tokens = $$(passage, "[data-at]");
  const gaps = $$(passage, "[data-gap]"); // white space shows the marks that it lies in
  const field = $(root, "[name=spans]");
  const nothing = $(root, "[name=nothing]");
  const buttons = $$(root, "[data-label]");
  const whole = tokens.map((one) => one.textContent).join("");
  let anchor = 0, at = 0, tapped = false, marked = [];

  root.classList.add("scripted-spans");
  $(root, ".as-text").open = false;

  const from = (token) => Number(token.dataset.at);
  const to = (token) => Number(token.dataset.end);
  const range = () => [Math.min(anchor, at), Math.max(anchor, at)];
  const name = (label) => buttons.find((one) => one.dataset.label === label)?.dataset.name ?? label;
  const tone = (label) => buttons.findIndex((one) => one.dataset.label === label) % 8;
  const inside = (token, span) => span.start < to(token) && from(token) < span.end;
  const words = (span) => tokens.filter((one) => inside(one, span)).map((one, i, all) => {
    const before = i && from(one) > to(all[i - 1]) ? " " : "";
    return before + one.textContent;
  }).join("");

  function read() { // lines by places alone; a line that quotes words stays, and waits for the server
    marked = field.value.split("\n").flatMap((line) => {
      const found = /^\s*(\S+)\s+(\d+)\s*[-–—]\s*(\d+)\s*$/.exec(line);
      return found ? [{ label: found[1], start: Number(found[2]), end: Number(found[3]) }] : [];
    });
  }

  function write() {
    const others = field.value.split("\n").filter((line) => line.trim() && !/^\s*\S+\s+\d+\s*[-–—]\s*\d+\s*$/.test(line));
    marked.sort((a, b) => a.start - b.start || a.end - b.end);
    field.value = [...marked.map((one) => `${one.label} ${one.start}-${one.end}`), ...others].join("\n");
    if (marked.length && nothing) nothing.checked = false;
    changed(field);
  }

  function show() {
    const [first, last] = range();
    tokens.forEach((token, place) => {
      const over = marked.filter((span) => inside(token, span));
      token.className = over.length ? `marked tone-${tone(over[0].label)}${over.length > 1 ? " twice" : ""}` : "";
      token.classList.toggle("chosen", place >= first && place <= last);
      token.classList.toggle("cursor", place === at);
      const ends = over.filter((span) => span.end === to(token)).map((span) => name(span.label));
      if (ends.length) token.dataset.tag = ends.join(" "); else delete token.dataset.tag;
    });
    gaps.forEach((gap) => {
      const over = marked.filter((span) => span.start < Number(gap.dataset.gap) && Number(gap.dataset.end) < span.end);
      gap.className = over.length ? `marked tone-${tone(over[0].label)}` : "";
    });
    const list = $(root, "[data-list]");
    list.replaceChildren(...marked.map((span) => {
      const line = document.createElement("li");
      const label = document.createElement("b");
      label.textContent = name(span.label);
      label.className = `tone-${tone(span.label)}`;
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "quiet";
      drop.textContent = "×";
      drop.setAttribute("aria-label", `${root.dataset.of} ${name(span.label)} ${words(span)}`);
      drop.addEventListener("click", () => { marked = marked.filter((one) => one !== span); write(); show(); passage.focus(); });
      line.append(label, ` ${words(span)} `, drop);
      return line;
    }));
    if (!marked.length) list.append(Object.assign(document.createElement("li"), { className: "soft", textContent: root.dataset.none }));
  }

  function tell() {
    const [first, last] = range();
    const here = { start: from(tokens[first]), end: to(tokens[last]) };
    const over = marked.filter((span) => inside(tokens[at], span)).map((span) => name(span.label));
    $(root, "[data-said]").textContent = [words(here), ...over].join(", ");
  }

  function move(place, extend) {
    at = Math.max(0, Math.min(place, tokens.length - 1));
    if (!extend) anchor = at;
    tapped = false;
    show();
    tell();
    tokens[at].scrollIntoView({ block: "nearest" });
  }

  function line(by) { // the token nearest below or above
    const here = tokens[at].getBoundingClientRect();
    const middle = (box) => (box.left + box.right) / 2;
    let best = at, gap = Infinity, row = null;
    for (let place = at + by; tokens[place]; place += by) {
      const box = tokens[place].getBoundingClientRect();
      if (Math.abs(box.top - here.top) < here.height / 2) continue;
      row ??= box.top;
      if (Math.abs(box.top - row) > here.height / 2) break;
      if (Math.abs(middle(box) - middle(here)) < gap) { gap = Math.abs(middle(box) - middle(here)); best = place; }
    }
    return best;
  }

  function set(label) {
    const [first, last] = range();
    let start = from(tokens[first]), end = to(tokens[last]);
    if (marked.some((one) => one.label === label && one.start === start && one.end === end)) {
      marked = marked.filter((one) => one.label !== label || one.start !== start || one.end !== end);
    } else { // spans of one label that touch the selection become one with it
      const near = marked.filter((one) => one.label === label && one.start < end && start < one.end);
      start = Math.min(start, ...near.map((one) => one.start));
      end = Math.max(end, ...near.map((one) => one.end));
      marked = [...marked.filter((one) => !near.includes(one)), { label, start, end }];
    }
    anchor = at;
    tapped = false;
    write();
    show();
    tell();
  }

  function drop() {
    const before = marked.length;
    marked = marked.filter((span) => !inside(tokens[at], span));
    if (marked.length !== before) { write(); show(); tell(); }
  }

  keys.unshift([root, (event) => {
    if (event.altKey || !tokens.length) return false;
    const step = { ArrowLeft: () => at - 1, ArrowRight: () => at + 1, ArrowUp: () => line(-1), ArrowDown: () => line(1), Home: () => 0, End: () => tokens.length - 1 }[event.key];
    if (step) { move(step(), event.shiftKey); passage.focus({ preventScroll: true }); return true; }
    if (event.key === "Backspace" || event.key === "Delete") { drop(); return true; }
    if (event.key === "Escape") { move(at, false); return true; }
    if (event.key === "0" && nothing) { nothing.checked = !nothing.checked; changed(nothing); return true; }
    const button = buttons.find((one) => one.dataset.press === event.key.toLowerCase());
    if (!button) return false;
    set(button.dataset.label);
    return true;
  }]);
  buttons.forEach((button) => {
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    button.addEventListener("click", () => set(button.dataset.label));
  });
  passage.addEventListener("pointerup", () => {
    const chosen = getSelection();
    const touched = tokens.filter((token) => !chosen.isCollapsed && chosen.containsNode(token, true));
    if (touched.length < 2) return;
    anchor = tokens.indexOf(touched[0]);
    at = tokens.indexOf(touched[touched.length - 1]);
    tapped = false;
    chosen.removeAllRanges();
    show();
    tell();
  });
  passage.addEventListener("click", (event) => { // one tap begins a selection, a second one ends it
    const place = tokens.indexOf(event.target.closest("[data-at]"));
    if (place < 0 || range()[0] !== range()[1] && !tapped && place >= range()[0] && place <= range()[1]) return;
    if (tapped) { at = place; tapped = false; } else { anchor = at = place; tapped = true; }
    show();
    tell();
  });
  field.addEventListener("change", (event) => { if (event.isTrusted) { read(); show(); } });
  read();
  if (whole) show();
}

// ---- whatever is on the page ---------------------------------------------------------------------

function open() {
  keys.splice(0, keys.length, ...keys.filter(([root]) => root.isConnected));
  const known = new Set(keys.map(([root]) => root));
  for (const [selector, make] of [["[data-scales]", scales], ["[data-ranking]", ranking], ["[data-spans]", spans]]) {
    $$(document, selector).filter((root) => !known.has(root)).forEach(make);
  }
}

document.addEventListener("opened", open);
open();
