#include "exposure/depends.h"
#include "exposure/policy.h"

#include <string.h>

/* --- the archives of these tests --- */

static SvIndex indexes[] = {
    {.origin = (char *)"Debian",
     .label = (char *)"Debian",
     .suite = (char *)"stable",
     .codename = (char *)"bookworm",
     .version = (char *)"12.15",
     .component = (char *)"main",
     .arch = (char *)"amd64",
     .site = (char *)"mirror.example"},
    {.origin = (char *)"Debian",
     .label = (char *)"Debian-Security",
     .suite = (char *)"stable-security",
     .codename = (char *)"bookworm-security",
     .version = (char *)"12",
     .component = (char *)"main",
     .arch = (char *)"amd64",
     .site = (char *)"mirror.example"},
    {.origin = (char *)"Debian Backports",
     .label = (char *)"Debian Backports",
     .suite = (char *)"stable-backports",
     .codename = (char *)"bookworm-backports",
     .component = (char *)"main",
     .not_automatic = TRUE,
     .but_automatic_upgrades = TRUE,
     .site = (char *)"mirror.example"},
    {.origin = (char *)"Debian",
     .label = (char *)"Debian",
     .suite = (char *)"experimental",
     .codename = (char *)"rc-buggy",
     .not_automatic = TRUE,
     .site = (char *)"other.example"},
};
enum { STABLE, SECURITY, BACKPORTS, EXPERIMENTAL };

/* One package at several versions; which archive has which; what is installed. */
typedef struct {
  const char *version;
  int index; /* -1: none */
  gboolean installed;
} Version;

typedef struct {
  const char *name;
  Version versions[5];    /* highest first */
  const char *pins[4][3]; /* package, pin, priority */
  const char *default_release;
  const char *expected; /* NULL: no candidate */
} Row;

static const Row rows[] = {
    {"newest-of-equals", {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}}, .expected = "3"},
    {"installed-is-newest", {{"4", -1, TRUE}, {"3", SECURITY}}, .expected = "4"},
    {"backports-not-by-themselves",
     {{"3~bpo12+1", BACKPORTS}, {"2", STABLE}, {"1", -1, TRUE}},
     .expected = "2"},
    {"pitfall-71-backports-follow",
     {{"3~bpo12+2", BACKPORTS}, {"3~bpo12+1", -1, TRUE}, {"2", STABLE}},
     .expected = "3~bpo12+2"},
    {"experimental-never", {{"9", EXPERIMENTAL}, {"1", -1, TRUE}}, .expected = "1"},
    {"experimental-if-nothing-else", {{"9", EXPERIMENTAL}}, .expected = "9"},
    {"pin-by-label",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     {{"a", "release l=Debian-Security", "-1"}},
     .expected = "2"},
    {"pin-negative-for-all",
     {{"3", SECURITY}, {"1", -1, TRUE}},
     {{"*", "release n=bookworm-security", "-10"}},
     .expected = "1"},
    {"pin-below-installed",
     {{"3", SECURITY}, {"1", -1, TRUE}},
     {{"a", "release a=stable-security", "99"}},
     .expected = "1"},
    {"pin-999-does-not-downgrade",
     {{"3", -1, TRUE}, {"2", STABLE}},
     {{"a", "version 2", "999"}},
     .expected = "3"},
    {"pin-1000-downgrades",
     {{"3", -1, TRUE}, {"2", STABLE}},
     {{"a", "version 2*", "1000"}},
     .expected = "2"},
    {"first-pin-counts",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     {{"a*", "release l=Debian-Security", "10"}, {"a", "release l=Debian-Security", "900"}},
     .expected = "2"},
    {"first-general-pin-counts",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     {{"*", "release o=Debian", "400"}, {"*", "release l=Debian-Security", "1"}},
     .expected = "3"},
    {"own-pin-over-general",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     {{"*", "release l=Debian-Security", "-1"}, {"b a c", "release l=Debian-Security", "600"}},
     .expected = "3"},
    {"pin-by-site",
     {{"9", EXPERIMENTAL}, {"2", STABLE}, {"1", -1, TRUE}},
     {{"*", "origin \"other.example\"", "600"}},
     .expected = "9"},
    {"pin-by-regex",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     {{"/^A$/", "release l=/security/", "-1"}},
     .expected = "2"},
    {"pin-by-source",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     {{"src:the-source", "release l=Debian-Security", "-1"}},
     .expected = "2"},
    {"pin-of-other-architecture",
     {{"3", SECURITY}, {"1", -1, TRUE}},
     {{"a:i386", "release l=Debian-Security", "-1"}},
     .expected = "3"},
    {"pin-of-any-architecture",
     {{"3", SECURITY}, {"1", -1, TRUE}},
     {{"a:any", "release l=Debian-Security", "-1"}},
     .expected = "1"},
    {"pin-of-all-parts",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     {{"a", "release o=Debian, l=Debian-Security, v=12, n=bookworm*, c=main, b=amd64", "-1"}},
     .expected = "2"},
    {"pin-of-what-is-installed",
     {{"3", SECURITY}, {"1", -1, TRUE}},
     {{"*", "release a=now", "600"}},
     .expected = "1"},
    {"unknown-pin",
     {{"3", SECURITY}, {"1", -1, TRUE}},
     {{"*", "colour red", "-1"}, {"*", "version 3", "-1"}, {"*", "release", "-1"}},
     .expected = "3"},
    {"default-release",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     .default_release = "stable",
     .expected = "2"},
    {"default-release-by-number",
     {{"3", SECURITY}, {"2", STABLE}, {"1", -1, TRUE}},
     .default_release = "12.*",
     .expected = "2"},
};

static void
candidate_free (gpointer candidate)
{
  sv_candidate_free (candidate);
}

static void
add_choice (const Version *version, GPtrArray *candidates, GArray *choices)
{
  SvCandidate *candidate = g_new0 (SvCandidate, 1);
  candidate->version = version->version;
  candidate->source = "the-source";
  candidate->key = sv_version_key (SV_SCHEME_DEB, version->version, NULL);
  candidate->indexes = g_ptr_array_new ();
  if (version->index >= 0)
    g_ptr_array_add (candidate->indexes, &indexes[version->index]);
  g_ptr_array_add (candidates, candidate);
  SvChoice choice = {.version = version->version,
                     .key = candidate->key,
                     .offer = version->index >= 0 ? candidate : NULL,
                     .installed = version->installed};
  g_array_append_val (choices, choice);
}

static GPtrArray *
make_pins (const Row *row)
{
  GPtrArray *pins = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (row->pins) && row->pins[i][0] != NULL; i++) {
    SvPin *pin = g_new0 (SvPin, 1);
    *pin = (SvPin){.package = (char *)row->pins[i][0], .pin = (char *)row->pins[i][1]};
    g_assert_true (sv_text_parse_int64 (row->pins[i][2], &pin->priority, NULL));
    g_ptr_array_add (pins, pin);
  }
  return pins;
}

static SvPolicy *
make_policy (const GPtrArray *pins, const char *default_release)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (indexes); i++)
    g_ptr_array_add (all, &indexes[i]);
  SvPolicyInput input = {
      .indexes = all, .pins = pins, .native_arch = "amd64", .default_release = default_release};
  return sv_policy_new (&input);
}

static void
test_choice (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (candidate_free);
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (SvChoice));
  g_autoptr (GPtrArray) pins = make_pins (row);
  g_autoptr (SvPolicy) policy = make_policy (pins, row->default_release);

  for (gsize i = 0; i < G_N_ELEMENTS (row->versions) && row->versions[i].version != NULL; i++)
    add_choice (&row->versions[i], candidates, choices);
  int best = sv_policy_choose (policy, "a", "amd64", choices);
  g_assert_cmpstr (best >= 0 ? g_array_index (choices, SvChoice, best).version : NULL, ==,
                   row->expected);
}

static void
test_index_priorities (void)
{
  static const int expected[] = {500, 500, 100, 1};
  g_autoptr (SvPolicy) policy = make_policy (NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (indexes); i++)
    g_assert_cmpint (sv_policy_get_index_priority (policy, &indexes[i]), ==, expected[i]);
}

/* --- what archives are --- */

static void
test_security (void)
{
  static const struct {
    SvIndex index;
    gboolean security;
  } kinds[] = {
      {{.origin = (char *)"Debian",
        .label = (char *)"Debian-Security",
        .suite = (char *)"oldstable-security"},
       TRUE},
      {{.origin = (char *)"Debian", .label = (char *)"Debian-Security", .suite = (char *)"stable"},
       TRUE},
      {{.origin = (char *)"Debian", .label = (char *)"Debian", .suite = (char *)"oldstable"},
       FALSE},
      {{.origin = (char *)"Debian",
        .label = (char *)"Debian",
        .suite = (char *)"oldstable-updates"},
       FALSE},
      {{.origin = (char *)"Ubuntu", .label = (char *)"Ubuntu", .suite = (char *)"jammy-security"},
       TRUE},
      {{.origin = (char *)"Ubuntu", .label = (char *)"Ubuntu", .suite = (char *)"jammy-updates"},
       FALSE},
      {{.origin = (char *)"UbuntuESMApps",
        .label = (char *)"UbuntuESMApps",
        .suite = (char *)"jammy-apps-security"},
       TRUE},
      {{.origin = (char *)"UbuntuESM", .suite = (char *)"jammy-infra-updates"}, FALSE},
      {{.origin = (char *)"Kali", .label = (char *)"Kali", .suite = (char *)"kali-rolling"}, FALSE},
      {{.origin = (char *)"Stranger",
        .label = (char *)"Debian-Security",
        .suite = (char *)"x-security"},
       FALSE},
      {{.codename = (char *)"bookworm-security", .suite = (char *)"bookworm-security"}, TRUE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpint (sv_policy_is_security (&kinds[i].index), ==, kinds[i].security);
}

static void
assert_origin (const char *expected, const SvIndex *first, const SvIndex *second)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_ptr_array_add (list, (gpointer)first);
  if (second != NULL)
    g_ptr_array_add (list, (gpointer)second);
  g_autofree char *got = sv_policy_format_origin (list);
  g_assert_cmpstr (got, ==, expected);
}

static void
test_origin (void)
{
  static const SvIndex same = {
      .label = (char *)"Debian", .version = (char *)"12.15", .suite = (char *)"other"};
  static const SvIndex bare = {.site = (char *)"mirror.example"}, file = {.site = (char *)""};
  assert_origin ("Debian:12.15/stable", &indexes[STABLE], NULL);
  assert_origin ("Debian:12.15/stable, Debian-Security:12/stable-security", &indexes[STABLE],
                 &indexes[SECURITY]);
  assert_origin ("Debian:12.15/stable", &indexes[STABLE], &same);
  assert_origin ("Debian:experimental", &indexes[EXPERIMENTAL], NULL);
  assert_origin ("mirror.example", &bare, NULL);
  assert_origin ("localhost", &file, NULL);
}

/* --- phased updates --- */

/* Draws that a C++ program with apt's own chain gave: seed_seq, minstd_rand, 0 to 100. */
static const struct {
  const char *source, *version, *machine;
  int draw;
} draws[] = {
    {"src0", "31.0", "9250b7974a9b528b69636321a461b55e", 86},
    {"src1", "78.1", "9e925b79a6342fa0fdb8b294d97fc610", 91},
    {"src2", "78.2", "25fa5e039f52a8e8a95f64d6589c1f78", 86},
    {"src3", "34.3", "ec38008d331dfd3b272416317694e2fe", 43},
    {"src4", "92.4", "74306378b5437d8a755622d6d7a0b48c", 93},
};

static void
test_phases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (draws); i++) {
    SvCandidate candidate = {.source = draws[i].source, .source_version = draws[i].version};
    candidate.phased_percent = draws[i].draw;
    g_assert_cmpint (sv_policy_phase (&candidate, draws[i].machine), ==, SV_PHASE_INCLUDED);
    candidate.phased_percent = draws[i].draw - 1;
    g_assert_cmpint (sv_policy_phase (&candidate, draws[i].machine), ==, SV_PHASE_DEFERRED);
    g_assert_cmpint (sv_policy_phase (&candidate, NULL), ==, SV_PHASE_UNKNOWN);
    candidate.phased_percent = 100;
    g_assert_cmpint (sv_policy_phase (&candidate, NULL), ==, SV_PHASE_RELEASED);
  }
}

/* --- relations --- */

static void
test_relations (void)
{
  g_autoptr (GPtrArray) groups =
      sv_dependencies_parse ("a (>= 1:2.0~), b:any | c (<<3) , , d (= x y), e [amd64]");
  g_assert_cmpuint (groups->len, ==, 4);
  const SvDependencyGroup *first = g_ptr_array_index (groups, 0);
  const SvDependency *a = g_ptr_array_index (first->alternatives, 0);
  g_assert_cmpstr (a->name, ==, "a");
  g_assert_cmpint (a->relation, ==, SV_RELATION_GREATER_EQUAL);
  g_assert_cmpstr (a->version, ==, "1:2.0~");
  const SvDependencyGroup *second = g_ptr_array_index (groups, 1);
  g_assert_cmpuint (second->alternatives->len, ==, 2);
  const SvDependency *b = g_ptr_array_index (second->alternatives, 0);
  const SvDependency *c = g_ptr_array_index (second->alternatives, 1);
  g_assert_cmpstr (b->qualifier, ==, "any");
  g_assert_cmpint (b->relation, ==, SV_RELATION_ANY);
  g_assert_cmpint (c->relation, ==, SV_RELATION_LESS);
  const SvDependencyGroup *third = g_ptr_array_index (groups, 2);
  const SvDependency *d = g_ptr_array_index (third->alternatives, 0);
  g_assert_cmpstr (d->name, ==, "d");
  g_assert_cmpint (d->relation, ==, SV_RELATION_ANY);
}

static void
test_allows (void)
{
  static const struct {
    const char *relation;
    gboolean below, same, above;
  } cases[] = {{"a (<< 2)", TRUE, FALSE, FALSE}, {"a (<= 2)", TRUE, TRUE, FALSE},
               {"a (= 2)", FALSE, TRUE, FALSE},  {"a (>= 2)", FALSE, TRUE, TRUE},
               {"a (>> 2)", FALSE, FALSE, TRUE}, {"a (< 2)", TRUE, TRUE, FALSE},
               {"a (> 2)", FALSE, TRUE, TRUE},   {"a", TRUE, TRUE, TRUE}};
  g_autoptr (GBytes) below = sv_version_key (SV_SCHEME_DEB, "2~", NULL);
  g_autoptr (GBytes) same = sv_version_key (SV_SCHEME_DEB, "2", NULL);
  g_autoptr (GBytes) above = sv_version_key (SV_SCHEME_DEB, "2-1", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) groups = sv_dependencies_parse (cases[i].relation);
    const SvDependencyGroup *group = g_ptr_array_index (groups, 0);
    const SvDependency *dependency = g_ptr_array_index (group->alternatives, 0);
    g_assert_cmpint (sv_dependency_allows (dependency, below), ==, cases[i].below);
    g_assert_cmpint (sv_dependency_allows (dependency, same), ==, cases[i].same);
    g_assert_cmpint (sv_dependency_allows (dependency, above), ==, cases[i].above);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strconcat ("/policy/", rows[i].name, NULL);
    g_test_add_data_func (path, &rows[i], test_choice);
  }
  g_test_add_func ("/policy/index-priorities", test_index_priorities);
  g_test_add_func ("/policy/security-archives", test_security);
  g_test_add_func ("/policy/origin-as-apt-prints", test_origin);
  g_test_add_func ("/policy/pitfall-76-phases", test_phases);
  g_test_add_func ("/relations/parse", test_relations);
  g_test_add_func ("/relations/allows", test_allows);
  return g_test_run ();
}
