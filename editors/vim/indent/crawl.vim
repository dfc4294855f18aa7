" Indentation of .crawl scripts: two columns for each line that leaves brackets open.

if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=GetCrawlIndent(v:lnum)
setlocal indentkeys=0{,0},0),0],0>,!^F,o,O,e
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*GetCrawlIndent')
  finish
endif

" How far back an open bracket is looked for.
let s:lines = 1000

" Whether a column of a line is inside a string or a comment.
function! s:Quiet(lnum, column) abort
  let name = synIDattr(synID(a:lnum, a:column, 1), 'name')
  return name =~# 'String\|Comment\|Character\|Escape' || name !~# '^\%(crawl\|$\)'
endfunction

" What a sign of a line does: 1 opens a bracket, -1 closes one, 0 neither.
function! s:Turn(lnum, line, at) abort
  let sign = a:line[a:at]
  if sign =~# '[({[]'
    let turn = 1
  elseif sign =~# '[)}\]]'
    let turn = -1
  elseif sign ==# '<' && a:line[: a:at] =~# ')\s*<$' && a:line[a:at + 1 :] =~# '^\s*\%(//.*\)\?$'
    let turn = 1
  elseif sign ==# '>' && a:line[: a:at] =~# '^\s*>$'
    let turn = -1
  else
    return 0
  endif
  return s:Quiet(a:lnum, a:at + 1) ? 0 : turn
endfunction

" The line of the innermost bracket that is open before a line; 0 when none is.
function! s:Opener(lnum) abort
  let depth = 0
  for lnum in range(a:lnum - 1, max([1, a:lnum - s:lines]), -1)
    let line = getline(lnum)
    for at in line =~# '[][(){}<>]' ? range(len(line) - 1, 0, -1) : []
      let turn = s:Turn(lnum, line, at)
      if turn > 0 && depth == 0
        return lnum
      endif
      let depth -= turn
    endfor
    " Nothing that stands before a statement at the margin is still open.
    if line =~# '^[^[:space:])}\]>]' && !s:Quiet(lnum, 1)
      return 0
    endif
  endfor
  return 0
endfunction

function! GetCrawlIndent(lnum) abort
  let line = getline(a:lnum)
  " The inside of a string or a comment of several lines is not ours.
  if a:lnum > 1 && synIDattr(synID(a:lnum, 1, 1), 'name') !~# 'LineComment\|^$' && s:Quiet(a:lnum, 1)
        \ && line !~# '^["`''#]\|^/\*'
    return -1
  endif
  let opener = s:Opener(a:lnum)
  let closes = line =~# '^\s*\%([)}\]]\|>\s*\%($\|[;,.)}\]]\|//\)\)'
  let indent = opener == 0 ? 0 : indent(opener) + (closes ? 0 : shiftwidth())
  " What goes on with the line before stands further in.
  return line =~# '^\s*\%(\.\a\|?\.\|[+*&|]\|- \|??\)' && line !~# '^\s*|[^|]*|' ? indent + shiftwidth() : indent
endfunction
