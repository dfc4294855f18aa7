" Settings for .crawl scripts.

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=s1:/*,mb:*,ex:*/,:///,://!,://
setlocal commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=2 softtabstop=2 textwidth=120
setlocal suffixesadd=.crawl
setlocal include=^\\s*import
setlocal matchpairs+=<:>

if executable('crawl')
  " gq formats the lines as a script of their own; ":%!crawl fmt -" the whole file.
  setlocal formatprg=crawl\ fmt\ -
  setlocal makeprg=crawl\ check\ --diagnostics\ short\ %:S
  setlocal errorformat=%f:%l:%c:\ %t%*[^]]]:\ %m
endif

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< expandtab< shiftwidth< softtabstop<'
      \ . ' textwidth< suffixesadd< include< matchpairs< formatprg< makeprg< errorformat<'
