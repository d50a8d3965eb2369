/* What the theme's frame lacks for the keyboard and for screen readers: real buttons for its menus on narrow screens, focus
   that comes back from menu and search, and notes that have a name and that Escape puts away. */
(() => {
  const one = (selector) => document.querySelector(selector);
  const byId = (id) => document.getElementById(id);

  // Labels of hidden boxes, which no Tab reaches, become buttons; the theme's styles know them by class and `for`
  const names = { __drawer: "Menu", __search: "Search" };
  const labels = ".md-header [for=__drawer], .md-header__button[for=__search]";
  document.querySelectorAll(labels).forEach((label) => {
    const id = label.getAttribute("for"), box = byId(id), button = document.createElement("button");
    button.type = "button";
    button.className = label.className;
    button.setAttribute("for", id);
    if (names[id]) button.ariaLabel = names[id];
    button.append(...label.childNodes);
    button.onclick = () => box.click();
    const tell = () => button.setAttribute("aria-expanded", box.checked);
    box.addEventListener("change", tell);
    tell();
    label.replaceWith(button);
  });

  // The menu takes the focus when it opens, closes when the focus leaves it, and gives it back on Escape
  const menu = one(".md-sidebar--primary"), opened = byId("__drawer");
  opened?.addEventListener("change", () => opened.checked && menu.querySelector("a").focus());
  menu?.addEventListener("focusout", ({ relatedTarget: next }) => {
    if (opened.checked && next && !menu.contains(next)) opened.click();
  });

  // The search gives it back to where it was called from
  const search = one(".md-search"), searching = byId("__search");
  let caller;
  searching?.addEventListener("change", () => searching.checked && one(".md-search__input").focus());
  search?.addEventListener("focusin", ({ relatedTarget: from }) => {
    if (!search.contains(from)) caller = from;
  });

  addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    document.body.dataset.notes = "away";
    if (opened?.checked) {
      opened.click();
      one(".md-header [for=__drawer]").focus();
    } else if (search?.contains(document.activeElement)) {
      document.activeElement.blur();
      caller?.focus();
    }
  }, true); // before the theme, which takes the focus away

  // Notes that appear beside what has the focus or the pointer
  ["focusin", "pointerover"].forEach((name) => addEventListener(name, () => delete document.body.dataset.notes));
  new MutationObserver(() => {
    document.querySelectorAll(".md-tooltip2[role=dialog]:not([aria-label])").forEach((note) => note.ariaLabel = "Note");
  }).observe(document.body, { childList: true });
})();
