// What is wrong with a page, as sentences: run in the page by the test of every page.
(phone) => {
  const found = [];
  const tell = (what, node) => found.push(`${what}: ${node.outerHTML.replace(/\s+/g, " ").slice(0, 140)}`);
  const every = (selector, root = document) => [...root.querySelectorAll(selector)];
  const box = (node) => node.getBoundingClientRect();
  const seen = (node) => {
    const at = box(node);
    return at.width > 1 && at.height > 1 && node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && !node.closest(".unseen, .unheard, .skip, [aria-hidden=true]");
  };

  // The frame: one heading of the first level, one main part, a title, a language, no id twice.
  if (every("h1").filter(seen).length !== 1) found.push(`headings of the first level: ${every("h1").length}`);
  if (every("main").length !== 1) found.push("main parts");
  if (!document.documentElement.lang) found.push("no language");
  if (!/\S.* · \S/.test(document.title)) found.push(`title ${document.title}`);
  const ids = every("[id]").map((node) => node.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => found.push(`id twice: ${id}`));
  const levels = every("h1, h2, h3, h4").filter(seen).map((node) => Number(node.tagName[1]));
  levels.forEach((level, at) => { if (at && level > levels[at - 1] + 1) found.push(`a heading leaps to level ${level}, number ${at + 1}`); });
  every("nav, [role=radiogroup], [role=group], [role=application]").forEach((node) => {
    if (!node.getAttribute("aria-label") && !node.getAttribute("aria-labelledby")) tell("no name", node);
  });
  every("[aria-labelledby], [aria-describedby], [for], [aria-controls]").forEach((node) => {
    for (const name of ["aria-labelledby", "aria-describedby", "for", "aria-controls"]) {
      (node.getAttribute(name) ?? "").split(" ").filter(Boolean).forEach((id) => {
        if (!document.getElementById(id)) tell(`${name} leads nowhere`, node);
      });
    }
  });

  // Every control has a name, and a place to hit it.
  const name = (node) => node.getAttribute("aria-label")?.trim()
    || (node.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent).join("").trim()
    || [...node.labels ?? []].map((label) => label.textContent).join("").trim()
    || (node.matches("button, a, summary") && (node.textContent.trim() || node.querySelector("img[alt]")?.alt));
  every("button, a[href], summary, select, textarea, input:not([type=hidden])").forEach((node) => {
    if (node.hidden || node.closest("[hidden], .unseen, [aria-hidden=true]")) return;
    if (!name(node)) tell("a control without a name", node);
    const label = node.matches("input[type=radio], input[type=checkbox]") && node.closest("label");
    if (!seen(label || node)) return;
    const inText = node.matches("a") && !node.matches(".button, .brand, nav a") && /inline/.test(getComputedStyle(node).display);
    const at = box(label || node);
    if (!inText && Math.min(at.width, at.height) < 24) tell(`a target of ${Math.round(at.width)}×${Math.round(at.height)}`, node);
    if (phone && node.matches(".main") && at.height < 44) tell(`a main action ${Math.round(at.height)} high`, node);
    if (Number(node.getAttribute("tabindex") ?? 0) > 0) tell("an order of its own", node);
  });
  every("img").forEach((node) => { if (!node.hasAttribute("alt")) tell("a picture without words", node); });
  every("th").forEach((node) => { if (!node.hasAttribute("scope") && !node.closest(".text")) tell("a heading of nothing", node); });

  // Nothing sticks out, and what scrolls can be reached by keyboard.
  const wide = innerWidth;
  if (document.documentElement.scrollWidth > wide) {
    every("body *").filter((node) => seen(node) && box(node).right > wide + 1 && !node.closest(".scroll, .text")).slice(0, 3)
      .forEach((node) => tell(`sticks out to ${Math.round(box(node).right)}`, node));
    found.push(`${document.documentElement.scrollWidth} wide`);
  }

  // Contrast of all text, as it lies on what is behind it (WCAG AA: 4.5, and 3 for large text).
  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((v, at) => v * a + under[at] * (1 - a));
  const behind = (node) => {
    if (!node) return [255, 255, 255];
    const own = colour(getComputedStyle(node).backgroundColor);
    return own.length > 3 && own[3] < 1 ? over(own, behind(node.parentElement)) : own.slice(0, 3);
  };
  const poor = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !seen(node) || node.closest("script, style, :disabled, .beyond")) continue;
    const style = getComputedStyle(node);
    const back = behind(node);
    let thin = 1;
    for (let one = node; one; one = one.parentElement) thin *= Number(getComputedStyle(one).opacity);
    const ink = over([...colour(node.namespaceURI.endsWith("svg") ? style.fill : style.color).slice(0, 3), thin], back);
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) poor.add(`contrast ${ratio.toFixed(2)} of “${walk.currentNode.data.trim().slice(0, 30)}” in ${node.tagName}.${node.className}`);
  }
  return [...found, ...poor].slice(0, 12);
}
