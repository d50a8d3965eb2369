/* Citing: a button beside everything that has an address. What it opens comes with the first click (cite-formats.js), and what a
   dated link needs comes with that (as-cited.js). Nothing is sent anywhere. */
(() => {
  const script = document.currentScript.src, load = (name) => import(new URL(name, script));
  const one = (selector, root = document) => root.querySelector(selector);
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...children);
    return element;
  };
  const text = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".footnote-ref, .also, [data-unrecorded]").forEach((part) => part.remove());
    return copy.textContent.trim().replace(/\s+/g, " ");
  };
  const today = new Date(Date.now() - new Date().getTimezoneOffset() * 6e4).toISOString().slice(0, 10); // the reader's
  const long = (day) => new Date(day).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });

  // What a place says that names it: a question with its answer, an event with its day
  const said = (host) => {
    const parts = host.querySelectorAll(":scope > :is(.when, .what, .says, th, .answer-cell), :scope > * > :is([role=heading], .figure-title)");
    const day = one(":scope > .when", host) ? ": " : " ";
    return [...parts].map(text).join(day) || text(one(":scope > p:not(.finding-head)", host) ?? host);
  };
  const name = ({ dataset, ariaLabel }, words) => dataset.code ? ariaLabel.split(/[:,]/)[0] : words;
  const head = (host) => one(".finding-head, .verdict-head, .figure-links", host);
  const kit = { one, make, text, today, long, said, name, head };

  const offer = (host) => {
    const label = `Cite: ${name(host, said(host))}`, button = make("button", { type: "button", class: "cite", "data-unrecorded": "" }, "Cite");
    button.ariaLabel = label;
    button.onclick = () => load("cite-formats.js").then(({ open }) => open(kit, host, button), () => { location.hash = host.id; });
    return button;
  };
  if (one("link[rel=canonical]") && one(".page-head .dates")) {
    const places = "h2, h3, article, .verdict, figure, .timeline > li, .bibliography > li, .terms dt";
    document.querySelectorAll(`.md-content__inner :is(${places})[id], .verdicts [data-cites]`).forEach((host) => {
      const spot = head(host) ?? one(".more, .cited-in, .why > p", host) ?? (host.matches("dt") && host.nextElementSibling);
      if (spot) spot.append(" ", offer(host));
      // After a heading, because inside it would become part of its name; in place of the bare link, because browsers that come
      // back to a line find it by counting elements
      else if (!host.closest(".page-foot, [data-unrecorded]")) host.nextElementSibling?.replaceWith(offer(host));
    });
    one(".page-foot h2").after(offer(one(".page-head h1")));
  }

  const [, cited, version] = /^(20\d\d-\d\d-\d\d)(?:\.([0-9a-f]{12}))?$/.exec(new URLSearchParams(location.search).get("cited")) ?? [];
  const day = new Date(cited);
  if (one(".page-head h1") && day > 0 && day.toISOString().startsWith(cited) && cited <= today) {
    load("as-cited.js").then(({ follow }) => follow(kit, cited, version)).catch(() => {}); // without the list there is nothing to say
  }

  // Safari takes no table for one once a narrow screen stacks its cells, unless it is told; in HTML that may not be written
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  document.querySelectorAll("table, thead, tbody, tr, th, td").forEach((part) =>
    part.setAttribute("role", roles[part.tagName] ?? (part.scope.startsWith("row") ? "rowheader" : "columnheader")));

  document.querySelectorAll(".overdue[data-review-by]").forEach((note) => {
    note.hidden &&= today <= note.dataset.reviewBy;
  });
})();
