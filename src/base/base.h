/* The door of the ground floor: every room may use what is named here. */
#pragma once

#include "base/deb822.h"
#include "base/deflate.h"
#include "base/documents.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/record.h"
#include "base/run.h"
#include "base/stream.h"
#include "base/strings.h"
#include "base/text.h"
#include "base/time.h"
#include "base/worker.h"
