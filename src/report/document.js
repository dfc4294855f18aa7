"use strict";
// Blocks of the page, and documents: inert copies in which selectors are looked for and marked.

const block = (kind, number) => document.getElementById(`${kind}-${number}`)?.textContent ?? null;

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// The document of that number as the run kept it: `html`, `url`, `frames`.
async function snapshotOf(number) {
  const packed = new Blob([bytesOf(block("document", number))]).stream();
  const text = await new Response(packed.pipeThrough(new DecompressionStream("deflate-raw"))).text();
  return JSON.parse(text);
}

// A picture's address.
function pictureOf(number) {
  const base64 = block("picture", number);
  if (base64 === null) return null;
  const type = base64.startsWith("iVBOR") ? "png" : base64.startsWith("UklGR") ? "webp" : "jpeg";
  return `data:image/${type};base64,${base64}`;
}

// Every element in document order, those in shadow roots included, which an inert document has as templates.
function* elements(root) {
  for (const element of root.children) {
    yield element;
    if (element.localName === "template") yield* elements(element.content);
    yield* elements(element);
  }
}

// Roots in which selectors are looked for: the document and its open shadow roots.
function roots(inert) {
  const all = [inert];
  for (const element of elements(inert)) {
    if (element.localName === "template" && element.hasAttribute("shadowrootmode")) all.push(element.content);
  }
  return all;
}

// What a look matches in an inert document; null where only a living page could tell.
function matchesOf(look, inert) {
  try {
    if (look.xpath) {
      const found = inert.evaluate(look.xpath, inert, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
      return Array.from({ length: found.snapshotLength }, (_, i) => found.snapshotItem(i)).filter((node) => node.nodeType === 1);
    }
    if (!look.css) return null;
    let bases = roots(inert);
    if (look.within) bases = bases.flatMap((base) => [...base.querySelectorAll(look.within)]);
    if (look.css === ":self") return bases;
    return [...new Set(bases.flatMap((base) => [...base.querySelectorAll(look.css)]))];
  } catch {
    return null;
  }
}

const INERT = "script, noscript, base, object, embed, applet, link, meta[http-equiv], meta[name=referrer], portal, frameset > frame";
const ASKING = ["href", "src", "srcset", "action", "formaction", "ping", "background", "poster", "data", "manifest", "xlink:href", "target"];
const MARK = "outline: 3px solid #e0218a !important; outline-offset: 1px !important; background-color: rgba(224, 33, 138, .13) !important;";

// The snapshot as an inert document without anything that could run or ask for something.
function inertOf(snapshot) {
  const inert = new DOMParser().parseFromString(snapshot.html, "text/html");
  const frames = [...snapshot.frames];
  for (const element of [...elements(inert)]) {
    if (element.localName === "iframe" || element.localName === "frame") {
      const frame = frames.shift();
      for (const name of element.getAttributeNames()) {
        if (!["id", "class", "style", "width", "height", "title", "name"].includes(name)) element.removeAttribute(name);
      }
      element.setAttribute("sandbox", "");
      if (frame?.html) element.setAttribute("srcdoc", written(inertOf(frame)));
      continue;
    }
    if (element.matches(INERT)) {
      element.remove();
      continue;
    }
    for (const name of element.getAttributeNames()) {
      const inline = ["src", "href", "poster"].includes(name) && /^data:image\//i.test(element.getAttribute(name));
      if (name.startsWith("on") || (ASKING.includes(name) && !inline)) element.removeAttribute(name);
    }
  }
  return inert;
}

function written(inert) {
  const policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:">';
  return `<!doctype html>${policy}${inert.documentElement.outerHTML}`;
}

// Shows an inert document in a frame in which nothing runs, with elements marked.
function frameOf(inert, marked, title) {
  for (const element of marked ?? []) {
    element.setAttribute("style", `${element.getAttribute("style") ?? ""};${MARK}`);
  }
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "");
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.title = title;
  frame.srcdoc = written(inert);
  return frame;
}
