/* The door of advisory: what the world says, and how far to believe it. */
#pragma once

#include "advisory/archive.h"
#include "advisory/authenticity.h"
#include "advisory/changelog.h"
#include "advisory/changelog_fetch.h"
#include "advisory/feed.h"
#include "advisory/feed_api.h"
#include "advisory/feed_format.h"
#include "advisory/feed_import_store.h"
#include "advisory/feed_store.h"
#include "advisory/index.h"
#include "advisory/module.h"
#include "advisory/release.h"
#include "advisory/settled.h"
#include "advisory/statement.h"
#include "advisory/statement_store.h"
#include "advisory/sync.h"
