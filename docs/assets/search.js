/* The search's worker: puts what people type into the words of the site, and lets the theme's own worker look for these. The theme
   alone takes each word for the beginning of others ("is" finds "Israel"), and knows no order of words, no misspelling and no other
   form of a word. scripts/search_index.py gives the index its codes and its spellings. */
const TOOLS = /"|[~^*]|(^|\s)[+-]\S|\b(title|text):/; // of the theme's language of queries: who uses them is left alone
const COMMON = 0.3; // a word that so many entries have, such as "Russia", says little beside others
let spellings = new Map(), known = new Map(), families = new Map(), small = [];

const plain = (text) => text.normalize("NFKD").replace(/<[^>]+>|\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => plain(text).replace(/n['’]t\b/g, "").match(/[\p{L}\p{N}]+/gu) || [];
const pairsOf = (words) => words.slice(1).map((word, at) => `${words[at]}_${word}`);
const stem = (word) => self.lunr.stemmer(new self.lunr.Token(word, {})).toString();

/** Take from an index what queries are compared with, and add to its entries which words follow each other in their headings. */
function learn({ config, docs }) {
  spellings = new Map(Object.entries(config.spellings || {}));
  if (!docs) return; // Zensical's worker, which has its own ways
  config.fields.pairs = { boost: 6 };
  for (const entry of docs) {
    entry.pairs = [entry.title, entry.words || ""].flatMap((text) => pairsOf(wordsOf(text))).join(" ");
    const text = [entry.title, entry.text, entry.words, entry.code].join(" ").toLowerCase().replace(/<[^>]+>/g, " ");
    for (const word of new Set(text.split(new RegExp(config.separator)))) known.set(word, (known.get(word) || 0) + 1 / docs.length);
  }
  for (const word of known.keys()) if (word.length > 2) {
    const key = stem(word);
    families.set(key, [...families.get(key) || [], word]);
  }
}

/** Words in the spelling of the site: other forms, of three words at most, are replaced by it. */
function spelled(words) {
  const length = [3, 2, 1].find((many) => spellings.has(words.slice(0, many).join(" ")));
  const first = length ? spellings.get(words.slice(0, length).join(" ")).split(" ") : words.slice(0, 1);
  return words.length ? [...first, ...spelled(words.slice(length || 1))] : [];
}

/** What the theme's worker is to look for: the word itself before others of its family, or else what is like it. */
function terms(word) {
  const parts = /^([a-z]+)(\d+)$/.exec(word); // su35
  if (!known.has(word) && parts && known.has(parts[1]) && known.has(parts[2])) return parts.slice(1).flatMap(terms);
  const family = (word.length > 2 && families.get(stem(word)) || []).filter((other) => other !== word);
  const others = family.map((other) => `${other}^2`);
  if (known.has(word)) return [`${word}^4`, ...others, ...word.length > 3 ? [word] : []];
  if (others.length || word.length < 6 || [...known.keys()].some((other) => other.startsWith(word))) return [word, ...others];
  return [`${word}~${word.length > 7 ? 2 : 1}`];
}

function asked(query) {
  const words = spelled(wordsOf(query));
  if (TOOLS.test(query)) return query;
  if (!known.size) return words.join(" ");
  small = words.filter((word) => !self.lunr.stopWordFilter(word) || known.get(word) > COMMON);
  if (small.length === words.length) small = [];
  const rest = words.filter((word) => !small.includes(word)).flatMap(terms);
  return [...rest, ...small.map((word) => `title:${word}^1`), ...pairsOf(words).map((pair) => `${pair}^1`)].join(" ");
}

addEventListener("message", ({ data: { type, data }, data: message }) => {
  if (type === 0) learn(data);
  if (type === 2 && known.size) message.data = asked(data);
  if (type === 2 && data.input) data.input = asked(data.input); // Zensical's
});

/** What a result shows of a text: two paragraphs or items that hold what was found, or how it begins if only its heading does. */
function excerpt(text) {
  const parts = text.match(/<(p|li)>(?:(?!<\/?(?:p|li)>).)*<\/\1>/gs) || [], marked = parts.filter((part) => part.includes("<mark>"));
  const shown = marked.length ? marked.slice(0, 2) : text.includes("<mark>") ? [text] : parts.slice(0, 1);
  return shown.join(" ").replace(/<(\/?)li>/g, "<$1p>");
}

// Small words and pairs are not marked on the page that is found, and none is told to be missing there
const answer = self.postMessage.bind(self);
self.postMessage = (message) => {
  const found = known.size && message.type === 3 ? message.data.items.flat() : [];
  for (const item of found) {
    item.terms = Object.fromEntries(Object.entries(item.terms).filter(([term, is]) => is && !term.includes("_") && !small.includes(term)));
    item.text = excerpt(item.text);
  }
  answer(message);
};
importScripts(`javascripts/workers/${location.search.slice(1)}`);
