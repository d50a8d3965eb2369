/* Check a briefing: every link into this site that a memo holds, with its state. Nothing leaves the browser.
   Memos are read by memo-text.js, links judged by memo-links.js; both come when they are first needed. */
(() => {
  const find = (id) => document.getElementById("briefing-" + id);
  const list = document.querySelector('link[href$="data/permalinks.json"]').href;
  const root = list.replace("data/permalinks.json", "");
  let rules;

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
    const parts = counts.filter(([, count]) => count)
      .map(([state, count]) => `${count} ${words(rules.states[state], count)}`);
    const said = [total ? `${words(rules.summary.links, total)}: ${parts.join(", ")}.` : rules.summary.none + "."];
    if (unread) said.push(words(rules.summary.unread, unread));
    if (rows.length > MOST) said.push(`The first ${MOST} are listed.`);
    return said.join(" ");
  }

  function show(rows, { site, addresses }) {
    const link = (parent, address) => {
      const { code, title } = addresses[address] ?? {};
      const name = code && !title.startsWith(code) ? `${code}: ${title}` : title ?? address;
      add(parent, "a", name, { href: root + address.slice(1) });
    };
    find("rows").replaceChildren();
    for (const { address, cited, count, state, says, changes = [], nearest, successors = [], as_cited: words } of rows.slice(0, MOST)) {
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
      successors.forEach((place) => offer(add(cell, "p", "Now: "), site + place.slice(1)));
      if (nearest) link(add(cell, "p", "Nearest: "), nearest);
      if (words) add(add(cell, "p"), "a", "The words as cited", { href: root + words.slice(1) });
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
  async function run(text) { // gets the functions of memo-text.js
    const mine = ++turn; // a slow file must not overwrite what was asked after it
    say("Reading …");
    try {
      const needed = [import("./memo-text.js"), import("./memo-links.js"), fetch(list)];
      const [memo, { check }, answer] = await Promise.all(needed);
      if (!answer.ok) throw Error("The list of addresses cannot be read. Try again later.");
      const contract = await answer.json();
      rules = await memo.loadRules();
      const rows = check(await text(memo), contract, root);
      if (mine === turn) show(rows, contract);
    } catch ({ message }) {
      if (mine === turn) say(message);
    }
  }

  find("memo").onpaste = ({ target, clipboardData }) => { // a text box would drop links that stand behind words
    const { links } = new DOMParser().parseFromString(clipboardData.getData("text/html"), "text/html");
    const text = clipboardData.getData("text/plain"), behind = [...links].map((link) => link.getAttribute("href"));
    const lost = behind.filter((href) => /^https?:/i.test(href) && !text.includes(href));
    if (lost.length) setTimeout(() => { target.value += "\n\n" + lost.join("\n"); });
  };

  const take = (file) => file && run(({ read }) => read(file));
  if (location.protocol === "file:") {
    find("form").remove();
    return say("Opened from a disk, this page can read nothing. Use scripts/briefing.py, or the site on the web.");
  }
  find("form").hidden = false;
  find("form").onsubmit = (event) => {
    event.preventDefault();
    run(({ plain }) => plain(find("memo").value));
  };
  find("file").onchange = ({ target }) => take(target.files[0]);
  addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
})();
