// The report: its steps in a list of which only what is in view is made, the lanes of its sessions, keys.

const DATA = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const ROW = 46;
const COLORS = ["#2f7de1", "#c2571a", "#2b9348", "#9b4dca", "#b5892e", "#d6336c", "#0c8599", "#6b7280"];

const steps = DATA.steps;
if (DATA.before || DATA.warnings) {
  steps.unshift({ n: 0, session: "", verb: "begin", what: "before the first step", at: 0, took: 0, parts: [], said: DATA.before ?? undefined, warnings: DATA.warnings ?? undefined });
}
const sessions = [...new Set(steps.map((step) => step.session))].filter(Boolean);
// Identities that live for one step share a lane.
const lanes = [...new Set(sessions.map((session) => (session.startsWith("~") ? "~" : session)))];
const laneOf = (session) => lanes.indexOf(session.startsWith("~") ? "~" : session);
const laneColor = (session) => (session ? COLORS[laneOf(session) % COLORS.length] : "transparent");
const haystacks = steps.map((step) =>
  [step.n, step.session, step.verb, step.what, step.url, step.title, step.text, step.error ? `failed ${step.error.code} ${step.error.message}` : "", step.warnings ? "warning" : "", step.console ? "console" : ""]
    .join(" ").toLowerCase());

let shown = steps.map((_, i) => i);
let chosen = -1;
let view = "picture";

// What a step is about, without what addresses of one site have in common.
const brief = (step) => step.what.replace(/^https?:\/\/[^/]+(?=\/.)/, "");

// The document that the session showed before a step.
function previousDocument(step) {
  for (let i = steps.indexOf(step) - 1; i >= 0; i--) {
    if (steps[i].session === step.session && steps[i].document !== undefined) return steps[i].document;
  }
  return undefined;
}

function head() {
  const records = steps.reduce((sum, step) => sum + (step.said?.records ?? 0), 0);
  const failed = steps.filter((step) => step.error).length;
  const warned = steps.reduce((sum, step) => sum + (step.warnings?.length ?? 0), 0);
  document.title = `${DATA.script} · crawl report`;
  $("script").textContent = DATA.script;
  $("ended").textContent = { ok: "passed", failed: "failed", interrupted: "interrupted" }[DATA.ended];
  $("ended").className = DATA.ended;
  const parts = [counted(steps.filter((step) => step.n).length, "step"), failed ? `${failed} failed` : null, warned ? counted(warned, "warning") : null, counted(lanes.filter((lane) => lane !== "~").length, "session"), counted(records, "record"), time(DATA.took), DATA.began.slice(0, 16).replace("T", " ") + " UTC", `crawl ${DATA.version}`];
  $("totals").textContent = parts.filter(Boolean).join(" · ");
  if (DATA.reports.length === 0) return;
  $("failure").hidden = false;
  $("failure").append(...DATA.reports.map((report) => {
    const jump = make("button", { type: "button", on: { click: () => choose(steps.findIndex((step) => step.n === report.step)) } }, `step ${report.step}`);
    const summary = make("summary", {}, make("span", { class: "bad" }, report.code), ` ${report.message} `, report.step ? jump : null);
    return make("details", {}, summary, make("pre", {}, report.text));
  }));
}

function rowOf(position) {
  const index = shown[position];
  const step = steps[index];
  const marks = [
    step.error ? make("span", { class: "bad" }, step.error.code) : null,
    step.said?.records ? make("span", {}, counted(step.said.records, "record")) : null,
    step.console ? make("span", {}, `${step.console.length} console`) : null,
    step.warnings ? make("span", { class: "warn" }, counted(step.warnings.length, "warning")) : null,
  ].filter(Boolean);
  const row = make("div", {
    class: `row${step.error ? " failed" : ""}${step.nested ? " nested" : ""}`, role: "option", id: `row-${index}`,
    "aria-selected": String(index === chosen), "aria-setsize": shown.length, "aria-posinset": position + 1,
    vars: { "--lane": laneColor(step.session), top: `${position * ROW}px` }, on: { click: () => choose(index, true) },
  },
    make("div", {}, make("span", { class: "number" }, step.n ? String(step.n) : ""), make("span", { class: "verb" }, step.verb), make("span", { class: "what", title: step.what }, brief(step)), make("span", { class: "took" }, step.n ? time(step.took) : "")),
    make("div", { class: "second" }, make("span", {}, step.session), marks));
  return row;
}

// Makes the rows that are in view.
function draw() {
  const list = $("rows");
  const from = Math.max(0, Math.floor(list.scrollTop / ROW) - 6);
  const to = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 6);
  const rows = [];
  for (let position = from; position < to; position++) rows.push(rowOf(position));
  $("room").style.height = `${shown.length * ROW}px`;
  $("room").replaceChildren(...rows);
  const active = document.getElementById(`row-${chosen}`);
  if (active) list.setAttribute("aria-activedescendant", active.id);
  else list.removeAttribute("aria-activedescendant");
}

function reveal() {
  const position = shown.indexOf(chosen);
  const list = $("rows");
  if (position < 0) return;
  const top = position * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
}

function choose(index, open) {
  if (index < 0 || index >= steps.length) return;
  chosen = index;
  if (open !== false) document.body.classList.add("chosen");
  reveal();
  draw();
  lanesDrawn();
  detail(steps[index]);
  if (steps[index].n) history.replaceState(null, "", `#step-${steps[index].n}`);
}

// Back to the list, with the row one came from in view: what is hidden has no size, so that nothing was drawn there.
function toList() {
  document.body.classList.remove("chosen");
  lanesDrawn();
  reveal();
  draw();
}

function detail(step) {
  const views = viewsOf(step);
  const name = views.some(([id]) => id === view) ? view : views[0][0];
  const panel = make("div", { role: "tabpanel", id: "panel", "aria-labelledby": `tab-${name}`, tabindex: "0" });
  const tabs = views.map(([id, title]) =>
    make("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": "panel", "aria-selected": String(id === name), tabindex: id === name ? "0" : "-1", on: { click: () => look(id) } }, title));
  const back = make("button", { type: "button", id: "back", class: "link", on: { click: toList } }, "‹ all steps");
  const title = make("h2", { title: step.what }, step.n ? `${step.n} · ${step.verb} ` : "", make("span", { class: "faint" }, step.what));
  $("detail").replaceChildren(make("header", {}, back, title, step.n ? factsOf(step) : null, errorOf(step), reportsOf(step)), make("div", { role: "tablist", "aria-label": "Views of the step" }, tabs), panel);
  panel.append(...views.find(([id]) => id === name)[2](step, panel));
}

// The reports of the run that arose in a step.
function reportsOf(step) {
  const own = DATA.reports.filter((report) => step.n && report.step === step.n);
  return own.length ? make("details", { open: true }, make("summary", { class: "faint" }, "report"), own.map((report) => code(report.text))) : null;
}

function look(id) {
  view = id;
  detail(steps[chosen]);
  $(`tab-${id}`)?.focus();
}

function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  shown = steps.map((_, i) => i).filter((i) => words.every((word) => haystacks[i].includes(word)));
  $("none").hidden = shown.length > 0;
  $("rows").scrollTop = 0;
  if (!shown.includes(chosen) && shown.length) choose(shown[0], false);
  reveal();
  draw();
}

const LANE = 22;
const laneWidth = () => Math.min(130, $("chart").clientWidth * 0.25);

// Sessions as lanes over the run's time.
function lanesDrawn() {
  const chart = $("chart");
  const scale = devicePixelRatio || 1;
  const width = chart.clientWidth;
  chart.style.height = `${lanes.length * LANE + 6}px`;
  chart.width = width * scale;
  chart.height = (lanes.length * LANE + 6) * scale;
  $("lanes").hidden = lanes.length === 0;
  const pen = chart.getContext("2d");
  const style = getComputedStyle(document.body);
  const [text, bad] = ["--faint", "--bad"].map((name) => style.getPropertyValue(name));
  pen.scale(scale, scale);
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  const left = laneWidth();
  const span = Math.max(...steps.map((step) => step.at + step.took), 1);
  const room = width - left - 8;
  lanes.forEach((lane, i) => {
    pen.fillStyle = text;
    pen.fillText(lane === "~" ? "no session" : lane, 8, i * LANE + LANE / 2 + 3, left - 16);
  });
  const bar = (step, i) => {
    if (!step.session) return;
    const x = left + (step.at / span) * room;
    const wide = Math.max((step.took / span) * room, 2);
    const y = laneOf(step.session) * LANE + 6;
    pen.globalAlpha = chosen === i || chosen < 0 ? 1 : 0.55;
    pen.fillStyle = step.error ? bad : laneColor(step.session);
    pen.fillRect(x, y, wide, LANE - 6);
    if (chosen === i) {
      pen.strokeStyle = style.color;
      pen.lineWidth = 2;
      pen.strokeRect(x - 1, y - 1, wide + 2, LANE - 4);
    }
  };
  steps.forEach((step, i) => i !== chosen && bar(step, i));
  if (chosen >= 0) bar(steps[chosen], chosen);
}

// The step nearest to a point of the lanes.
function pointed(event) {
  const chart = $("chart");
  const lane = Math.min(lanes.length - 1, Math.max(0, Math.floor((event.offsetY - 3) / LANE)));
  const span = Math.max(...steps.map((step) => step.at + step.took), 1);
  const at = ((event.offsetX - laneWidth()) / (chart.clientWidth - laneWidth() - 8)) * span;
  let [best, distance] = [-1, Infinity];
  steps.forEach((step, i) => {
    if (!step.session || laneOf(step.session) !== lane) return;
    const away = at < step.at ? step.at - at : Math.max(0, at - step.at - step.took);
    if (away < distance) [best, distance] = [i, away];
  });
  choose(best);
}

function move(by) {
  const position = shown.indexOf(chosen);
  if (shown.length) choose(shown[Math.max(0, Math.min(shown.length - 1, position + by))]);
}

function turn(by) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const at = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  tabs[(at + by + tabs.length) % tabs.length]?.click();
}

function nextError() {
  const after = shown.find((i) => i > chosen && steps[i].error) ?? shown.find((i) => steps[i].error);
  if (after !== undefined) choose(after);
}

const page = () => Math.max(1, Math.floor($("rows").clientHeight / ROW) - 1);
const KEYS = {
  ArrowDown: () => move(1), ArrowUp: () => move(-1), j: () => move(1), k: () => move(-1),
  PageDown: () => move(page()), PageUp: () => move(-page()), Home: () => move(-steps.length), End: () => move(steps.length),
  ArrowRight: () => turn(1), ArrowLeft: () => turn(-1), e: nextError, "/": () => $("filter").focus(),
  Escape: toList,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === $("filter")) {
    if (event.key === "Escape") [$("filter").value = "", filter(""), $("rows").focus()];
    else if (["Enter", "ArrowDown"].includes(event.key)) $("rows").focus();
    else return;
    return event.preventDefault();
  }
  const scrolls = event.target.id === "panel" && ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"].includes(event.key);
  const act = KEYS[event.key];
  if (!act || scrolls) return;
  event.preventDefault();
  act();
});
$("filter").addEventListener("input", () => filter($("filter").value));
$("rows").addEventListener("scroll", draw, { passive: true });
$("chart").addEventListener("click", pointed);
addEventListener("resize", () => { draw(); lanesDrawn(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", lanesDrawn);

head();
draw();
lanesDrawn();
// The step that the address asks for, none where it asks for nothing that there is.
const asked = () => steps.findIndex((step) => step.n && location.hash === `#step-${step.n}`);
addEventListener("hashchange", () => choose(asked()));

// A run that failed opens on its last error; another on its first warning, or else on the first step that left a page.
function opening() {
  const last = DATA.ended === "ok" ? -1 : steps.findLastIndex((step) => step.error);
  if (last >= 0) return last;
  const warns = steps.findIndex((step) => step.n && step.warnings);
  if (warns >= 0) view = "warnings";
  const kinds = [(step) => step.picture !== undefined || step.document !== undefined, (step) => step.n];
  const first = kinds.map((kind) => steps.findIndex(kind)).find((index) => index >= 0);
  return warns >= 0 ? warns : first ?? 0;
}
choose(asked() >= 0 ? asked() : opening(), asked() >= 0);
