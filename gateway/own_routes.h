/* SPDX-License-Identifier: Apache-2.0 */
/* The routes that the gateway answers itself. */
#pragma once

#include "gateway/route.h"

/* Ends with a row without verb. */
extern const struct own_route own_routes[];
