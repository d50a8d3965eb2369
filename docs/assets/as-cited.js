/* Following a dated link, ?cited=2026-11-29.bafc51f75b16: does the place say what was cited? If not, the words as cited stand beside
   those of now, and why they were changed. cite.js loads this for such links only. Versions are pages, /v/<digest>/ (scripts/build.py). */
export async function follow({ one, make, long, head }, cited, digest) {
  const list = one('link[href$="data/permalinks.json"]').href, root = new URL("../", list), h1 = one(".page-head h1");
  const { addresses } = await (await fetch(list)).json();
  const page = location.pathname.slice(root.pathname.length - 1).replace(/index\.html$/, "").replace(/\/?$/, "/");
  const id = decodeURIComponent(location.hash.slice(1)), there = document.getElementById(id);
  const was = new URLSearchParams(location.search).get("was"); // what was cited on a page that was given up (lead-on.js)
  // What has no lasting address but is there, such as a footnote, counts as its page
  const address = addresses[was] ? was : id && (addresses[`${page}#${id}`] || !there) ? `${page}#${id}` : page;
  if (!addresses[page]) return;
  const at = (place) => new URL("." + place, root), link = (place, text) => make("a", { href: at(place) }, text);
  const name = (place) => addresses[place]?.code ?? addresses[place]?.title ?? place;

  function show(host, said, ...more) {
    const status = make("p", { role: "status" }), note = make("div", { class: "cited-note", "data-unrecorded": "" }, status);
    const beside = host.nextElementSibling;
    if (host.matches("dt, li")) host.append(note);
    else (head(host) ?? (beside?.matches(".cite") ? beside : host)).after(note);
    setTimeout(() => { status.append(...said); note.append(...more); }); // a status is read out when its text comes later
    const url = new URL(location); // so that what is copied from here claims no old date
    ["cited", "was"].forEach((part) => url.searchParams.delete(part));
    history.replaceState(history.state, "", url);
    return note;
  }

  const entry = addresses[address];
  if (!entry) {
    return show(h1, ["The link that you followed names a part that this page never had. ",
      "It may still lead to what you need: ", link(page, addresses[page].title), "."]);
  }
  const versions = (entry.versions ?? []).map((each) => each.split(" "));
  const exact = versions.findLastIndex(([, each]) => each === digest);
  const before = versions.findLastIndex(([day], number) => day < cited || !number);
  const unsure = exact < 0 && versions.some(([day], number) => number && day === cited); // a date alone, and a change on that day
  const seen = exact >= 0 ? exact : unsure ? before : versions.findLastIndex(([day], number) => day <= cited || !number);
  const sameDay = versions[seen + 1]?.[0] === cited;
  const notes = (entry.changes ?? []).filter(({ date }) => date > cited || sameDay && date === cited);
  const now = entry.retired ? entry.successor : address, old = versions[seen]?.[1], today = addresses[now]?.digest;
  const same = old ? old === today : !notes.length;

  const since = `since it was cited on ${long(cited)}`, places = [entry.successor, ...entry.also ?? []].filter(Boolean);
  const said = entry.retired ? [`What this link cites was given up on ${long(entry.retired)}: ${entry.note}`,
    ...places.flatMap((place, number) => [number ? " and " : " In its place: ", link(place, name(place))]),
    same && places.length ? ". Its words are the same." : ""]
    : [unsure ? `Changed on the day on which it was cited, ${long(cited)}: the link does not tell whether before or after.`
      : same ? `Unchanged ${since}${notes.length ? ", though it read otherwise in between" : ""}.`
      : notes.length ? `Changed ${since}.` : `No change of substance ${since}; its wording was mended.`];
  const told = notes.map(({ date, note }) => make("li", {}, `${long(date)}: ${note}`));
  const more = told.length ? [make("ol", {}, ...told)] : [];
  if (old && old !== today) {
    more.push(...await beside(old, today).catch(() => [make("p", {}, link(`/v/${old}/`, "The words as cited"))]));
  }
  const [path, anchor] = (now ?? "").split("#"), host = path === page && document.getElementById(anchor || id);
  show(address === page || !host ? h1 : host, said, ...more);
  if (entry.retired) (host || h1).scrollIntoView();

  async function beside(old, today) {
    const read = async (version) => {
      const answer = await fetch(at(`/v/${version}/`));
      if (!answer.ok) throw answer;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return [...page.querySelectorAll(".words p, .words tr")];
    };
    const [left, right] = await Promise.all([old, today].map((version) => version ? read(version) : []));
    const parts = (lines) => new Map(lines.flatMap((line) => line.matches(".part") ? [[line.textContent, line.lastElementChild.href]] : []));
    const words = (lines, others) => lines.flatMap((line) => {
      const other = others.get(line.textContent), text = [...line.cells ?? [line]].map((cell) => cell.textContent).join(" · ");
      return [...text.trim().split(/\s+/), ...other && other !== line.lastElementChild.href ? ["(whose words differ)"] : [], "\n"];
    });
    const a = words(left, parts(right)), b = words(right, parts(left)), [inA, inB] = common(a, b);
    const fold = make("details", { class: "fold", open: "" }, make("summary", {}, "The words as cited, and those of now"),
      make("div", { class: "as-cited" }, column("As cited", old, a, inA, "del"), ...today ? [column("Now", today, b, inB, "ins")] : []));
    return [fold];
  }

  function column(title, version, words, kept, tag) {
    const box = make("section", { "aria-label": title }, make("p", { class: "when" }, link(`/v/${version}/`, title)));
    let line, mark;
    words.forEach((word, number) => {
      if (word === "\n") line = mark = null;
      else {
        if (!line) box.append(line = make("p", {}));
        if (kept[number]) { mark = null; line.append(word, " "); }
        else {
          if (!mark) line.append(mark = make(tag, {}, make("span", { class: "unseen" }, tag === "del" ? "gone: " : "new: ")), " ");
          mark.append(mark.childNodes.length > 1 ? " " : "", word);
        }
      }
    });
    return box;
  }
}

/* Which words of two texts are in both, in one order: their longest common sequence */
function common(a, b) {
  const inA = [], inB = [];
  let start = 0, endA = a.length, endB = b.length;
  while (start < endA && start < endB && a[start] === b[start]) inA[start] = inB[start++] = true;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) inA[--endA] = inB[--endB] = true;
  const wide = endB - start + 1, cells = (endA - start + 1) * wide;
  if (cells > 9e6) return [inA, inB]; // too long to compare in a moment: all between is marked
  const best = new Uint16Array(cells);
  const place = (i, j) => (i - start) * wide + j - start;
  for (let i = endA - 1; i >= start; i--) {
    for (let j = endB - 1; j >= start; j--) {
      best[place(i, j)] = a[i] === b[j] ? best[place(i + 1, j + 1)] + 1 : Math.max(best[place(i + 1, j)], best[place(i, j + 1)]);
    }
  }
  for (let i = start, j = start; i < endA && j < endB;) {
    if (a[i] === b[j]) inA[i++] = inB[j++] = true;
    else if (best[place(i + 1, j)] >= best[place(i, j + 1)]) i++;
    else j++;
  }
  return [inA, inB];
}
