/* Check a briefing: every link into this site that a memo holds, with its state. Nothing leaves the browser.
   scripts/briefing.py and memo_text.py do the same; memo-rules.json holds both to it, and a test to the same rows. */
(() => {
  const find = (id) => document.getElementById("briefing-" + id);
  const list = document.querySelector('link[href$="data/permalinks.json"]').href;
  const root = list.replace("data/permalinks.json", "");
  const fail = (reason) => { throw Error(reason); };
  let rules;

  // What a memo says
  const made = new Map();
  function pattern(text, flags = "u", hosts = "") { // of the rules, with what its capital words stand for
    const key = [text, flags, hosts].join(), make = () => RegExp(
      text.replaceAll("LINK_SIGN", rules.sign).replaceAll("HOST", hosts).replaceAll("END", "(?![^])"), flags);
    return made.get(key) ?? made.set(key, make()).get(key);
  }
  const swap = (text, steps) => steps.reduce((text, [from, to]) => text.replace(pattern(from, "gu"), to), text);
  const decode = (text, otherwise = text) => { try { return decodeURIComponent(text); } catch { return otherwise; } };
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt());

  function fromBytes(bytes) {
    const none = (a, b) => bytes.length > 3 && !bytes[a] && !bytes[b], mark = bytes[0] << 8 | bytes[1];
    const name = mark === 0xfffe || none(1, 3) ? "utf-16le" : mark === 0xfeff || none(0, 2) ? "utf-16be" : "utf-8";
    return new TextDecoder(name).decode(bytes);
  }

  const quotedPrintable = (text) => text.replace(/=[ \t]*\r?\n/g, "")
    .replace(/(?:=[0-9A-Fa-f]{2})+/g, (run) => decode(run.replaceAll("=", "%"), "\ufffd"));

  function plain(text) {
    if (pattern(rules.quoted_printable).test(text)) text = quotedPrintable(text);
    text = swap(text, rules.before);
    for (let twice = 2; twice--;) { // HTML in XML has references of references
      text = text.replace(RegExp(rules.reference, "g"), (all, decimal, hex, name) => {
        const code = +(decimal ?? "0x" + hex);
        if (name) return Object.hasOwn(rules.names, name) ? rules.names[name] : all;
        return code && code < 0x110000 && code >> 11 !== 27 ? String.fromCodePoint(code) : all;
      });
    }
    return swap(text, rules.after);
  }

  function fromXml(xml, relations = "") { // Word keeps targets in a second part, fragments apart
    const value = (tag, name) => RegExp(`[ \\t\\r\\n]${name}=["']([^"']*)`).exec(tag)?.[1] ?? "", tags = /<[^<>]*>/g;
    const targets = new Map(relations.match(tags)?.map((tag) => [value(tag, "Id"), value(tag, "Target")])).set("", "");
    return swap(xml, rules.xml).replace(tags, (tag) => {
      const target = targets.get(value(tag, "(?!w:)[A-Za-z0-9]+:id")), anchor = value(tag, "w:anchor");
      return target ? ` ${target}${anchor && "#" + anchor} ` : "";
    });
  }

  function unzip({ buffer }) { // where each part lies, and a function that reads one
    const view = new DataView(buffer), entries = new Map();
    const short = (at) => view.getUint16(at, true), long = (at) => view.getUint32(at, true);
    const bytes = (from, size) => new Uint8Array(buffer, from, size);
    let end = view.byteLength - 22, room = rules.most_bytes;
    while (long(end) !== 0x06054b50) end--; // throws before the beginning
    let at = long(end + 16);
    for (let left = short(end + 10); left--; at += 46 + short(at + 28) + short(at + 30) + short(at + 32)) {
      entries.set(new TextDecoder().decode(bytes(at + 46, short(at + 28))), at);
    }
    return [[...entries.keys()], async (name) => {
      const at = entries.get(name), from = long(at + 42);
      if (short(at + 8) & 1) fail(); // encrypted
      const data = bytes(from + 30 + short(from + 26) + short(from + 28), long(at + 20)), chunks = [];
      // Dressed as a gzip file, so that the browser compares checksum and length too
      const head = Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 255), packed = new Blob([head, data, bytes(at + 16, 4), bytes(at + 24, 4)]);
      const stream = short(at + 10) ? packed.stream().pipeThrough(new DecompressionStream("gzip")) : new Blob([data]).stream();
      for (let reader = stream.getReader(), part; !(part = await reader.read()).done; chunks.push(part.value)) {
        if ((room -= part.value.length) < 0) { reader.cancel(); fail(); } // because sizes in an archive can be false
      }
      return fromBytes(new Uint8Array(await new Blob(chunks).arrayBuffer()));
    }];
  }

  async function fromOffice(data) {
    const [all, part] = unzip(data);
    let main = "content.xml", names = all.filter((name) => name === "styles.xml");
    if (!all.includes(main)) {
      const [tag] = /<[^<>]*\/officeDocument["'][^<>]*>/.exec(await part("_rels/.rels"));
      main = /[ \t\r\n]Target=["']\/?([^"']*)/.exec(tag)[1];
      names = all.filter((name) => name.startsWith(main.replace(/[^/]*$/, "")) && name.endsWith(".xml") && name !== main);
    }
    const texts = [];
    for (const name of [main, ...names.sort()]) {
      const beside = name.replace(/([^/]*)$/, "_rels/$1.rels");
      texts.push(fromXml(await part(name), all.includes(beside) ? await part(beside) : ""));
    }
    return texts.join("\n");
  }

  function fromMail(text) { // its texts, without what is attached
    const bounds = [...text.matchAll(/boundary="?([^"\r\n;]+)/gi)].map(([, each]) => each.replace(/\W/g, "\\$&")).join("|");
    const parts = bounds ? text.split(RegExp(`(?:^|\r?\n)--(?:${bounds})(?:--)?[ \t]*(?:\r?\n|$)`)) : [text];
    return parts.map((part) => {
      const gap = /(?:^|\n)\r?\n/.exec(part);
      if (!gap) return "";
      const head = part.slice(0, gap.index), body = part.slice(gap.index + gap[0].length);
      const said = (name, usual) => RegExp(`^content-${name}:\\s*([\\w/-]+)`, "im").exec(head)?.[1].toLowerCase() ?? usual;
      const kind = said("type", "text/"), coded = said("transfer-encoding");
      if (kind.startsWith("message/")) return fromMail(body);
      if (!kind.startsWith("text/")) return "";
      if (coded === "base64") return fromBytes(bytesOf(body.replace(/[^A-Za-z0-9+/]/g, "")));
      return coded === "quoted-printable" ? quotedPrintable(body) : body;
    }).join("\n\n");
  }

  async function read(file) {
    const kind = Object.keys(rules.kinds).find((kind) => pattern(rules.kinds[kind]).test(file.name.toLowerCase())) ?? "unknown";
    const readers = { text: fromBytes, office: fromOffice, mail: (data) => fromMail(fromBytes(data)),
      rtf: (data) => swap(fromBytes(data), rules.rtf) };
    const no = (fault) => fail(`${file.name} ${rules.faults[fault]}.`);
    if (!readers[kind]) no(kind);
    if (file.size > rules.most_bytes) no("damaged");
    try { return plain(await readers[kind](new Uint8Array(await file.arrayBuffer()))); } catch { return no("damaged"); }
  }

  // Which links it holds
  const bare = (url) => {
    const rest = url.replace(pattern(rules.scheme), ""), [host] = /^[^/?#]*/.exec(rest);
    return host.toLowerCase().replace(pattern(rules.host, "gu"), "") + rest.slice(host.length);
  };
  const fromBase64 = (text) => {
    try { return fromBytes(bytesOf(text.replace(/-/g, "+").replace(/_/g, "/"))); } catch { return ""; }
  };
  const undo = {
    plain: (url) => url,
    encoded: (url) => decode(url),
    base64: fromBase64,
    "proofpoint-2": (url) => decode(url.replace(/-/g, "%").replace(/_/g, "/")),
    "proofpoint-3": (url, packed) => { // `*` stands for one sign of those kept apart, `**` and a letter for a run
      const signs = [...fromBase64(packed)];
      return url.replace(/\*(?:\*(.))?/gu, (all, run) => signs.splice(0, run ? rules.run.indexOf(run) + 2 : 1).join(""));
    },
  };

  function check(text, { site, addresses, versions }) { // a row for each address and version cited, in the memo's order
    const known = new Map(Object.values(addresses).filter(({ code }) => code).map((entry) => [`/${entry.code}/`, entry]));
    for (const address in addresses) known.set(address, addresses[address]);
    const sites = [site, root].map((url) => bare(url).replace(/\/$/, ""));
    const hosts = sites.map((each) => each.split("/")[0].replace(/[a-z]/g, (sign) => `[${sign}${sign.toUpperCase()}]`).replace(/\./g, "[.]")).join("|");
    const wrappers = rules.wrappers.map(([how, each]) => [undo[how], pattern(each, "gu", hosts)]);
    const trim = (link) => { let end = link.length; while (rules.ends.includes(link[end - 1])) end--; return link.slice(0, end); };

    function named(rest) { // what the part of a link after the site's root names
      const [, path, query = "", sharp = "", fragment] = /^([^?#]*)(?:\?([^#]*))?(#?)([^]*)/.exec(rest);
      const page = decode(path).replace(/\/index\.html$/, "/"), id = decode(fragment.split(":~:")[0]);
      const address = [...page + (page.endsWith("/") ? "" : "/") + (id && "#" + id)].slice(0, 300).join("");
      const date = pattern(rules.cited).exec(decode(query));
      const damaged = !date && pattern(rules.damaged).test(query) || !!sharp && !fragment;
      return { address, cited: date?.[1] ?? "", digest: date?.[2] ?? "", damaged };
    }
    const whole = (link) => link && known.has(link.address) && !link.damaged;

    function mend(found, inside) { // words may stand behind it, or its signs be encoded
      const ends = [...inside.slice(0, 300).matchAll(pattern(rules.glued, "gu"))];
      const shorter = ends.map(({ index }) => named(inside.slice(0, index))).find(whole), meant = named(decode(inside));
      return shorter ?? (whole(meant) ? { ...found, damaged: true, nearest: meant.address } : found);
    }

    function place(link) { // nothing if it leads elsewhere
      const rest = bare(trim(link));
      for (const site of sites) {
        const inside = rest.slice(site.length);
        if (rest.startsWith(site) && /^[/?#]|^$/.test(inside)) {
          const found = named(inside);
          return whole(found) ? found : mend(found, inside);
        }
        if (rest.length > 5 && site.startsWith(rest) && rest.replace(/\/$/, "") !== site.split("/")[0]) {
          return { address: rest, cited: "", damaged: true, nearest: "/" };
        }
      }
    }

    function follow(link, depth = 4) { // also where other services have wrapped it
      const found = place(link);
      if (found) return found;
      const inside = wrappers.flatMap(([undo, each]) => [...link.matchAll(each)].map(([, ...parts]) => undo(...parts))).filter(Boolean);
      const ends = depth ? inside.map((each) => follow(each, depth - 1)).filter(Boolean) : [];
      if (!inside.length && pattern(rules.unread).test(bare(link))) return { address: [...trim(link)].slice(0, 300).join(""), cited: "", unread: true };
      return ends.find((end) => !end.unread) ?? ends[0];
    }

    function longer(address) { // the shortest address that goes on where this one stops
      const stem = address.replace(/\/+$/, "");
      const more = [...known.keys()].filter((each) => each.startsWith(stem) && each !== address && !known.get(each).retired);
      return more.reduce((best, each) => best && best.length <= each.length ? best : each, "");
    }

    function* links() { // what a line breaks is joined if that makes it whole
      const gap = pattern(rules.gap, "uy");
      let past = 0;
      for (const { 0: link, index } of text.matchAll(pattern(rules.link, "gu", hosts))) {
        if (index < past) continue;
        let found = follow(link), stems = [link], more;
        gap.lastIndex = index + link.length;
        const next = text.slice(gap.lastIndex, gap.lastIndex + 1);
        if (found && !found.damaged && pattern(rules.shortened).test(link.slice(-3) + next)) {
          found = { ...found, damaged: !!longer(found.address) };
        }
        for (let times = 3; times-- && (more = gap.exec(text));) {
          stems = stems.flatMap((stem) => [stem + more[1], stem.replace(/[-=]$/, "") + more[1]]);
          const joined = stems.map((stem) => follow(stem)).find(whole);
          if (joined && (pattern(rules.goes_on).test(trim(more[1])) || !whole(found))) [found, past] = [joined, gap.lastIndex];
        }
        if (found) yield found;
      }
    }

    function judge({ address, cited, digest, damaged, nearest, unread }) {
      const record = known.get(address), [page, name = ""] = address.split(/#(.*)/s);
      if (unread) return { state: "unread", says: "wrapped" };
      const version = pattern(rules.version).exec(address);
      if (version && (!versions || versions.includes(version[1]))) return { state: "lands", says: "version" };
      if (!record || damaged) {
        if (!damaged && pattern(rules.file).test(address)) return { state: "unread", says: "file" };
        nearest ||= record ? address : longer(address);
        if (nearest) return { state: "cut", says: "stops", nearest };
        const held = known.get(page), alike = (other) => [...known.keys()].findLast((each) => each.toLowerCase() === other.toLowerCase());
        nearest = alike(address) || alike(`/${name}/`) || (held && !held.retired ? page : "");
        return { state: "never", says: nearest ? "near" : "nowhere", nearest };
      }
      const { retired, note, successor } = record;
      if (retired) return { state: "retired", says: successor ? "succeeded" : "alone", changes: [{ date: retired, note }], successor };
      const changes = (record.changes ?? []).filter(({ date }) => cited && date >= cited), now = digest && record.digest;
      if (now ? now === digest : !changes.length) return { state: "lands", says: cited ? "unchanged" : "undated" };
      const says = !changes.length ? "no-word" : now || changes.at(-1).date > cited ? "changed" : "that-day";
      return { state: "changed", says, changes };
    }

    const rows = new Map();
    for (const link of links()) {
      const key = JSON.stringify(link);
      if (!rows.has(key)) rows.set(key, { address: link.address, cited: link.cited, count: 0, ...judge(link) });
      rows.get(key).count++;
    }
    return [...rows.values()];
  }

  // What is shown
  const MOST = 1000;
  const day = (date) => new Date(date).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  const add = (parent, tag, textContent = "", more = {}) =>
    Object.assign(parent.appendChild(document.createElement(tag)), { textContent, ...more });
  const say = (text, shown) => {
    find("summary").textContent = text;
    find("table").hidden = !shown;
    if (!shown) find("rows").replaceChildren();
  };

  function summary(rows) {
    const words = ([one, many], count) => (count > 1 ? many : one).replace("{}", count);
    const counts = Object.keys(rules.states).map((state) => [state, rows.filter((row) => row.state === state).length]);
    const unread = counts.pop()[1], total = rows.length - unread;
    const parts = counts.filter(([, count]) => count).map(([state, count]) => `${count} ${words(rules.states[state], count)}`);
    return (total ? `${words(rules.summary.links, total)}: ${parts.join(", ")}.` : rules.summary.none + ".")
      + (unread ? " " + words(rules.summary.unread, unread) : "") + (rows.length > MOST ? ` The first ${MOST} are listed.` : "");
  }

  function show(rows, { site, addresses }) {
    const link = (parent, address) => {
      const { code, title } = addresses[address] ?? {};
      add(parent, "a", code && !title.startsWith(code) ? `${code}: ${title}` : title ?? address, { href: root + address.slice(1) });
    };
    find("rows").replaceChildren();
    for (const { address, cited, count, state, says, changes = [], nearest, successor } of rows.slice(0, MOST)) {
      const row = add(find("rows"), "tr", "", { role: "row", className: state });
      const head = add(row, "th", "", { role: "rowheader", scope: "row" });
      if (state === "lands" || state === "changed") link(head, address);
      add(head, "span", address, { className: "address" });
      if (cited) add(head, "small", `cited ${day(cited)}`);
      if (count > 1) add(head, "small", `${count} times`);
      add(row, "td", rules.states[state][0], { role: "cell", className: "status" });
      const cell = add(row, "td", "", { role: "cell" });
      add(cell, "p", rules.says[says]);
      changes.forEach(({ date, note }) => add(cell, "p", `${day(date)}: ${note}`));
      if (successor) offer(add(cell, "p", "Now: "), site + successor.slice(1));
      if (nearest) link(add(cell, "p", "Nearest: "), nearest);
    }
    say(summary(rows), rows.length);
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
      const asked = await Promise.all([list, root + "assets/memo-rules.json"].map((url) => fetch(url)));
      if (!asked.every(({ ok }) => ok)) fail("The list of addresses cannot be read. Try again later.");
      const [contract, all] = await Promise.all(asked.map((answer) => answer.json()));
      rules = all;
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
