/* SPDX-License-Identifier: Apache-2.0 */
/* Replies that are not written yet because they stand in line behind others to the same peer. Each is watched until it
 * is gone; a peer that takes none is hung up on, which makes an end of all that wait for it. Only with NNG 1.6 and
 * later, which can be asked whether an operation is under way. */
#pragma once

#include "common/status.h"

#include <nng/nng.h>
#include <stdbool.h>
#include <stdint.h>

struct laggard {
        nng_aio *send; /* under way */
        nng_pipe pipe; /* to the peer */
        int64_t since_us;
        struct laggard *next;
};

struct transport_lag;

/* `crowd`: so many at once leave a peer less patience. `on_gone` is called for each that is written or given up, on the
 * thread of whoever found it, without a lock. NULL when there is no memory or no thread. */
struct transport_lag *transport_lag_new(int crowd, void (*on_gone)(struct laggard *laggard));

void transport_lag_add(struct transport_lag *lag, struct laggard *laggard);

/* Looks at all now; costs next to nothing when there are none. */
void transport_lag_look(struct transport_lag *lag);

/* From now on nobody looks by himself. */
void transport_lag_end(struct transport_lag *lag);

/* After its end; NULL is allowed. */
void transport_lag_free(struct transport_lag *lag);
