/* Routes of this room: who is affected by what. */
#pragma once

#include "exposure/fleet.h"
#include "net/net.h"

/* The services that these routes ask for: an SvFleet and its SvDictionary. */
#define SV_SERVICE_FLEET "fleet"
#define SV_SERVICE_DICTIONARY "dictionary"

extern const SvRouteTable sv_fleet_routes;
