/* SPDX-License-Identifier: Apache-2.0 */
/* A key for each person: 32 random bytes, sealed by the service's key ring in the row of person_keys and nowhere else.
 * Handlers do not call these: sealed.h does. */
#pragma once

#include "common/call.h"

#include <protobuf-c/protobuf-c.h>

enum { PERSON_KEY_SIZE = 32, PERSON_KEY_ID_SIZE = 16, PERSON_KEYS_REWRAP = 500 };

struct person_key {
        uint8_t id[PERSON_KEY_ID_SIZE];
        uint8_t bytes[PERSON_KEY_SIZE];
};

/* Somebody's key, made if there is none; it lives as long as the call, and is wiped with it. One statement a person and
 * call, two more where it is made. */
MUST_CHECK status person_key_take(struct call *call, const char *user_id, const struct person_key **out);

/* The key of this id; NOT_FOUND when it has been destroyed. Nothing is recorded in the call then. */
MUST_CHECK status person_key_find(struct call *call, const uint8_t *id, const struct person_key **out);

/* Loads the keys of many at once, so that finding each asks nobody. */
MUST_CHECK status person_keys_load(struct call *call, size_t n_ids, const uint8_t *const *ids);

/* The same in two steps, so that something else is done while they are looked for. `asked` lives as long as the call
 * (that the connection serves, where this is a copy of it). No other statement is started between the two. */
struct person_keys_asked {
        bool is_asked; /* some were not known */
        struct pg_result *rows;
};
MUST_CHECK status person_keys_start(
        struct call *call, size_t n_ids, const uint8_t *const *ids, struct person_keys_asked *asked);
MUST_CHECK status person_keys_wait(struct call *call, struct person_keys_asked *asked);

/* A job that comes round by itself: seals keys by the newest key of the ring that an older one has sealed, at most
 * PERSON_KEYS_REWRAP at a time. When none is left an old key of the ring is needed for rows without a person alone. */
status person_keys_rewrap(struct call *call);

/* How the table knows a person. */
ProtobufCBinaryData person_key_tag(struct call *call, const char *user_id);
