(() => {
  const { open, send } = XMLHttpRequest.prototype, waiting = new Set();
  const go = ({ target }) => target.closest?.(".md-search, [for=__search]") && waiting.forEach((act) => act());
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.waits = /search_index\.json$/.test(url) && !/[?&][hq]=/.test(location.search); // those mark and search at once
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (!this.waits) return send.apply(this, body);
    waiting.add(() => { waiting.clear(); send.apply(this, body); });
  };
  ["focusin", "pointerover", "click"].forEach((name) => addEventListener(name, go));
})();
