/* Check a briefing: every link into this site that a memo holds, with its state. Nothing leaves the browser.
   scripts/briefing.py takes the same steps; a test holds both to the same rows. */
(() => {
  const find = (id) => document.getElementById("briefing-" + id);
  const list = document.querySelector('link[href$="data/permalinks.json"]').href;
  const root = list.replace("data/permalinks.json", "");
  const fail = (reason) => { throw Error(reason); };

  // What a memo says
  const SIGNS = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  const REFERENCE = /&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g;
  const plain = (text) => text.replace(REFERENCE, (all, decimal, hex, name) => {
    const code = +(decimal ?? "0x" + hex);
    return SIGNS[name] ?? (code && code < 0x110000 && code >> 11 !== 27 ? String.fromCodePoint(code) : all);
  });

  function word(xml = "", relations = "") { // Word keeps a link's target in a second file, and its fragment apart
    const value = (tag, name) => RegExp(`\\s${name}=["']([^"']*)`).exec(tag)?.[1] ?? "";
    const tags = /<[^<>]*>/g;
    const targets = new Map(relations.match(tags)?.map((tag) => [value(tag, "Id"), value(tag, "Target")])).set("", "");
    return plain(xml.replace(tags, (tag) => {
      const target = targets.get(value(tag, "r:id")), anchor = value(tag, "w:anchor");
      if (target) return ` ${target}${anchor && "#" + anchor} `;
      return /^<(\/w:p|w:br|w:tab)[\s/>]/.test(tag) ? " " : "";
    })).replace(/HYPERLINK +"([^"]*)" +\\l +"([^"]*)"/g, '"$1#$2"');
  }

  async function unzip(buffer) {
    const view = new DataView(buffer), parts = {};
    const short = (at) => view.getUint16(at, true), long = (at) => view.getUint32(at, true);
    const bytes = (from, size) => new Uint8Array(buffer, from, size);
    let end = view.byteLength - 22;
    while (long(end) !== 0x06054b50) end--; // throws before the beginning
    let at = long(end + 16);
    for (let left = short(end + 10); left--; at += 46 + short(at + 28) + short(at + 30) + short(at + 32)) {
      const name = String.fromCharCode(...bytes(at + 46, short(at + 28))), from = long(at + 42);
      if (!/^word\/(_rels\/)?(document|footnotes|endnotes|comments)\.xml/.test(name)) continue;
      if (short(at + 8) & 1 || long(at + 24) > 5e7) fail(); // encrypted, or no memo unpacks to so much
      const data = bytes(from + 30 + short(from + 26) + short(from + 28), long(at + 20));
      // Dressed as a gzip file, so that the browser compares checksum and length too
      const head = Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 255);
      const gzip = new Blob([head, data, bytes(at + 16, 4), bytes(at + 24, 4)]).stream();
      const stream = short(at + 10) ? gzip.pipeThrough(new DecompressionStream("gzip")) : data;
      parts[name] = await new Response(stream).text();
    }
    if (parts["word/document.xml"] === undefined) fail();
    const names = ["document", "footnotes", "endnotes", "comments"];
    return names.map((name) => word(parts[`word/${name}.xml`], parts[`word/_rels/${name}.xml.rels`])).join(" ");
  }

  async function read(file) {
    if (/\.(md|txt|html?)$/i.test(file.name)) return plain(await file.text());
    if (!/\.docx$/i.test(file.name)) fail(`${file.name} is not a .md, .txt, .html or .docx file.`);
    return file.arrayBuffer().then(unzip).catch(() =>
      fail(`${file.name} is damaged, too large, protected by a password or not a .docx file. Save a new copy.`));
  }

  // Which links it holds, and their state
  // Not in a link: spaces, controls, quotes, brackets, general punctuation; parentheses only in pairs
  const IN = "[^\\0- \"'<>[\\]\\\\^`{|}\\x7f-\\xa0\\xad«»\\u1680\\u2000-\\u206f\\u3000-\\u3003\\ufeff()]";
  const LINK = RegExp(`[Hh][Tt][Tt][Pp][Ss]?://(?:${IN}+|\\(${IN}*\\))+`, "g");
  const CITED = /(?:^|&)cited=([12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?:&|$)/;
  const bare = (url) => url.replace(/^\w+:\/\//, "").replace(/^[^/?#]*/, (host) => host.toLowerCase());
  const decode = (text) => { try { return decodeURIComponent(text); } catch { return text; } };

  function place(link, sites) { // its address and date of citing; nothing if it leads elsewhere
    let end = link.length;
    while (".,;:!?*_~".includes(link[end - 1])) end--;
    const rest = bare(link.slice(0, end));
    const site = sites.find((site) => rest.startsWith(site) && /^[/?#]?$/.test(rest.charAt(site.length)));
    if (site === undefined) return [];
    const [, path, query = "", fragment = ""] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?/s.exec(rest.slice(site.length));
    const page = decode(path).replace(/\/index\.html$/, "/"), id = decode(fragment.split(":~:")[0]);
    const address = page + (page.endsWith("/") ? "" : "/") + (id && "#" + id);
    return [[...address].slice(0, 300).join(""), CITED.exec(query)?.[1] ?? ""];
  }

  function check(text, { site, addresses }) { // a row for each address and date of citing, in the memo's order
    const sites = [site, root].map((url) => bare(url).replace(/\/$/, "")), rows = new Map();
    const judge = (address, cited) => {
      const record = addresses[address], [page] = address.split("#"), held = addresses[page];
      if (!record) return { state: "never", changes: [], nearest: held && !held.retired && page };
      if (record.retired) return { state: "retired", changes: [{ ...record, date: record.retired }] };
      const changes = (record.changes ?? []).filter(({ date }) => cited && date > cited);
      return { state: changes.length ? "changed" : "lands", changes };
    };
    for (const [link] of text.matchAll(LINK)) {
      const [address, cited] = place(link, sites), key = cited + address;
      if (!address) continue;
      if (!rows.has(key)) rows.set(key, { address, cited, count: 0, ...judge(address, cited) });
      rows.get(key).count++;
    }
    return [...rows.values()];
  }

  // Showing it, as text only
  const MOST = 1000; // more rows than any memo has would only keep the browser busy
  const STATES = {
    lands: ["lands", "land"],
    changed: ["has changed", "have changed"],
    retired: ["is retired", "are retired"],
    never: ["never existed", "never existed"],
  };
  const day = (date) => new Date(date).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  const add = (parent, tag, textContent = "", more = {}) =>
    Object.assign(parent.appendChild(document.createElement(tag)), { textContent, ...more });
  const say = (text, shown) => {
    find("summary").textContent = text;
    find("table").hidden = !shown;
  };

  function show(rows, { site, addresses }) {
    const link = (parent, address) => {
      const { code, title } = addresses[address];
      const name = code && !title.startsWith(code) ? `${code}: ${title}` : title;
      add(parent, "a", name, { href: root + address.slice(1) });
    };
    find("rows").replaceChildren();
    for (const { address, cited, count, state, changes, nearest } of rows.slice(0, MOST)) {
      const row = add(find("rows"), "tr", "", { role: "row", className: state });
      const head = add(row, "th", "", { role: "rowheader", scope: "row" });
      if (state === "lands" || state === "changed") link(head, address);
      add(head, "span", address, { className: "address" });
      if (cited) add(head, "small", `cited ${day(cited)}`);
      if (count > 1) add(head, "small", `${count} times`);
      add(row, "td", STATES[state][0], { role: "cell", className: "status" });
      const cell = add(row, "td", "", { role: "cell" });
      if (state === "lands") add(cell, "p", cited ? "Unchanged since then." : "It has no date to compare with.");
      changes.forEach(({ date, note }) => add(cell, "p", `${day(date)}: ${note}`));
      if (state === "retired" && !changes[0].successor) add(cell, "p", "Nothing took its place.");
      else if (state === "retired") offer(add(cell, "p", "Now: "), site + changes[0].successor.slice(1));
      if (nearest) link(add(cell, "p", "Nearest: "), nearest);
      else if (state === "never") add(cell, "p", "There is no such page.");
    }
    const parts = Object.entries(STATES).flatMap(([state, words]) => {
      const count = rows.filter((row) => row.state === state).length;
      return count ? `${count} ${words[+(count > 1)]}` : [];
    });
    const into = `${rows.length || "No"} link${rows.length === 1 ? "" : "s"} into this site`;
    const cut = rows.length > MOST ? ` The first ${MOST} are listed.` : "";
    say(`${[into, ...(parts.length ? [parts.join(", ")] : [])].join(": ")}.${cut}`, rows.length);
  }

  function offer(line, address) {
    const shown = add(line, "span", address, { className: "address" });
    const button = add(line, "button", "Copy", { type: "button", ariaLabel: "Copy " + address });
    const said = add(line, "span", "", { role: "status" });
    button.onclick = async () => {
      getSelection().selectAllChildren(shown); // for those whose browser refuses
      const done = await navigator.clipboard?.writeText(address).then(() => true, () => false);
      said.textContent = done ? "Copied." : "Selected: copy it with the keyboard.";
    };
  }

  let turn = 0;
  async function run(text) {
    const mine = ++turn; // a slow file must not overwrite what was asked after it
    say("Reading …");
    try {
      const answer = await fetch(list);
      const contract = answer.ok ? await answer.json() : fail("The list of addresses cannot be read. Try again later.");
      const rows = check(await text(), contract);
      if (mine === turn) show(rows, contract);
    } catch ({ message }) {
      if (mine === turn) say(message);
    }
  }

  const take = (file) => file && run(() => read(file));
  find("form").hidden = false;
  find("form").onsubmit = (event) => {
    event.preventDefault();
    run(() => plain(find("memo").value));
  };
  find("file").onchange = ({ target }) => take(target.files[0]);
  addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
})();
