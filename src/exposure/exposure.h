/* The door of exposure: who is affected, and can the fix be had. */
#pragma once

#include "exposure/assess.h"
#include "exposure/coverage.h"
#include "exposure/fleet.h"
#include "exposure/fleet_api.h"
#include "exposure/history_load.h"
#include "exposure/judge.h"
#include "exposure/policy.h"
#include "exposure/scenario.h"
#include "exposure/store_claims.h"
#include "exposure/upgrade.h"
