autocmd BufNewFile,BufRead *.crawl setfiletype crawl
