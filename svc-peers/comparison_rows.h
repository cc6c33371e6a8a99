/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons as they are kept: sealed. */
#pragma once

#include "common/call.h"
#include "sfp/peers.pb-c.h"

/* Opens a row. */
MUST_CHECK status comparison_open(struct call *call, const Peers__ComparisonRow *row, Peers__Comparison **out);
