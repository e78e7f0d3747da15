/* Routes: inventory audits. */
#pragma once

#include "inventory/inventory_audit_store.h"

#include "net/net.h"

extern const SvRouteTable sv_inventory_audit_routes;
