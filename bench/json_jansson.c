/* json-jansson PATH: parses every JSON document of a file or a plain tar with jansson, one at a
 * time; prints the bytes. */
#include <glib.h>
#include <jansson.h>
#include <stdio.h>

#define BLOCK 512

/* A tar member's size is octal text at 124, its name at 0, its kind at 156. */
static gboolean
parse_member (FILE *file, const char *header, gsize *bytes)
{
  gsize length = g_ascii_strtoull (header + 124, NULL, 8);
  gsize padded = (length + BLOCK - 1) / BLOCK * BLOCK;
  g_autofree char *name = g_strndup (header, 100);
  g_autofree char *text = g_malloc (MAX (padded, 1));
  if (fread (text, 1, padded, file) != padded)
    return FALSE;
  if (header[156] != '0' || !g_str_has_suffix (name, ".json"))
    return TRUE;
  json_t *document = json_loadb (text, length, 0, NULL);
  *bytes += document != NULL ? length : 0;
  json_decref (document);
  return TRUE;
}

static gsize
parse_tar (FILE *file)
{
  char header[BLOCK];
  gsize bytes = 0;
  while (fread (header, 1, BLOCK, file) == BLOCK && header[0] != '\0')
    if (!parse_member (file, header, &bytes))
      return 0;
  return bytes;
}

static gsize
parse_file (FILE *file)
{
  json_t *document = json_loadf (file, 0, NULL);
  gsize bytes = document != NULL ? (gsize)ftell (file) : 0;
  json_decref (document);
  return bytes;
}

int
main (int argc, char **argv)
{
  FILE *file = argc == 2 ? fopen (argv[1], "r") : NULL;
  if (file == NULL)
    return 1;
  gsize bytes = g_str_has_suffix (argv[1], ".tar") ? parse_tar (file) : parse_file (file);
  fclose (file);
  g_print ("%" G_GSIZE_FORMAT "\n", bytes);
  return bytes > 0 ? 0 : 1;
}
