// A person points at an element: it is outlined below the pointer, and the page sees nothing of the click.
// The listeners stand before any of the page's own, since this runs before its scripts; they sleep until they are wanted.
(() => {
  if (window !== top || crawlInPage.point) return;

  const HELD = ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'click', 'auxclick', 'dblclick', 'contextmenu', 'dragstart'];
  const KEYS = ['keydown', 'keypress', 'keyup'];
  const AFTER_MS = 400; // what still belongs to the click, and the other half of a double click
  const LIVE = new Set(['value', 'checked', 'selected']); // written anew by a snapshot

  let turn = null;
  let quiet = 0;

  // An icon stands for what it is in, the place of a frame for what lies there in it. Frames that are let through have
  // windows of their own: nothing of theirs is an instance of anything of ours.
  function target(event) {
    const [hit] = event.composedPath();
    if (!(hit instanceof Element)) return document.documentElement;
    const inside = ({ left, right, top, bottom }) =>
      left <= event.clientX && event.clientX < right && top <= event.clientY && event.clientY < bottom;
    const frames = [...hit.querySelectorAll('iframe, frame, object, embed')];
    const frame = frames.findLast((frame) => frame.checkVisibility() && inside(frame.getBoundingClientRect()));
    return whole(within(frame ?? hit, event.clientX, event.clientY));
  }

  const whole = (element) => element.closest('svg')?.parentElement ?? element;

  // What lies at a point of a frame's place, through frames and open shadow roots.
  function within(element, x, y) {
    const inner = isFrame(element) ? reach(element) : null;
    if (!inner) return element;
    const { left, top } = element.getBoundingClientRect();
    const [innerX, innerY] = [x - left - element.clientLeft, y - top - element.clientTop];
    let at = inner.elementFromPoint(innerX, innerY) ?? inner.documentElement;
    while (at?.shadowRoot?.elementFromPoint(innerX, innerY) && at.shadowRoot.elementFromPoint(innerX, innerY) !== at) {
      at = at.shadowRoot.elementFromPoint(innerX, innerY);
    }
    return at ? within(at, innerX, innerY) : element;
  }

  const isFrame = (element) => element.localName === 'iframe' || element.localName === 'frame';

  function reach(frame) {
    try {
      return frame.contentDocument;
    } catch {
      return null;
    }
  }

  // The frames around an element, from the outermost in, each by its number in its document.
  function around(element) {
    const frame = element.ownerDocument.defaultView?.frameElement;
    if (!frame) return [];
    return [...around(frame), [...elements(frame.ownerDocument)].filter(isFrame).indexOf(frame)];
  }

  // What leads to one element of its tree and to no other, without a mark on it.
  function path(element, root) {
    const steps = [];
    for (let at = element; at; at = at.parentElement) {
      if (at === at.ownerDocument.documentElement) return [':root', ...steps].join(' > ');
      const nth = [...at.parentNode.children].indexOf(at) + 1;
      steps.unshift(`:nth-child(${nth})`);
    }
    return [root.host ? ':host' : ':root', ...steps].join(' > ');
  }

  // A style sheet of our own: no node of the page changes, so that no observer of the page's wakes.
  function outline(element) {
    if (element === turn.below) return;
    clear();
    turn.below = element;
    const root = element.getRootNode();
    adopt(root, `${path(element, root)} { outline: 2px solid #e5484d !important; outline-offset: -2px !important }`);
    adopt(document, '* { cursor: crosshair !important } iframe, frame, object, embed { pointer-events: none !important }');
  }

  function adopt(root, css) {
    const sheet = new (root.ownerDocument ?? root).defaultView.CSSStyleSheet(); // of its own document
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    turn.sheets.push([root, sheet]);
  }

  function clear() {
    for (const [root, sheet] of turn.sheets.splice(0)) {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
    }
  }

  // The page's elements in the order of a document that was parsed from its snapshot.
  function* elements(node) {
    for (const child of node.children) {
      yield child;
      yield* elements(child);
    }
    if (node.shadowRoot) yield* elements(node.shadowRoot);
  }

  function mark(element) {
    const lasting = ({ attributes }) =>
      Array.from(attributes, ({ name, value }) => [name, value]).filter(([name]) => !LIVE.has(name)).sort();
    const tag = element.localName;
    const attributes = lasting(element);
    const same = JSON.stringify(attributes);
    let ordinal = 0;
    for (const other of elements(element.ownerDocument)) {
      if (other === element) break;
      if (other.localName === tag && JSON.stringify(lasting(other)) === same) ordinal += 1;
    }
    return { tag, attributes, ordinal };
  }

  const ours = (event) => event.isTrusted && (turn !== null || performance.now() < quiet);

  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function held(event) {
    if (!ours(event)) return;
    swallow(event);
    if (turn && event.type === 'pointerdown') turn.pressed = target(event);
    if (turn && event.type === 'pointerup') {
      const element = turn.pressed ?? target(event);
      const sealed = isFrame(element) && !reach(element);
      turn.end({ element: mark(element), frames: around(element), sealed, snapshot: crawlInPage.page() });
    }
  }

  function moved(event) {
    if (turn && event.isTrusted) outline(target(event));
  }

  function pressed(event) {
    if (event.key !== 'Escape' || !ours(event)) return;
    swallow(event);
    turn?.end({});
  }

  function listen() {
    for (const type of HELD) addEventListener(type, held, { capture: true, passive: false });
    for (const type of KEYS) addEventListener(type, pressed, true);
    addEventListener('pointermove', moved, true);
  }

  const point = (timeout) => new Promise((settle) => {
    turn?.end({});
    listen(); // `document.open()` removes them
    const late = setTimeout(() => turn.end({ late: true }), timeout);
    turn = {
      below: null,
      pressed: null,
      sheets: [],
      end(outcome) {
        clearTimeout(late);
        clear();
        turn = null;
        quiet = performance.now() + AFTER_MS;
        settle(outcome);
      },
    };
    outline(document.documentElement);
  });

  // Holds clicks back from now on, for the moment until `point` is there.
  const arm = () => {
    listen();
    quiet = performance.now() + 5 * AFTER_MS;
    return true;
  };

  const unpoint = () => {
    turn?.end({});
    return true;
  };

  listen();
  Object.assign(crawlInPage, { arm, point, unpoint });
})();
