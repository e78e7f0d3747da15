#include "db/sql.h"

#include "base/base.h"

#include <string.h>

typedef enum { END, SPACE, COMMENT, QUOTED, WORD, PARAMETER, SEMICOLON, OTHER } TokenKind;

typedef struct {
  TokenKind kind;
  const char *text;
  gsize length;
} Token;

static gboolean
is_word_start (char c)
{
  return g_ascii_isalpha (c) || c == '_';
}

static gsize
word_length (const char *text)
{
  gsize length = 0;
  while (g_ascii_isalnum (text[length]) || text[length] == '_')
    length++;
  return length;
}

static gsize
space_length (const char *text)
{
  gsize length = 0;
  while (g_ascii_isspace (text[length]))
    length++;
  return length;
}

/* A doubled quote inside is two quoted tokens in a row, which comes to the same. */
static gsize
quoted_length (const char *text)
{
  const char *end = strchr (text + 1, *text);
  return end == NULL ? 0 : (gsize)(end - text) + 1;
}

static gsize
block_comment_length (const char *text)
{
  const char *end = strstr (text + 2, "*/");
  return end == NULL ? 0 : (gsize)(end - text) + 2;
}

static TokenKind
kind_of (const char *text)
{
  if (*text == '\0')
    return END;
  if (g_ascii_isspace (*text))
    return SPACE;
  if (g_str_has_prefix (text, "--") || g_str_has_prefix (text, "/*"))
    return COMMENT;
  if (*text == '\'' || *text == '"')
    return QUOTED;
  if (g_ascii_isalnum (*text) || *text == '_')
    return WORD;
  if (*text == ':' && is_word_start (text[1]))
    return PARAMETER;
  return *text == ';' ? SEMICOLON : OTHER;
}

/* 0 for a token that nothing closes. */
static gsize
length_of (TokenKind kind, const char *text)
{
  switch (kind) {
  case END:
    return 0;
  case SPACE:
    return space_length (text);
  case COMMENT:
    return *text == '-' ? strcspn (text, "\n") : block_comment_length (text);
  case QUOTED:
    return quoted_length (text);
  case WORD:
    return word_length (text);
  case PARAMETER:
    return 1 + word_length (text + 1);
  case SEMICOLON:
  case OTHER:
    return g_str_has_prefix (text, "::") ? 2 : 1;
  }
  g_return_val_if_reached (0);
}

static gboolean
refuse (const char *why, const char *where, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "%s: '%.40s'", why, where);
  return FALSE;
}

static gboolean
next_token (const char **cursor, Token *ret_token, GError **error)
{
  const char *text = *cursor;
  TokenKind kind = kind_of (text);
  gsize length = length_of (kind, text);
  if (length == 0 && kind != END)
    return refuse ("nothing closes this part of the SQL", text, error);
  *ret_token = (Token){kind, text, length};
  *cursor = text + length;
  return TRUE;
}

static guint
position_of (GPtrArray *names, const Token *token)
{
  g_autofree char *name = g_strndup (token->text + 1, token->length - 1);
  guint index = 0;
  if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, &index)) {
    index = names->len;
    g_ptr_array_add (names, g_steal_pointer (&name));
  }
  return index + 1;
}

static gboolean
is_foreign_parameter (const Token *token)
{
  return token->kind == OTHER && strchr ("?$@", *token->text) != NULL;
}

static gboolean
translate (const char *sql, char sign, GPtrArray *names, GString *out, GError **error)
{
  gboolean any = FALSE;
  Token token;
  for (const char *cursor = sql; next_token (&cursor, &token, error);) {
    if (token.kind == END)
      return any || refuse ("this is no statement", sql, error);
    if (is_foreign_parameter (&token))
      return refuse ("parameters are written :name", token.text, error);
    any = any || token.kind == WORD;
    if (token.kind == PARAMETER)
      g_string_append_printf (out, "%c%u", sign, position_of (names, &token));
    else
      g_string_append_len (out, token.text, (gssize)token.length);
  }
  return FALSE;
}

char *
sv_sql_translate (const char *sql, char sign, GPtrArray *names, GError **error)
{
  g_autoptr (GString) out = g_string_sized_new (strlen (sql) + 16);
  if (!translate (sql, sign, names, out, error))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
token_is (const Token *token, const char *word)
{
  return token->kind == WORD && strlen (word) == token->length &&
         memcmp (word, token->text, token->length) == 0;
}

typedef struct {
  const SvSqlDialect *dialect;
  GString *out;
  guint n_words;
  gboolean defines;       /* CREATE or ALTER */
  gboolean creates_table; /* CREATE TABLE */
} Spelling;

static const char *
translate_type (const Spelling *spelling, const Token *token)
{
  if (!spelling->defines)
    return NULL;
  for (const char *const(*pair)[2] = spelling->dialect->types; (*pair)[0] != NULL; pair++)
    if (token_is (token, (*pair)[0]))
      return (*pair)[1];
  return NULL;
}

static void
spell_word (Spelling *spelling, const Token *token)
{
  if (spelling->n_words == 0)
    spelling->defines = token_is (token, "CREATE") || token_is (token, "ALTER");
  if (spelling->n_words == 1)
    spelling->creates_table =
        token_is (token, "TABLE") && g_str_has_prefix (spelling->out->str, "CREATE");
  spelling->n_words++;
  const char *own = translate_type (spelling, token);
  if (own != NULL)
    g_string_append (spelling->out, own);
  else
    g_string_append_len (spelling->out, token->text, (gssize)token->length);
}

static void
spell (Spelling *spelling, const Token *token)
{
  GString *out = spelling->out;
  if (token->kind == WORD)
    spell_word (spelling, token);
  else if (token->kind != SPACE && token->kind != COMMENT)
    g_string_append_len (out, token->text, (gssize)token->length);
  else if (out->len > 0 && out->str[out->len - 1] != ' ')
    g_string_append_c (out, ' ');
}

gboolean
sv_sql_next_statement (const char **cursor, const SvSqlDialect *dialect, char **ret_statement,
                       GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  Spelling spelling = {.dialect = dialect, .out = out};
  Token token = {.kind = OTHER};
  while (token.kind != END && (token.kind != SEMICOLON || out->len == 0)) {
    if (!next_token (cursor, &token, error))
      return FALSE;
    if (token.kind != SEMICOLON)
      spell (&spelling, &token);
  }
  if (spelling.creates_table)
    g_string_append (out, dialect->table_options);
  *ret_statement = out->len == 0 ? NULL : g_string_free (g_steal_pointer (&out), FALSE);
  return TRUE;
}
