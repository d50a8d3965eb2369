/* Notes, terms and names of people: what stands behind a mark opens beside it, by tap, Enter, hover or focus. One element
   shows them all. Without this a note is a link to the list at the foot. */
(() => {
  const MARKS = ".footnote-ref, abbr[data-title]", tip = document.createElement("div");
  if (!tip.showPopover) return;
  tip.id = tip.className = "tip";
  tip.popover = "auto"; // Escape and a tap elsewhere close it, and the focus returns
  tip.tabIndex = -1;
  tip.setAttribute("role", "note");
  tip.dataset.unrecorded = "";
  let mark, held, timer;
  document.querySelectorAll("abbr[title]").forEach((term) => { // a screen reader says a title in place of the words
    term.dataset.title = term.title;
    term.removeAttribute("title");
  });

  const hide = () => tip.isConnected && tip.hidePopover();
  tip.addEventListener("beforetoggle", ({ newState }) => {
    if (newState !== "open") mark.removeAttribute("aria-describedby");
  });

  function show(to, hold) { // what is not held goes when the pointer does
    const shown = tip.matches(":popover-open");
    held = hold || (shown && held);
    if (shown && to === mark) return;
    hide();
    mark = to;
    if (mark.hash) {
      const note = document.getElementById(mark.hash.slice(1)).cloneNode(true);
      note.querySelector(".back").remove();
      note.querySelectorAll("a").forEach((link) => link.tabIndex = -1); // Enter leads there, Tab to the next mark
      tip.replaceChildren(...note.childNodes);
    } else tip.textContent = mark.dataset.title;
    (mark.closest("sup") ?? mark).after(tip); // the keyboard goes on from here
    mark.setAttribute("aria-describedby", tip.id);
    tip.showPopover(); // the style sheet puts it beside the mark
  }

  addEventListener("pointerover", ({ target, pointerType }) => {
    const over = target.closest?.(MARKS);
    clearTimeout(timer);
    if (pointerType !== "mouse" || tip.contains(target)) return;
    timer = setTimeout(() => over ? show(over) : held || hide(), 150);
  });
  addEventListener("focusin", ({ target, relatedTarget: from }) => {
    if (tip.contains(from) && target === mark) return; // put away by Escape
    if (target.matches(MARKS) && target.matches(":focus-visible")) show(target, true);
    else if (target !== mark && !tip.contains(target)) hide();
  });
  addEventListener("click", (event) => {
    const to = event.target.closest(MARKS), back = event.target.closest(".back");
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (to) {
      event.preventDefault();
      clearTimeout(timer);
      show(to, true);
      if (!event.detail) (tip.querySelector("a") ?? tip).focus(); // by key
    } else if (back && mark?.hash === `#${back.closest("li").id}`) { // to the line last left, not to the first of its marks
      event.preventDefault();
      mark.scrollIntoView({ block: "center" });
      mark.focus();
    }
  });

  // What a link leads to is not left folded; not every browser opens it
  function unfold() {
    const target = document.querySelector("details:not([open]) :target");
    for (let fold = target; (fold = fold?.closest("details:not([open])"));) fold.open = true;
    target?.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  unfold();
})();
