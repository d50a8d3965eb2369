/* Following a dated link, ?cited=2026-11-29.bafc51f75b16: does the place say what was cited? If not, the words as cited stand beside
   those of now, and why they were changed. cite.js loads this for such links only. Versions are pages, /v/<digest>/ (build.py). */
const SCREEN = innerWidth < 600 ? 200 : 330; // words; of more only a line is shown, for the page must stay in sight

export async function follow({ one, make, long, head }, cited, digest) {
  const list = one('link[href$="data/permalinks.json"]').href, root = new URL("../", list), h1 = one(".page-head h1");
  const { addresses } = await (await fetch(list)).json();
  const page = location.pathname.slice(root.pathname.length - 1).replace(/index\.html$/, "").replace(/\/?$/, "/");
  const id = new URLSearchParams(location.hash.replace("#", "id=")).get("id"), there = document.getElementById(id);
  const was = new URLSearchParams(location.search).get("was"); // cited on a page that was given up (lead-on.js)
  // What has no lasting address but is there, such as a footnote, counts as its page
  const address = addresses[was] ? was : id && (addresses[`${page}#${id}`] || !there) ? `${page}#${id}` : page;
  const entry = addresses[address], at = (place) => new URL("." + place, root);
  const link = (place, text) => make("a", { href: at(place) }, text ?? addresses[place]?.code ?? addresses[place]?.title ?? place);
  if (!addresses[page]) return;

  function show(host, said, ...more) {
    const status = make("p", { role: "status" }), note = make("div", { class: "cited-note", "data-unrecorded": "" }, status);
    const beside = host.nextElementSibling;
    if (host.matches("dt, li")) host.append(note);
    else (head(host) ?? (beside?.matches(".cite") ? beside : host)).after(note);
    setTimeout(() => { status.append(...said); note.append(...more); }); // a status is read out when its text comes later
    const url = new URL(location); // what is copied from here claims no old date
    for (const name of ["cited", "was"]) url.searchParams.delete(name);
    history.replaceState(history.state, "", url);
  }

  const code = !entry && id?.toUpperCase(); // of another page
  if (code && Object.values(addresses).some((each) => each.code === code)) return location.replace(at(`/${code}/${location.search}`));
  if (!entry) {
    return show(h1, ["The link that you followed names a part that this page never had. ",
      "It may still lead to what you need: ", link(page, addresses[page].title), "."]);
  }
  const versions = (entry.versions ?? []).map((each) => each.split(" "));
  const last = (test) => versions.findLastIndex(([day, each], number) => test(day, each) || !number && !digest);
  const exact = [([day]) => day <= cited, () => true].map((timely) => // words that came back count as what they were on that day
    versions.findLastIndex((version) => version[1] === digest && timely(version))).find((number) => number >= 0) ?? -1;
  const unknown = digest && exact < 0;
  if (unknown) digest = ""; // as a link with the day alone
  const unsure = !digest && versions.some(([day], number) => number && day === cited);
  const seen = digest ? exact : last((day) => unsure ? day < cited : day <= cited);
  const from = digest ? versions[seen][0] : cited, next = versions[seen + 1]?.[0]; // a recording may be published days later
  const told = ({ note }) => !entry.retired || !note.endsWith(entry.note); // that is said above them
  const notes = (entry.changes ?? []).filter(({ date }) => date > from || date === next).filter(told);
  const now = entry.retired ? entry.successor : address, old = versions[seen]?.[1], today = addresses[now]?.digest;
  const same = old ? old === today : !notes.length, since = `since it was cited on ${long(cited)}`;
  const said = unsure && !entry.retired ? [`Changed on the day on which it was cited, ${long(cited)}; the link does not tell whether before or after.`]
    : [same ? `Unchanged ${since}${notes.length ? ", though it read otherwise in between" : ""}.`
      : notes.length ? `Changed ${since}.` : `No change of substance ${since}; its wording was mended.`];
  if (entry.retired) {
    const places = [entry.successor, ...entry.also ?? []].filter(Boolean).flatMap((place) => [" and ", link(place)]).slice(1);
    said.splice(0, 1, `What this link cites was given up on ${long(entry.retired)}: ${entry.note}`,
      ...places.length ? [" In its place: ", ...places, same ? ", in the same words" : ""] : []);
  }
  if (unknown) said.unshift("The link names words that this site never recorded; compared by its day instead. ");
  const fold = (name, open, inside) => make("details", { class: "fold", ...open && { open: "" } }, make("summary", {}, name), inside);
  const listed = (some) => make("ol", {}, ...some.map(({ date, note }) => make("li", {}, `${long(date)}: ${note}`)));
  const early = notes.slice(0, notes.length > 5 ? -3 : 0), late = notes.slice(early.length), more = [];
  if (early.length) more.push(fold(`The first ${early.length} of ${notes.length} changes since`, false, listed(early)));
  if (late.length) more.push(listed(late));
  if (old && old !== today) {
    const succeeds = !entry.retired || addresses[now]?.kind === entry.kind;
    more.push(await compare([old, succeeds && today].filter(Boolean).map((version) => at(`/v/${version}/`)))
      .catch(() => make("p", {}, link(`/v/${old}/`, "The words as cited"))));
  }
  const [path, anchor] = (now ?? "").split("#"), host = path === page && document.getElementById(anchor) || h1;
  show(host, said, ...more);
  if (entry.retired) host.scrollIntoView();

  async function compare(pages) {
    const texts = await Promise.all(pages.map(async (url) => {
      const answer = await fetch(url);
      if (!answer.ok) throw answer;
      const read = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll(".words .own, .words p, .words tr");
      return [...read].flatMap((line) => [...[...line.cells ?? [line]].map((cell) => cell.textContent).join(" · ").trim().split(/\s+/),
        ...line.matches(".part") ? ["(version", `${line.lastElementChild.pathname.slice(-6, -1)})`] : [], "\n"]);
    }));
    const kept = common(...texts, []), alike = 2 * kept[0].filter(Boolean).length / texts.flat().length;
    if (!texts[1] || entry.retired && alike < 0.3) texts.length = 1, kept[0].fill(true); // nothing took these words up
    const columns = texts.map((words, number) => column(pages[number], words, kept[number], number));
    const name = `The words as cited${texts[1] ? ", and those of now" : ""}`;
    return fold(name, texts.flat().length < SCREEN, make("div", { class: "as-cited" }, ...columns));
  }

  function column(url, words, kept, number) {
    const title = ["As cited", "Now"][number], box = make("section", { "aria-label": title }, make("p", {}, make("a", { href: url }, title)));
    let line, mark;
    words.forEach((word, place) => {
      if (word === "\n") return line = mark = null;
      if (!line) box.append(line = make("p", {}));
      if (kept[place]) mark = null;
      else if (!mark) line.append(mark = make(["del", "ins"][number], {}, make("span", { class: "unseen" }, ["gone: ", "new: "][number])), " ");
      (mark ?? line).append(word, mark && kept[place + 1] !== false ? "" : " ");
    });
    return box;
  }
}

/* Which words of two texts are in both in one order: their longest common sequence. Of what is too long for a phone, none. */
function common(a, b) {
  const kept = [a.map(() => false), b.map(() => false)], wide = b.length + 1;
  if (a.length * b.length > 2e7) return kept;
  const best = new Uint16Array((a.length + 1) * wide), place = (i, j) => i * wide + j;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[place(i, j)] = a[i] === b[j] ? best[place(i + 1, j + 1)] + 1 : Math.max(best[place(i + 1, j)], best[place(i, j + 1)]);
    }
  }
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) kept[0][i++] = kept[1][j++] = true;
    else if (best[place(i + 1, j)] >= best[place(i, j + 1)]) i++;
    else j++;
  }
  return kept;
}
