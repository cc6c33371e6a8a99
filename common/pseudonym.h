/* SPDX-License-Identifier: Apache-2.0 */
/* The name somebody goes by where nobody is to know who they are: the same for one person in one scope, another in the
 * next, and told by the service's keys alone. */
#pragma once

#include "common/call.h"
#include "common/uuid.h"

struct pseudonym {
        char id[UUID_SIZE]; /* formed like a version 4 UUID: it carries no time */
        const char *name;   /* "Quiet Otter 42", in the call's arena; two people may share one */
};

/* `scope`: where it holds, such as "topic:<id>". */
struct pseudonym pseudonym_of(struct call *call, const char *user_id, const char *scope);
