/* SPDX-License-Identifier: Apache-2.0 */
/* The reference subscriber: prints every event of the sources once, as a line of JSON, in the order of each source.
 * It listens to the feed and reads what is missing (common/event_follower.h): both doors are open to everybody. */
#pragma once

#include "tools/platform.h"

struct tail_options {
        const char *const *sources; /* NULL-terminated */
        const char *const *topics;  /* beginnings, in full; NULL-terminated; none: all */
        const char *state_path;     /* NULL: begins anew each time */
        uint64_t from;              /* of each source, unless the state knows better; 0: the oldest there is */
};

/* Goes on until SIGTERM, SIGINT, or until nobody reads the output. The exit code. */
int tail_run(struct platform *platform, const struct tail_options *options);
