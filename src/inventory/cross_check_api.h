/* Routes: what other sources see of computers, and the inventory checked against it. */
#pragma once

#include "inventory/sighting_store.h"

#include "net/net.h"

extern const SvRouteTable sv_cross_check_routes;
