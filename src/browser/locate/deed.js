// What is done to a target in the page itself, once it is ready; what input does comes from outside.

const controlOf = (element) => (element.localName === 'label' && element.control ? element.control : element);

const tell = (element, ...events) => {
  for (const name of events) element.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
};

const wrongKind = (element, words) => ({ why: 'kind', words: `\`${shortName(element)}\` ${words}` });

const TYPED = new Set(['text', 'search', 'tel', 'url', 'email', 'password', 'number']);

const FORMATS = {
  date: '2026-11-26', time: '13:05 or 13:05:30', 'datetime-local': '2026-11-26T13:05', month: '2026-11', week: '2026-W48',
  color: '#ff8800', range: 'a number',
};

// The nearest editable element: the target, its label's control, or the one around it.
function fieldOf(found) {
  const element = controlOf(found);
  if (element.isContentEditable) {
    let host = element;
    while (host.parentElement?.isContentEditable) host = host.parentElement;
    return { element: host };
  }
  switch (element.localName) {
    case 'textarea': return { element };
    case 'select': return wrongKind(element, 'is a list to choose from: use `select_option`');
    case 'input':
      if (/^(checkbox|radio)$/.test(element.type)) return wrongKind(element, 'is checked, not filled: use `check`');
      if (element.type === 'file') return wrongKind(element, 'takes files: use `upload`');
      if (/^(button|submit|reset|image|hidden)$/.test(element.type)) return wrongKind(element, 'is no field that can be filled');
      return { element };
    default: return wrongKind(element, 'is no field that can be filled');
  }
}

function focus(element) {
  element.focus({ preventScroll: true });
}

function selectAll(element) {
  if ('select' in element) element.select();
  else getSelection().selectAllChildren(element);
}

function caretToEnd(element) {
  if ('value' in element) {
    try {
      element.setSelectionRange(element.value.length, element.value.length);
    } catch {
      // Fields of numbers and e-mail addresses have no caret to set: they are typed at where it is.
    }
  } else if (element.isContentEditable) {
    getSelection().selectAllChildren(element);
    getSelection().collapseToEnd();
  }
}

const isActive = (element) => element.getRootNode().activeElement === element;

function setValue(element, value) {
  const before = element.value;
  focus(element);
  element.value = value;
  const same = element.type === 'color' ? element.value.toLowerCase() === value.toLowerCase()
    : element.type === 'range' ? Number(element.value) === Number(value)
      : element.type === 'time' ? element.value.startsWith(value) || value.startsWith(element.value) && element.value !== '' : element.value === value;
  if (!same) {
    element.value = before;
    const limits = element.type === 'range' ? ` between ${element.min || 0} and ${element.max || 100}${element.step ? ` in steps of ${element.step}` : ''}` : '';
    return { why: 'value', words: `\`${shortName(element)}\` is a field of type ${element.type} and takes no "${value}"`, hint: `${FORMATS[element.type]}${limits}` };
  }
  tell(element, 'input', 'change');
  return { how: 'set' };
}

const DEEDS = {
  fill: {
    subject: fieldOf,
    act(element, { value }) {
      if (element.localName === 'input' && !TYPED.has(element.type)) return setValue(element, value);
      if (element.type === 'number' && value !== '' && !Number.isFinite(Number(value))) {
        return { why: 'value', words: `\`${shortName(element)}\` is a field of numbers and takes no "${value}"`, hint: 'a number such as 12.5' };
      }
      focus(element);
      const empty = ('value' in element ? element.value : element.textContent) === '';
      selectAll(element);
      if (value === '') return { how: empty ? 'none' : 'delete' };
      return { how: 'type' };
    },
  },
  type: {
    subject: fieldOf,
    act(element) {
      if (!isActive(element)) {
        focus(element);
        caretToEnd(element);
      }
      return { how: 'type' };
    },
  },
  focus: {
    act(element) {
      focus(element);
      return {};
    },
  },
  select: {
    subject(found) {
      const element = controlOf(found);
      return element.localName === 'select' ? { element } : wrongKind(element, 'is no list to choose from (`select`): click what opens it, then the choice');
    },
    act(select, { wanted }) {
      const options = Array.from(select.options);
      if (wanted.length > 1 && !select.multiple) return wrongKind(select, 'takes one choice, not several');
      const words = (option) => tidy(option.label);
      const fits = (option, index, wish) => {
        if (wish.index !== undefined) return index === wish.index;
        if (wish.value !== undefined) return option.value === wish.value;
        if (wish.label !== undefined) return words(option) === tidy(wish.label);
        return option.value === wish.any || words(option) === tidy(wish.any);
      };
      const chosen = [];
      for (const wish of wanted) {
        const option = options.find((candidate, index) => fits(candidate, index, wish));
        const list = options.slice(0, 20).map((candidate) => words(candidate) || candidate.value);
        if (!option) return { why: 'option', words: String(wish.index ?? wish.value ?? wish.label ?? wish.any), near: list, target: shortName(select) };
        if (isDisabled(option)) return { why: 'disabled', words: `option ${words(option) || option.value}` };
        chosen.push(option);
      }
      focus(select);
      for (const option of options) if (select.multiple || chosen.includes(option)) option.selected = chosen.includes(option);
      if (!wanted.length && !select.multiple) select.selectedIndex = -1;
      tell(select, 'input', 'change');
      return { how: 'set' };
    },
  },
  checked: {
    subject(found) {
      const element = controlOf(found);
      const native = element.localName === 'input' && /^(checkbox|radio)$/.test(element.type);
      const role = /^(checkbox|radio|switch|menuitemcheckbox|menuitemradio|option|treeitem)$/.test(element.getAttribute('role') ?? '');
      if (!native && !role) return wrongKind(element, 'is neither a checkbox nor a radio button');
      if (isVisible(element)) return { element };
      const label = Array.from(element.labels ?? []).find(isVisible);
      return { element, pointer: label ?? element };
    },
    act(element, { wanted, now }) {
      const state = stateOf(element, 'checked') === 'true';
      if (state === wanted) return { how: 'none' };
      if (!wanted && (element.type === 'radio' || element.getAttribute('role') === 'radio')) {
        return wrongKind(element, 'is a radio button, which only choosing another one unchecks');
      }
      return now ? { why: 'unchanged', words: shortName(element) } : { how: 'click' };
    },
  },
  files: {
    subject(found) {
      const element = controlOf(found);
      const own = element.localName === 'input' && element.type === 'file' ? element : element.querySelector('input[type=file]');
      // Another control may open a file chooser.
      return { element: own ?? found };
    },
    act(element, { count }) {
      if (element.type !== 'file') return { how: 'click' };
      if (count > 1 && !element.multiple) return wrongKind(element, 'takes one file, not several');
      return { how: 'files' };
    },
  },
  submit: {
    subject(found) {
      const form = found.localName === 'form' ? found : found.form ?? found.closest('form') ?? found.querySelector('form');
      return form ? { element: form, pointer: form } : wrongKind(found, 'belongs to no form');
    },
    act(form, { target: _ }) {
      const bad = form.noValidate ? null : Array.from(form.elements).find((control) => control.willValidate && !control.validity.valid);
      if (bad) return { why: 'invalid', words: `\`${shortName(bad)}\`: ${bad.validationMessage}` };
      form.requestSubmit();
      return { how: 'set' };
    },
  },
  show: {
    act(element) {
      element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      return {};
    },
  },
  picture: {
    act(element) {
      element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
      const { x, y, width, height } = element.getBoundingClientRect();
      return { area: [x, y, width, height], scrolled: [scrollX, scrollY] };
    },
  },
  scroll: {
    act: (element, wish) => scroll(scrollable(element), wish),
  },
  frame: {
    subject: (element) => (/^i?frame$/.test(element.localName) ? { element } : wrongKind(element, 'is no frame')),
    act: () => ({}),
  },
};

// The box that scrolls: the element, the first one in it, or the one around it.
function scrollable(element) {
  const scrolls = (box) => (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)
    && /(auto|scroll|overlay)/.test(`${getComputedStyle(box).overflowY} ${getComputedStyle(box).overflowX}`);
  if (scrolls(element)) return element;
  const inside = Array.from(elementsOf(element)).find(scrolls);
  if (inside) return inside;
  for (let at = parentOf(element); at; at = parentOf(at)) if (scrolls(at)) return at;
  return document.scrollingElement ?? document.documentElement;
}

function scroll(box, { to, by }) {
  const top = to === 'to_end' ? box.scrollHeight : to === 'to_start' ? 0 : box.scrollTop + by[1];
  box.scrollTo({ left: to ? box.scrollLeft : box.scrollLeft + by[0], top, behavior: 'instant' });
  return {};
}
