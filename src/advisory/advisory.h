/* The door of advisory: what the world says, and how far to believe it. */
#pragma once

#include "advisory/archive.h"
#include "advisory/authenticity.h"
#include "advisory/changelog.h"
#include "advisory/changelog_fetch.h"
#include "advisory/index.h"
#include "advisory/release.h"
#include "advisory/statement.h"
