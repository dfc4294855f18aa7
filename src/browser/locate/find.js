// Finds what a target means, through open shadow roots, in document order.

class Refused extends Error {}

// Every root below `from`, itself first.
function rootsOf(from) {
  const found = [];
  const look = (root) => {
    found.push(root);
    if (root.shadowRoot) look(root.shadowRoot);
    const walker = document.createTreeWalker(root, 1 /* elements */);
    for (let element = walker.nextNode(); element; element = walker.nextNode()) {
      if (element.shadowRoot) look(element.shadowRoot);
    }
  };
  look(from);
  return found;
}

function* below(root) {
  for (const element of root.children) {
    yield element;
    if (element.shadowRoot) yield* below(element.shadowRoot);
    yield* below(element);
  }
}

function* elementsOf(root) {
  if (root.shadowRoot) yield* below(root.shadowRoot);
  yield* below(root);
}

function inOrder(found, from, roots) {
  const all = new Set(found);
  if (all.size < 2 || roots.length === 1) return [...all];
  return Array.from(elementsOf(from)).filter((element) => all.has(element));
}

function asks(words) {
  if (words.how === 'regex') {
    let expression;
    try {
      expression = new RegExp(words.source, words.flags.replace(/[gy]/g, ''));
    } catch (error) {
      throw new Refused(error.message);
    }
    return (text) => expression.test(text);
  }
  const wanted = tidy(words.text);
  if (words.how === 'whole') return (text) => text === wanted;
  const lower = wanted.toLowerCase();
  return (text) => text.toLowerCase().includes(lower);
}

// A selector's compounds where descendants follow each other: `a b` becomes [a, b], each of which may begin a shadow tree.
function generations(css) {
  const parts = [''];
  let depth = 0, quote = '';
  for (let i = 0; i < css.length; i += 1) {
    const c = css[i];
    if (c === '\\') parts[parts.length - 1] += c + (css[(i += 1)] ?? '');
    else if (quote) {
      if (c === quote) quote = '';
      parts[parts.length - 1] += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      parts[parts.length - 1] += c;
    } else if (depth === 0 && c === ',') return [css];
    else if (depth === 0 && /\s/.test(c) && /[^\s>+~]/.test(css.slice(i).trimStart()[0] ?? '>') && !/[>+~]\s*$/.test(parts.at(-1))) {
      if (parts.at(-1)) parts.push('');
    } else {
      if (/[[(]/.test(c)) depth += 1;
      if (/[\])]/.test(c)) depth -= 1;
      parts[parts.length - 1] += c;
    }
  }
  return parts.filter(Boolean);
}

function byCss(css, from, roots) {
  const query = (root, selector) => {
    try {
      return Array.from(root.querySelectorAll(selector));
    } catch (error) {
      throw new Refused(error.message);
    }
  };
  const found = roots.flatMap((root) => query(root, css));
  const parts = found.length || roots.length === 1 ? [css] : generations(css);
  if (parts.length === 1) return found;
  return parts.reduce((scopes, part) => scopes.flatMap((scope) => rootsOf(scope).flatMap((root) => query(root, part))), [from]);
}

const UNREAD = /^(script|style|noscript|template|head|title)$/;

// The smallest elements whose text says it.
function byText(words, from) {
  const fits = asks(words);
  const texts = new Map();
  const textOf = (element) => {
    if (!texts.has(element)) {
      const own = element.localName === 'input' && /^(submit|button|reset)$/.test(element.type) ? buttonName(element) : null;
      const parts = own === null
        ? [...element.childNodes, ...(element.shadowRoot?.childNodes ?? [])].map((node) => {
          if (node.nodeType === Node.TEXT_NODE) return node.data;
          return node.nodeType === Node.ELEMENT_NODE && !UNREAD.test(node.localName) ? raw(node) : '';
        }) : [own];
      texts.set(element, parts.join(''));
    }
    return texts.get(element);
  };
  const raw = (element) => (element.localName === 'br' ? ' ' : textOf(element));
  const found = [];
  // Part of a text can be in a child alone if the parent has it too; a regular expression or a whole text need not be.
  const parts = words.how === 'part';
  const look = (element) => {
    if (UNREAD.test(element.localName)) return false;
    const here = fits(tidy(textOf(element)));
    if (parts && !here) return false;
    const children = [...element.children, ...(element.shadowRoot?.children ?? [])];
    const inside = children.map(look).some(Boolean);
    if (here && !inside) found.push(element);
    return here || inside;
  };
  for (const child of from instanceof Document ? [from.body ?? from.documentElement] : from.children) if (child) look(child);
  if (from.shadowRoot) for (const child of from.shadowRoot.children) look(child);
  return found;
}

function byRole({ role, name, states, hidden }, from) {
  const fits = name ? asks(name) : () => true;
  return Array.from(elementsOf(from)).filter((element) => roleOf(element) === role
    && (hidden || !isConcealed(element))
    && states.every(([key, value]) => stateOf(element, key) === value)
    && fits(nameOf(element)));
}

const CONTROLS = 'input:not([type=hidden]), textarea, select, button, output, meter, progress, [contenteditable], [aria-label], [aria-labelledby]';

function byLabel(words, roots) {
  const fits = asks(words);
  return roots.flatMap((root) => Array.from(root.querySelectorAll(CONTROLS))).filter((element) => {
    const labels = labelsOf(element);
    return labels.some(fits) || (labels.length > 1 && fits(labels.join(' ')));
  });
}

const byAttribute = (names, words, roots) => {
  const fits = asks(words);
  const css = names.map((name) => `[${name}]`).join(', ');
  return roots.flatMap((root) => Array.from(root.querySelectorAll(css)))
    .filter((element) => names.some((name) => element.hasAttribute(name) && fits(tidy(element.getAttribute(name)))));
};

function byPath(path, from, roots) {
  const found = [];
  // XPath knows no shadow trees.
  for (const root of roots.filter((one) => !(one instanceof ShadowRoot))) {
    try {
      const below = from instanceof Element && path.startsWith('/') ? `.${path}` : path;
      const walk = document.evaluate(below, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
      for (let i = 0; i < walk.snapshotLength; i += 1) found.push(walk.snapshotItem(i));
    } catch (error) {
      throw new Refused(error.message);
    }
  }
  return found.filter((node) => node.nodeType === Node.ELEMENT_NODE);
}

function find(target, from) {
  const roots = rootsOf(from);
  switch (target.by) {
    case 'css': return inOrder(byCss(target.css, from, roots), from, roots);
    case 'text': return byText(target.words, from);
    case 'role': return byRole(target, from);
    case 'label': return inOrder(byLabel(target.words, roots), from, roots);
    case 'placeholder': return inOrder(byAttribute(['placeholder', 'aria-placeholder'], target.words, roots), from, roots);
    case 'testid':
      return inOrder(byAttribute(['data-testid', 'data-test-id', 'data-test'], target.words, roots), from, roots);
    default: return inOrder(byPath(target.path, from, roots), from, roots);
  }
}

// The one element that a place means: { element } or { why, … }.
function single({ target, nth, within }, wanted) {
  let from = document;
  if (within) {
    const outer = single({ target: within, nth: null, within: null }, isVisible);
    if (!outer.element) return { ...outer, outer: true };
    from = outer.element;
  }
  const found = find(target, from);
  if (nth !== null && nth !== undefined) {
    const element = found.at(nth);
    return element ? { element } : { why: 'none', count: found.length };
  }
  if (found.length === 0) return { why: 'none', count: 0 };
  if (found.length === 1) return { element: found[0] };
  // What a person cannot see is not meant, where something is that they can.
  const seen = wanted ? found.filter(wanted) : found;
  if (seen.length === 1) return { element: seen[0] };
  const shown = seen.length ? seen : found;
  return { why: 'many', count: shown.length, list: shown.slice(0, 5).map((element) => ({ html: brief(element), selector: pathTo(element) })) };
}

// ---- how elements are shown

const escaped = (name) => CSS.escape(name);

const shortName = (element) => element.localName + (element.id ? `#${escaped(element.id)}`
  : Array.from(element.classList).slice(0, 2).map((name) => `.${escaped(name)}`).join(''));

function brief(element) {
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  const shell = element.cloneNode(false).outerHTML;
  const close = shell.lastIndexOf('</');
  const open = cut(close < 0 ? shell : shell.slice(0, close), 90);
  const text = cut(tidy(element.textContent), 40);
  return close < 0 ? open : `${open}${text}</${element.localName}>`;
}

// A selector that finds this element alone, through shadow roots too.
function pathTo(element) {
  const roots = rootsOf(document);
  const alone = (css) => roots.reduce((n, root) => n + root.querySelectorAll(css).length, 0) === 1;
  for (const name of ['data-testid', 'data-test-id', 'data-test']) {
    const value = element.getAttribute(name);
    if (value && alone(`[${name}=${JSON.stringify(value)}]`)) return `testid=${value}`;
  }
  if (element.id && alone(`#${escaped(element.id)}`)) return `#${escaped(element.id)}`;
  const role = roleOf(element);
  const name = role && NAMED_BY_CONTENT.has(role) ? nameOf(element) : '';
  if (name && name.length <= 40 && !/["\\]/.test(name)) {
    const query = { role, name: { how: 'whole', text: name }, states: [], hidden: false };
    if (byRole(query, document).length === 1) return `role=${role}[name="${name}"]`;
  }
  for (const attribute of ['name', 'href', 'placeholder', 'value']) {
    const value = element.getAttribute(attribute);
    const css = `${element.localName}[${attribute}=${JSON.stringify(value)}]`;
    if (value && value.length <= 60 && alone(css)) return css;
  }
  let path = '';
  for (let at = element; at instanceof Element; at = at.parentElement) {
    const twins = at.parentElement ? Array.from(at.parentElement.children).filter((other) => other.localName === at.localName) : [];
    const step = at.id ? `#${escaped(at.id)}` : shortName(at) + (twins.length > 1 ? `:nth-of-type(${twins.indexOf(at) + 1})` : '');
    path = path ? `${step} > ${path}` : step;
    if (alone(path)) return path;
  }
  return path;
}

// What there is of the kind that was looked for.
function namesNear(target) {
  const few = (texts) => [...new Set(texts.map(tidy).filter((text) => text && text.length <= 80))].slice(0, 200);
  switch (target.by) {
    case 'role': return few(byRole({ role: target.role, name: null, states: [], hidden: false }, document).map(nameOf));
    case 'label': return few(rootsOf(document).flatMap((root) => Array.from(root.querySelectorAll(CONTROLS))).flatMap(labelsOf));
    case 'placeholder': return few(rootsOf(document).flatMap((root) => Array.from(root.querySelectorAll('[placeholder]'), (e) => e.placeholder)));
    case 'testid': return few(rootsOf(document).flatMap((root) => Array.from(root.querySelectorAll('[data-testid]'), (e) => e.dataset.testid)));
    case 'text': {
      const spoken = 'a, button, label, summary, h1, h2, h3, h4, li, option, td, th, span, p, input[type=submit], input[type=button]';
      const texts = rootsOf(document).flatMap((root) => Array.from(root.querySelectorAll(spoken)))
        .filter(isVisible).map((element) => (element.localName === 'input' ? buttonName(element) : element.textContent));
      return few(texts);
    }
    default: return [];
  }
}
