/* SPDX-License-Identifier: Apache-2.0 */
/* One endpoint of a target as its callers see it: how much it has to do, and whether it is worth asking. Private to the
 * client. Its memory is its target's and is never freed under traffic: a place is emptied only after its endpoint was
 * marked GONE and the last call on it has ended, and whoever counts itself in looks at the state afterwards. */
#pragma once

#include "common/endpoints.h"
#include "common/transport.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
        CLIENT_STRAIGHT_MAX = 3, /* failures in a row that eject */
        CLIENT_WINDOW_US = 10000000,
        CLIENT_WINDOW_CALLS = 20, /* or half of at least so many calls in a window */
        CLIENT_EJECT_MIN_US = 1000000,
        CLIENT_EJECT_MAX_US = 30000000, /* doubled each time, up to this */
        CLIENT_SILENT_US = 3000000,     /* without an answer for so long a connection over a network is given up */
};

enum client_endpoint_state {
        CLIENT_ENDPOINT_NONE,        /* an empty place */
        CLIENT_ENDPOINT_HEALTHY,     /* to be asked */
        CLIENT_ENDPOINT_EJECTED,     /* it failed: not to be asked until a probe has found it well */
        CLIENT_ENDPOINT_NOT_SERVING, /* it says so itself */
        CLIENT_ENDPOINT_GONE,        /* its address has; waits for its last calls */
};

struct client_endpoint {
        struct endpoint at;
        struct transport_dialer *dialer;
        _Atomic int state; /* enum client_endpoint_state */
        _Atomic int in_flight;
        _Atomic int n_straight;           /* failures since the last success */
        _Atomic int64_t failing_since_us; /* when the first of them was */
        _Atomic int n_calls;              /* in this window */
        _Atomic int n_failures;           /* in this window */
        _Atomic int n_ejections;
        _Atomic int64_t ejected_until_us;
        _Atomic int64_t charged_us; /* when retries were last paid for because it was lost */
        _Atomic bool is_probed;     /* a probe is under way */
        _Atomic int64_t probe_due_us;
        int64_t window_end_us; /* the prober's own */
};

/* Counts a call in. False, and nothing counted, when the endpoint is not there (any more). */
bool client_endpoint_enter(struct client_endpoint *endpoint);

/* Counts it out, with how it went as far as the endpoint is concerned: an answer, whatever it says, is good. */
void client_endpoint_leave(struct client_endpoint *endpoint, bool is_good);

/* What a probe, or the endpoint itself, has said. */
void client_endpoint_set_serving(struct client_endpoint *endpoint, bool is_serving);

/* Begins a new window when the last is over; a window without failures makes the next ejection shorter. */
void client_endpoint_turn_window(struct client_endpoint *endpoint, int64_t now_us);

/* Has it said nothing for so long that its connection is to be made anew? After a network was cut the kernel waits
 * longer and longer before it tries the old one again. Never true of a host's own sockets. */
bool client_endpoint_is_silent(const struct client_endpoint *endpoint, int64_t now_us);

/* May an ejected endpoint be tried by a probe? */
bool client_endpoint_is_due_back(const struct client_endpoint *endpoint, int64_t now_us);
