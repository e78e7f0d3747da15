/* The door of evidence: what was found, and the documents that say so. */
#pragma once

#include "evidence/exposure_day.h"
#include "evidence/report.h"
#include "evidence/scan_store.h"
