/* On the page of a code, or one that was given up: lead on to what has the code or took the place of the part asked for, or else of
   the page, and say what was cited. */
const part = document.getElementById(decodeURIComponent(location.hash.slice(1))) ?? document.querySelector("h1 + p");
const onward = part.querySelector("a.onward"), cited = new URLSearchParams(location.search).get("cited");
if (onward) {
  const next = new URL(onward.href);
  if (cited) next.search = new URLSearchParams({ cited, was: document.documentElement.dataset.retired + (part.id && `#${part.id}`) });
  location.replace(next);
}
