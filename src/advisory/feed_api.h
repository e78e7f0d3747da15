/* The register of feeds over HTTP. */
#pragma once

#include "net/net.h"

extern const SvRouteTable sv_feed_routes;
