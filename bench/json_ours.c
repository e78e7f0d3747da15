/* json-ours PATH: reads every token of every JSON document of a file or archive; prints the bytes.
 */
#include "base/base.h"

static gboolean
read_document (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (content);
  SvJsonToken token;
  do
    token = sv_json_next (reader, error);
  while (token != SV_JSON_END && token != SV_JSON_ERROR);
  *(guint64 *)user_data += sv_stream_get_offset (content);
  return token == SV_JSON_END;
}

int
main (int argc, char **argv)
{
  guint64 bytes = 0;
  g_autoptr (GError) error = NULL;
  if (argc != 2)
    return 2;
  if (!sv_documents_foreach (argv[1], ".json", read_document, &bytes, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_print ("%" G_GUINT64_FORMAT "\n", bytes);
  return 0;
}
