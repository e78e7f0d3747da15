/* Routes: baselines, and how hosts stand against them. */
#pragma once

#include "inventory/baseline_store.h"

#include "net/net.h"

extern const SvRouteTable sv_baseline_routes;
