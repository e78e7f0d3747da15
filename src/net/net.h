/* The door of net: what this project asks of other machines, and what they ask of it. */
#pragma once

#include "net/address.h"
#include "net/ca.h"
#include "net/call.h"
#include "net/client.h"
#include "net/directory.h"
#include "net/event_stream.h"
#include "net/fetch.h"
#include "net/jws.h"
#include "net/openapi.h"
#include "net/problem.h"
#include "net/route.h"
#include "net/router.h"
#include "net/server.h"
