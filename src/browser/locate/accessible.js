// Roles and names as assistive technology has them (HTML-AAM 1.0, Accessible Name and Description Computation 1.2).

const SPACE = /\s+/g;
const tidy = (text) => String(text ?? '').replace(SPACE, ' ').trim();
const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? (node.getRootNode() instanceof ShadowRoot ? node.getRootNode().host : null);

const isRendered = (element) =>
  element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });

const isVisible = (element) => {
  if (getComputedStyle(element).display === 'contents') return Array.from(element.children).some(isVisible);
  if (!isRendered(element)) return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
};

const isConcealed = (element) => {
  if (!isRendered(element) && getComputedStyle(element).display !== 'contents') return true;
  for (let at = element; at; at = parentOf(at)) if (at.getAttribute('aria-hidden') === 'true') return true;
  return false;
};

const INPUT_ROLES = {
  button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio',
  range: 'slider', number: 'spinbutton', search: 'searchbox', email: 'textbox', tel: 'textbox', text: 'textbox', url: 'textbox',
};

const TAG_ROLES = {
  article: 'article', aside: 'complementary', blockquote: 'blockquote', button: 'button', caption: 'caption', code: 'code',
  datalist: 'listbox', dd: 'definition', del: 'deletion', details: 'group', dfn: 'term', dialog: 'dialog', dt: 'term',
  em: 'emphasis', fieldset: 'group', figure: 'figure', h1: 'heading', h2: 'heading', h3: 'heading', h4: 'heading',
  h5: 'heading', h6: 'heading', hr: 'separator', html: 'document', ins: 'insertion', li: 'listitem', main: 'main',
  math: 'math', menu: 'list', meter: 'meter', nav: 'navigation', ol: 'list', optgroup: 'group', option: 'option',
  output: 'status', p: 'paragraph', progress: 'progressbar', search: 'search', strong: 'strong', sub: 'subscript',
  summary: 'button', sup: 'superscript', svg: 'img', table: 'table', tbody: 'rowgroup', textarea: 'textbox', tfoot: 'rowgroup',
  thead: 'rowgroup', time: 'time', tr: 'row', ul: 'list',
};

const labelled = (element) => element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby');

function roleOf(element) {
  const given = element.getAttribute('role')?.trim().toLowerCase().split(SPACE)[0];
  if (given) return given === 'image' ? 'img' : given === 'presentation' ? 'none' : given;
  const tag = element.localName;
  switch (tag) {
    case 'a': case 'area': return element.hasAttribute('href') ? 'link' : 'generic';
    case 'img': return element.getAttribute('alt') === '' && !labelled(element) ? 'none' : 'img';
    case 'input':
      if (element.hasAttribute('list') && /^(text|search|email|tel|url)$/.test(element.type)) return 'combobox';
      return INPUT_ROLES[element.type] ?? null;
    case 'select': return element.multiple || element.size > 1 ? 'listbox' : 'combobox';
    case 'td': return element.closest('[role=grid], [role=treegrid]') ? 'gridcell' : 'cell';
    case 'th': return element.scope === 'row' || element.scope === 'rowgroup' ? 'rowheader' : 'columnheader';
    case 'header': case 'footer':
      if (element.closest('article, aside, main, nav, section')) return 'generic';
      return tag === 'header' ? 'banner' : 'contentinfo';
    case 'form': return labelled(element) ? 'form' : null;
    case 'section': return labelled(element) ? 'region' : null;
    default: return TAG_ROLES[tag] ?? null;
  }
}

const NAMED_BY_CONTENT = new Set(['button', 'cell', 'checkbox', 'columnheader', 'gridcell', 'heading', 'link', 'menuitem',
  'menuitemcheckbox', 'menuitemradio', 'option', 'radio', 'row', 'rowheader', 'switch', 'tab', 'tooltip', 'treeitem']);

const childrenOf = (element) => {
  if (element.localName === 'slot') {
    const given = element.assignedNodes();
    if (given.length) return given;
  }
  return Array.from((element.shadowRoot ?? element).childNodes);
};

const INLINE = /^(inline|contents|none)/;

// The text of what an element contains, images by their alternatives and fields by their values.
function contentOf(node, seen) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return '';
  if (/^(script|style|template|noscript)$/.test(node.localName) || seen.has(node)) return '';
  const text = seen.size ? nameOfPart(node, seen) : null;
  if (text !== null) return text;
  seen.add(node);
  const inside = childrenOf(node).map((child) =>
    child.nodeType === Node.ELEMENT_NODE && isConcealed(child) ? '' : contentOf(child, seen)).join('');
  return INLINE.test(getComputedStyle(node).display) && node.localName !== 'br' ? inside : ` ${inside} `;
}

function nameOfPart(element, seen) {
  if (element.getAttribute('aria-label')?.trim()) return element.getAttribute('aria-label');
  switch (element.localName) {
    case 'img': case 'area': return element.getAttribute('alt') ?? element.getAttribute('title') ?? '';
    case 'input':
      return /^(submit|button|reset)$/.test(element.type) ? buttonName(element)
        : /^(checkbox|radio|hidden|file|image)$/.test(element.type) ? '' : element.value;
    case 'textarea': return element.value;
    case 'select': return Array.from(element.selectedOptions, (option) => option.label).join(' ');
    case 'svg': return element.querySelector(':scope > title')?.textContent ?? contentOf(element, new Set([...seen, element]));
    default: return null;
  }
}

const buttonName = (input) => input.value || ({ submit: 'Submit', reset: 'Reset' }[input.type] ?? '');

const referenced = (element, attribute) => (element.getAttribute(attribute) ?? '').split(SPACE)
  .map((id) => id && element.getRootNode().getElementById?.(id)).filter(Boolean);

const plainContent = (element) => tidy(element.getAttribute('aria-label') || contentOf(element, new Set()));

// The texts that name a control: `aria-labelledby`, `aria-label`, its `label`s.
function labelsOf(element) {
  const by = referenced(element, 'aria-labelledby').map(plainContent).join(' ');
  if (tidy(by)) return [tidy(by)];
  const own = tidy(element.getAttribute('aria-label'));
  if (own) return [own];
  return Array.from(element.labels ?? [], (label) => tidy(labelText(label, element))).filter(Boolean);
}

const labelText = (label, control) => contentOf(label, new Set([control]));

function nameOf(element) {
  const labels = labelsOf(element);
  if (labels.length) return labels.join(' ');
  const child = (tag) => tidy(element.querySelector(`:scope > ${tag}`)?.textContent);
  let native = '';
  switch (element.localName) {
    case 'input':
      if (/^(submit|button|reset)$/.test(element.type)) native = buttonName(element);
      if (element.type === 'image') native = element.alt || element.value || element.title || 'Submit';
      break;
    case 'img': case 'area': native = element.getAttribute('alt'); break;
    case 'fieldset': native = child('legend'); break;
    case 'table': native = child('caption'); break;
    case 'figure': native = child('figcaption'); break;
    case 'svg': native = child('title'); break;
    case 'option': case 'optgroup': native = element.label; break;
    default:
  }
  if (tidy(native)) return tidy(native);
  if (NAMED_BY_CONTENT.has(roleOf(element)) || element.localName === 'summary') {
    const content = tidy(contentOf(element, new Set()));
    if (content) return content;
  }
  return tidy(element.getAttribute('title') || element.getAttribute('placeholder'));
}

// ---- states

const isDisabled = (element) => {
  const control = element.closest('button, input, select, textarea, option, optgroup, fieldset') ?? element;
  if (control.matches(':disabled')) return true;
  for (let at = element; at; at = parentOf(at)) if (at.getAttribute('aria-disabled') === 'true') return true;
  return false;
};

const isReadOnly = (element) => element.readOnly === true || element.getAttribute('aria-readonly') === 'true';

function stateOf(element, name) {
  const said = (attribute) => element.getAttribute(attribute);
  switch (name) {
    case 'checked':
      if (element.indeterminate) return 'mixed';
      if (/^(checkbox|radio)$/.test(element.type)) return String(element.checked);
      return said('aria-checked') ?? 'false';
    case 'disabled': return String(isDisabled(element));
    case 'expanded': return said('aria-expanded') ?? String(element.closest('details')?.open ?? false);
    case 'selected': return said('aria-selected') ?? String(element.selected ?? false);
    case 'pressed': return said('aria-pressed') ?? 'false';
    case 'level': return said('aria-level') ?? (/^h[1-6]$/.test(element.localName) ? element.localName[1] : '');
    default: return '';
  }
}
