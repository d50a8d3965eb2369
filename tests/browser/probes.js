// What tests ask of a page. Loaded before each page's own scripts, so it may not change anything.
"use strict";

window.probes = (() => {
  const visible = (e) => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  const start = (e) => e.outerHTML.slice(0, 120);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const text = (e) => e.textContent.slice(0, 60);

  // Nothing moves any more
  const still = () => Promise.allSettled(document.getAnimations().map((each) => each.finished));

  // Nothing is to move: for tests that change the view many times
  function freeze() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets.push(sheet);
  }

  // Of what comes again and again from one template the first few stand for all, but for `make test-all`
  const REPEATED = `.bibliography > li:nth-child(n+4), .footnote li:nth-child(n+4), .timeline > li:nth-child(n+4),
    .terms > :nth-child(n+7), .changes > li:nth-child(n+4), tbody tr:nth-child(n+4), .md-nav__item:nth-child(n+5),
    article :is(.finding, .indicator, .statement):nth-of-type(n+4), article > p:nth-of-type(n+4)`;
  const thin = () => [...all(REPEATED), ...all("figure details").slice(1)].forEach((e) => e.remove());

  // What axe finds, with all of its rules (best practices, experimental ones and level AAA are off by default) or with
  // those named
  async function axeFaults(only) {
    await still();
    const named = axe.getRules().map(({ruleId}) => [ruleId, {enabled: !only || only.includes(ruleId)}]);
    const {violations} = await axe.run({rules: Object.fromEntries(named), resultTypes: ["violations"]});
    return violations.flatMap(({id, nodes}) =>
      nodes.map(({target, failureSummary}) => `${id}: ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`));
  }

  // Text boxes of different elements that lie over each other, text that is cut off, and a page that scrolls sideways.
  // A line is shrunk to its letters first.
  async function crowded() {
    await still();
    const boxes = [];
    const faults = [];
    const walker = document.createTreeWalker(document.querySelector(".md-container"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const e = node.parentElement;
      if (!node.data.trim() || e.closest("svg, .md-sidebar, sup, [aria-hidden], caption, thead, .unseen") || !visible(e)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const {left, right, top, bottom} of range.getClientRects()) {
        const edge = (bottom - top) * 0.25;
        if (right - left > 2) boxes.push({e, left, right, top: top + edge, bottom: bottom - edge});
      }
      for (let box = e; box; box = box.parentElement) {
        const cuts = ["hidden", "clip"].includes(getComputedStyle(box).overflowX);
        if (cuts && box.clientWidth && box.scrollWidth > box.clientWidth + 1) {
          faults.push(`cut: ${node.data.trim().slice(0, 60)}`);
          break;
        }
      }
    }
    boxes.sort((one, other) => one.top - other.top);
    boxes.forEach((one, index) => {
      for (let next = index + 1; boxes[next]?.top < one.bottom; next++) {
        const other = boxes[next];
        if (other.e !== one.e && Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2) {
          faults.push(`over each other: ${text(one.e)} | ${text(other.e)}`);
        }
      }
    });
    if (document.documentElement.scrollWidth > innerWidth) faults.push("scrolls sideways");
    return faults;
  }

  // What reaches beyond the right edge
  const wide = () => all("article.md-content__inner *").filter((e) => e.getBoundingClientRect().right > innerWidth + 1
    && e.checkVisibility() && !e.closest("caption, thead, svg svg")).map(start);

  // Targets under 24 pixels. Links inside sentences are exempt, as WCAG 2.2 has it: beside them stands text of their
  // block. The label around a box that can be ticked is its target too
  const small = () => all("a[href], button, summary, input, textarea").filter((e) => {
    const {width, height} = (e.closest("label") ?? e).getBoundingClientRect();
    const inline = getComputedStyle(e).display === "inline" && !!e.closest("p, li, td, th, dd, dt, figcaption");
    return visible(e) && width && !inline && (width < 24 || height < 24);
  }).map(start);

  // Labels in drawings that lie over each other, leave what holds them (a map cuts them off), are too small to read, or are
  // quiet and yet no smaller than others
  const labels = () => all("figure svg.drawing").flatMap((drawing) => {
    const texts = [...drawing.querySelectorAll("text")];
    const boxes = texts.map((e) => [e.textContent, e.getBoundingClientRect()]);
    const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
    const size = (e) => parseFloat(getComputedStyle(e).fontSize), named = texts.filter((e) => !e.matches(".quiet, .area"));
    const beyond = (e) => {
      const {left, right, top, bottom} = e.getBoundingClientRect(), room = e.viewportElement.getBoundingClientRect();
      return left < room.left - 1 || right > room.right + 1 || top < room.top - 1 || bottom > room.bottom + 1;
    };
    const faults = {small: (e) => size(e) * scale < 9.5, beyond, loud: (e) => e.matches(".quiet") && named.some((other) => size(e) >= size(other))};
    return boxes.flatMap(([one, p], index) => boxes.slice(index + 1).filter(([, q]) =>
      Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1
      && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 4).map(([other]) => `${one} / ${other}`))
      .concat(Object.entries(faults).flatMap(([fault, has]) => texts.filter(has).map((e) => `${fault}: ${text(e)}`)));
  });

  // What the keyboard must reach, in the order of the document; each is given a number
  const reachable = () => all('a[href], button, input, summary, [tabindex="0"]').filter((e) =>
    e.checkVisibility({checkVisibilityCSS: true}) && e.tabIndex >= 0 && !e.closest("[inert]")
    && (e.type !== "radio" || !e.nextElementSibling.hidden))
    .map((e, number) => [e.dataset.walk = number, e.outerHTML.slice(0, 160)]);

  // Where the focus is, with what is wrong with how it is shown; nothing once it has left the page
  function stop() {
    const e = document.activeElement;
    if (e === document.body) return null;
    const shown = e.type === "radio" ? e.nextElementSibling : e; // the theme shows the label in its place
    const {outlineStyle, outlineWidth, outlineColor} = getComputedStyle(shown);
    const faults = [];
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2 || outlineColor.endsWith(", 0)")) faults.push("no outline");
    if (!visible(shown)) faults.push("invisible");
    const seen = [...shown.getClientRects()].some(({left, right, top, bottom}) => {
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return hit && (shown.contains(hit) || hit.contains(shown));
    });
    if (!seen) faults.push("out of sight or covered");
    return [Number(e.dataset.walk ?? -1), e.outerHTML.slice(0, 160), faults.join(", ")];
  }

  // How every element looks: its box, and what is seen of its styles
  const SEEN = ["color", "backgroundColor", "borderTopWidth", "borderRightColor", "borderBottomStyle", "borderRadius",
    "boxShadow", "content", "display", "fill", "fontFamily", "fontSize", "fontStyle", "fontWeight", "letterSpacing",
    "lineHeight", "listStyleType", "opacity", "overflow", "position", "stroke", "textAlign", "textDecorationLine",
    "textTransform", "transform", "verticalAlign", "visibility", "whiteSpace", "zIndex"];
  const look = () => shown("body, body *").map((e) => {
    const {left, top, width, height} = e.getBoundingClientRect();
    const parts = [null, "::before", "::after"].map((part) => getComputedStyle(e, part));
    const drawn = parts.filter((style, index) => !index || style.content !== "none");
    return [start(e), left, top, width, height, ...drawn.flatMap((style) => SEEN.map((name) => style[name]))].join(" ");
  });

  const styles = (selector, name, part) => [...new Set(all(selector).map((e) => getComputedStyle(e, part)[name]))];
  const shown = (selector) => all(selector).filter((e) => e.checkVisibility());

  return {still, freeze, thin, axeFaults, crowded, wide, small, labels, reachable, stop, look, styles, shown, start};
})();
