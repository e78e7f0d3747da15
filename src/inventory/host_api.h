/* Routes of this room: hosts, and what they report. */
#pragma once

#include "db/db.h"
#include "inventory/dictionary.h"
#include "inventory/host_store.h"
#include "net/net.h"

/* What taking in reports needs besides the store of the calling thread: the service named
 * SV_SERVICE_CHECKIN. */
typedef struct {
  SvWriter *writer;
  SvDictionary *dictionary;
  gint64 interval_s; /* between two reports of a host */
  /* A report is on disk and moved @host. On the writer's thread, with its store. */
  void (*moved) (gpointer user_data, SvDb *db, const char *host, const SvHostPlace *place);
  gpointer user_data;
} SvCheckinService;

#define SV_SERVICE_CHECKIN "checkin"

extern const SvRouteTable sv_host_routes;
