/* The door of pkg: package identity, exact version order, distributions, package URL, CPE, CVSS. */
#pragma once

#include "pkg/build_stream.h"
#include "pkg/cpe.h"
#include "pkg/cvss.h"
#include "pkg/distro.h"
#include "pkg/purl.h"
#include "pkg/version.h"
