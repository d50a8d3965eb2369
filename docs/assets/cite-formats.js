/* What a Cite button opens: one place in the forms that people paste, as plain and as rich text. All is read from the page. */
const escape = (value) => value.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
const italic = (value) => `<i>${escape(value)}</i>`;
const TEX = { "\\": "textbackslash{}", "~": "textasciitilde{}", "^": "textasciicircum{}" };
const tex = (value) => value.replace(/[\\{}$&#%_~^]/g, (sign) => "\\" + (TEX[sign] ?? sign));
const wiki = (value) => value.replace(/[[\]{}|<>]/g, (sign) => `&#${sign.charCodeAt()};`);
const lines = (...rows) => rows.filter(Boolean).join("\n");
const meta = (name) => document.querySelector(`meta[name="${name}"], meta[property="${name}"]`)?.content ?? "";

// The versions of all places that this page shows, by id (build.py)
const { href: shown } = document.querySelector("link[rel=memento]") ?? location;
const versions = fetch(new URL("places.json", shown)).then((answer) => answer.json()).catch(() => ({}));

/* What is cited: titles, dates, makers, its address of today, and where the words of today are kept. */
function describe({ one, text, today, said, name }, host, versions) {
  const { cites, code, asOf = one(".page-head .dates time").dateTime, status, verdict, position } = host.dataset;
  const words = said(host), [first] = new Intl.Segmenter("en", { granularity: "sentence" }).segment(words);
  const called = name(host, words), site = meta("og:site_name");
  const title = (code ? `${called}: ${first.segment.trim()}` : called).replace(/\.$/, "");
  const place = cites ? one("a", host).getAttribute("href") : host.id && `#${host.id}`, canonical = one("link[rel=canonical]").href;
  const url = new URL(place, canonical), memento = new URL(one("link[rel=memento]")?.getAttribute("href") ?? "", canonical).href;
  const version = cites || host.id ? versions[cites ?? host.id] : memento.split("/").at(-2);
  const key = [...(url.pathname + url.hash).match(/\w+/g) ?? ["site"], meta("DC.date").slice(0, 4)].join("-");
  url.search = `cited=${today}${version ? `.${version}` : ""}`;
  const notes = new Set([...host.querySelectorAll(".footnote-ref")].map(({ hash }) => hash));
  const sources = [...notes].map((hash) => {
    const note = one(hash).cloneNode(true), link = one("a:not(.back)", note)?.href;
    note.querySelector(".back").remove();
    return { said: text(note), link };
  });
  const body = [...host.querySelectorAll(":scope > :is(p, ul, ol):not(.finding-head), .reading-text")].map(text).join("\n");
  return {
    url, key, title, site, code, asOf, sources, body, kept: version && new URL(`../${version}/`, memento).href,
    status: (status ?? verdict ?? position ?? "").replace("-", " "), changed: meta("DC.date"), part: title !== site, // the home page is the site
    author: meta("DC.creator") || site, editor: meta("citation_editor"), publisher: meta("citation_publisher"),
  };
}

/* Each form with its plain text and, where it is pasted into documents, its rich text. */
function formats(item, { today, long }) {
  const { url: { href }, key, title, site, part, kept, asOf, author, editor, publisher, changed, sources } = item;
  const evidence = `vidence as of ${long(asOf)}`, quoted = title.replace(/“/g, "‘").replace(/”/g, "’");
  const makers = (editor && `, edited by ${editor}`) + (publisher && `, ${publisher}`), [year, month, day] = changed.split("-").map(Number);
  const link = (text) => // with what Robust Links read
    `<a href="${escape(href)}"${kept ? ` data-versionurl="${escape(kept)}" data-versiondate="${today}"` : ""}>${escape(text)}</a>`;
  const both = (write) => [write(String, String, href), write(escape, italic, link(href))];
  const list = (write) => sources.map(write).join("");
  const about = `${item.status && `${item.status}, `}e${evidence}`;
  const json = {
    id: key, type: "webpage", title, ...part && { "container-title": site }, author: [{ literal: author }], ...editor && { editor: [{ literal: editor }] },
    ...publisher && { publisher }, issued: { "date-parts": [[year, month, day]] }, accessed: { "date-parts": [today.split("-").map(Number)] },
    URL: href, note: `E${evidence}`,
  };
  return {
    Link: both((_, __, url) => url),
    "Plain text": both((as, name, url) => `${part ? as(`“${quoted}”, in `) : ""}${name(site)}${as(makers)}, e${evidence}, ${url}`),
    ...item.code && sources.length && { "With its sources": [
      lines(`${item.code} (${about}): ${item.body}`, href, "Sources:", list(({ said, link }, number) => lines(`${number ? "\n" : ""}${number + 1}. ${said}`, link))),
      `<p>${link(item.code)} (${escape(about)}): ${escape(item.body)}</p><ol>${list(({ said, link }) => `<li>${link ? `<a href="${escape(link)}">${escape(said)}</a>` : escape(said)}</li>`)}</ol>`,
    ] },
    Chicago: both((as, name, url) =>
      `${part ? as(`“${quoted},” `) : ""}${name(site)}${as(makers)}, last modified ${long(changed)}, e${evidence}, accessed ${long(today)}, ${url}.`),
    HTML: Array(2).fill(`${link(title)}${part ? `, in <cite>${escape(site)}</cite>` : ""}${escape(makers)}, e${evidence}`),
    Markdown: [`[${title.replace(/[\\`*_[\]<>]/g, "\\$&")}](${href}) (${[part && site, makers.slice(2), `e${evidence}`].filter(Boolean).join(", ")})`],
    Wikipedia: [`{{cite web |url=${href} |title=${wiki(title)}${part ? ` |website=${wiki(site)}` : ""}${editor && ` |editor=${wiki(editor)}`}${
      publisher && ` |publisher=${wiki(publisher)}`} |date=${long(changed)} |access-date=${long(today)}}}`],
    BibTeX: [lines(`@misc{${key},`, `  title = {{${tex(title)}}},`, `  author = {{${tex(author)}}},`, editor && `  editor = {${tex(editor)}},`,
      publisher && `  publisher = {${tex(publisher)}},`, `  year = {${year}},`, `  date = {${changed}},`, `  url = {${href}},`, `  urldate = {${today}},`,
      `  note = {E${evidence}}`, "}")],
    RIS: [lines("TY  - ELEC", `TI  - ${title}`, part && `T2  - ${site}`, `AU  - ${author}`, editor && `ED  - ${editor}`, publisher && `PB  - ${publisher}`,
      `PY  - ${year}`, `DA  - ${changed.replace(/-/g, "/")}`, `UR  - ${href}`, `Y2  - ${today.replace(/-/g, "/")}`, `N1  - E${evidence}`, "ER  - ") + "\n"],
    "CSL-JSON": [JSON.stringify([json], null, 1)],
    ...kept && { "Link to these words": [kept] },
  };
}

async function put(plain, rich) {
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": plain, ...rich && { "text/html": rich } })]);
  return true;
}

let dialog;

export async function open(kit, host, opener) {
  const { make, name, said } = kit, values = formats(describe(kit, host, await versions), kit);
  const status = make("p", { role: "status" }), shown = make("pre", {}, values.Link[0]);
  const button = (text, name, act) => {
    const made = make("button", { type: "button", "aria-label": name }, text);
    made.onclick = act;
    return made;
  };
  const copy = (form) => async () => {
    const [plain, rich] = values[form];
    status.textContent = "";
    shown.textContent = plain;
    getSelection().selectAllChildren(shown); // also for those whose browser refuses both ways
    const done = await put(plain, rich).catch(() => false) || document.execCommand("copy");
    status.textContent = done ? `Copied: ${form}` : "Not copied. The text is selected; copy it with the keyboard.";
  };
  dialog?.remove(); // of a press before, also when this was on its way
  dialog = make("dialog", { class: "cite-dialog", "aria-labelledby": "cite-title", "data-unrecorded": "" },
    make("header", {}, make("h2", { id: "cite-title" }, `Cite: ${name(host, said(host))}`), button("Close", "Close", () => dialog.close())),
    make("div", { role: "group", "aria-label": "Copy" }, ...Object.keys(values).map((form) => button(form, `Copy: ${form}`, copy(form)))),
    status, shown);
  dialog.onclose = () => opener.focus();
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("div button").focus();
}
