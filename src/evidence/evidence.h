/* The door of evidence: what was found, and the documents that say so. */
#pragma once

#include "evidence/report.h"
#include "evidence/scan_store.h"
