/* Citing: a button beside each section, finding, verdict and figure. All is read from the page; as-cited.js follows dated links.
   Nothing is sent anywhere. */
(() => {
  const script = document.currentScript.src;
  const one = (selector, root = document) => root.querySelector(selector);
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...children);
    return element;
  };
  const button = (text, name, act, more) => {
    const element = make("button", { type: "button", "aria-label": name, ...more }, text);
    element.onclick = act;
    return element;
  };
  const text = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".headerlink, .footnote-ref, [data-unrecorded]").forEach((part) => part.remove());
    return copy.textContent.trim().replace(/\s+/g, " ");
  };
  const today = new Date(Date.now() - new Date().getTimezoneOffset() * 6e4).toISOString().slice(0, 10); // the reader's
  const long = (day) => new Date(day).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  const h1 = one(".page-head h1"), canonical = one("link[rel=canonical]");
  const site = one('meta[property="og:site_name"]')?.content;
  const named = (name) => one(`meta[name="citation_${name}"]`)?.content ?? "";
  const author = one('meta[name="DC.creator"]')?.content || site, editor = named("editor"), publisher = named("publisher");
  const makers = (editor && `, edited by ${editor}`) + (publisher && `, ${publisher}`);

  // Citing
  function describe(host) {
    const { code, asOf = one(".page-head .dates time").dateTime } = host.dataset;
    const said = text(one(".indicator-question, .verdict-head, .figure-title, :scope > p:not(.finding-head, .figure-links)", host) ?? host);
    const name = code ? host.ariaLabel.split(":")[0] : said;
    const title = () => { // only once it is asked for, because to part sentences takes long
      const [first] = new Intl.Segmenter("en", { granularity: "sentence" }).segment(said);
      return (code ? `${name}: ${first.segment.trim()}` : name).replace(/\.$/, "");
    };
    const memento = one("link[rel=memento]"); // the version of the page, beside which are those of its places
    const version = host.id ? host.dataset.version : memento?.href.split("/").at(-2);
    const kept = version && new URL(`../${version}/`, new URL(memento.getAttribute("href"), canonical.href)).href;
    return { name, title, id: host.id, asOf, version, kept };
  }

  const escape = (value) => value.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
  const anchor = (url, kept, text) => // with what Robust Links read
    `<a href="${escape(url)}"${kept ? ` data-versionurl="${escape(kept)}" data-versiondate="${today}"` : ""}>${escape(text)}</a>`;

  function formats({ title: titleOf, id, asOf, version, kept }) {
    const url = new URL(canonical.href), title = titleOf();
    const key = (url.pathname + id).replace(/\W+/g, "-").replace(/^-|-$/g, "") || "site";
    url.search = `cited=${today}${version ? `.${version}` : ""}`;
    url.hash = id;
    const evidence = `vidence as of ${long(asOf)}`, year = one('meta[name="DC.date"]').content.slice(0, 4);
    const quoted = title.replace(/“/g, "‘").replace(/”/g, "’");
    const part = title !== site; // the home page is the site
    const whole = (before, after) => (part ? before + quoted + after : "") + site + makers;
    const names = { "\\": "textbackslash{}", "~": "textasciitilde{}", "^": "textasciicircum{}" };
    const tex = (value) => value.replace(/[\\{}$&#%_~^]/g, (sign) => "\\" + (names[sign] ?? sign));
    return {
      Link: url.href,
      "Plain text": `${whole("“", "”, in ")}, e${evidence}, ${url}`,
      HTML: `${anchor(url.href, kept, title)}${part ? `, in <cite>${escape(site)}</cite>` : ""}${escape(makers)}, e${evidence}`,
      Markdown: `[${title.replace(/[\\`*_[\]<>]/g, "\\$&")}](${url}) (${[part && site, makers.slice(2), `e${evidence}`].filter(Boolean).join(", ")})`,
      Chicago: `${whole("“", ",” ")}, e${evidence}, accessed ${long(today)}, ${url}.`,
      BibTeX: `@misc{${key},
  title = {{${tex(title)}}},
  author = {{${tex(author)}}},${editor && `
  editor = {${tex(editor)}},`}${publisher && `
  publisher = {${tex(publisher)}},`}
  year = {${year}},
  url = {${url}},
  urldate = {${today}},
  note = {E${evidence}}
}`,
      RIS: `TY  - ELEC
TI  - ${title}
AU  - ${author}${editor && `
ED  - ${editor}`}${publisher && `
PB  - ${publisher}`}
PY  - ${year}
UR  - ${url}
Y2  - ${today.replace(/-/g, "/")}
N1  - E${evidence}
ER  - `,
    };
  }

  const dialog = make("dialog", { class: "cite-dialog", "aria-labelledby": "cite-title", "data-unrecorded": "" });

  async function put(types) { // rich text where the browser takes it
    const blobs = Object.entries(types).map(([type, text]) => [type, new Blob([text], { type })]);
    try { await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]); }
    catch { await navigator.clipboard.writeText(types["text/plain"]); }
    return true;
  }

  function open(host, opener) {
    const item = describe(host), said = make("p", { role: "status" });
    const values = formats(item), url = values.Link;
    const copy = async (name, shown) => {
      said.textContent = "";
      getSelection().selectAllChildren(shown); // also for those whose browser refuses both ways
      const text = shown.textContent, types = { "text/plain": text };
      if (/Link|text|Chicago/.test(name)) types["text/html"] = escape(text).replace(escape(url), () => anchor(url, item.kept, url));
      if (name === "HTML") types["text/html"] = text;
      const done = await put(types).catch(() => false) || document.execCommand("copy");
      said.textContent = done ? `Copied: ${name}` : "Not copied. The text is selected; copy it with the keyboard.";
    };
    dialog.replaceChildren(
      make("header", {}, make("h2", { id: "cite-title" }, `Cite: ${item.name}`), said,
        button("Close", "Close", () => dialog.close())),
      ...Object.entries(values).map(([name, value]) => {
        const shown = make("pre", {}, value), start = name === "Link" ? { autofocus: "" } : {};
        const act = () => copy(name, shown);
        return make("section", {}, make("h3", {}, name), button("Copy", `Copy: ${name}`, act, start), shown);
      }));
    dialog.onclose = () => opener.focus();
    dialog.showModal();
  }

  const head = (host) => one(".finding-head, .verdict-head, .figure-links", host);
  const offer = (host) => button("Cite", `Cite: ${describe(host).name}`, (event) => open(host, event.target),
    { class: "cite", "data-unrecorded": "" });
  if (canonical && one(".page-head .dates")) {
    document.body.append(dialog);
    document.querySelectorAll(".md-content__inner :is(h2, h3, article, .verdict, figure)[id]").forEach((host) => {
      if (head(host)) head(host).append(" ", offer(host));
      // After a heading, because inside it would become part of its name; in place of the bare link, because browsers that come
      // back to a line find it by counting elements
      else if (!host.closest(".page-foot, [data-unrecorded]")) host.nextElementSibling?.replaceWith(offer(host));
    });
    one(".page-foot .citation").after(offer(h1));
  }

  const [, cited, version] = /^(20\d\d-\d\d-\d\d)(?:\.([0-9a-f]{12}))?$/.exec(new URLSearchParams(location.search).get("cited")) ?? [];
  const day = new Date(cited);
  if (h1 && day > 0 && day.toISOString().startsWith(cited) && cited <= today) {
    import(new URL("as-cited.js", script)).then(({ follow }) => follow({ one, make, long, head }, cited, version))
      .catch(() => {}); // without the list there is nothing to say
  }

  // Safari takes no table for one once a narrow screen stacks its cells, unless it is told; in HTML that may not be written
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  document.querySelectorAll("table, thead, tbody, tr, th, td").forEach((part) =>
    part.setAttribute("role", roles[part.tagName] ?? (part.scope === "row" ? "rowheader" : "columnheader")));

  document.querySelectorAll(".overdue[data-review-by]").forEach((note) => {
    note.hidden &&= today <= note.dataset.reviewBy;
  });
})();
