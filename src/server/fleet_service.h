/* The fleet index of this process: loaded at the start, kept up with reports and feeds. */
#pragma once

#include "evidence/evidence.h"
#include "inventory/inventory.h"

typedef struct SvFleetService SvFleetService;

/* Starts its threads; the index is loaded and matched behind the caller's back. */
SvFleetService *sv_fleet_service_new (const char *store, GError **error);
void sv_fleet_service_free (SvFleetService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvFleetService, sv_fleet_service_free)

/* Lent. */
SvFleet *sv_fleet_service_get_fleet (SvFleetService *service);
SvDictionary *sv_fleet_service_get_dictionary (SvFleetService *service);
SvCheckinService *sv_fleet_service_get_checkin (SvFleetService *service);

/* A feed changed: all is matched anew, soon. From any thread. */
void sv_fleet_service_match (SvFleetService *service);
/* Takes in what other servers over the same store wrote. From one thread at a time. */
void sv_fleet_service_follow (SvFleetService *service, SvDb *db);
/* Has hosts placed in systems if rules changed; those that move are followed. Likewise. */
void sv_fleet_service_place (SvFleetService *service, SvDb *db);
