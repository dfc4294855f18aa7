// Runs in an isolated world of every document: baselines, waits and snapshots that the page cannot falsify.
// Writes nothing to the page and uses no HTML sinks, so that Trusted Types and CSP do not matter.
(() => {
  if (globalThis.crawlInPage) return;

  const TICK_MS = 100; // style, form state and closed changes have no mutation record
  const SPACE = /\s+/g;

  class SelectorRefused extends Error {
    constructor(css, cause) {
      super(cause.message);
      this.css = css;
    }
  }

  // ---- the tree, open shadow roots included, in the order of its serialisation

  function* tree(node) {
    for (const child of node.children) {
      yield child;
      if (child.shadowRoot) yield* tree(child.shadowRoot);
      if (child.localName === 'template' && child.content) yield* tree(child.content);
      yield* tree(child);
    }
  }

  // A walker is the fastest by far: a list of all elements costs twice as much.
  function shadowRoots(document) {
    const found = [];
    const look = (root) => {
      const walker = document.createTreeWalker(root, 1 /* elements */);
      for (let element = walker.nextNode(); element; element = walker.nextNode()) {
        const shadow = element.shadowRoot;
        if (shadow) {
          found.push(shadow);
          look(shadow);
        }
      }
    };
    look(document);
    return found;
  }

  function matches(css, roots) {
    let found = [];
    for (const root of roots) {
      try {
        const here = root.querySelectorAll(css);
        found = roots.length === 1 ? Array.from(here) : found.concat(Array.from(here));
      } catch (error) {
        throw new SelectorRefused(css, error);
      }
    }
    return found;
  }

  // ---- what an element is to a reader

  const isVisible = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };

  const textOf = (element) => {
    const text = 'value' in element && /^(input|textarea)$/.test(element.localName) ? element.value : element.textContent;
    return String(text).replace(SPACE, ' ').trim();
  };

  const wordsOf = (elements) => elements.map(textOf).join('\0');

  // cyrb53: 53 bits are plenty to tell two texts apart.
  function digest(words) {
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (let i = 0; i < words.length; i += 1) {
      const code = words.charCodeAt(i);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  }

  const measured = (elements) => ({ count: elements.length, words: wordsOf(elements) });
  const digested = ({ count, words }) => ({ count, digest: digest(words) });

  // The last baselines by selector, for a wait that was sent before they came back: with the texts themselves, which are
  // compared faster than they are digested.
  let taken = new Map();

  function baseline(selectors) {
    return guarded(() => {
      const roots = [document, ...shadowRoots(document)];
      taken = new Map(selectors.map((css) => [css, measured(matches(css, roots))]));
      return { baselines: selectors.map((css) => digested(taken.get(css))) };
    });
  }

  function fill(condition) {
    if (condition.of) condition.of.forEach(fill);
    if (condition.css !== undefined) condition.baseline ??= taken.get(condition.css);
  }

  // ---- conditions: each returns { ok, words, most }

  const plural = (n) => (n === 1 ? '1 match' : `${n} matches`);
  const verdict = (ok, words) => ({ ok, words, most: 0 });

  const tests = {
    attached: (found) => verdict(found.length > 0, 'no match'),
    visible: (found) =>
      verdict(found.some(isVisible), found.length ? `${plural(found.length)}, none visible` : 'no match'),
    hidden: (found) => {
      const seen = found.filter(isVisible).length;
      return verdict(seen === 0, `${plural(seen)} still visible`);
    },
    gone: (found) => verdict(found.length === 0, `${plural(found.length)} still there`),
    count: (found, { atLeast, atMost, exactly }) => {
      const n = found.length;
      const given = (limit) => limit !== null && limit !== undefined;
      if (given(exactly) && n !== exactly) return verdict(false, `${plural(n)}, exactly ${exactly} wanted`);
      if (given(atLeast) && n < atLeast) return verdict(false, `${plural(n)}, ${atLeast} wanted`);
      if (given(atMost) && n > atMost) return verdict(false, `${plural(n)}, at most ${atMost} wanted`);
      return verdict(true, plural(n));
    },
    text: (found, { text }) => {
      const wanted = text.replace(SPACE, ' ').trim();
      return verdict(
        found.some((element) => textOf(element).includes(wanted)),
        found.length ? `${plural(found.length)}, none contains \`${wanted}\`` : 'no match',
      );
    },
    changed: (found, condition) => {
      condition.baseline ??= measured(found);
      if (found.length === 0) return verdict(false, 'no match');
      const { count, digest: before, words } = condition.baseline;
      const now = found.length === count ? wordsOf(found) : null;
      const same = now !== null && (words === undefined ? digest(now) === before : now === words);
      return verdict(!same, `${plural(found.length)}, texts unchanged`);
    },
    grows: (found, condition) => {
      condition.baseline ??= measured(found);
      return verdict(found.length > condition.baseline.count,
        `${plural(found.length)}, more than ${condition.baseline.count} wanted`);
    },
  };

  function evaluate(condition, roots) {
    if (condition.kind === 'all' || condition.kind === 'any') {
      const parts = condition.of.map((part) => evaluate(part, roots));
      const all = condition.kind === 'all';
      const failed = parts.filter((part) => !part.ok);
      return {
        ok: all ? failed.length === 0 : failed.length < parts.length,
        words: failed.map((part) => part.words).join(all ? '; ' : ' and '),
        most: Math.max(0, ...failed.map((part) => part.most)),
      };
    }
    const found = matches(condition.css, roots);
    condition.most = Math.max(condition.most ?? 0, found.length);
    const result = tests[condition.kind](found, condition);
    if (!found.length) result.most = condition.most;
    return result;
  }

  // ---- waiting: an observer, a slow tick, and a pause after a check as long as the page deserves

  let forget = () => {}; // ends the early wait, whose answer nobody wants any more

  function hold(condition, timeout, early, still) {
    const begun = performance.now();
    let roots = [document, ...shadowRoots(document)];
    let last = evaluate(condition, roots);
    // A document without scripts has no timers: whoever asks looks again.
    if (last.ok || still) return last;
    return new Promise((settle, fail) => {
      let due = 0;
      let late = null;
      const watch = new MutationObserver(() => soon());
      const observe = () => {
        watch.disconnect();
        const what = { childList: true, subtree: true, attributes: true, characterData: true };
        for (const root of roots) watch.observe(root, what);
      };
      const end = (give, value) => {
        watch.disconnect();
        clearInterval(tick);
        clearTimeout(late);
        clearTimeout(end_of_time);
        give(value);
      };
      const check = () => {
        late = null;
        const from = performance.now();
        try {
          last = evaluate(condition, roots);
        } catch (error) {
          end(fail, error);
          return;
        }
        const spent = performance.now() - from;
        due = from + spent + Math.min(4 * spent, 250);
        if (last.ok) end(settle, last);
      };
      const soon = () => {
        const wait = due - performance.now();
        if (wait <= 1) check();
        else late ??= setTimeout(check, wait);
      };
      const tick = setInterval(() => {
        const now = [document, ...shadowRoots(document)];
        if (now.length !== roots.length || now.some((root, i) => root !== roots[i])) {
          roots = now;
          observe();
        }
        soon();
      }, TICK_MS);
      if (early) forget = () => end(settle, last);
      const end_of_time = setTimeout(() => end(settle, last), Math.max(0, timeout - (performance.now() - begun)));
      observe();
    });
  }

  // ---- the snapshot

  const doctype = ({ doctype: type }) => {
    if (!type) return '';
    const system = type.systemId ? ` "${type.systemId}"` : '';
    if (type.publicId) return `<!DOCTYPE ${type.name} PUBLIC "${type.publicId}"${system}>\n`;
    return `<!DOCTYPE ${type.name}${system && ` SYSTEM${system}`}>\n`;
  };

  function serialise(document, roots) {
    const root = document.documentElement;
    if (!root) return '';
    if (document.contentType !== 'text/html') {
      // Chromium's viewer puts a page of its own around the XML.
      const viewed = document.getElementById('webkit-xml-viewer-source-xml');
      const nodes = viewed ? Array.from(viewed.childNodes) : [document];
      return nodes.map((node) => new XMLSerializer().serializeToString(node)).join('');
    }
    if (!roots.length) return doctype(document) + root.outerHTML;
    const shell = root.cloneNode(false).outerHTML;
    const close = shell.lastIndexOf('</');
    return doctype(document) + shell.slice(0, close) + root.getHTML({ shadowRoots: roots }) + shell.slice(close);
  }

  function formState(control, index) {
    if (control.localName === 'option') {
      const live = control.selected;
      return live === control.defaultSelected ? null : { index, selected: live };
    }
    if (control.localName === 'textarea') {
      return control.value === control.defaultValue ? null : { index, value: control.value };
    }
    if (control.type === 'file') return null;
    if (control.type === 'checkbox' || control.type === 'radio') {
      return control.checked === control.defaultChecked ? null : { index, checked: control.checked };
    }
    return control.value === control.defaultValue ? null : { index, value: control.value };
  }

  const reach = (frame) => {
    try {
      return frame.contentDocument;
    } catch {
      return null;
    }
  };

  // Controls and frames in the order of the serialised HTML; the fast way where nothing is nested.
  function inventory(document, roots) {
    const controls = [], frames = [];
    const nested = roots.length > 0 || document.querySelector('template') !== null;
    const elements = nested ? tree(document) : document.querySelectorAll('input, textarea, option, iframe, frame');
    for (const element of elements) {
      switch (element.localName) {
        case 'input': case 'textarea': case 'option': controls.push(element); break;
        case 'iframe': case 'frame': frames.push(element); break;
        default:
      }
    }
    return { controls, frames };
  }

  function snapshot(document) {
    const roots = shadowRoots(document);
    const { controls, frames } = inventory(document, roots);
    return {
      url: document.location ? document.location.href : document.URL,
      title: document.title,
      html: serialise(document, roots),
      forms: controls.map(formState).filter((state) => state !== null),
      // null: another origin, which only that frame's own world can read
      frames: frames.map((frame) => (reach(frame) ? snapshot(reach(frame)) : null)),
      contentType: document.contentType,
    };
  }

  // The elements of the frames that `snapshot` gave as null, in the same order.
  function owners(from = document) {
    return inventory(from, shadowRoots(from)).frames.flatMap((frame) => (reach(frame) ? owners(reach(frame)) : [frame]));
  }

  // ---- what Rust calls

  function guarded(act) {
    try {
      return act();
    } catch (error) {
      if (error instanceof SelectorRefused) return { refused: { css: error.css, message: error.message } };
      throw error;
    }
  }

  // Resolves once the document has come so far and the page's listeners have run: of `DOMContentLoaded` in the same task,
  // of `load` in one of its own.
  const reached = (until) => new Promise((there) => {
    const load = until === 'load';
    const name = load ? 'loadEvent' : 'domContentLoadedEvent';
    // A document is complete in the task of its event; one whose parser was stopped, by a way to `mailto:`, has none.
    const past = () => {
      const [entry] = performance.getEntriesByType('navigation');
      const complete = document.readyState === 'complete';
      return entry ? entry[`${name}End`] > 0 || (complete && entry[`${name}Start`] === 0) : complete;
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

  const settle = (wish) => {
    const { condition, timeout, capture, early, still, until, since } = wish;
    const begun = performance.now();
    if (until) {
      return reached(until).then(() => settle({ ...wish, until: null, timeout: timeout - (performance.now() - begun) }));
    }
    if (condition && early) fill(condition);
    const taking = () => {
      const page = snapshot(document);
      return since === undefined ? page : { ...page, ...crawlInPage.sent(page.html, since) };
    };
    const finish = (last) => ({
      ok: last.ok,
      waited: performance.now() - begun,
      last: { words: last.words, most: last.most },
      snapshot: last.ok && capture ? taking() : null,
    });
    return guarded(() => {
      if (!condition) return finish({ ok: true, words: '', most: 0 });
      const held = hold(condition, timeout, early, still);
      if (!(held instanceof Promise)) return finish(held);
      return held.then(finish, (error) => guarded(() => { throw error; }));
    });
  };

  const stored = () => Object.keys(localStorage).map((key) => [key, localStorage.getItem(key)]);
  const store = (items) => {
    for (const [key, value] of items) localStorage.setItem(key, value);
    return true;
  };

  Object.defineProperty(globalThis, 'crawlInPage', {
    value: { baseline, settle, forget: () => forget(), owners, stored, store, page: () => snapshot(document) },
  });
})();
