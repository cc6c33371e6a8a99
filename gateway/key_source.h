/* SPDX-License-Identifier: Apache-2.0 */
/* Where an issuer's keys come from, a file or an address, and the set that was last found there. A thread of its own
 * looks again and again; nobody waits for it. What cannot be read changes nothing: the last good set stays. */
#pragma once

#include "common/metrics.h"
#include "common/schema.h"
#include "common/status.h"
#include "gateway/key.h"

enum {
        KEY_SOURCE_FILE_MS = 1000,   /* a file is looked at so often */
        KEY_SOURCE_PAUSE_MS = 10000, /* least time between two fetches that unknown keys or failures ask for */
};

struct key_source_settings {
        const char *file; /* one of the two; NULL or "": not this one */
        const char *url;
        const char *authority; /* as key_place; NULL: "" */
        int64_t refresh_ms;    /* how often an address is asked */
        int64_t pause_ms;      /* KEY_SOURCE_PAUSE_MS, but in tests */
};

struct key_source;

/* Looks once, waiting for it KEY_FETCH_TIMEOUT_MS at most, and starts the thread. Without the keys it says so in the
 * log and goes on. INVALID_ARGUMENT with a line on stderr when the address is none that keys are taken from. */
MUST_CHECK status key_source_start(const struct schema *schema, const struct key_source_settings *settings,
        struct metrics *metrics, struct key_source **out);
void key_source_stop(struct key_source *source);

/* The key of this id for this algorithm, as key_set_find; whoever asked holds it then. NOT_FOUND: the set has none, and
 * will be looked at again soon. UNAVAILABLE: no set was ever read. */
MUST_CHECK status key_source_find(struct key_source *source, const char *id, const char *algorithm, struct key **out);

/* Is the key of this fingerprint in the set of now? */
bool key_source_has(struct key_source *source, const uint8_t fingerprint[KEY_FINGERPRINT_SIZE]);
