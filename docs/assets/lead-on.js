/* On pages without the theme. Of a code, or one that was given up: lead on to what has the code or took the place of the part asked for,
   or else of the page, and say what was cited. */
(() => {
  // Opened from a disk, where no server knows the page of a folder
  if (location.protocol === "file:") for (const link of document.links) if (/^file:.*\/$/.test(link.href.split("#")[0])) link.pathname += "index.html";

  const id = new URLSearchParams(location.hash.replace("#", "id=")).get("id"); // never throws
  const part = document.getElementById(id) ?? document.querySelector("h1 + p:not(.retired)");
  const onward = part?.querySelector("a.onward"), cited = new URLSearchParams(location.search).get("cited");
  if (!onward) return;
  const next = new URL(onward.href);
  if (cited) next.search = new URLSearchParams({ cited, was: document.documentElement.dataset.address + (part.id && `#${part.id}`) });
  location.replace(next);
})();
