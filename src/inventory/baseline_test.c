/* How a host differs from its baseline. */
#include "inventory/baseline.h"

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)

typedef struct {
  SvDistro distro;
  SvInventory inventory;
} Machine;

static void
machine_init (Machine *machine, gint scheme)
{
  *machine = (Machine){.distro = {.id = "debian", .release = "12", .scheme = scheme},
                       .inventory = {.packages = g_ptr_array_new_with_free_func (g_free),
                                     .listeners = g_ptr_array_new_with_free_func (g_free)}};
  machine->inventory.distro = &machine->distro;
}

static void
machine_clear (Machine *machine)
{
  g_ptr_array_unref (machine->inventory.packages);
  g_ptr_array_unref (machine->inventory.listeners);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Machine, machine_clear)

/* In the order of names, as inventories are. */
static SvPackage *
install (Machine *machine, const char *name, const char *version)
{
  SvPackage *package = g_new0 (SvPackage, 1);
  package->name = (char *)name;
  package->version = (char *)version;
  g_ptr_array_add (machine->inventory.packages, package);
  return package;
}

static void
open_port (Machine *machine, gint64 port, const char *process, gboolean local_only)
{
  SvListener *listener = g_new0 (SvListener, 1);
  *listener = (SvListener){.protocol = "tcp",
                           .address = "0.0.0.0",
                           .port = port,
                           .process = (char *)process,
                           .local_only = local_only};
  g_ptr_array_add (machine->inventory.listeners, listener);
}

/* "kind item wanted>found" of each, "!" behind it if it is exempted; and that the counts agree. */
static char *
compare (Machine *machine, const SvBaselineTerms *terms)
{
  GPtrArray *deviations = sv_baseline_compare (&machine->inventory, terms);
  g_autoptr (GString) text = g_string_new (NULL);
  SvBaselineHost count = {0};
  sv_baseline_count (&machine->inventory, terms, deviations, &count);
  g_assert_cmpint (count.missing + count.below + count.above + count.services + count.unknown, ==,
                   deviations->len);
  gint64 exempted = 0;
  for (guint i = 0; i < deviations->len; i++) {
    SvDeviation *one = deviations->pdata[i];
    exempted += one->exempted;
    g_string_append_printf (text, "%s%s %s %s>%s%s", i > 0 ? "; " : "",
                            sv_deviation_kind_names[one->kind], one->item,
                            one->wanted != NULL ? one->wanted : "",
                            one->found != NULL ? one->found : "", one->exempted ? "!" : "");
    sv_record_free (&sv_deviation_type, one);
  }
  g_assert_cmpint (count.exempted, ==, exempted);
  g_ptr_array_unref (deviations);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_versions (void)
{
  static const struct {
    gint scheme;
    const char *wanted, *found, *expected;
  } cases[] = {
      {SV_SCHEME_DEB, "1.0-1", "1.0-1", ""},
      {SV_SCHEME_DEB, "1.0-1", "0:1.0-1", ""}, /* written otherwise, the same version */
      {SV_SCHEME_DEB, "1:1.0", "2.0", "below p 1:1.0>2.0"},
      {SV_SCHEME_DEB, "2.0", "1:1.0", "above p 2.0>1:1.0"},
      {SV_SCHEME_DEB, "1.0", "1.0~rc1", "below p 1.0>1.0~rc1"},
      {SV_SCHEME_DEB, "1.0-1", "1.0-1+deb12u1", "above p 1.0-1>1.0-1+deb12u1"},
      {SV_SCHEME_DEB, "1.9", "1.10", "above p 1.9>1.10"},
      {SV_SCHEME_RPM, "1.0-1.el9", "1.0-1.el9_2.1", "above p 1.0-1.el9>1.0-1.el9_2.1"},
      {SV_SCHEME_RPM, "1.0-1", "1.0~rc1-1", "below p 1.0-1>1.0~rc1-1"},
      {SV_SCHEME_RPM, "1.0-1", "1.0^git1-1", "above p 1.0-1>1.0^git1-1"},
      {SV_SCHEME_APK, "1.0-r0", "1.0_rc1-r0", "below p 1.0-r0>1.0_rc1-r0"},
      {SV_SCHEME_DEB, "1.0", "not a version", "unknown p 1.0>not a version"},
      {-1, "1.0", "1.1", "unknown p 1.0>1.1"},
      {-1, "1.0", "1.0", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Machine) machine;
    machine_init (&machine, cases[i].scheme);
    install (&machine, "p", cases[i].found);
    SvBaselinePackage wanted = {"p", (char *)cases[i].wanted};
    gpointer list[] = {&wanted};
    const GPtrArray packages = {list, 1};
    g_autofree char *seen =
        compare (&machine, &(SvBaselineTerms){.packages = &packages, .host = "h", .now_us = NOW});
    g_assert_cmpstr (seen, ==, cases[i].expected);
  }
}

static void
test_what_counts_as_installed (void)
{
  g_auto (Machine) machine;
  machine_init (&machine, SV_SCHEME_DEB);
  install (&machine, "broken", "1")->state = SV_PACKAGE_BROKEN;
  install (&machine, "kernel", "1");
  install (&machine, "kernel", "3"); /* several at one time: the highest counts */
  install (&machine, "kernel", "2");
  install (&machine, "linux-image-6.1.0-53-amd64", "6.1.3-1");
  install (&machine, "pip", "1")->ecosystem = "pypi";
  install (&machine, "removed", "1")->state = SV_PACKAGE_CONFIG_FILES;
  GPtrArray *taken = sv_baseline_list_packages (&machine.inventory);
  g_assert_cmpuint (taken->len, ==, 1);
  g_assert_cmpstr (((SvBaselinePackage *)taken->pdata[0])->version, ==, "3");
  const SvBaselineTerms terms = {.packages = taken, .host = "h", .now_us = NOW};
  g_autofree char *same = compare (&machine, &terms);
  g_assert_cmpstr (same, ==, "");
  SvBaselinePackage whole = {"broken", "1"}, gone = {"removed", "1"};
  gpointer list[] = {&whole, &gone};
  const GPtrArray packages = {list, 2};
  g_autofree char *seen =
      compare (&machine, &(SvBaselineTerms){.packages = &packages, .host = "h", .now_us = NOW});
  g_assert_cmpstr (seen, ==, "missing broken 1>; missing removed 1>");
  sv_record_free (&sv_baseline_package_type, taken->pdata[0]);
  g_ptr_array_unref (taken);
}

static void
test_services (void)
{
  g_auto (Machine) machine;
  machine_init (&machine, SV_SCHEME_DEB);
  open_port (&machine, 22, "sshd", FALSE);
  open_port (&machine, 22, "sshd", FALSE); /* IPv6 */
  open_port (&machine, 25, "postfix", TRUE);
  open_port (&machine, 80, "busybox", FALSE);
  open_port (&machine, 443, NULL, FALSE);
  open_port (&machine, 8080, NULL, FALSE);
  open_port (&machine, 8080, NULL, FALSE);
  gpointer allowed[] = {"tcp/22/sshd", "tcp/80/nginx", "tcp/443/nginx", "tcp/2"};
  const GPtrArray services = {allowed, G_N_ELEMENTS (allowed)}, none = {0};
  g_autofree char *seen = compare (
      &machine,
      &(SvBaselineTerms){.packages = &none, .services = &services, .host = "h", .now_us = NOW});
  g_assert_cmpstr (seen, ==, "service tcp/80 >busybox; unknown tcp/443 >; service tcp/8080 >");
  g_autoptr (GPtrArray) taken = sv_baseline_list_services (&machine.inventory);
  g_assert_cmpuint (taken->len, ==, 4);
  g_assert_cmpstr (taken->pdata[0], ==, "tcp/22/sshd");
  g_autofree char *same = compare (
      &machine,
      &(SvBaselineTerms){.packages = &none, .services = taken, .host = "h", .now_us = NOW});
  g_assert_cmpstr (same, ==, "");
}

static void
test_service_names (void)
{
  static const char *const good[] = {"tcp/22", "udp/53/named", "tcp/65535/a/b"};
  static const char *const bad[] = {"tcp",    "tcp/",   "tcp/0",   "tcp/65536", "sctp/1",
                                    "tcp/-1", "tcp/+1", "tcp/22/", "22",        ""};
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (sv_baseline_service_is_valid (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sv_baseline_service_is_valid (bad[i]));
}

/* Exempted differences stay in every count; expired exemptions count no more, and are still told.
 */
static void
test_exemptions (void)
{
  g_auto (Machine) machine;
  machine_init (&machine, SV_SCHEME_DEB);
  install (&machine, "a", "1");
  install (&machine, "b", "1");
  install (&machine, "c", "3");
  open_port (&machine, 8080, "java", FALSE);
  SvBaselinePackage a = {"a", "2"}, b = {"b", "2"}, c = {"c", "2"};
  gpointer list[] = {&a, &b, &c};
  SvBaselineExemption of_host = {.host = "h", .item = "a", .reason = "r", .expires_at_us = NOW + 1},
                      of_other = {.host = "x", .item = "c", .expires_at_us = NOW + 1},
                      expired = {.host = "", .item = "b", .owner = "o", .expires_at_us = NOW},
                      of_all = {.item = "tcp/8080", .expires_at_us = NOW + 1};
  gpointer exempt[] = {&of_host, &of_other, &expired, &of_all};
  const GPtrArray packages = {list, 3}, exemptions = {exempt, G_N_ELEMENTS (exempt)};
  const SvBaselineTerms terms = {
      .packages = &packages, .exemptions = &exemptions, .host = "h", .now_us = NOW};
  g_autofree char *seen = compare (&machine, &terms);
  g_assert_cmpstr (seen, ==, "below a 2>1!; below b 2>1; above c 2>3; service tcp/8080 >java!");
  GPtrArray *deviations = sv_baseline_compare (&machine.inventory, &terms);
  g_assert_cmpstr (((SvDeviation *)deviations->pdata[1])->owner, ==, "o");
  for (guint i = 0; i < deviations->len; i++)
    sv_record_free (&sv_deviation_type, deviations->pdata[i]);
  g_ptr_array_unref (deviations);
}

/* What was not looked at is never "no difference". */
static void
test_not_known (void)
{
  g_auto (Machine) machine;
  machine_init (&machine, SV_SCHEME_DEB);
  SvGap gap = {.what = "listeners", .why = "only the running host shows it"};
  gpointer list[] = {&gap};
  GPtrArray gaps = {list, 1};
  const GPtrArray none = {0};
  SvBaselineHost count = {0}, other = {0};
  const SvBaselineTerms no_part = {.host = "h", .now_us = NOW},
                        part = {.packages = &none, .host = "h", .now_us = NOW};
  sv_baseline_count (&machine.inventory, &no_part, &none, &count);
  g_assert_false (count.compared);
  g_assert_true (count.services_known);
  machine.inventory.gaps = &gaps;
  sv_baseline_count (&machine.inventory, &part, &none, &other);
  g_assert_true (other.compared);
  g_assert_false (other.services_known);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/baseline/versions", test_versions);
  g_test_add_func ("/baseline/what-counts-as-installed", test_what_counts_as_installed);
  g_test_add_func ("/baseline/services", test_services);
  g_test_add_func ("/baseline/service-names", test_service_names);
  g_test_add_func ("/baseline/exemptions", test_exemptions);
  g_test_add_func ("/baseline/not-known", test_not_known);
  return g_test_run ();
}
