" Syntax of .crawl scripts: Rhai, with sessions, schemas and named arguments.

if exists('b:current_syntax')
  finish
endif

let s:keep = &cpoptions
set cpoptions&vim

" JavaScript inside the strings of `js:`.
syntax include @crawlJs syntax/javascript.vim
unlet! b:current_syntax

syntax match crawlNumber "\<\%(0[xX][0-9a-fA-F_]\+\|0[oO][0-7_]\+\|0[bB][01_]\+\)\>"
syntax match crawlNumber "\<\d[0-9_]*\%(\.\d[0-9_]*\)\?\%([eE][+-]\?\d\+\)\?\>"
syntax match crawlOperator "[-+*/%=!<>&|^?]\|\.\.=\?"
syntax match crawlDelimiter "[(){}\[\],;]\|#{"

syntax match crawlFunctionCall "\<\h\w*\ze\s*!\?("
syntax match crawlModule "\<\h\w*\ze::"
syntax match crawlDefinition "\%(\<fn\s\+\)\@<=\h\w*"
syntax match crawlSchema "\%(\<schema\s\+\)\@<=\h\w*"
syntax match crawlSchemaWord "\<schema\ze\s\+\h\w*\s\+at\>"
syntax match crawlSchemaWord "\%(\<schema\s\+\h\w*\s\+\)\@<=at\>"

syntax match crawlName "\<\h\w*\ze\s*::\@!"

" words: begin
syntax match crawlBuiltin "\<\%(all\|any\|assert\|assert_eq\|attr\|back\|bool\|changed\|check\|clear_cookies\|click\|close\|close_all\|close_page\|computed\|cookies\|count\|crawl\|date\|dialog\|double_click\|download\|drag\|emit\|ensure\|env\|evaluate\|expect\|explain\|fail\|fill\|float\|forward\|frame\|gone\|grows\|hidden\|holds\|hover\|html\|idle\|int\|js\|kill_session\|link\|list\|load_state\|markdown\|milliseconds\|money\|nested\|nested_list\|now\|on\|optional\|pages\|parallel\|param\|parse_json\|pause\|pdf\|playground\|press\|print\|random\|read_csv\|read_json\|read_lines\|read_text\|reload\|response\|right_click\|save_state\|schema_from\|screenshot\|scroll\|secret\|select_option\|session\|sessions\|set_cookies\|sleep\|submit\|switch_to\|test\|text\|to_json\|type_text\|uncheck\|upload\|url\|value\|visible\|wait_for\|write_text\)\ze\s*("
syntax match crawlPart "\%(\.\s*\)\@<=\%(attributes\|certificate\|console\|cookies\|downloads\|elapsed\|fit_markdown\|frames\|from_cache\|headers\|html\|inner_html\|items\|js\|json\|lang\|links\|markdown\|media\|meta\|mhtml\|name\|ok\|pdf\|popups\|redirects\|requested_url\|requests\|response\|screenshot\|selected\|session_id\|status\|step\|table\|tables\|text\|timing\|title\|url\|warnings\)\>"
syntax match crawlMethod "\%(\.\s*\)\@<=\%(attr\|back\|check\|click\|close\|cookies\|count\|crawl\|date\|default\|double_click\|drag\|evaluate\|explain\|extract\|fill\|find_all\|first\|forward\|get\|has\|hover\|lines\|lower\|matches\|press\|regex\|reload\|replace\|right_click\|save_state\|scroll\|select\|select_option\|set_cookie\|set_header\|split\|submit\|text\|to_equal\|to_fit\|to_float\|to_have_count\|to_int\|to_json\|to_match\|to_match_snapshot\|trim\|type_text\|uncheck\|upload\|upper\|wait_for\|with_defaults\)\ze\s*("
syntax match crawlOption "\<\%(answer\|at_least\|at_most\|auth\|base_url\|block\|body\|browser\|button\|by\|cache\|certificate\|closure\|color_scheme\|condition\|console\|cookies\|count\|css\|delay\|downloads\|exactly\|extract\|force\|fresh\|from\|full_page\|geolocation\|headers\|headless\|help\|id\|ignore_tls_errors\|indexed_db\|init_js\|javascript\|js\|js_only\|keys\|list\|locale\|max_download\|max_size\|message\|method\|mhtml\|modifiers\|name\|network\|nth\|offline\|optional\|page\|path\|pdf\|permissions\|position\|profile\|proxy\|retries\|screenshot\|session\|shared\|state\|target\|text\|then\|timeout\|timezone\|to\|touch\|url\|user_agent\|value\|viewport\|wait_for\|wait_until\|watch\|within\|workers\)\ze\s*::\@!"
syntax keyword crawlBoolean false this true
syntax keyword crawlKeyword as break catch const continue do else export fn for if import in let loop private return switch throw try until while
syntax keyword crawlKeyword session
" words: end

syntax match crawlEscape contained "\\\%(x\x\{2}\|u\x\{4}\|U\x\{8}\|.\)"
syntax match crawlEscape contained "``\|\\\${"
syntax region crawlInterpolation contained matchgroup=crawlSpecial start="\${" end="}" contains=TOP
syntax region crawlBraces contained transparent start="#\?{" end="}" contains=TOP containedin=crawlInterpolation

syntax match crawlCharacter "'\%([^'\\]\|\\\%(x\x\{2}\|u\x\{4}\|U\x\{8}\|.\)\|''\)'"
syntax region crawlString start=+"+ skip=+\\\\\|\\"+ end=+"+ contains=crawlEscape
syntax region crawlString start=+#\z(#*\)"+ end=+"#\z1+
syntax region crawlTemplateString start=+`+ skip=+``+ end=+`+ contains=crawlEscape,crawlInterpolation
syntax region crawlJsString matchgroup=crawlString start=+\%(\<\%(js\|init_js\):\s*\)\@<="+ skip=+\\\\\|\\"+ end=+"+
      \ keepend contains=@crawlJs
syntax region crawlJsString matchgroup=crawlString start=+\%(\<\%(js\|init_js\):\s*\)\@<=`+ skip=+``+ end=+`+
      \ keepend contains=@crawlJs,crawlInterpolation

" Of what begins at one place, the last defined is taken: comments before operators.
syntax match crawlShebang "\%^#!.*"
syntax match crawlLineComment "//.*" contains=crawlTodo,@Spell
syntax match crawlDocLineComment "//[/!].*" contains=crawlTodo,@Spell
syntax region crawlBlockComment start="/\*" end="\*/" contains=crawlBlockComment,crawlTodo,@Spell
syntax keyword crawlTodo contained TODO FIXME NOTE

syntax sync minlines=200

highlight default link crawlShebang PreProc
highlight default link crawlLineComment Comment
highlight default link crawlDocLineComment SpecialComment
highlight default link crawlBlockComment Comment
highlight default link crawlTodo Todo
highlight default link crawlNumber Number
highlight default link crawlOperator Operator
highlight default link crawlDelimiter Delimiter
highlight default link crawlFunctionCall Function
highlight default link crawlModule Include
highlight default link crawlDefinition Function
highlight default link crawlSchema Type
highlight default link crawlSchemaWord Statement
highlight default link crawlName Identifier
highlight default link crawlKeyword Statement
highlight default link crawlBoolean Boolean
highlight default link crawlBuiltin Function
highlight default link crawlOption Label
highlight default link crawlMethod Function
highlight default link crawlPart Identifier
highlight default link crawlEscape SpecialChar
highlight default link crawlSpecial Special
highlight default link crawlCharacter Character
highlight default link crawlString String
highlight default link crawlTemplateString String

let b:current_syntax = 'crawl'

let &cpoptions = s:keep
unlet s:keep
