// How far a document has come, told by the document itself.
(() => {
  if (crawlInPage.reached) return;

  const TICK_MS = 100; // for what takes listeners away

  // Resolves once the document has come so far and the page's listeners have run: of `DOMContentLoaded` in the same task,
  // of `load` in one of its own.
  const reached = (until) => new Promise((there) => {
    const load = until === 'load';
    const end = load ? 'loadEventEnd' : 'domContentLoadedEventEnd';
    const past = () => {
      const [entry] = performance.getEntriesByType('navigation');
      return entry ? entry[end] > 0 : document.readyState === 'complete';
    };
    if (past()) {
      there();
      return;
    }
    const done = () => {
      clearInterval(tick);
      there();
    };
    const inNextTask = (act) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        act();
      };
      port2.postMessage(null);
    };
    // `document.open()` takes all listeners away.
    const tick = setInterval(() => { if (past()) done(); }, TICK_MS);
    const event = load ? 'load' : 'DOMContentLoaded';
    // The last listener of the last target: added while the event is on its way there.
    const last = () => { if (load) inNextTask(done); else done(); };
    addEventListener(event, ({ target }) => {
      if (target === document) addEventListener(event, last, { once: true });
    }, true);
  });

  Object.assign(crawlInPage, { reached });
})();
