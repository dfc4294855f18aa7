// The TextMate grammar, as VS Code's own engine reads it. `npm install` first.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");

const wasm = await readFile(require.resolve("vscode-oniguruma/release/onig.wasm"));
await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));

const here = new URL("..", import.meta.url);
const own = "syntaxes/crawl.tmLanguage.json";
// JavaScript stands in by its words: the real grammar is VS Code's.
const js = { scopeName: "source.js", patterns: [{ match: "\\w+", name: "word.js" }] };
const registry = new Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) => {
    if (scope === "source.crawl") return parseRawGrammar(await readFile(new URL(own, here), "utf8"), own);
    return scope === "source.js" ? js : null;
  },
});
const grammar = await registry.loadGrammar("source.crawl");

/** The scopes of each token of a text, innermost first, by the token's text. */
function scopes(text) {
  let state = INITIAL;
  const found = [];
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const { startIndex, endIndex, scopes } of tokens) {
      found.push([line.slice(startIndex, endIndex), scopes.toReversed()]);
    }
  }
  return found;
}

function is(text, word, scope) {
  const found = scopes(text).filter(([token]) => token.includes(word));
  assert.ok(found.length > 0, `no token ${word} in ${JSON.stringify(scopes(text))}`);
  assert.ok(found.every(([, all]) => all.some((one) => one.startsWith(scope))), JSON.stringify(found));
}

for (const [name, text, word, scope] of [
  ["keyword", "if a { b }", "if", "keyword.control"],
  ["form", 'session("a") <', "session", "keyword.other"],
  ["constant", "let a = true;", "true", "constant.language"],
  ["builtin", "crawl(url)", "crawl", "support.function.builtin"],
  ["option", "crawl(url, wait_for: x)", "wait_for", "variable.parameter.option"],
  ["method", 'page.select("a")', "select", "support.function.method"],
  ["part", "page.title", "title", "support.variable.property"],
  ["schema", 'schema Row at "li" {', "Row", "entity.name.type.schema"],
  ["function", "fn find(a) {", "find", "entity.name.function"],
  ["module", "retry::times(1)", "retry", "entity.name.namespace"],
  ["nested comment", "/* a /* b */ c */ d", "c", "comment.block"],
  ["raw string", 'let a = #"b " c"#;', 'b " c', "string.quoted.raw"],
  ["interpolation", "`a ${if b} c`", "if", "keyword.control"],
  ["after an interpolation", "`a ${#{ d: 1 }} c`", "c", "string.template"],
  ["js", 'crawl(js: "click()")', "click", "word.js"],
  ["js over lines", "crawl(js: `\n  click()\n`, css: x)", "click", "word.js"],
  ["after js", "crawl(js: `\n  click()\n`, css: x)", "css", "variable.parameter.option"],
  ["doc comment", "/// a", "a", "comment.line.documentation"],
]) {
  test(name, () => is(text, word, scope));
}
