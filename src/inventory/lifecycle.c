#include "inventory/lifecycle.h"

#include "inventory/collect.h"

/* Published end dates: of general support, and of the extension that is paid for (NULL: none).
 * Releases match by prefix up to a '.': "8" is 8.9 too. */
static const struct {
  const char *id; /* of os-release */
  const char *release;
  const char *last;
  const char *extended;
} releases[] = {
    {"rhel", "6", "2020-11-30", "2024-06-30"},
    {"rhel", "7", "2024-06-30", "2028-06-30"},
    {"rhel", "8", "2029-05-31", "2032-05-31"},
    {"rhel", "9", "2032-05-31", "2035-05-31"},
    {"rhel", "10", "2035-05-31", "2038-05-31"},
    {"centos", "6", "2020-11-30", NULL},
    {"centos", "7", "2024-06-30", NULL},
    {"centos", "8", "2024-05-31", NULL},
    {"centos", "9", "2027-05-31", NULL},
    {"centos", "10", "2030-01-01", NULL},
    {"almalinux", "8", "2029-03-01", NULL},
    {"almalinux", "9", "2032-05-31", NULL},
    {"almalinux", "10", "2035-05-31", NULL},
    {"rocky", "8", "2029-05-31", NULL},
    {"rocky", "9", "2032-05-31", NULL},
    {"rocky", "10", "2035-05-31", NULL},
    {"ol", "6", "2021-03-31", "2024-12-31"},
    {"ol", "7", "2024-12-31", "2028-06-30"},
    {"ol", "8", "2029-07-31", "2032-07-31"},
    {"ol", "9", "2032-06-30", "2035-06-30"},
    {"ol", "10", "2035-06-30", "2038-06-30"},
    {"fedora", "37", "2023-12-05", NULL},
    {"fedora", "38", "2024-05-21", NULL},
    {"fedora", "39", "2024-11-26", NULL},
    {"fedora", "40", "2025-05-13", NULL},
    {"fedora", "41", "2025-12-15", NULL},
    {"fedora", "42", "2026-05-13", NULL},
    {"sles", "11.4", "2019-03-31", "2022-03-31"},
    {"sles", "12.4", "2020-06-30", "2023-06-30"},
    {"sles", "12.5", "2024-10-31", "2027-10-31"},
    {"sles", "15.1", "2021-01-31", "2024-01-31"},
    {"sles", "15.2", "2021-12-31", "2024-12-31"},
    {"sles", "15.3", "2022-12-31", "2025-12-31"},
    {"sles", "15.4", "2023-12-31", "2026-12-31"},
    {"sles", "15.5", "2024-12-31", "2027-12-31"},
    {"sles", "15.6", "2025-12-31", "2028-12-31"},
    {"sles", "15.7", "2031-07-31", "2034-07-31"},
    {"opensuse-leap", "15.2", "2022-01-04", NULL},
    {"opensuse-leap", "15.3", "2022-12-31", NULL},
    {"opensuse-leap", "15.4", "2023-12-07", NULL},
    {"opensuse-leap", "15.5", "2024-12-31", NULL},
    {"opensuse-leap", "15.6", "2026-04-30", NULL},
    {"opensuse-leap", "16.0", "2027-10-31", NULL},
    {"alpine", "3.11", "2021-11-01", NULL},
    {"alpine", "3.12", "2022-05-01", NULL},
    {"alpine", "3.13", "2022-11-01", NULL},
    {"alpine", "3.14", "2023-05-01", NULL},
    {"alpine", "3.15", "2023-11-01", NULL},
    {"alpine", "3.16", "2024-05-23", NULL},
    {"alpine", "3.17", "2024-11-22", NULL},
    {"alpine", "3.18", "2025-05-09", NULL},
    {"alpine", "3.19", "2025-11-01", NULL},
    {"alpine", "3.20", "2026-04-01", NULL},
    {"alpine", "3.21", "2026-11-01", NULL},
    {"alpine", "3.22", "2027-05-01", NULL},
    {"alpine", "3.23", "2027-11-01", NULL},
    {"amzn", "2018", "2020-12-31", "2023-12-31"},
    {"amzn", "1", "2020-12-31", "2023-12-31"},
    {"amzn", "2", "2026-06-30", NULL},
    {"amzn", "2023", "2027-06-30", "2029-06-30"},
    {"photon", "1", "2022-02-28", NULL},
    {"photon", "2", "2022-12-31", NULL},
};

/* Columns of distro-info-data and the stage that each one ends. */
static const struct {
  const char *column;
  const char *level;
} columns[] = {
    {"eol", "supported"}, {"eol-lts", "lts"},        {"eol-elts", "extended"},
    {"eol-esm", "extended"}, {"eol-legacy", "extended"},
};

static void
add_stage (SvLife *life, const char *level, const char *date)
{
  gint64 last_us;
  if (sv_text_or_null (date) != NULL && life->n_stages < G_N_ELEMENTS (life->stages) &&
      sv_time_parse (date, &last_us, NULL))
    life->stages[life->n_stages++] = (SvLifeStage){level, last_us};
}

/* "22.04 LTS" is release 22.04. */
static gboolean
is_release (const SvDistro *distro, GStrv heading, GStrv row)
{
  for (guint i = 0; heading[i] != NULL && row[i] != NULL; i++) {
    gsize length = strcspn (row[i], " ");
    if (g_str_equal (heading[i], "series") && g_strcmp0 (row[i], distro->codename) == 0)
      return TRUE;
    if (g_str_equal (heading[i], "version") && distro->release != NULL && length > 0 &&
        strlen (distro->release) == length && strncmp (row[i], distro->release, length) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
read_stages (GStrv heading, GStrv row, SvLife *life)
{
  for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
    for (guint i = 0; heading[i] != NULL && row[i] != NULL; i++)
      if (g_str_equal (heading[i], columns[c].column))
        add_stage (life, columns[c].level, row[i]);
}

gboolean
sv_life_read_distro_info (const SvDistro *distro, char *csv, SvLife *ret_life)
{
  SvLines lines = {csv, 0};
  const char *first = sv_lines_next (&lines);
  g_auto (GStrv) heading = g_strsplit (first != NULL ? first : "", ",", -1);
  *ret_life = (SvLife){0};
  for (const char *line; (line = sv_lines_next (&lines)) != NULL;) {
    g_auto (GStrv) row = g_strsplit (line, ",", -1);
    if (!is_release (distro, heading, row))
      continue;
    read_stages (heading, row, ret_life);
    return ret_life->n_stages > 0;
  }
  return FALSE;
}

static gboolean
covers (const char *release, const char *version)
{
  gsize length = strlen (release);
  return version != NULL && strncmp (version, release, length) == 0 &&
         (version[length] == '\0' || version[length] == '.');
}

gboolean
sv_life_find (const SvDistro *distro, SvLife *ret_life)
{
  *ret_life = (SvLife){0};
  for (gsize i = 0; i < G_N_ELEMENTS (releases); i++)
    if (g_str_equal (releases[i].id, distro->id) &&
        covers (releases[i].release, distro->version_id)) {
      add_stage (ret_life, "supported", releases[i].last);
      add_stage (ret_life, "extended", releases[i].extended);
      return TRUE;
    }
  return FALSE;
}

const SvLifeStage *
sv_life_find_stage (const SvLife *life, gint64 now_us)
{
  for (guint i = 0; i < life->n_stages; i++)
    if (now_us < life->stages[i].last_us + SV_DAY_US)
      return &life->stages[i];
  return NULL;
}
