/* What the theme's frame lacks: real buttons, focus that comes back, contents that follow the text. The theme's own script weighs
   more than all else of a page and comes when somebody searches; so colours and the keys of the search are here too. */
(() => {
  const one = (selector) => document.querySelector(selector);
  const byId = (id) => document.getElementById(id);

  // Opened from a disk, where no server knows the page of a folder
  if (location.protocol === "file:") for (const link of document.links) if (/^file:.*\/$/.test(link.href.split("#")[0])) link.pathname += "index.html";

  // A code after the #, as people type it
  const code = /^#([a-z]\d+)$/i.exec(location.hash)?.[1].toUpperCase(), coded = code && one(`[data-code="${code}"][id]`);
  if (coded) location.replace(`#${coded.id}`);

  // Labels of hidden boxes, which no Tab reaches, become buttons; the theme's styles know them by class and `for`
  const names = { __drawer: "Menu", __search: "Search" };
  document.querySelectorAll(".md-header [for=__drawer], .md-header__button[for=__search]").forEach((label) => {
    const id = label.getAttribute("for"), box = byId(id), button = document.createElement("button");
    button.type = "button";
    button.className = label.className;
    button.setAttribute("for", id);
    button.ariaLabel = names[id];
    button.append(...label.childNodes);
    button.onclick = () => box.click();
    const tell = () => button.setAttribute("aria-expanded", box.checked);
    box.addEventListener("change", tell);
    tell();
    label.replaceWith(button);
  });

  // The menu takes the focus when it opens, closes when the focus leaves it, and gives it back on Escape
  const menu = one(".md-sidebar--primary"), opened = byId("__drawer");
  opened.addEventListener("change", () => opened.checked && menu.querySelector("a").focus());
  menu.addEventListener("focusout", ({ relatedTarget: next }) => {
    if (opened.checked && next && !menu.contains(next)) opened.click();
  });

  // The search brings the theme's script, and gives the focus back to where it was called from
  const search = one(".md-search"), searching = byId("__search"), field = one(".md-search__input");
  const later = byId("later").content, script = later.querySelector("script");
  const wake = () => document.body.append(later); // nothing, the second time
  const set = (box, to) => box.checked === to || box.click(); // the theme listens
  let caller;
  if (field) {
    const type = () => field.dispatchEvent(new KeyboardEvent("keyup")); // the theme hears no words that are pasted or spoken
    field.addEventListener("input", type);
    script.addEventListener("load", type);
    search.addEventListener("pointerover", wake);
    search.addEventListener("focusin", ({ relatedTarget: from }) => {
      wake();
      set(searching, true);
      if (!search.contains(from)) caller = from;
    });
    searching.addEventListener("change", () => searching.checked && field.focus());
  } else wake(); // Zensical's script draws it
  if (/[?&][hq]=/.test(location.search)) { // words in an address are marked, once the page is there as far as the theme knows
    script.addEventListener("load", () => document.dispatchEvent(new Event("DOMContentLoaded")));
    wake();
  }

  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (/^[fs/]$/.test(key) && field && !event.ctrlKey && !event.metaKey && !event.altKey && !target.matches("input, textarea")) {
      event.preventDefault();
      field.select();
    } else if (key === "Tab" && search.contains(target)) {
      set(searching, false); // its results are reached by arrows
    } else if (key === "Escape" && opened.checked) {
      opened.click();
      one(".md-header [for=__drawer]").focus();
    } else if (key === "Escape" && search.contains(document.activeElement)) {
      document.activeElement.blur();
      set(searching, false);
      caller?.focus();
    }
  }, true); // before the theme, which takes the focus away

  // Colours, kept where and as the theme keeps them
  const { dataset } = document.body, schemes = [...document.querySelectorAll("[name=__palette]")];
  const paint = () => schemes.forEach((input) => {
    input.checked = input.dataset.mdColorScheme === dataset.mdColorScheme;
    input.nextElementSibling.hidden = !input.checked;
  });
  schemes.forEach((input, index) => input.addEventListener("change", () => {
    const { mdColorMedia: media, mdColorScheme: scheme } = input.dataset;
    dataset.mdColorScheme = scheme;
    paint();
    __md_set("__palette", { index, color: { media, scheme } });
  }));
  paint();

  // Printing, once
  const chosen = document.documentElement.dataset;
  document.querySelectorAll("[data-paper]").forEach((button) => button.addEventListener("click", () => {
    chosen.paper = button.dataset.paper;
    print();
  }));
  addEventListener("afterprint", () => delete chosen.paper);

  // The list beside the text marks the section that is read
  const links = [...document.querySelectorAll(".md-nav--secondary a")], sections = links.map(({ hash }) => byId(hash.slice(1)));
  const seen = new IntersectionObserver(() => {
    const now = sections.findLastIndex((section) => section.getBoundingClientRect().top < innerHeight / 3);
    links.forEach((link, index) => link.classList.toggle("md-nav__link--active", index === now));
  }, { rootMargin: "0px 0px -66%" });
  sections.forEach((section) => seen.observe(section));
})();
