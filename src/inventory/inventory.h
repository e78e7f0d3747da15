/* The door of inventory: what runs on one host, and on all hosts that report. */
#pragma once

#include "inventory/agent_api.h"
#include "inventory/agent_store.h"
#include "inventory/authority_store.h"
#include "inventory/baseline_api.h"
#include "inventory/checkin.h"
#include "inventory/cross_check_api.h"
#include "inventory/dictionary_store.h"
#include "inventory/facts.h"
#include "inventory/host_api.h"
#include "inventory/host_history.h"
#include "inventory/host_store.h"
#include "inventory/id_list.h"
#include "inventory/inventory_audit_api.h"
#include "inventory/package_set_store.h"
#include "inventory/posture_store.h"
#include "inventory/system_api.h"
