// Tells apart what takes more than one token: the `>` that ends an angle block, nested comments, raw strings.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

enum Token { ANGLE_CLOSE, BLOCK_COMMENT, RAW_START, RAW_CONTENT, RAW_END, IN_STRING, ERROR_SENTINEL };

typedef struct {
  uint8_t hashes;
} Scanner;

void *tree_sitter_crawl_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_crawl_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_crawl_external_scanner_serialize(void *payload, char *buffer) {
  buffer[0] = (char)((Scanner *)payload)->hashes;
  return 1;
}

void tree_sitter_crawl_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  ((Scanner *)payload)->hashes = length == 1 ? (uint8_t)buffer[0] : 0;
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

// Whether what comes after a `>` says that it ends a block: the end of the line, a comment, a closer, `;` and the like.
static bool ends_here(TSLexer *lexer) {
  while (is_blank(lexer->lookahead)) lexer->advance(lexer, false);
  if (lexer->eof(lexer)) return true;
  switch (lexer->lookahead) {
    case '\n': case ';': case ')': case '}': case ']': case ',': case '.': case '?': case '=': case '&': case '+': case '*':
      return true;
    case '/':
      lexer->advance(lexer, false);
      return lexer->lookahead == '/' || lexer->lookahead == '*';
    default:
      return false;
  }
}

static bool scan_angle_close(TSLexer *lexer, bool first_on_line) {
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  lexer->result_symbol = ANGLE_CLOSE;
  // `>=` always compares.
  if (lexer->lookahead == '=') return false;
  if (first_on_line) return true;
  // Of a run of `>` either all close or none.
  for (;;) {
    while (is_blank(lexer->lookahead)) lexer->advance(lexer, false);
    if (lexer->lookahead != '>') return ends_here(lexer);
    lexer->advance(lexer, false);
  }
}

static bool scan_block_comment(TSLexer *lexer) {
  lexer->advance(lexer, false);
  if (lexer->lookahead != '*') return false;
  lexer->advance(lexer, false);
  for (unsigned depth = 1; depth > 0;) {
    if (lexer->eof(lexer)) return false;
    int32_t c = lexer->lookahead;
    lexer->advance(lexer, false);
    if (c == '/' && lexer->lookahead == '*') {
      lexer->advance(lexer, false);
      depth += 1;
    } else if (c == '*' && lexer->lookahead == '/') {
      lexer->advance(lexer, false);
      depth -= 1;
    }
  }
  lexer->mark_end(lexer);
  lexer->result_symbol = BLOCK_COMMENT;
  return true;
}

static bool scan_raw_start(Scanner *scanner, TSLexer *lexer) {
  uint8_t hashes = 0;
  while (lexer->lookahead == '#' && hashes < UINT8_MAX) {
    lexer->advance(lexer, false);
    hashes += 1;
  }
  if (lexer->lookahead != '"') return false;
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  scanner->hashes = hashes;
  lexer->result_symbol = RAW_START;
  return true;
}

static bool scan_raw_end(Scanner *scanner, TSLexer *lexer) {
  if (lexer->lookahead != '"') return false;
  lexer->advance(lexer, false);
  for (uint8_t hashes = 0; hashes < scanner->hashes; hashes += 1) {
    if (lexer->lookahead != '#') return false;
    lexer->advance(lexer, false);
  }
  return true;
}

static bool scan_raw(Scanner *scanner, TSLexer *lexer, bool content) {
  lexer->mark_end(lexer);
  bool any = false;
  while (!lexer->eof(lexer)) {
    if (lexer->lookahead == '"') {
      lexer->mark_end(lexer);
      if (scan_raw_end(scanner, lexer)) {
        if (any && content) {
          lexer->result_symbol = RAW_CONTENT;
          return true;
        }
        lexer->mark_end(lexer);
        lexer->result_symbol = RAW_END;
        return true;
      }
    } else {
      lexer->advance(lexer, false);
    }
    any = true;
  }
  return false;
}

bool tree_sitter_crawl_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Scanner *scanner = payload;
  if (valid[ERROR_SENTINEL] || valid[IN_STRING]) return false;
  if (valid[RAW_END]) return scan_raw(scanner, lexer, valid[RAW_CONTENT]);
  bool first_on_line = false;
  while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') {
    first_on_line |= lexer->lookahead == '\n';
    lexer->advance(lexer, true);
  }
  switch (lexer->lookahead) {
    case '>': return valid[ANGLE_CLOSE] && scan_angle_close(lexer, first_on_line);
    case '/': return valid[BLOCK_COMMENT] && scan_block_comment(lexer);
    case '#': return valid[RAW_START] && scan_raw_start(scanner, lexer);
    default: return false;
  }
}
