#include "inventory/lifecycle.h"

#include "inventory/collect.h"

/* Published last days: of general support, of the free extension by others (NULL: none), and of the
 * one that is paid for (NULL: none). Releases match by prefix up to a '.': "8" is 8.9 too. */
static const struct {
  const char *id; /* of os-release */
  const char *release;
  const char *last;
  const char *lts;
  const char *extended;
} releases[] = {
    {"debian", "9", "2020-07-18", "2022-06-30", "2027-06-30"},
    {"debian", "10", "2022-09-10", "2024-06-30", "2029-06-30"},
    {"debian", "11", "2024-08-14", "2026-08-31", "2031-06-30"},
    {"debian", "12", "2026-07-11", "2028-06-30", "2033-06-30"},
    {"debian", "13", "2028-08-09", "2030-06-30", "2035-06-30"},
    {"ubuntu", "14.04", "2019-04-25", NULL, "2026-04-28"},
    {"ubuntu", "16.04", "2021-04-30", NULL, "2028-04-25"},
    {"ubuntu", "18.04", "2023-05-31", NULL, "2030-04-30"},
    {"ubuntu", "20.04", "2025-05-29", NULL, "2032-04-27"},
    {"ubuntu", "22.04", "2027-06-01", NULL, "2034-04-25"},
    {"ubuntu", "24.04", "2029-05-31", NULL, "2036-04-29"},
    {"ubuntu", "25.10", "2026-07-09", NULL, NULL},
    {"ubuntu", "26.04", "2031-05-29", NULL, "2038-04-27"},
    {"rhel", "6", "2020-11-30", NULL, "2024-06-30"},
    {"rhel", "7", "2024-06-30", NULL, "2028-06-30"},
    {"rhel", "8", "2029-05-31", NULL, "2032-05-31"},
    {"rhel", "9", "2032-05-31", NULL, "2035-05-31"},
    {"rhel", "10", "2035-05-31", NULL, "2038-05-31"},
    {"centos", "6", "2020-11-30", NULL, NULL},
    {"centos", "7", "2024-06-30", NULL, NULL},
    {"centos", "8", "2021-12-31", NULL, NULL},
    {"centos-stream", "8", "2024-05-31", NULL, NULL},
    {"centos-stream", "9", "2027-05-31", NULL, NULL},
    {"centos-stream", "10", "2030-01-01", NULL, NULL},
    {"almalinux", "8", "2029-03-01", NULL, NULL},
    {"almalinux", "9", "2032-05-31", NULL, NULL},
    {"almalinux", "10", "2035-05-31", NULL, NULL},
    {"rocky", "8", "2029-05-31", NULL, NULL},
    {"rocky", "9", "2032-05-31", NULL, NULL},
    {"rocky", "10", "2035-05-31", NULL, NULL},
    {"ol", "6", "2021-03-31", NULL, "2024-12-31"},
    {"ol", "7", "2024-12-31", NULL, "2028-06-30"},
    {"ol", "8", "2029-07-31", NULL, "2032-07-31"},
    {"ol", "9", "2032-06-30", NULL, "2035-06-30"},
    {"ol", "10", "2035-06-30", NULL, "2038-06-30"},
    {"fedora", "37", "2023-12-05", NULL, NULL},
    {"fedora", "38", "2024-05-21", NULL, NULL},
    {"fedora", "39", "2024-11-26", NULL, NULL},
    {"fedora", "40", "2025-05-13", NULL, NULL},
    {"fedora", "41", "2025-12-15", NULL, NULL},
    {"fedora", "42", "2026-05-13", NULL, NULL},
    {"sles", "11.4", "2019-03-31", NULL, "2022-03-31"},
    {"sles", "12.4", "2020-06-30", NULL, "2023-06-30"},
    {"sles", "12.5", "2024-10-31", NULL, "2027-10-31"},
    {"sles", "15.1", "2021-01-31", NULL, "2024-01-31"},
    {"sles", "15.2", "2021-12-31", NULL, "2024-12-31"},
    {"sles", "15.3", "2022-12-31", NULL, "2025-12-31"},
    {"sles", "15.4", "2023-12-31", NULL, "2026-12-31"},
    {"sles", "15.5", "2024-12-31", NULL, "2027-12-31"},
    {"sles", "15.6", "2025-12-31", NULL, "2028-12-31"},
    {"sles", "15.7", "2031-07-31", NULL, "2034-07-31"},
    {"opensuse-leap", "15.2", "2022-01-04", NULL, NULL},
    {"opensuse-leap", "15.3", "2022-12-31", NULL, NULL},
    {"opensuse-leap", "15.4", "2023-12-07", NULL, NULL},
    {"opensuse-leap", "15.5", "2024-12-31", NULL, NULL},
    {"opensuse-leap", "15.6", "2026-04-30", NULL, NULL},
    {"opensuse-leap", "16.0", "2027-10-31", NULL, NULL},
    {"alpine", "3.11", "2021-11-01", NULL, NULL},
    {"alpine", "3.12", "2022-05-01", NULL, NULL},
    {"alpine", "3.13", "2022-11-01", NULL, NULL},
    {"alpine", "3.14", "2023-05-01", NULL, NULL},
    {"alpine", "3.15", "2023-11-01", NULL, NULL},
    {"alpine", "3.16", "2024-05-23", NULL, NULL},
    {"alpine", "3.17", "2024-11-22", NULL, NULL},
    {"alpine", "3.18", "2025-05-09", NULL, NULL},
    {"alpine", "3.19", "2025-11-01", NULL, NULL},
    {"alpine", "3.20", "2026-04-01", NULL, NULL},
    {"alpine", "3.21", "2026-11-01", NULL, NULL},
    {"alpine", "3.22", "2027-05-01", NULL, NULL},
    {"alpine", "3.23", "2027-11-01", NULL, NULL},
    {"amzn", "2018", "2020-12-31", NULL, "2023-12-31"},
    {"amzn", "1", "2020-12-31", NULL, "2023-12-31"},
    {"amzn", "2", "2026-06-30", NULL, NULL},
    {"amzn", "2023", "2027-06-30", NULL, "2029-06-30"},
    {"photon", "1", "2022-02-28", NULL, NULL},
    {"photon", "2", "2022-12-31", NULL, NULL},
};

/* Columns of distro-info-data and the stage that each one ends. */
static const struct {
  const char *column;
  const char *level;
} columns[] = {
    {"eol", "supported"},    {"eol-lts", "lts"},         {"eol-elts", "extended"},
    {"eol-esm", "extended"}, {"eol-legacy", "extended"},
};

static void
add_stage (SvLife *life, const char *level, const char *date)
{
  gint64 last_us;
  if (!sv_text_is_empty (date) && life->n_stages < G_N_ELEMENTS (life->stages) &&
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
      add_stage (ret_life, "lts", releases[i].lts);
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
