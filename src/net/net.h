/* The door of net: what this project asks of other machines. */
#pragma once

#include "net/address.h"
#include "net/fetch.h"
