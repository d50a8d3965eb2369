/* Which links into this site a memo holds and what became of each; scripts/briefing.py does the same, by the same
   memo-rules.json, and a test holds both to the same rows. */
import { bytesOf, decode, fromBytes, pattern, rules, swap } from "./memo-text.js";

const bare = (url) => {
  const rest = url.replace(pattern(rules.scheme), ""), [host] = /^[^/?#]*/.exec(rest);
  return host.toLowerCase().replace(pattern(rules.host, "gu"), "") + rest.slice(host.length);
};
const fromBase64 = (text) => {
  try { return fromBytes(bytesOf(decode(text).replace(/-/g, "+").replace(/_/g, "/"))); } catch { return ""; }
};
const undo = {
  plain: (url) => url,
  encoded: (url) => decode(url),
  base64: fromBase64,
  "proofpoint-2": (url) => decode(url.replace(/-/g, "%").replace(/_/g, "/")),
  "proofpoint-3": (url, packed = "") => { // `*` stands for one sign of those kept apart, `**` and a letter for a run
    const signs = [...fromBase64(packed)];
    return url.replace(/\*(?:\*(.))?/gu, (all, run) => signs.splice(0, run ? rules.run.indexOf(run) + 2 : 1).join(""));
  },
};

const history = ({ versions = [] }) => versions.map((each) => each.split(" ")); // day and digest of each

function citedVersion({ cited, digest }, versions) { // by its digest, else the last that is surely from before
  const exact = [([day]) => day <= cited, () => true].map((timely) => // words that came back count as what they were on that day
    versions.findLastIndex((version) => version[1] === digest && timely(version))).find((number) => number >= 0) ?? -1;
  if (exact >= 0 || digest || !cited) return exact;
  const unsure = versions.slice(1).some(([day]) => day === cited);
  return versions.findLastIndex(([day], number) => !number || (unsure ? day < cited : day <= cited));
}

function* namesOf([address, { code, kind }]) { // what else leads there: its code, also after its page, or the page for frames of a figure
  const [page, name = ""] = address.split(/#(.*)/s);
  if (code) yield* [`${page}#${code.toLowerCase()}`, `${page}#${code}`, `/${code}/`];
  if (kind === "figure") yield `/figures/${name.replace(/^figure-/, "")}/`;
}

function since(link, entry) { // what became of a place since it was cited
  const { cited, digest } = link, { retired, note, successor, also = [], changes = [], digest: now } = entry;
  const versions = history(entry), seen = citedVersion(link, versions);
  let notes = changes.filter(({ date }) => date >= cited), old = digest, found = {};
  if (seen >= 0) {
    const [day, words] = versions[seen], following = versions[seen + 1]?.[0];
    notes = changes.filter(({ date }) => date > day || date === following);
    if (words !== now) found = { as_cited: `/v/${words}/` };
    old = words;
  }
  if (retired) {
    const successors = [successor, ...also].filter(Boolean), says = successors.length ? "succeeded" : "alone";
    return { state: "retired", says, changes: [{ date: retired, note }], successors, ...found };
  }
  if (!cited) return { state: "lands", says: "undated" };
  const days = versions.length ? versions.slice(1).map(([day]) => day) : notes.slice(-1).map(({ date }) => date);
  if (notes.length && days.includes(cited) && !(digest && now)) {
    return { state: "changed", says: "that-day", changes: notes, ...found };
  }
  if (old && now ? old === now : !notes.length) {
    return { state: "lands", says: notes.length && seen >= 0 ? "back" : "unchanged" };
  }
  if (notes.length || seen < 0) {
    return { state: "changed", says: notes.length ? "changed" : "no-word", changes: notes, ...found };
  }
  return { state: "lands", says: "mended", ...found };
}

// A row for each address and version cited, in the order of the memo; `root` is the address of the site as it is read
export function check(text, { site, addresses }, root) {
  // Where several addresses had a name, the one that is there
  const entries = Object.entries(addresses).sort(([, a], [, b]) => !!b.retired - !!a.retired);
  const known = new Map(entries.flatMap((item) => [...namesOf(item)].map((name) => [name, item[1]])));
  for (const [, digest] of entries.flatMap(([, entry]) => history(entry))) known.set(`/v/${digest}/`, { version: true });
  for (const address in addresses) known.set(address, addresses[address]);
  const sites = [site, root].map((url) => bare(url).replace(/\/$/, ""));
  const hosts = sites.map((each) => each.split("/")[0].replaceAll(".", "[.]")).join("|")
    .replace(/[a-z]/g, (sign) => `[${sign}${sign.toUpperCase()}]`);
  const wrappers = rules.wrappers.map(([how, each]) => [undo[how], pattern(each, "gu", hosts)]);
  const cut = (text) => [...text].slice(0, 300).join("");
  const trim = (link) => {
    let end = link.length;
    while (rules.ends.includes(link[end - 1])) end--;
    return link.slice(0, end);
  };

  function named(rest) { // what the part of a link after the site's root names
    const [, path, query = "", sharp = "", fragment] = /^([^?#]*)(?:\?([^#]*))?(#?)([^]*)/.exec(rest);
    const page = decode(path).replace(/\/index\.html$/, "/"), id = decode(fragment.split(":~:")[0]);
    const plain = page.endsWith("/") || pattern(rules.file).test(page);
    const address = cut(page + (plain ? "" : "/") + (id && "#" + id));
    const date = pattern(rules.cited).exec(decode(query));
    const damaged = !date && pattern(rules.damaged).test(query) || !!sharp && !fragment;
    return { address, cited: date?.[1] ?? "", digest: date?.[2] ?? "", damaged };
  }
  const whole = (link) => link && known.has(link.address) && !link.damaged;

  function mend(found, inside) { // words may stand behind it, or its signs be encoded
    const ends = [...inside.slice(0, 300).matchAll(pattern(rules.glued, "gu"))];
    const shorter = ends.map(({ index }) => named(inside.slice(0, index))).find(whole);
    const meant = named(swap(decode(inside), rules.meant));
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
    const inside = wrappers.flatMap(([undo, each]) => [...link.matchAll(each)].map(([, ...parts]) => undo(...parts)))
      .filter(Boolean);
    const ends = depth ? inside.map((each) => follow(each, depth - 1)).filter(Boolean) : [];
    if (!inside.length && pattern(rules.unread, "u", hosts).test(bare(link))) {
      return { address: cut(trim(link)), cited: "", unread: true };
    }
    return ends.find((end) => !end.unread) ?? ends[0];
  }

  function longer(address) { // the shortest address that goes on where this one stops
    const stem = address.replace(pattern(rules.stub), "");
    const fits = (each) => each.startsWith(stem) && each !== address && !known.get(each).retired;
    return [...known.keys()].filter(fits).reduce((best, each) => best && best.length <= each.length ? best : each, "");
  }

  function* links() { // what a line breaks is joined if that makes it whole
    const gap = pattern(rules.gap, "uy", hosts);
    let past = 0;
    for (const { 0: link, index } of text.matchAll(pattern(rules.link, "gu", hosts))) {
      if (index < past) continue;
      let found = follow(link), stems = [link], goesOn = false, more;
      gap.lastIndex = index + link.length;
      const next = text.slice(gap.lastIndex, gap.lastIndex + 1);
      if (found && !found.damaged && pattern(rules.shortened).test(link.slice(-3) + next)) {
        found = { ...found, damaged: !!longer(found.address) };
      }
      for (let times = 8; times-- && (more = gap.exec(text));) {
        const starts = stems.flatMap((stem) => [stem, stem.replace(/[-=]$/, "")]);
        stems = [...new Set(starts.map((start) => start + more[1]))];
        const joined = stems.map((stem) => follow(stem)).find(whole);
        goesOn ||= pattern(rules.goes_on).test(trim(more[1]));
        if (joined && (goesOn || !whole(found))) {
          [found, past] = [joined, gap.lastIndex];
        }
      }
      if (found) yield found;
    }
  }

  function judge({ address, cited, digest, damaged, nearest, unread }) {
    const record = known.get(address), [page, name = ""] = address.split(/#(.*)/s);
    if (unread) return { state: "unread", says: "wrapped" };
    if (!record || damaged) {
      if (!damaged && pattern(rules.file).test(address)) return { state: "unread", says: "file" };
      nearest ||= record ? address : longer(address);
      if (nearest) return { state: "cut", says: "stops", nearest };
      const small = (each) => each.toLowerCase(), held = known.get(page);
      const alike = (other) => [...known.keys()].findLast((each) => small(each) === small(other));
      nearest = alike(address) || alike(`/${name}/`) || (held && !held.retired ? page : "");
      return { state: "never", says: nearest ? "near" : "nowhere", nearest };
    }
    return record.version ? { state: "lands", says: "version" } : since({ cited, digest }, record);
  }

  const rows = new Map();
  for (const link of links()) {
    const key = JSON.stringify(link);
    if (!rows.has(key)) rows.set(key, { address: link.address, cited: link.cited, count: 0, ...judge(link) });
    rows.get(key).count++;
  }
  return [...rows.values()];
}
