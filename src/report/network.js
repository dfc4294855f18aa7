// The requests of a step as a waterfall, of which only what is in view is made; the chosen one in full below it.

const [METHOD, URL_, KIND, STATUS, MIME, BYTES, BEGUN, TOOK, FAILED, CACHED] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const narrow = matchMedia("(max-width: 720px)");

const size = (bytes) => (bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const isBad = (row) => row[FAILED] !== null || (row[STATUS] ?? 0) >= 400;
const endOf = (row, span) => (row[TOOK] === null ? span : row[BEGUN] + row[TOOK]);
const answer = (row) => (row[FAILED] !== null ? "failed" : row[STATUS] === null ? (row[TOOK] === null ? "pending" : "–") : String(row[STATUS]));
const lasted = (row) => (row[TOOK] === null ? "not ended" : time(row[TOOK]));

// An address without the beginning that those of the page's own site have in common.
function within(site, url) {
  const path = site && url.startsWith(`${site}/`) ? url.slice(site.length) : url.replace(/^https?:\/\//, "");
  return path.length > 300 ? `${path.slice(0, 300)}…` : path;
}

function inWords(row, address) {
  return [row[METHOD], address, answer(row), row[KIND], size(row[BYTES]), `from ${time(row[BEGUN])}`, lasted(row), row[CACHED] ? "from the cache" : null, row[FAILED]].filter(Boolean).join(", ");
}

function networkView(step, panel) {
  panel.classList.add("page");
  const all = step.requests;
  const span = Math.max(...all.map((row) => row[BEGUN] + (row[TOOK] ?? 0)), 1);
  const [site] = /^https?:\/\/[^/]+/.exec(step.url ?? "") ?? [""];
  const kinds = [...new Set(all.map((row) => row[KIND]))];
  const choices = [["all", () => true], ["failed", isBad], ...(kinds.length > 1 ? kinds.map((kind) => [kind, (row) => row[KIND] === kind]) : [])];
  const counts = choices.map(([, wanted]) => all.filter(wanted).length);
  const state = { choice: 0, rows: all, at: -1 };
  const bar = make("div", { class: "bar" });
  const room = make("div", { class: "net-room" });
  const list = make("div", { class: "net-rows", id: "requests", role: "listbox", tabindex: "0", "aria-label": "Requests" }, room);
  const full = make("div", { class: "net-full", "aria-live": "polite" });
  const tall = () => (narrow.matches ? 48 : 28);

  function rowOf(index) {
    const row = state.rows[index];
    const address = within(site, row[URL_]);
    const from = Math.min(99.5, (row[BEGUN] / span) * 100);
    const vars = { "--from": `${from}%`, "--width": `${Math.min(100 - from, ((endOf(row, span) - row[BEGUN]) / span) * 100)}%` };
    const look = `net-bar${row[FAILED] !== null ? " failed" : ""}${row[TOOK] === null ? " open" : ""}${row[CACHED] ? " cached" : ""}`;
    return make("div", {
      class: `net-row${isBad(row) ? " failed" : ""}${index % 2 ? " odd" : ""}`, role: "option", id: `request-${index}`, "aria-selected": String(index === state.at), "aria-label": inWords(row, address),
      "aria-setsize": state.rows.length, "aria-posinset": index + 1, vars: { top: `${index * tall()}px`, height: `${tall()}px` }, on: { click: () => pick(index) },
    },
      make("span", { class: "net-what", title: row[URL_] }, row[METHOD] === "GET" ? null : make("b", {}, `${row[METHOD]} `), address),
      make("span", { class: "net-status" }, answer(row)), make("span", { class: "net-kind" }, row[KIND]), make("span", { class: "net-size" }, row[CACHED] ? "cache" : size(row[BYTES])),
      make("span", { class: "net-track" }, make("span", { class: look, vars })), make("span", { class: "net-took" }, lasted(row)));
  }

  function draw() {
    const first = Math.max(0, Math.floor(list.scrollTop / tall()) - 6);
    const last = Math.min(state.rows.length, Math.ceil((list.scrollTop + list.clientHeight) / tall()) + 6);
    const rows = [];
    for (let index = first; index < last; index++) rows.push(rowOf(index));
    room.style.height = `${state.rows.length * tall()}px`;
    room.replaceChildren(...rows);
    if (state.at >= first && state.at < last) list.setAttribute("aria-activedescendant", `request-${state.at}`);
    else list.removeAttribute("aria-activedescendant");
  }

  function pick(index) {
    if (!state.rows.length) return;
    state.at = Math.max(0, Math.min(state.rows.length - 1, index));
    const top = state.at * tall();
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + tall() > list.scrollTop + list.clientHeight) list.scrollTop = top + tall() - list.clientHeight;
    draw();
    tell(state.rows[state.at]);
  }

  function tell(row) {
    const fact = (name, value) => (value === null || value === "" ? null : make("span", {}, `${name} `, make("b", {}, String(value))));
    const end = row[TOOK] === null ? "not ended" : time(row[BEGUN] + row[TOOK]);
    full.replaceChildren(
      make("p", { class: "mono" }, make("b", {}, `${row[METHOD]} `), row[URL_]),
      row[FAILED] !== null ? make("p", { class: "bad" }, row[FAILED]) : null,
      make("div", { class: "facts" }, fact("status", row[STATUS]), fact("kind", row[KIND]), fact("type", row[MIME]), fact("size", row[CACHED] ? "from the cache" : size(row[BYTES])), fact("from", time(row[BEGUN])), fact("to", end), row[TOOK] === null ? null : fact("took", time(row[TOOK]))));
  }

  function show(choice) {
    Object.assign(state, { choice, rows: all.filter(choices[choice][1]), at: -1 });
    bar.replaceChildren(...choices.map(([name], i) => {
      if (!counts[i]) return null;
      const count = make("span", { class: name === "failed" ? "count bad" : "count" }, ` ${counts[i].toLocaleString("en")}`);
      return make("button", { class: "chip", type: "button", "aria-pressed": String(i === choice), on: { click: () => show(i) } }, name, count);
    }).filter(Boolean));
    bar.append(make("span", { class: "faint" }, `${size(all.reduce((sum, row) => sum + row[BYTES], 0))} in ${time(span)}`));
    if (step.asked > all.length) bar.append(make("span", { class: "faint" }, `the first ${all.length.toLocaleString("en")} of ${step.asked.toLocaleString("en")}`));
    full.replaceChildren();
    list.scrollTop = 0;
    draw();
  }

  const page = () => Math.max(1, Math.floor(list.clientHeight / tall()) - 1);
  const keys = { ArrowDown: () => 1, ArrowUp: () => -1, PageDown: page, PageUp: () => -page(), Home: () => -all.length, End: () => all.length };
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    pick(state.at + keys[event.key]());
  });
  list.addEventListener("scroll", draw, { passive: true });
  // It is drawn once it stands in the page and whenever its room changes.
  new ResizeObserver(draw).observe(list);
  show(0);
  return [bar, list, full];
}
