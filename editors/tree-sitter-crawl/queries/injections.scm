; JavaScript and CSS inside strings; each stretch between escapes and interpolations is a text of its own.

((line_comment) @injection.content
  (#set! injection.language "comment"))

; words: begin
((named_argument
  name: (identifier) @_name
  value: [(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)
    (template_string (template_content) @injection.content)])
  (#any-of? @_name "init_js" "js")
  (#set! injection.language "javascript"))

((pair
  name: (identifier) @_name
  value: [(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)
    (template_string (template_content) @injection.content)])
  (#any-of? @_name "init_js" "js")
  (#set! injection.language "javascript"))

((call
  function: (identifier) @_name
  arguments: (arguments . [(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)
    (template_string (template_content) @injection.content)]))
  (#any-of? @_name "evaluate" "js")
  (#set! injection.language "javascript"))

((call
  function: (member name: (identifier) @_name)
  arguments: (arguments . [(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)
    (template_string (template_content) @injection.content)]))
  (#any-of? @_name "evaluate")
  (#set! injection.language "javascript"))

((named_argument
  name: (identifier) @_name
  value: [(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)
    (template_string (template_content) @injection.content)])
  (#any-of? @_name "css")
  (#set! injection.language "css"))

((pair
  name: (identifier) @_name
  value: [(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)
    (template_string (template_content) @injection.content)])
  (#any-of? @_name "css")
  (#set! injection.language "css"))

((call
  function: (identifier) @_name
  arguments: (arguments . [(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)
    (template_string (template_content) @injection.content)]))
  (#any-of? @_name "attr" "bool" "changed" "count" "date" "explain" "float" "gone" "grows" "hidden" "html" "int" "link"
    "markdown" "money" "nested" "nested_list" "text" "visible")
  (#set! injection.language "css"))

((call
  function: (member name: (identifier) @_name)
  arguments: (arguments . [(string (string_content) @injection.content) (raw_string (raw_content) @injection.content)
    (template_string (template_content) @injection.content)]))
  (#any-of? @_name "count" "explain" "first" "has" "select" "text")
  (#set! injection.language "css"))

((schema_definition selector: (string (string_content) @injection.content))
  (#set! injection.language "css"))
; words: end
