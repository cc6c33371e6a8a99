/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-anonymize is told of a month while it is closed, and what it has to say of it. Who is in which cell goes
 * there by id, and how many are in it, as counts; figures of a person never do. */
#pragma once

#include "common/call.h"
#include "svc-peers/cells.h"

struct rpc_pending;

/* Tells who was added to the cells since the last time, without waiting for the answer: *out is NULL when nobody was.
 * Saying it again changes nothing. */
void noising_enrol(struct call *call, const char *period, struct cells *cells, struct rpc_pending **out);

/* Waits for it; NULL is fine. */
MUST_CHECK status noising_await(struct call *call, struct rpc_pending *pending);

/* Has the month's cells released, and stores what is said of cohorts. svc-anonymize draws once: a second try brings the
 * same numbers. *n_released: cohorts. */
MUST_CHECK status noising_release(
        struct call *call, const char *period, size_t n, Peers__CellCount *const *cells, int32_t *n_released);
