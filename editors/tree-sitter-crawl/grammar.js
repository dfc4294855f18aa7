/**
 * @file The grammar of `.crawl` scripts: Rhai, with sessions, schemas and named arguments.
 *
 * Which `>` ends an angle block, nested comments and raw strings are told apart in src/scanner.c.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const PREC = {
  closure: -2,
  assign: -1,
  or: 1,
  and: 2,
  equal: 3,
  in: 4,
  compare: 5,
  coalesce: 6,
  range: 7,
  add: 8,
  multiply: 9,
  power: 10,
  shift: 11,
  unary: 12,
  call: 13,
};

// Keywords that a name before a colon may be; a longer list makes the parser larger.
const KEYWORDS = ["as", "catch", "do", "for", "if", "in", "loop", "return", "switch", "this", "try", "until"];

const separated = (rule) => optional(seq(rule, repeat(seq(",", rule)), optional(",")));

module.exports = grammar({
  name: "crawl",

  word: ($) => $.identifier,

  externals: ($) => [
    $._angle_close,
    $.block_comment,
    $._raw_start,
    $.raw_content,
    $._raw_end,
    // Never found: tells the scanner that a string is open, in which no comment begins.
    $._in_string,
    $._error_sentinel,
  ],

  extras: ($) => [/\s/, $.line_comment, $.block_comment],

  supertypes: ($) => [$._expression],

  conflicts: ($) => [[$.session, $.session_block]],

  rules: {
    source_file: ($) => seq(optional($.shebang), optional($._statements)),

    shebang: () => token(/#![^\r\n]*/),
    line_comment: () => token(prec(1, /\/\/[^\r\n]*/)),

    // The last statement is the value of what it stands in, with or without `;`.
    _statements: ($) => choice(seq(repeat1($._statement), optional($._simple)), $._simple),

    _statement: ($) =>
      choice(
        ";",
        $.function_definition,
        $.schema_definition,
        seq($._simple, ";"),
        prec(1, $._block_like),
        // After a session's block `[`, `(` and `-` go on with its value.
        prec(-1, $.session_block),
      ),

    _simple: ($) => choice($.let_declaration, $.const_declaration, $.import_statement, $.export_statement, $._expression),

    let_declaration: ($) => seq("let", field("name", $.identifier), optional(seq("=", field("value", $._item)))),

    const_declaration: ($) =>
      seq("const", field("name", $.identifier), optional(seq("=", field("value", $._item)))),

    import_statement: ($) => seq("import", field("path", $._item), optional(seq("as", field("alias", $.identifier)))),

    export_statement: ($) =>
      seq(
        "export",
        choice($.let_declaration, $.const_declaration, seq($.identifier, optional(seq("as", field("alias", $.identifier))))),
      ),

    function_definition: ($) =>
      seq(
        optional("private"),
        "fn",
        optional(seq(field("receiver", choice($.identifier, $.string)), ".")),
        field("name", $.identifier),
        field("parameters", $.parameters),
        field("body", $.block),
      ),

    parameters: ($) => seq("(", separated($.identifier), ")"),

    schema_definition: ($) =>
      seq(
        "schema",
        field("name", $.identifier),
        "at",
        field("selector", $._item),
        repeat(seq(",", $.named_argument)),
        optional(","),
        field("body", $.schema_body),
      ),

    schema_body: ($) => seq("{", separated($.schema_field), "}"),

    schema_field: ($) => seq(field("name", choice($._name, $.string)), ":", field("value", $._item)),

    block: ($) => seq("{", optional($._statements), "}"),

    angle_block: ($) => seq("<", optional($._statements), alias($._angle_close, ">")),

    _expression: ($) =>
      choice(
        $.identifier,
        $.this,
        $.number,
        $.boolean,
        $.character,
        $.string,
        $.raw_string,
        $.template_string,
        $.parenthesized,
        $.array,
        $.map,
        $.call,
        $.index,
        $.member,
        $.path,
        $.unary,
        $.binary,
        $.range,
        $.assignment,
        $.closure,
        $.jump,
        $.session,
        $.session_block,
        $._block_like,
      ),

    // What stands alike shares its states.
    _head: ($) => $._expression,
    _item: ($) => $._expression,

    _block_like: ($) =>
      choice(
        $.block,
        $.if,
        $.switch,
        $.for,
        $.while,
        $.loop,
        $.do,
        $.try,
      ),

    if: ($) =>
      prec.right(seq(
        "if",
        field("condition", $._head),
        field("consequence", $.block),
        optional(seq("else", field("alternative", choice($.block, $.if)))),
      )),

    switch: ($) => seq("switch", field("value", $._head), "{", repeat(seq($.switch_arm, optional(","))), "}"),

    switch_arm: ($) =>
      seq(
        field("pattern", $._item),
        optional(seq("if", field("condition", $._expression))),
        "=>",
        field("value", $._item),
      ),

    for: ($) =>
      seq(
        "for",
        choice(field("name", $.identifier), seq("(", field("name", $.identifier), ",", field("counter", $.identifier), ")")),
        "in",
        field("value", $._head),
        field("body", $.block),
      ),

    while: ($) => seq("while", field("condition", $._head), field("body", $.block)),

    loop: ($) => seq("loop", field("body", $.block)),

    do: ($) => prec.right(seq("do", field("body", $.block), choice("while", "until"), field("condition", $._expression))),

    try: ($) =>
      seq(
        "try",
        field("body", $.block),
        "catch",
        optional(seq("(", field("name", $.identifier), ")")),
        field("handler", $.block),
      ),

    session: ($) => seq("session", field("arguments", $.arguments)),

    session_block: ($) =>
      choice(
        seq("session", field("arguments", $.arguments), field("body", $.block)),
        // A `<` right after `session(…)` never compares; a `{` may be that of an `if`.
        prec(1, seq("session", field("arguments", $.arguments), field("body", $.angle_block))),
      ),

    closure: ($) =>
      prec.right(PREC.closure, seq(field("parameters", $.closure_parameters), field("body", $._expression))),

    closure_parameters: ($) => choice("||", seq("|", separated($.identifier), "|")),

    jump: ($) =>
      prec.right(PREC.closure, seq(choice("return", "break", "continue", "throw"), optional($._expression))),

    assignment: ($) =>
      prec.right(PREC.assign, seq(
        field("left", $._expression),
        field("operator", choice(alias("=", $.operator), alias($._assign, $.operator))),
        field("right", $._expression),
      )),

    range: ($) =>
      prec.left(PREC.range, seq($._expression, alias($._dots, $.operator), $._expression)),

    _dots: () => token(choice("..", "..=")),

    binary: ($) => {
      const left = [
        [PREC.or, choice(alias("||", $.operator), alias("|", $.operator), alias("^", $.operator))],
        [PREC.and, alias($._and, $.operator)],
        [PREC.equal, alias($._equal, $.operator)],
        [PREC.in, choice("in", alias("!in", $.operator))],
        [PREC.compare, choice(alias("<", $.operator), alias($._compare, $.operator))],
        [PREC.coalesce, alias("??", $.operator)],
        [PREC.add, alias($._sign, $.operator)],
        [PREC.multiply, alias($._multiply, $.operator)],
        [PREC.shift, alias($._shift, $.operator)],
      ];
      const rule = (operator) =>
        seq(field("left", $._expression), field("operator", operator), field("right", $._expression));
      return choice(
        ...left.map(([level, operator]) => prec.left(level, rule(operator))),
        prec.right(PREC.power, rule(alias("**", $.operator))),
      );
    },

    // One token for the signs of one level keeps the parser small.
    _assign: () => token(choice("+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^=")),
    _and: () => token(choice("&&", "&")),
    _equal: () => token(choice("==", "!=", "===", "!==")),
    _compare: () => token(choice("<=", ">", ">=")),
    _sign: () => token(choice("+", "-")),
    _multiply: () => token(choice("*", "/", "%")),
    _shift: () => token(choice("<<", ">>")),

    unary: ($) =>
      prec(PREC.unary, seq(field("operator", choice(alias($._sign, $.operator), alias("!", $.operator))), $._expression)),

    call: ($) =>
      prec(PREC.call, seq(field("function", $._expression), optional("!"), field("arguments", $.arguments))),

    arguments: ($) => seq("(", separated(choice($.named_argument, $._item)), ")"),

    named_argument: ($) => seq(field("name", $._name), ":", field("value", $._item)),

    index: ($) =>
      prec(PREC.call, seq(field("value", $._expression), choice("[", "?["), field("index", $._item), "]")),

    member: ($) => prec(PREC.call, seq(field("value", $._expression), $._dot, field("name", $._name))),

    _dot: () => choice(".", "?."),

    path: ($) => prec(PREC.call, seq(field("module", choice($.identifier, $.path)), "::", field("name", $.identifier))),

    // `()` is the value that says nothing.
    parenthesized: ($) => seq("(", optional($._item), ")"),

    array: ($) => seq("[", separated($._item), "]"),

    map: ($) => seq("#{", separated($.pair), "}"),

    pair: ($) => seq(field("name", choice($._name, $.string)), ":", field("value", $._item)),

    string: ($) => seq('"', repeat(choice($.string_content, $.escape, $._in_string)), token.immediate('"')),

    string_content: () => token.immediate(prec(3, /[^"\\\r\n]+/)),

    escape: () =>
      token.immediate(choice('""', /\\x[0-9a-fA-F]{2}/, /\\u[0-9a-fA-F]{4}/, /\\U[0-9a-fA-F]{8}/, /\\\r?\n[ \t]*/, /\\[nrt"'\\]/)),

    character: () => token(/'([^'\\\r\n]|''|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[nrt'"\\])'/),

    raw_string: ($) => seq($._raw_start, optional($.raw_content), $._raw_end),

    template_string: ($) =>
      seq(
        "`",
        repeat(choice($.template_content, alias($._template_escape, $.escape), $.interpolation, $._in_string)),
        token.immediate("`"),
      ),

    template_content: () => token.immediate(prec(3, /([^`$\\]|\$[^{`$\\]|\\[^$`\\])+|\$|\\/)),

    _template_escape: () => token.immediate(prec(4, choice("``", "\\${"))),

    interpolation: ($) => seq(token.immediate(prec(4, "${")), optional($._statements), "}"),

    number: () =>
      token(choice(/0[xX][0-9a-fA-F_]+/, /0[oO][0-7_]+/, /0[bB][01_]+/, /[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9_]+)?/)),

    boolean: () => choice("true", "false"),

    this: () => "this",

    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,

    _name: ($) => choice($.identifier, alias(choice(...KEYWORDS), $.identifier)),
  },
});
