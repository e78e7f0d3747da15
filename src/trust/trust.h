/* The door of trust: what proves who somebody is, and that bytes are whose they are said to be. */
#pragma once

#include "trust/password.h"
#include "trust/token.h"
#include "trust/totp.h"
