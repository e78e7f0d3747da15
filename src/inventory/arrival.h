/* The way of a report from its request to the commit, and to its acknowledgement. */
#pragma once

#include "inventory/host_api.h"

/**
 * sv_arrival_take:
 * @host: whom it is about
 * @fingerprint: (nullable): of the certificate of the agent that sends it; NULL: somebody who may
 *               report for any host
 *
 * Takes the body of @call, an SvCheckin, and answers once it is on disk. Always returns TRUE.
 */
gboolean sv_arrival_take (SvCall *call, const char *host, const char *fingerprint);
