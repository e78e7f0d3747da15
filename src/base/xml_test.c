/* What XML is read, and that no document type declaration can do anything. */
#include "base/xml.h"

#include "base/error.h"

#include <string.h>

static gboolean
begin (gpointer user_data, const SvXmlElement *element, GError **error)
{
  const char *name = sv_xml_find_attribute (element, "n");
  g_string_append_printf (user_data, "<%s/%s%s%s", element->parent, element->name,
                          name != NULL ? " " : "", name != NULL ? name : "");
  return TRUE;
}

static gboolean
end (gpointer user_data, const SvXmlElement *element, const char *text, GError **error)
{
  g_string_append_printf (user_data, ">%s", text);
  return TRUE;
}

static gboolean
wants_text (gpointer user_data, const SvXmlElement *element)
{
  return element->name[0] == 't';
}

static char *
read_text (const char *document, gboolean bare_doctype, GError **error)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  const SvXmlHandler handler = {.root = "r",
                                .bare_doctype = bare_doctype,
                                .begin = begin,
                                .end = end,
                                .wants_text = wants_text,
                                .user_data = seen};
  g_autoptr (SvStream) stream = sv_stream_new_memory ("test", document, strlen (document));
  return sv_xml_read (stream, &handler, error) ? g_string_free (g_steal_pointer (&seen), FALSE)
                                               : NULL;
}

static void
test_elements (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *seen = read_text ("<r><t n='1'> a&amp;b </t><u>c</u></r>", FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (seen, ==, "</r<r/t 1>a&b<r/u>>");
}

static void
test_doctype (void)
{
  static const struct {
    const char *document;
    gboolean allowed; /* where a bare one is passed over */
  } cases[] = {
      {"<!DOCTYPE r><r/>", TRUE},
      {"<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>", FALSE},
      {"<!DOCTYPE r PUBLIC 'a' 'b'><r/>", FALSE},
      {"<!DOCTYPE r []><r/>", FALSE},
      {"<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>", FALSE},
      {"<!DOCTYPE r><r>&a;</r>", FALSE},
      {"<other/>", FALSE},
      {"<r>", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gboolean bare = FALSE; bare <= TRUE; bare++) {
      g_autoptr (GError) error = NULL;
      g_autofree char *seen = read_text (cases[i].document, bare, &error);
      if ((seen != NULL) != (bare && cases[i].allowed))
        g_error ("%s: %s", cases[i].document, error != NULL ? error->message : "read");
      g_assert_true (seen != NULL || sv_error_is (error, SV_ERROR_INVALID_DATA));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/elements", test_elements);
  g_test_add_func ("/xml/doctype", test_doctype);
  return g_test_run ();
}
