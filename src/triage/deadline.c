#include "triage/deadline.h"

const char *const sv_due_names[] = {"niscc", "bod-26-04", "kev", NULL};

static const SvField due_fields[] = {
    SV_FIELD (SvDue, kind, SV_TYPE_ENUM, .values = sv_due_names, .doc = "Rule that names it."),
    SV_FIELD (SvDue, due_at_us, SV_TYPE_INSTANT, .doc = "Its date; null if it names none."),
    SV_FIELD (SvDue, binding, SV_TYPE_BOOL, .doc = "The earliest of all."),
    SV_FIELD (SvDue, reason, SV_TYPE_STRING, .doc = "Why this date."),
    SV_FIELD (SvDue, origin, SV_TYPE_STRING, .doc = "Where the rule comes from."),
};
SV_RECORD_TYPE (sv_due_type, SvDue, "Due", due_fields, "A date that one rule names.");

static const SvField fields[] = {
    SV_FIELD (SvDeadline, due_at_us, SV_TYPE_INSTANT, .doc = "When it must be done."),
    SV_FIELD (SvDeadline, target_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it should be done."),
    SV_FIELD (SvDeadline, reason, SV_TYPE_STRING, .doc = "Why then."),
    SV_FIELD (SvDeadline, origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Where the binding rule comes from."),
    SV_FIELD (SvDeadline, dues, SV_TYPE_RECORDS, .record = &sv_due_type,
              .doc = "Every date that was weighed."),
};
SV_RECORD_TYPE (sv_deadline_type, SvDeadline, "Deadline", fields,
                "By when one vulnerability must be closed on one host.");

void
sv_deadline_free (SvDeadline *deadline)
{
  sv_record_free (&sv_deadline_type, deadline);
}

/* --- one rule each: the date, or 0, and the reason --- */

static gint64
niscc_due (const SvDueCase *c, char **ret_reason)
{
  const SvTimeFrame *frame = sv_priority_get_time_frame (c->priority);
  *ret_reason = g_strdup_printf ("priority %s: %s", sv_priority_names[c->priority], frame->label);
  return c->known_since_us > 0 ? sv_time_span_add (frame->latest, c->known_since_us) : 0;
}

static gint64
bod_due (const SvDueCase *c, char **ret_reason)
{
  guint days = sv_bod_days (c->timeline);
  *ret_reason =
      g_strdup (c->timeline == SV_BOD_UNKNOWN ? "not looked at" : sv_bod_names[c->timeline]);
  return c->known_since_us > 0 && days > 0 ? c->known_since_us + days * SV_DAY_US : 0;
}

static gint64
kev_due (const SvDueCase *c, char **ret_reason)
{
  *ret_reason = g_strdup (c->kev_due_at_us > 0 ? "known exploited: due date of the catalogue"
                                               : "the catalogue names no due date");
  return c->kev_due_at_us;
}

static const struct {
  gint64 (*due) (const SvDueCase *c, char **ret_reason);
  const char *origin;
} rules[SV_N_DUES] = {
    [SV_DUE_NISCC] = {niscc_due, "NISCC 3.3.1.1, table 1"},
    [SV_DUE_BOD] = {bod_due, "CISA BOD 26-04"},
    [SV_DUE_KEV] = {kev_due, "CISA KEV"},
};

/* --- the earliest of them --- */

static GPtrArray *
list_dues (const SvDueCase *c, SvDue **ret_binding)
{
  GPtrArray *dues = g_ptr_array_new ();
  *ret_binding = NULL;
  for (gint kind = 0; kind < SV_N_DUES; kind++) {
    SvDue *due = sv_record_new (&sv_due_type);
    due->kind = kind;
    due->origin = g_strdup (rules[kind].origin);
    due->due_at_us = rules[kind].due (c, &due->reason);
    g_ptr_array_add (dues, due);
    if (due->due_at_us > 0 && (*ret_binding == NULL || due->due_at_us < (*ret_binding)->due_at_us))
      *ret_binding = due;
  }
  return dues;
}

SvDeadline *
sv_deadline_judge (const SvDueCase *the_case)
{
  SvDeadline *deadline = sv_record_new (&sv_deadline_type);
  SvDue *binding = NULL;
  deadline->dues = list_dues (the_case, &binding);
  if (binding == NULL) {
    deadline->reason = g_strdup ("no rule names a date");
    return deadline;
  }
  binding->binding = TRUE;
  deadline->due_at_us = deadline->target_at_us = binding->due_at_us;
  deadline->reason = g_strdup (binding->reason);
  deadline->origin = g_strdup (binding->origin);
  if (the_case->known_since_us > 0) {
    SvTimeSpan recommended = sv_priority_get_time_frame (the_case->priority)->recommended;
    gint64 target_at_us = sv_time_span_add (recommended, the_case->known_since_us);
    deadline->target_at_us = MIN (target_at_us, deadline->due_at_us);
  }
  return deadline;
}
