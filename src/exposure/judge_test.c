/* Each row is one situation that real matchers get wrong, named by its number. */
#include "exposure/judge.h"

#include <string.h>

static SvDistro debian = {.id = "debian", .release = "12", .scheme = SV_SCHEME_DEB};
static SvDistro alma = {.id = "almalinux", .release = "8", .scheme = SV_SCHEME_RPM};

static SvDistro amazon = {.id = "amzn", .release = "2", .scheme = SV_SCHEME_RPM};

#define DEB .distro = &debian
#define AMAZON .distro = &amazon
#define SAYS_AMAZON .release = "amzn:2", .scheme = SV_SCHEME_RPM, .name_kind = SV_NAME_BINARY
#define RPM .distro = &alma
#define SAYS_DEB .release = "debian:12", .scheme = SV_SCHEME_DEB
#define SAYS_RPM .release = "almalinux:8", .scheme = SV_SCHEME_RPM, .name_kind = SV_NAME_BINARY

typedef struct {
  const char *name;
  SvPackage package;
  const SvDistro *distro;
  SvStatement statement;
  SvVerdict verdict;
} Row;

#define PACKAGE(n, v, s, sv, ...)                                                                  \
  .package = {.name = (char *)n,                                                                   \
              .version = (char *)v,                                                                \
              .source = (char *)s,                                                                 \
              .source_version = (char *)sv,                                                        \
              .arch = "amd64",                                                                     \
              ##__VA_ARGS__}
#define SAYS(...) .statement = {.vulnerability = "CVE-2024-1000", __VA_ARGS__}

static const Row rows[] = {
    {"17-source-version-not-binary-version", PACKAGE ("libfoo1", "2:9.0-1", "foo", "1.0-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .fixed = "1.0-2"), SV_VERDICT_AFFECTED},
    {"19-binnmu-is-its-source", PACKAGE ("foo", "1.2-3+b1", "foo", "1.2-3"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .fixed = "1.2-3"), SV_VERDICT_FIXED},
    {"21-signed-kernel",
     PACKAGE ("linux-image-6.1.0-28-amd64", "6.1.119-1", "linux-signed-amd64", "6.1.119+1"), DEB,
     SAYS (SAYS_DEB, .package = "linux", .fixed = "6.1.119-1"), SV_VERDICT_FIXED},
    {"21-signed-kernel-below",
     PACKAGE ("linux-image-6.1.0-28-amd64", "6.1.119-1", "linux-signed-amd64", "6.1.119+1"), DEB,
     SAYS (SAYS_DEB, .package = "linux", .fixed = "6.1.123-1"), SV_VERDICT_AFFECTED},
    {"22-source-version-not-known", PACKAGE ("perl-Errno", "1.28-422.el8", "perl", NULL), RPM,
     SAYS (SAYS_RPM, .name_kind = SV_NAME_SOURCE, .package = "perl", .fixed = "4:5.26.3-422.el8"),
     SV_VERDICT_UNKNOWN},
    {"23-binary-record-spares-siblings", PACKAGE ("foo-data", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .name_kind = SV_NAME_BINARY, .fixed = "1-2"),
     SV_VERDICT_NOT_APPLICABLE},
    {"23-source-record-hits-all", PACKAGE ("foo-data", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .fixed = "1-2"), SV_VERDICT_AFFECTED},
    {"28-other-arch", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .arch = "aarch64", .fixed = "1-2"),
     SV_VERDICT_NOT_APPLICABLE},
    {"28-arch-alias", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .arch = "x86_64", .fixed = "1-2"), SV_VERDICT_AFFECTED},
    {"29-unknown-arch-keeps-affected", PACKAGE ("foo", "1-1", "foo", "1-1", .arch = NULL), DEB,
     SAYS (SAYS_DEB, .package = "foo", .arch = "arm64", .fixed = "1-2"), SV_VERDICT_AFFECTED},
    {"29-unknown-arch-drops-not-affected", PACKAGE ("foo", "1-1", "foo", "1-1", .arch = NULL), DEB,
     SAYS (SAYS_DEB, .package = "foo", .arch = "arm64", .status = SV_STATUS_NOT_AFFECTED),
     SV_VERDICT_NOT_APPLICABLE},
    {"30-other-ecosystem", PACKAGE ("rpm", "4.14.3", "rpm", "4.14.3", .ecosystem = "pypi"), RPM,
     SAYS (SAYS_RPM, .package = "rpm", .fixed = "4.16-1"), SV_VERDICT_NOT_APPLICABLE},
    {"35-not-affected", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .status = SV_STATUS_NOT_AFFECTED), SV_VERDICT_NOT_AFFECTED},
    {"36-undetermined-is-unknown", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .status = SV_STATUS_UNDETERMINED), SV_VERDICT_UNKNOWN},
    {"45-under-investigation-is-unknown", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .status = SV_STATUS_INVESTIGATING), SV_VERDICT_UNKNOWN},
    {"46-unsupported-is-unknown", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .status = SV_STATUS_UNSUPPORTED), SV_VERDICT_UNKNOWN},
    {"57-last-affected-inside", PACKAGE ("foo", "1-5", "foo", "1-5"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .last_affected = "1-5"), SV_VERDICT_AFFECTED},
    {"57-last-affected-above", PACKAGE ("foo", "1-6", "foo", "1-6"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .last_affected = "1-5"), SV_VERDICT_NOT_AFFECTED},
    {"59-no-range-is-never-affected", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo"), SV_VERDICT_UNKNOWN},
    {"38-open-from-the-beginning", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .introduced = "0", .promise = SV_PROMISE_NEVER),
     SV_VERDICT_AFFECTED},
    {"60-before-introduced", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .introduced = "2-1", .fixed = "2-5"),
     SV_VERDICT_NOT_AFFECTED},
    {"60-fixed-is-exclusive", PACKAGE ("foo", "2-5", "foo", "2-5"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .introduced = "2-1", .fixed = "2-5"), SV_VERDICT_FIXED},
    {"61-other-release", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (.release = "debian:13", .scheme = SV_SCHEME_DEB, .package = "foo", .fixed = "1-2"),
     SV_VERDICT_NOT_APPLICABLE},
    {"11-malformed-installed-version", PACKAGE ("foo", "1:", "foo", "1:"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .fixed = "1-2"), SV_VERDICT_UNKNOWN},
    {"11-malformed-fixed-version", PACKAGE ("foo", "1-1", "foo", "1-1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .fixed = "1-2 (sic)"), SV_VERDICT_UNKNOWN},
    {"63-other-stream",
     PACKAGE ("postgresql", "9.6.22-1.module_el8.5.0+1+aa", "postgresql", NULL,
              .module = "postgresql:9.6"),
     RPM,
     SAYS (SAYS_RPM, .package = "postgresql", .module = "postgresql:12",
           .fixed = "12.7-1.module_el8.4.0+2+bb"),
     SV_VERDICT_NOT_APPLICABLE},
    {"63-same-stream",
     PACKAGE ("postgresql", "12.5-1.module_el8.3.0+1+aa", "postgresql", NULL,
              .module = "postgresql:12"),
     RPM,
     SAYS (SAYS_RPM, .package = "postgresql", .module = "postgresql:12",
           .fixed = "12.7-1.module_el8.4.0+2+bb"),
     SV_VERDICT_AFFECTED},
    {"63-stream-of-the-fix-not-known",
     PACKAGE ("postgresql", "9.6.22-1.module_el8.5.0+1+aa", "postgresql", NULL,
              .module = "postgresql:9.6"),
     RPM, SAYS (SAYS_RPM, .package = "postgresql", .fixed = "12.7-1.module_el8.4.0+2+bb"),
     SV_VERDICT_UNKNOWN},
    {"64-base-package-modular-fix",
     PACKAGE ("perl", "4:5.26.3-416.el8", "perl", NULL, .module = ""), RPM,
     SAYS (SAYS_RPM, .package = "perl", .module = "perl:5.30",
           .fixed = "4:5.30.1-452.module_el8.4.0+1+aa"),
     SV_VERDICT_NOT_APPLICABLE},
    {"64-claim-without-version-or-module",
     PACKAGE ("perl", "4:5.30.1-452.module_el8.4.0+1+aa", "perl", NULL, .module = "perl:5.30"), RPM,
     SAYS (SAYS_RPM, .package = "perl", .introduced = "0"), SV_VERDICT_UNKNOWN},
    {"64-base-fix-modular-package",
     PACKAGE ("perl", "4:5.30.1-452.module_el8.4.0+1+aa", "perl", NULL, .module = "perl:5.30"), RPM,
     SAYS (SAYS_RPM, .package = "perl", .module = "", .fixed = "4:5.32.0-1.el8"),
     SV_VERDICT_NOT_APPLICABLE},
    {"65-the-very-build-of-an-untold-stream",
     PACKAGE ("ruby", "2.5.9-112.module_el8.10.0+1+aa", "ruby", NULL, .module = "ruby:2.5"), RPM,
     SAYS (SAYS_RPM, .package = "ruby", .fixed = "2.5.9-112.module_el8.10.0+1+aa"),
     SV_VERDICT_FIXED},
    {"63-other-line-of-a-topic", PACKAGE ("kernel", "5.10.245-243.979.amzn2", "kernel", NULL),
     AMAZON,
     SAYS (SAYS_AMAZON, .package = "kernel", .fixed = "0:5.15.43-20.123.amzn2",
           .advisory = "ALAS2KERNEL-5.15-2022-001"),
     SV_VERDICT_NOT_APPLICABLE},
    {"63-own-line-of-a-topic", PACKAGE ("kernel", "5.15.22-20.123.amzn2", "kernel", NULL), AMAZON,
     SAYS (SAYS_AMAZON, .package = "kernel", .fixed = "5.15.43-20.123.amzn2",
           .advisory = "ALAS2KERNEL-5.15-2022-001"),
     SV_VERDICT_AFFECTED},
    {"63-topic-without-a-line", PACKAGE ("docker", "20.10.4-1.amzn2", "docker", NULL), AMAZON,
     SAYS (SAYS_AMAZON, .package = "docker", .fixed = "20.10.7-1.amzn2",
           .advisory = "ALAS2DOCKER-2021-001"),
     SV_VERDICT_AFFECTED},
    {"63-package-beside-the-line", PACKAGE ("libzip", "1.3.2-1.amzn2", "libzip", NULL), AMAZON,
     SAYS (SAYS_AMAZON, .package = "libzip", .fixed = "1.3.2-2.amzn2",
           .advisory = "ALAS2PHP8.2-2023-001"),
     SV_VERDICT_AFFECTED},
    {"63-core-notice-has-no-line", PACKAGE ("kernel", "4.14.1-1.amzn2", "kernel", NULL), AMAZON,
     SAYS (SAYS_AMAZON, .package = "kernel", .fixed = "4.14.9-1.amzn2",
           .advisory = "ALAS2-2022-1761"),
     SV_VERDICT_AFFECTED},
    {"70-cloud-kernel-of-a-special-group",
     PACKAGE ("kernel", "4.18.0-305.3.1.el8_4", "kernel", NULL), RPM,
     SAYS (SAYS_RPM, .package = "kernel", .fixed = "4.18.0-425.10.1.el8_7.cloud"),
     SV_VERDICT_UNKNOWN},
    {"67-fix-of-another-minor-still-compares", PACKAGE ("bash", "4.4.20-1.el8_4", "bash", NULL),
     RPM, SAYS (SAYS_RPM, .package = "bash", .fixed = "4.4.20-5.el8_10"), SV_VERDICT_AFFECTED},
    {"70-ksplice-compares-with-itself", PACKAGE ("glibc", "2.17-106.el8", "glibc", NULL), RPM,
     SAYS (SAYS_RPM, .package = "glibc", .fixed = "2:2.17-106.0.1.ksplice1.el8"),
     SV_VERDICT_UNKNOWN},
    {"71-backport-does-not-compare", PACKAGE ("foo", "2.0-1~bpo12+1", "foo", "2.0-1~bpo12+1"), DEB,
     SAYS (SAYS_DEB, .package = "foo", .fixed = "1.0-2"), SV_VERDICT_UNKNOWN},
    {"69-esm-build-holds-the-fix", PACKAGE ("foo", "1.0-1ubuntu1+esm2", "foo", "1.0-1ubuntu1+esm2"),
     DEB, SAYS (SAYS_DEB, .package = "foo", .fixed = "1.0-1ubuntu1+esm1"), SV_VERDICT_FIXED},
    {"69-plain-build-lacks-the-esm-fix", PACKAGE ("foo", "1.0-1ubuntu1", "foo", "1.0-1ubuntu1"),
     DEB, SAYS (SAYS_DEB, .package = "foo", .fixed = "1.0-1ubuntu1+esm1"), SV_VERDICT_AFFECTED},
    {"72-unmanaged-build",
     PACKAGE ("php8.2", "8.2.31-1+0~x", "php8.2", "8.2.31-1+0~x", .origin = ""), DEB,
     SAYS (SAYS_DEB, .package = "php8.2", .fixed = "8.2.32-1"), SV_VERDICT_UNKNOWN},
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (SvInstall) install = sv_install_new (&row->package, row->distro, NULL);
  SvClaim claim = {.feed = "debian-tracker", .statement = &row->statement};
  SvReason *reason = sv_exposure_judge (install, &claim);
  if (reason->verdict != (gint)row->verdict)
    g_error ("%s, want %s: %s", sv_verdict_names[reason->verdict], sv_verdict_names[row->verdict],
             reason->because);
  g_assert_nonnull (reason->because);
  sv_record_free (&sv_reason_type, reason);
}

/* --- many claims --- */

static SvFinding *
combine (const SvPackage *package, const SvDistro *distro, const SvClaim *claims, gsize n)
{
  g_autoptr (SvInstall) install = sv_install_new (package, distro, NULL);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (list, (gpointer)&claims[i]);
  return sv_exposure_combine (install, "CVE-2024-1000", list);
}

static SvPackage foo = {
    .name = "foo", .version = "1-2", .source = "foo", .source_version = "1-2", .arch = "amd64"};

static void
test_conflict_is_kept_with_its_winner (void) /* 108 */
{
  SvStatement fixed = {SAYS_DEB, .package = "foo", .fixed = "1-2"};
  SvStatement open = {SAYS_DEB, .package = "foo", .introduced = "0"};
  SvClaim claims[] = {{"osv", &open}, {"debian-tracker", &fixed}};
  g_autoptr (SvFinding) finding = combine (&foo, &debian, claims, 2);
  g_assert_cmpint (finding->verdict, ==, SV_VERDICT_FIXED);
  g_assert_cmpuint (finding->reasons->len, ==, 2);
  const SvReason *winner = finding->reasons->pdata[0];
  g_assert_cmpstr (winner->feed, ==, "debian-tracker");
  g_assert_true (winner->won);
  g_assert_false (((SvReason *)finding->reasons->pdata[1])->won);
}

static void
test_same_source_both_ways (void) /* 47 */
{
  SvStatement fixed = {SAYS_DEB, .package = "foo", .fixed = "1-2"};
  SvStatement open = {SAYS_DEB, .package = "foo", .introduced = "0"};
  SvClaim claims[] = {{"osv", &fixed}, {"osv", &open}};
  g_autoptr (SvFinding) finding = combine (&foo, &debian, claims, 2);
  g_assert_cmpint (finding->verdict, ==, SV_VERDICT_AFFECTED);
}

static void
test_two_builds_in_one_notice (void) /* 65 */
{
  SvPackage criu = {.name = "criu",
                    .source = "criu",
                    .arch = "x86_64",
                    .version = "3.15-3.module_el8.6.0+2877+8e437bf5",
                    .module = "container-tools:4.0"};
  SvStatement low = {SAYS_RPM, .package = "criu", .advisory = "ALSA-2023:6938",
                     .module = "container-tools:4.0",
                     .fixed = "3.15-3.module_el8.6.0+2877+8e437bf5"};
  SvStatement high = low;
  high.fixed = "3.15-3.module_el8.6.0+3137+d33c3efb";
  SvClaim claims[] = {{"osv", &high}, {"osv", &low}};
  g_autoptr (SvFinding) finding = combine (&criu, &alma, claims, 2);
  g_assert_cmpint (finding->verdict, ==, SV_VERDICT_FIXED);
  high.advisory = "ALSA-2023:7000"; /* another notice: a real later fix */
  g_autoptr (SvFinding) later = combine (&criu, &alma, claims, 2);
  g_assert_cmpint (later->verdict, ==, SV_VERDICT_AFFECTED);
}

static void
test_own_minor_settles_it (void) /* 67 */
{
  SvPackage bash = {
      .name = "bash", .source = "bash", .arch = "x86_64", .version = "4.4.20-4.el8_4.1"};
  SvStatement own = {SAYS_RPM, .package = "bash", .advisory = "A:1", .fixed = "4.4.20-4.el8_4.1"};
  SvStatement other = {SAYS_RPM, .package = "bash", .advisory = "A:2", .fixed = "4.4.20-5.el8_6.1"};
  SvClaim claims[] = {{"osv", &other}, {"osv", &own}};
  g_autoptr (SvFinding) finding = combine (&bash, &alma, claims, 2);
  g_assert_cmpint (finding->verdict, ==, SV_VERDICT_FIXED);
}

static void
test_nothing_applies (void)
{
  SvStatement other = {SAYS_DEB, .package = "bar", .fixed = "9"};
  SvClaim claims[] = {{"osv", &other}};
  g_assert_null (combine (&foo, &debian, claims, 1));
}

static const struct {
  const char *name;
  const char *fixed;
  SvPromise promise;
  gboolean has_offer, reachable;
  const char *offered, *newest;
  SvFix fix;
} fixes[] = {
    {"41-announced-in-no-archive", "1-9", SV_PROMISE_NONE, TRUE, TRUE, "1-5", "1-5",
     SV_FIX_PENDING},
    {"41-no-archive-read", "1-9", SV_PROMISE_NONE, FALSE, FALSE, NULL, NULL, SV_FIX_UNKNOWN},
    {"76-held", "1-9", SV_PROMISE_NONE, TRUE, FALSE, "1-9", "1-9", SV_FIX_NOT_REACHABLE},
    {"76-pinned-below", "1-9", SV_PROMISE_NONE, TRUE, TRUE, "1-5", "1-9", SV_FIX_NOT_REACHABLE},
    {"reachable", "1-9", SV_PROMISE_NONE, TRUE, TRUE, "1-9", "1-9", SV_FIX_REACHABLE},
    {"38-never", NULL, SV_PROMISE_NEVER, TRUE, TRUE, "1-9", "1-9", SV_FIX_NOT_PLANNED},
    {"38-point-release", NULL, SV_PROMISE_POINT, TRUE, TRUE, "1-9", "1-9", SV_FIX_PENDING},
    {"38-nothing-said", NULL, SV_PROMISE_NONE, TRUE, TRUE, "1-9", "1-9", SV_FIX_NONE},
};

static void
test_fixes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fixes); i++) {
    SvStatement statement = {SAYS_DEB, .package = "foo", .introduced = "0",
                             .fixed = (char *)fixes[i].fixed, .promise = fixes[i].promise};
    SvClaim claims[] = {{"debian-tracker", &statement}};
    g_autoptr (SvFinding) finding = combine (&foo, &debian, claims, 1);
    g_assert_cmpint (finding->verdict, ==, SV_VERDICT_AFFECTED);
    SvOffer offer = {fixes[i].offered, fixes[i].offered, fixes[i].reachable, fixes[i].newest,
                     fixes[i].newest};
    sv_finding_set_fix (finding, SV_SCHEME_DEB, finding->reasons->pdata[0],
                        fixes[i].has_offer ? &offer : NULL);
    if (finding->fix != (gint)fixes[i].fix)
      g_error ("%s: %s, want %s", fixes[i].name, sv_fix_names[finding->fix],
               sv_fix_names[fixes[i].fix]);
  }
}

static void
test_higher_fix_wins (void) /* 95: only that one satisfies all who say "affected" */
{
  SvStatement first = {SAYS_DEB, .package = "foo", .fixed = "1-9"};
  SvStatement later = {SAYS_DEB, .package = "foo", .fixed = "1-10"};
  SvStatement open = {SAYS_DEB, .package = "foo", .introduced = "0"};
  SvClaim claims[] = {{"osv", &first}, {"osv", &later}, {"osv", &open}};
  g_autoptr (SvFinding) both = combine (&foo, &debian, claims, 2);
  g_assert_cmpstr (both->fixed, ==, "1-10");
  g_assert_false (sv_finding_is_healed_by (both, SV_SCHEME_DEB, "1-9", "1-9"));
  g_assert_true (sv_finding_is_healed_by (both, SV_SCHEME_DEB, "1-10", "1-10"));
  g_autoptr (SvFinding) all = combine (&foo, &debian, claims, 3);
  g_assert_null (all->fixed);
}

static void
test_authority (void) /* 108: lower counts more */
{
  static const char *const order[] = {"debian-tracker", "debian-dsa", "osv-almalinux", "changelog",
                                      "somebody"};
  for (gsize i = 1; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpuint (sv_feed_rank (order[i - 1]), <, sv_feed_rank (order[i]));
  g_assert_cmpuint (sv_feed_rank ("debian-dsa"), ==, sv_feed_rank ("debian-list:given"));
}

static void
test_sources_of_kernels (void) /* 21 */
{
  static const char *const names[][2] = {{"linux-signed-amd64", "linux"},
                                         {"linux-signed-5.10-arm64", "linux-5.10"},
                                         {"linux-latest", "linux"},
                                         {"linux-signed-hwe-6.8", "linux-hwe-6.8"},
                                         {"linux-meta-aws", "linux-aws"},
                                         {"linux-signed", "linux"},
                                         {"grub-efi-amd64-signed", "grub2"},
                                         {"linux-base", "linux-base"},
                                         {"openssl", "openssl"}};
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *source = sv_source_of_tracker (names[i][0]);
    g_assert_cmpstr (source, ==, names[i][1]);
  }
}

static void
test_low_relevance (void) /* 24, 84 */
{
  static const char *const low[] = {"linux-libc-dev", "linux-headers-6.1.0-28-amd64",
                                    "linux-image-amd64", "bash-doc", "emacs-filesystem"};
  static const char *const real[] = {"linux-image-6.1.0-28-amd64", "bash", "libssl3",
                                     "linux-image-unsigned-6.8.0-generic"};
  for (gsize i = 0; i < G_N_ELEMENTS (low); i++)
    g_assert_true (sv_package_is_low_relevance (low[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (real); i++)
    g_assert_false (sv_package_is_low_relevance (real[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strconcat ("/judge/pitfall-", rows[i].name, NULL);
    g_test_add_data_func (path, &rows[i], test_row);
  }
  g_test_add_func ("/finding/pitfall-108-conflict", test_conflict_is_kept_with_its_winner);
  g_test_add_func ("/finding/pitfall-47-both-ways", test_same_source_both_ways);
  g_test_add_func ("/finding/pitfall-65-two-builds", test_two_builds_in_one_notice);
  g_test_add_func ("/finding/pitfall-67-own-minor", test_own_minor_settles_it);
  g_test_add_func ("/finding/pitfall-95-higher-fix", test_higher_fix_wins);
  g_test_add_func ("/finding/pitfall-108-authority", test_authority);
  g_test_add_func ("/install/pitfall-21-kernel-sources", test_sources_of_kernels);
  g_test_add_func ("/finding/nothing-applies", test_nothing_applies);
  g_test_add_func ("/finding/pitfall-41-76-fixes", test_fixes);
  g_test_add_func ("/finding/pitfall-24-84-low-relevance", test_low_relevance);
  return g_test_run ();
}
