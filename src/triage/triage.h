/* The door of triage: what matters, by when, and in what order. */
#pragma once

#include "triage/answer.h"
#include "triage/bod.h"
#include "triage/deadline.h"
#include "triage/decision.h"
#include "triage/host_facts.h"
#include "triage/judgement.h"
#include "triage/points.h"
#include "triage/priority.h"
#include "triage/rank.h"
#include "triage/ssvc.h"
#include "triage/threat.h"
