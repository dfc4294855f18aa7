// Waits until a target can be acted upon: there, visible, enabled, still, and hit at its point.

let held = null; // what the last call found

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
// A page that is not painted has no frames; one on a busy machine has them late.
const frame = () => Promise.race([new Promise((wake) => requestAnimationFrame(wake)), sleep(1000)]);

function changed(ms) {
  return new Promise((wake) => {
    const end = () => {
      watch.disconnect();
      clearTimeout(late);
      wake();
    };
    const watch = new MutationObserver(end);
    const what = { childList: true, subtree: true, attributes: true, characterData: true };
    for (const root of rootsOf(document)) watch.observe(root, what);
    const late = setTimeout(end, ms);
  });
}

const boxOf = (element) => {
  const box = element.getBoundingClientRect();
  return [box.x, box.y, box.width, box.height];
};

// The middle of what is seen of an element, or the wished-for place in it; null where it lies outside the viewport.
function pointOf(element, position) {
  if (position) {
    const box = element.getBoundingClientRect();
    const point = [box.x + position[0], box.y + position[1]];
    const inside = point[0] >= 0 && point[1] >= 0 && point[0] < innerWidth && point[1] < innerHeight;
    return inside ? point : null;
  }
  for (const box of element.getClientRects()) {
    const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
    const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
    if (right - left > 0 && bottom - top > 0) return [(left + right) / 2, (top + bottom) / 2];
  }
  return null;
}

function deepest([x, y]) {
  let at = document.elementFromPoint(x, y);
  while (at?.shadowRoot) {
    const inner = at.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === at) break;
    at = inner;
  }
  return at;
}

function holds(outer, inner) {
  for (let at = inner; at; at = parentOf(at)) if (at === outer) return true;
  return false;
}

// Whether what is hit at the point is the target, part of it, or stands for it.
function belongs(hit, element) {
  const goal = element.closest('button, a[href], summary, [role=button], [role=link], [role=tab], [role=menuitem], [role=option]') ?? element;
  if (holds(goal, hit)) return true;
  if (Array.from(element.labels ?? []).some((label) => holds(label, hit))) return true;
  const label = element.closest('label');
  return label !== null && (holds(label, hit) || label.control === hit);
}

// The outermost thing that lies over the target: a person would name the banner, not the paragraph in it.
function coverOf(hit, element) {
  let cover = hit;
  let floating = null;
  for (let at = hit; at && !holds(at, element); at = parentOf(at)) {
    cover = at;
    if (/^(fixed|absolute|sticky)$/.test(getComputedStyle(at).position) || at.matches('dialog, [popover]')) floating = at;
  }
  return shortName(floating ?? cover);
}

async function aim(element, wish, scrolls) {
  let cover = null;
  for (const block of [null, 'center', 'end', 'start']) {
    if (block === 'end' && (scrolls.tried || !cover)) break;
    if (block) {
      const before = boxOf(element);
      element.scrollIntoView({ block, inline: block === 'center' ? 'center' : 'nearest', behavior: 'instant' });
      scrolls.tried = block === 'start';
      if (String(before) !== String(boxOf(element))) await frame();
    }
    const point = pointOf(element, wish.position);
    if (!point) continue;
    if (!wish.checks.includes('hit')) return { point };
    const hit = deepest(point);
    if (hit && belongs(hit, element)) return { point };
    cover = hit ? coverOf(hit, element) : cover;
  }
  return cover ? { why: 'covered', words: cover } : { why: 'outside' };
}

// Errors that no waiting mends.
const FINAL = new Set(['many', 'kind', 'value', 'invalid', 'refused']);

async function attempt(wish, scrolls) {
  const found = single(wish.place, wish.checks.includes('visible') ? isVisible : null);
  if (!found.element) return found;
  const op = wish.op ? DEEDS[wish.op.kind] : null;
  const aimed = op?.subject ? op.subject(found.element) : { element: found.element };
  if (aimed.why) return aimed;
  const { element } = aimed;
  const pointer = aimed.pointer ?? element;
  const failed = (why) => ({ why, words: shortName(element) });
  if (wish.checks.includes('visible') && !isVisible(pointer)) return failed('hidden');
  if (wish.checks.includes('enabled') && isDisabled(element)) return failed('disabled');
  if (wish.checks.includes('editable') && isReadOnly(element)) return failed('readonly');
  let point = null;
  if (wish.checks.includes('stable')) {
    const before = boxOf(pointer);
    const then = document.timeline.currentTime;
    await frame();
    // On a busy machine two callbacks may belong to the same moment of the page.
    for (let late = 0; late < 10 && document.timeline.currentTime - then < 10; late += 1) await frame();
    if (!pointer.isConnected) return failed('detached');
    if (String(before) !== String(boxOf(pointer))) return failed('moving');
  }
  if (wish.checks.includes('point')) {
    const aimedAt = await aim(pointer, wish, scrolls);
    if (!pointer.isConnected) return failed('detached');
    if (aimedAt.why) return { words: shortName(element), ...aimedAt, target: shortName(element) };
    point = aimedAt.point;
  }
  held = element;
  const did = op ? await op.act(element, wish.op) : {};
  return did.why ? did : { ok: true, point, did };
}

async function ready(wish) {
  const end = performance.now() + wish.timeout;
  const scrolls = { tried: false };
  for (;;) {
    const from = performance.now();
    let last;
    try {
      last = await attempt(wish, scrolls);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      last = { why: 'refused', words: error.message };
    }
    if (last.ok || FINAL.has(last.why)) return last;
    const left = end - performance.now();
    if (left <= 0) return last.why === 'none' ? { ...last, near: namesNear(last.outer ? wish.place.within : wish.place.target) } : last;
    if (last.why === 'moving') continue;
    const spent = performance.now() - from;
    await changed(Math.min(left, 100));
    // A page whose every look takes long is left time for its own work.
    if (spent > 20 && !wish.checks.includes('stable')) await sleep(Math.min(spent, 250, Math.max(0, end - performance.now())));
  }
}

// How the held frame's document lies in this one: its upper left corner, and its scale.
function layout() {
  const style = getComputedStyle(held);
  const box = held.getBoundingClientRect();
  const scale = [held.offsetWidth ? box.width / held.offsetWidth : 1, held.offsetHeight ? box.height / held.offsetHeight : 1];
  return {
    corner: [box.x + (held.clientLeft + parseFloat(style.paddingLeft)) * scale[0], box.y + (held.clientTop + parseFloat(style.paddingTop)) * scale[1]],
    scale,
  };
}

// What is seen here of an area of the held frame's document, in the coordinates of this one; scrolled to.
function surround([x, y, width, height]) {
  held.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
  const { corner, scale } = layout();
  const [left, top] = [Math.max(x, 0), Math.max(y, 0)];
  const [right, bottom] = [Math.min(x + width, held.clientWidth), Math.min(y + height, held.clientHeight)];
  if (right <= left || bottom <= top) return { why: 'outside', words: shortName(held) };
  const area = [corner[0] + left * scale[0], corner[1] + top * scale[1], (right - left) * scale[0], (bottom - top) * scale[1]];
  return { ok: true, did: { area, scrolled: [scrollX, scrollY] } };
}

// A point of the held frame's document in the coordinates of this one, and what covers it here.
function outward([x, y]) {
  const { corner, scale } = layout();
  const point = [corner[0] + x * scale[0], corner[1] + y * scale[1]];
  const hit = deepest(point);
  if (hit && holds(held, hit)) return { ok: true, point };
  return hit ? { why: 'covered', words: coverOf(hit, held), target: shortName(held) } : { why: 'outside', words: shortName(held) };
}

// What the page's own reactions had time for: its next frame, and what that put off.
async function frames() {
  await frame();
  await sleep(0);
  return true;
}
