/* SPDX-License-Identifier: Apache-2.0 */
/* The name somebody goes by where nobody is to know who they are: the same for one person in one scope, another in the
 * next. It takes the service's keys and the person's salt to make it: with the salt it is nobody's for ever. */
#pragma once

#include "common/call.h"
#include "common/pseudonym_salts.h"
#include "common/uuid.h"

struct pseudonym {
        char id[UUID_SIZE]; /* formed like a version 4 UUID: it carries no time */
        const char *name;   /* "Quiet Otter 42", in the call's arena; two people may share one */
};

/* The key of one kind of place, kept from one name of a list to the next: most lists are of one kind. Zero before the
 * first name; what it holds ends with the call. */
struct pseudonym_key {
        const char *kind;
        struct hmac *hmac;
};

/* `scope`: where it holds, such as "topic:<id>": a kind of place, and which. At most PSEUDONYM_SCOPE_MAX bytes. */
enum { PSEUDONYM_SCOPE_MAX = 128 };
struct pseudonym pseudonym_of(
        struct call *call, struct pseudonym_key *key, const struct pseudonym_salt *salt, const char *scope);
