; The patterns exclude each other, so that their order means nothing.

(line_comment) @comment
(block_comment) @comment
((line_comment) @comment.documentation (#match? @comment.documentation "^//[/!]"))
(shebang) @keyword.directive

(string) @string
(raw_string) @string
(template_string ["`"] @string)
(template_content) @string
(character) @character
(escape) @string.escape
(interpolation ["${" "}"] @punctuation.special)

(number) @number
(boolean) @boolean
(this) @variable.builtin
(operator) @operator
["=" "=>" "!"] @operator

["(" ")" "[" "]" "?[" "{" "}" "#{"] @punctuation.bracket
(angle_block ["<" ">"] @punctuation.bracket)
["," ";" ":" "." "?." "::"] @punctuation.delimiter
(closure_parameters ["|" "||"] @punctuation.bracket)

(function_definition name: (identifier) @function)
(parameters (identifier) @variable.parameter)
(closure_parameters (identifier) @variable.parameter)
(path module: (identifier) @module)
(import_statement alias: (identifier) @module)
(schema_definition name: (identifier) @type)
(schema_field name: (identifier) @property)
(pair name: (identifier) @property)

; words: begin
[
  "as"
  "at"
  "break"
  "catch"
  "const"
  "continue"
  "do"
  "else"
  "export"
  "fn"
  "for"
  "if"
  "import"
  "in"
  "let"
  "loop"
  "private"
  "return"
  "schema"
  "session"
  "switch"
  "throw"
  "try"
  "until"
  "while"
] @keyword

((call function: (identifier) @function.builtin)
  (#any-of? @function.builtin
    "all" "any" "assert" "assert_eq" "attr" "back" "bool" "changed" "check" "clear_cookies" "click" "close"
    "close_all" "close_page" "computed" "cookies" "count" "crawl" "date" "dialog" "double_click" "download"
    "drag" "emit" "ensure" "env" "evaluate" "expect" "explain" "fail" "fill" "float" "forward" "frame"
    "gone" "grows" "hidden" "holds" "hover" "html" "idle" "int" "js" "kill_session" "link" "list"
    "load_state" "markdown" "milliseconds" "money" "nested" "nested_list" "now" "on" "optional" "pages"
    "parallel" "param" "parse_json" "pause" "pdf" "playground" "press" "print" "random" "read_csv"
    "read_json" "read_lines" "read_text" "reload" "response" "right_click" "save_state" "schema_from"
    "screenshot" "scroll" "secret" "select_option" "session" "sessions" "set_cookies" "sleep" "submit"
    "switch_to" "test" "text" "to_json" "type_text" "uncheck" "upload" "url" "value" "visible" "wait_for"
    "write_text"))
((call function: (identifier) @function.call)
  (#not-any-of? @function.call
    "all" "any" "assert" "assert_eq" "attr" "back" "bool" "changed" "check" "clear_cookies" "click" "close"
    "close_all" "close_page" "computed" "cookies" "count" "crawl" "date" "dialog" "double_click" "download"
    "drag" "emit" "ensure" "env" "evaluate" "expect" "explain" "fail" "fill" "float" "forward" "frame"
    "gone" "grows" "hidden" "holds" "hover" "html" "idle" "int" "js" "kill_session" "link" "list"
    "load_state" "markdown" "milliseconds" "money" "nested" "nested_list" "now" "on" "optional" "pages"
    "parallel" "param" "parse_json" "pause" "pdf" "playground" "press" "print" "random" "read_csv"
    "read_json" "read_lines" "read_text" "reload" "response" "right_click" "save_state" "schema_from"
    "screenshot" "scroll" "secret" "select_option" "session" "sessions" "set_cookies" "sleep" "submit"
    "switch_to" "test" "text" "to_json" "type_text" "uncheck" "upload" "url" "value" "visible" "wait_for"
    "write_text"))

((call function: (member name: (identifier) @function.method.builtin))
  (#any-of? @function.method.builtin
    "attr" "back" "check" "click" "close" "cookies" "count" "crawl" "date" "default" "double_click" "drag"
    "evaluate" "explain" "extract" "fill" "find_all" "first" "forward" "get" "has" "hover" "lines" "lower"
    "matches" "press" "regex" "reload" "replace" "right_click" "save_state" "scroll" "select"
    "select_option" "set_cookie" "set_header" "split" "submit" "text" "to_equal" "to_fit" "to_float"
    "to_have_count" "to_int" "to_json" "to_match" "to_match_snapshot" "trim" "type_text" "uncheck" "upload"
    "upper" "wait_for" "with_defaults"))
((call function: (member name: (identifier) @function.method.call))
  (#not-any-of? @function.method.call
    "attr" "back" "check" "click" "close" "cookies" "count" "crawl" "date" "default" "double_click" "drag"
    "evaluate" "explain" "extract" "fill" "find_all" "first" "forward" "get" "has" "hover" "lines" "lower"
    "matches" "press" "regex" "reload" "replace" "right_click" "save_state" "scroll" "select"
    "select_option" "set_cookie" "set_header" "split" "submit" "text" "to_equal" "to_fit" "to_float"
    "to_have_count" "to_int" "to_json" "to_match" "to_match_snapshot" "trim" "type_text" "uncheck" "upload"
    "upper" "wait_for" "with_defaults"))
(call function: (path name: (identifier) @function.call))

((named_argument name: (identifier) @variable.parameter.builtin)
  (#any-of? @variable.parameter.builtin
    "answer" "at_least" "at_most" "auth" "base_url" "block" "body" "browser" "button" "by" "cache"
    "certificate" "closure" "color_scheme" "condition" "console" "cookies" "count" "css" "delay"
    "downloads" "exactly" "extract" "force" "fresh" "from" "full_page" "geolocation" "headers" "headless"
    "help" "id" "ignore_tls_errors" "indexed_db" "init_js" "javascript" "js" "js_only" "keys" "list"
    "locale" "max_download" "max_size" "message" "method" "mhtml" "modifiers" "name" "network" "nth"
    "offline" "optional" "page" "path" "pdf" "permissions" "position" "profile" "proxy" "retries"
    "screenshot" "session" "shared" "state" "target" "text" "then" "timeout" "timezone" "to" "touch" "url"
    "user_agent" "value" "viewport" "wait_for" "wait_until" "watch" "within" "workers"))
((named_argument name: (identifier) @variable.parameter)
  (#not-any-of? @variable.parameter
    "answer" "at_least" "at_most" "auth" "base_url" "block" "body" "browser" "button" "by" "cache"
    "certificate" "closure" "color_scheme" "condition" "console" "cookies" "count" "css" "delay"
    "downloads" "exactly" "extract" "force" "fresh" "from" "full_page" "geolocation" "headers" "headless"
    "help" "id" "ignore_tls_errors" "indexed_db" "init_js" "javascript" "js" "js_only" "keys" "list"
    "locale" "max_download" "max_size" "message" "method" "mhtml" "modifiers" "name" "network" "nth"
    "offline" "optional" "page" "path" "pdf" "permissions" "position" "profile" "proxy" "retries"
    "screenshot" "session" "shared" "state" "target" "text" "then" "timeout" "timezone" "to" "touch" "url"
    "user_agent" "value" "viewport" "wait_for" "wait_until" "watch" "within" "workers"))

((member name: (identifier) @property.builtin)
  (#any-of? @property.builtin
    "attributes" "certificate" "console" "cookies" "downloads" "elapsed" "fit_markdown" "frames"
    "from_cache" "headers" "html" "inner_html" "items" "js" "json" "lang" "links" "markdown" "media" "meta"
    "mhtml" "name" "ok" "pdf" "popups" "redirects" "requested_url" "requests" "response" "screenshot"
    "selected" "session_id" "status" "step" "table" "tables" "text" "timing" "title" "url" "warnings"))
; words: end
