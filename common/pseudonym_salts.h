/* SPDX-License-Identifier: Apache-2.0 */
/* 32 random bytes for each person, in the table pseudonym_salts and nowhere else: made when a pseudonym of theirs is
 * first shown, gone with an erasure. */
#pragma once

#include "common/call.h"

#include <protobuf-c/protobuf-c.h>

enum { PSEUDONYM_SALT_SIZE = 32 };

struct pseudonym_salt {
        uint8_t bytes[PSEUDONYM_SALT_SIZE];
};

/* The salts of `n` people, who may be the same, in their order, from the call's arena. One statement, one more where
 * some are made. */
MUST_CHECK status pseudonym_salts_load(struct call *call, size_t n, char *const *user_ids, struct pseudonym_salt **out);

/* How the table knows a person. */
ProtobufCBinaryData pseudonym_salt_tag(struct call *call, const char *user_id);
