/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-anonymize is told of a month while it is closed, and what it has to say of it. Who is in which cell goes
 * there by id, and how many are in it, as counts; figures of a person never do. */
#pragma once

#include "common/call.h"
#include "svc-peers/cells.h"

/* Tells who was added to the cells since the last time: saying it again changes nothing. */
MUST_CHECK status noising_enrol(struct call *call, const char *period, struct cells *cells);

/* Has the month's cells released, and stores what is said of cohorts. svc-anonymize draws once: a second try brings the
 * same numbers. *n_released: cohorts. */
MUST_CHECK status noising_release(
        struct call *call, const char *period, size_t n, Peers__CellCount *const *cells, int32_t *n_released);
