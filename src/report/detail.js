// The chosen step: facts, error and the views of it. All texts of pages come in as text.

// An element with attributes and children; strings become text.
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "on") Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    else if (key === "vars") Object.entries(value).forEach(([k, v]) => element.style.setProperty(k, v));
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const counted = (number, word, many = `${word}s`) => `${number.toLocaleString("en")} ${number === 1 ? word : many}`;
const time = (ms) => (ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`);
const note = (text) => make("p", { class: "faint" }, text);
const code = (text) => make("pre", { class: "block wrap" }, text);

function factsOf(step) {
  const fact = (name, value) => (value === undefined || value === null || value === "" ? null : make("span", {}, `${name} `, make("b", {}, String(value))));
  const session = make("span", { vars: { "--lane": laneColor(step.session) } }, make("span", { class: "lane" }), make("b", {}, step.session));
  return make("div", { class: "facts" },
    session, fact("branch", step.branch), fact("address", step.url), fact("title", step.title), fact("status", step.status),
    fact("took", time(step.took)), fact("at", time(step.at)), fact("rows", step.rows), fact("cut", step.cut),
    step.cached ? fact("from", "the cache") : null, (step.popups ?? []).map((url) => fact("pop-up", url)));
}

function errorOf(step) {
  if (!step.error) return null;
  const { code: name, message, help, notes } = step.error;
  return make("div", { class: "error", role: "note" },
    make("p", {}, make("b", { class: "bad" }, name), ` ${message}`),
    notes.map((text) => make("p", { class: "faint" }, text)), help ? make("p", {}, `help: ${help}`) : null);
}

// The views that a step has something for.
function viewsOf(step) {
  const said = step.said;
  const views = [];
  if (step.picture !== undefined || step.unshown) views.push(["picture", "Picture", pictureView]);
  if (step.document !== undefined) views.push(["page", "Page", pageView]);
  // What comes before the first step was asked for nowhere, and took no time of its own.
  if (step.n) views.push(["script", "Script", scriptView]);
  if (step.js || step.value !== undefined) views.push(["js", "JS", jsView]);
  if (said) views.push(["output", `Output ${said.records + said.lines}`, outputView]);
  if (step.requests) views.push(["network", `Network ${step.asked}`, networkView]);
  if (step.console) views.push(["console", `Console ${step.console.length}`, consoleView]);
  if (step.warnings) views.push(["warnings", `Warnings ${step.warnings.length}`, (s) => s.warnings.map((text) => make("p", { class: "warn" }, text))]);
  if (step.n) views.push(["time", "Time", timeView]);
  return views;
}

function pictureView(step) {
  if (step.unshown) return [note("The picture is left out: a secret was to be seen on it.")];
  const source = pictureOf(step.picture);
  if (!source) return [note("There is no picture.")];
  return [make("img", { class: "shot", src: source, alt: `What step ${step.n} left on the screen` })];
}

// The page after the step, or before it where an act's target was looked for, with what its selectors match.
function pageView(step, panel) {
  panel.classList.add("page");
  const before = previousDocument(step);
  const looks = step.looks ?? [];
  const state = { before: before !== undefined && looks.some((look) => look.before), look: looks.findIndex((look) => look.css || look.xpath) };
  const bar = make("div", { class: "bar" });
  const hole = make("div", {});
  let turn = 0;
  async function show() {
    const mine = ++turn;
    const number = state.before ? before : step.document;
    let inert;
    try {
      inert = inertOf(await snapshotOf(number));
    } catch (error) {
      if (mine === turn) bar.replaceChildren(note(`The document cannot be shown: ${error.message}`));
      return;
    }
    if (mine !== turn) return;
    const found = looks.map((look) => matchesOf(look, inert));
    const chip = (text, pressed, act, title) =>
      make("button", { class: "chip", type: "button", "aria-pressed": String(pressed), title, on: { click: act } }, text);
    const sides = before === undefined || before === step.document ? [] : [
      chip("before", state.before, () => { state.before = true; show(); }, "The page before the step"),
      chip("after", !state.before, () => { state.before = false; show(); }, "The page that the step left"),
    ];
    const chips = looks.map((look, i) => {
      const text = [`${look.role} `, make("code", {}, look.css ?? look.xpath ?? look.target)];
      if (!found[i]) return make("span", { class: "chip faint", title: "Only a living page could tell what it matches" }, text);
      const count = make("span", { class: found[i].length ? "count" : "count bad" }, ` ${found[i].length}`);
      const pressed = state.look === i;
      return chip([...text, count], pressed, () => { state.look = pressed ? -1 : i; show(); }, counted(found[i].length, "match", "matches"));
    });
    bar.replaceChildren(...sides, ...chips);
    bar.hidden = bar.childElementCount === 0;
    const frame = frameOf(inert, found[state.look], `The page ${state.before ? "before" : "after"} step ${step.n}`);
    panel.querySelector("iframe")?.remove();
    hole.remove();
    panel.append(frame);
  }
  show();
  return [bar, hole];
}

function scriptView(step) {
  const text = DATA.sources[step.source];
  if (text === undefined || !step.line) return [step.text ? code(step.text) : note("Where it was asked for is not known.")];
  const lines = text.split("\n");
  const last = step.line + (step.text ?? "").split("\n").length - 1;
  const from = Math.max(1, step.line - 6);
  const to = Math.min(lines.length, last + 6);
  const rows = [];
  for (let at = from; at <= to; at++) {
    rows.push(make("div", { class: at >= step.line && at <= last ? "here" : null }, make("i", {}, String(at)), lines[at - 1].replace(/\r$/, "")));
  }
  return [make("p", { class: "mono faint" }, `${step.source}:${step.line}`), make("pre", { class: "source" }, rows)];
}

function jsView(step) {
  const parts = (step.js ?? []).map(code);
  if (step.value !== undefined) parts.push(make("p", { class: "faint" }, "value"), code(step.value));
  return parts;
}

function outputView(step) {
  const { kept, lines, records } = step.said;
  const one = (item) => make("pre", { class: "wrap" }, item.set ? make("b", {}, `${item.set} `) : null, item.record ?? item.line);
  const left = lines + records - kept.length;
  const head = [records ? counted(records, "record") : null, lines ? counted(lines, "line") : null].filter(Boolean).join(", ");
  return [note(`${head} after this step`), make("div", { class: "said" }, kept.map(one)), left > 0 ? note(`and ${left} more, not kept here`) : null].filter(Boolean);
}

function consoleView(step) {
  const one = ({ level, text, url, line }) =>
    make("pre", { class: `wrap ${level}` }, make("b", {}, level), ` ${text}`, url ? make("span", { class: "faint" }, `  ${url}${line ? `:${line}` : ""}`) : null);
  return [make("div", { class: "console" }, step.console.map(one))];
}

function timeView(step) {
  const total = Math.max(step.took, ...step.parts.map(([, took]) => took), 0.01);
  let from = 0;
  const bars = step.parts.flatMap(([name, took]) => {
    const vars = { "--from": `${Math.min(99, (from / total) * 100)}%`, "--width": `${(took / total) * 100}%` };
    from += took;
    return [make("span", {}, name), make("span", { vars }), make("span", { class: "faint" }, time(took))];
  });
  return [note(`${time(step.took)}, ${counted(step.trips ?? 0, "round trip")}`), make("div", { class: "time" }, bars)];
}
