/* The text of a memo in which memo-links.js looks for links, from each format that the page reads; scripts/memo_text.py
   does the same. memo-rules.json says what formats and typesetting put into links. */
export let rules;
const fail = (reason) => { throw Error(reason); };
export async function loadRules() {
  const answer = await fetch(new URL("memo-rules.json", import.meta.url));
  return rules = answer.ok ? await answer.json() : fail("The rules for memos cannot be read. Try again later.");
}

const made = new Map();
export function pattern(text, flags = "u", hosts = "") { // of the rules, with what its capital words stand for
  const key = [text, flags, hosts].join(), make = () => RegExp(
    text.replaceAll("LINK_SIGN", rules.sign).replaceAll("HOST", hosts).replaceAll("END", "(?![^])"), flags);
  return made.get(key) ?? made.set(key, make()).get(key);
}
export const swap = (text, steps) => steps.reduce((text, [from, to]) => text.replace(pattern(from, "gu"), to), text);
export const decode = (text, sign = "%", otherwise) => text.replace(RegExp(`(?:${sign}[0-9A-Fa-f]{2})+`, "g"), (run) => {
  try { return decodeURIComponent(run.replaceAll(sign, "%")); } catch { return otherwise ?? run; }
});
export const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt());

export function fromBytes(bytes) {
  const none = (a, b) => bytes.length > 3 && !bytes[a] && !bytes[b], mark = bytes[0] << 8 | bytes[1];
  const name = mark === 0xfffe || none(1, 3) ? "utf-16le" : mark === 0xfeff || none(0, 2) ? "utf-16be" : "utf-8";
  return new TextDecoder(name).decode(bytes);
}

const quotedPrintable = (text) => decode(text.replace(/cited=(?=[12][0-9]{3}-)/g, "cited=3D") // of a part that is not coded
  .replace(/=[ \t]*\r?\n/g, ""), "=", "\ufffd");

export function plain(text) {
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
    const head = Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 255), tail = [bytes(at + 16, 4), bytes(at + 24, 4)];
    const unpack = () => new Blob([head, data, ...tail]).stream().pipeThrough(new DecompressionStream("gzip"));
    const stream = short(at + 10) ? unpack() : new Blob([data]).stream();
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
  const named = [...text.matchAll(/boundary="?([^"\r\n;]+)/gi)];
  const bounds = named.map(([, each]) => each.replace(/\W/g, "\\$&")).join("|");
  const parts = bounds ? text.split(RegExp(`(?:^|\r?\n)--(?:${bounds})(?:--)?[ \t]*(?:\r?\n|$)`)) : [text];
  return parts.map((part) => {
    const gap = /(?:^|\n)\r?\n/.exec(part);
    if (!gap) return "";
    const head = part.slice(0, gap.index), body = part.slice(gap.index + gap[0].length);
    const field = (name) => RegExp(`(?:^|\n)content-${name}:[ \t\r\n]*([\\w/-]+)`, "i").exec(head)?.[1].toLowerCase();
    const kind = field("type") ?? "text/", coded = field("transfer-encoding");
    if (kind.startsWith("message/")) return fromMail(body);
    if (!kind.startsWith("text/")) return "";
    if (coded === "base64") return fromBytes(bytesOf(body.replace(/[^A-Za-z0-9+/]/g, "")));
    return coded === "quoted-printable" ? quotedPrintable(body) : body;
  }).join("\n\n");
}

export async function read(file) {
  const kinds = Object.keys(rules.kinds), name = file.name.toLowerCase();
  const kind = kinds.find((kind) => pattern(rules.kinds[kind]).test(name)) ?? "unknown";
  const readers = { text: fromBytes, office: fromOffice, mail: (data) => fromMail(fromBytes(data)),
    rtf: (data) => swap(fromBytes(data), rules.rtf) };
  const no = (fault) => fail(`${file.name} ${rules.faults[fault]}.`);
  if (!readers[kind]) no(kind);
  if (file.size > rules.most_bytes) no("damaged");
  try { return plain(await readers[kind](new Uint8Array(await file.arrayBuffer()))); } catch { return no("damaged"); }
}
