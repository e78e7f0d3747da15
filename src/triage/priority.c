#include "triage/priority.h"

#include "triage/host_facts.h"

const char *const sv_priority_names[] = {"low", "medium", "high", "emergency", NULL};

/* NISCC Table 1. For medium and low it means a service pack or rollup that includes the fix. */
static const SvTimeFrame time_frames[SV_N_PRIORITIES] = {
    [SV_PRIORITY_LOW] = {"non-emergency", {.months = 6}, {.months = 6}, "within 6 months"},
    [SV_PRIORITY_MEDIUM] = {"non-emergency", {.months = 1}, {.months = 2}, "within 1-2 months"},
    [SV_PRIORITY_HIGH] = {"non-emergency", {.days = 7}, {.days = 7}, "within 1 week"},
    [SV_PRIORITY_EMERGENCY] = {"emergency", {.hours = 24}, {.hours = 24}, "within 24 hours"},
};

static const SvPriorityLevel base_levels[] = {
    [SV_SSVC_UNKNOWN] = SV_PRIORITY_MEDIUM,      [SV_SSVC_DEFER] = SV_PRIORITY_LOW,
    [SV_SSVC_SCHEDULED] = SV_PRIORITY_MEDIUM,    [SV_SSVC_OUT_OF_CYCLE] = SV_PRIORITY_HIGH,
    [SV_SSVC_IMMEDIATE] = SV_PRIORITY_EMERGENCY,
};

static const SvField step_fields[] = {
    SV_FIELD (SvPriorityStep, rule, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Rule that applies."),
    SV_FIELD (SvPriorityStep, step, SV_TYPE_INT64,
              .doc = "1 raises, -1 lowers, 0 where its group did so before."),
    SV_FIELD (SvPriorityStep, reason, SV_TYPE_STRING, .doc = "Why."),
    SV_FIELD (SvPriorityStep, origin, SV_TYPE_STRING, .doc = "Who says that it applies."),
};
SV_RECORD_TYPE (sv_priority_step_type, SvPriorityStep, "PriorityStep", step_fields,
                "One rule that raised or lowered a priority.");

static const SvField fields[] = {
    SV_FIELD (SvPriority, priority, SV_TYPE_ENUM, .values = sv_priority_names,
              .doc = "Priority of the change."),
    SV_FIELD (SvPriority, base, SV_TYPE_ENUM, .values = sv_priority_names, .flags = SV_FIELD_WIDE,
              .doc = "Priority before any rule."),
    SV_FIELD (SvPriority, category, SV_TYPE_STRING, .doc = "Emergency or non-emergency."),
    SV_FIELD (SvPriority, time_frame, SV_TYPE_STRING, .doc = "Recommended time frame."),
    SV_FIELD (SvPriority, reason, SV_TYPE_STRING, .doc = "Where the base comes from."),
    SV_FIELD (SvPriority, steps, SV_TYPE_RECORDS, .record = &sv_priority_step_type,
              .doc = "Rules that apply, raising ones first."),
};
SV_RECORD_TYPE (sv_priority_type, SvPriority, "Priority", fields,
                "How urgent a change is, and why.");

void
sv_priority_free (SvPriority *priority)
{
  sv_record_free (&sv_priority_type, priority);
}

const SvTimeFrame *
sv_priority_get_time_frame (SvPriorityLevel level)
{
  return &time_frames[level];
}

gint64
sv_time_span_add (SvTimeSpan span, gint64 instant_us)
{
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (instant_us / SV_SECOND_US);
  g_autoptr (GDateTime) end =
      start != NULL ? g_date_time_add_full (start, 0, span.months, span.days, span.hours, 0, 0)
                    : NULL;
  if (end == NULL)
    return instant_us;
  return g_date_time_to_unix (end) * SV_SECOND_US + instant_us % SV_SECOND_US;
}

/* --- the rules --- */

static gboolean
is_exploited (const SvPriorityCase *c)
{
  return c->exploitation == SV_EXPLOITATION_ACTIVE;
}

static gboolean
is_about_to_be (const SvPriorityCase *c)
{
  return c->exposure == SV_EXPOSURE_OPEN && c->exploitation == SV_EXPLOITATION_POC;
}

static gboolean
is_high_value (const SvPriorityCase *c)
{
  return c->criticality == SV_CRITICALITY_HIGH;
}

static gboolean
is_targeted (const SvPriorityCase *c)
{
  return c->targeted == SV_TARGETED_YES;
}

static gboolean
is_low_value (const SvPriorityCase *c)
{
  return c->criticality == SV_CRITICALITY_LOW;
}

static gboolean
is_countered (const SvPriorityCase *c)
{
  return c->countermeasure != NULL;
}

/* Raising rules come first: a countermeasure also lowers what was raised to the top. */
static const struct {
  const char *name;
  gint group;
  gint step;
  gboolean (*applies) (const SvPriorityCase *c);
  gsize origin; /* offset in SvPriorityCase */
  const char *reason;
} rules[] = {
    {"exploited", 0, +1, is_exploited, G_STRUCT_OFFSET (SvPriorityCase, exploitation_origin),
     "it is already being exploited"},
    {"exposed", 0, +1, is_about_to_be, G_STRUCT_OFFSET (SvPriorityCase, exposure_origin),
     "the host is open and an exploit is public"},
    {"high-value", 1, +1, is_high_value, G_STRUCT_OFFSET (SvPriorityCase, criticality_origin),
     "the host is of high value"},
    {"targeted", 1, +1, is_targeted, G_STRUCT_OFFSET (SvPriorityCase, targeted_origin),
     "the host has been attacked before"},
    {"low-value", 2, -1, is_low_value, G_STRUCT_OFFSET (SvPriorityCase, criticality_origin),
     "the host is of low value"},
    {"countermeasure", 3, -1, is_countered, G_STRUCT_OFFSET (SvPriorityCase, countermeasure),
     "a countermeasure is in force; the update stays due"},
};

static gboolean
take_rule (SvPriority *priority, gsize rule, const SvPriorityCase *c, gboolean moved)
{
  if (!rules[rule].applies (c))
    return FALSE;
  gint moves = moved ? 0 : rules[rule].step;
  SvPriorityStep *step = sv_record_new (&sv_priority_step_type);
  step->rule = g_strdup (rules[rule].name);
  step->step = moves;
  step->reason = g_strdup (rules[rule].reason);
  step->origin = g_strdup (G_STRUCT_MEMBER (const char *, c, rules[rule].origin));
  g_ptr_array_add (priority->steps, step);
  priority->priority = CLAMP (priority->priority + moves, SV_PRIORITY_LOW, SV_PRIORITY_EMERGENCY);
  return TRUE;
}

SvPriority *
sv_priority_judge (const SvPriorityCase *the_case)
{
  SvPriority *priority = sv_record_new (&sv_priority_type);
  priority->base = priority->priority = base_levels[the_case->ssvc];
  priority->reason =
      g_strdup_printf ("ssvc %s%s", sv_ssvc_outcome_names[the_case->ssvc],
                       the_case->certain ? "" : ", with assumptions for what is unknown");
  priority->steps = g_ptr_array_new ();
  guint moved = 0; /* bit per group */
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    if (take_rule (priority, i, the_case, (moved & 1u << rules[i].group) != 0))
      moved |= 1u << rules[i].group;
  const SvTimeFrame *frame = sv_priority_get_time_frame ((SvPriorityLevel)priority->priority);
  priority->category = g_strdup (frame->category);
  priority->time_frame = g_strdup (frame->label);
  return priority;
}
