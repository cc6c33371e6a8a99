/* SPDX-License-Identifier: Apache-2.0 */
/* The services that an export or an erasure asks, and what each has said. */
#pragma once

#include "common/jobs.h"

#include <stdbool.h>

/* Does this service keep anything of people, and is it part of this platform? */
bool privacy_parts_knows(struct call *call, const char *service);

/* Queues a part for each of the services; none: for all. */
MUST_CHECK status privacy_parts_make(struct call *call, const char *job_id, size_t n_services, char *const *services);

/* Queues a job of this kind for each part, `after_s` from now: a round, counted from 1. */
MUST_CHECK status privacy_parts_ask(
        struct call *call, const char *job_id, const char *job_kind, int round, int64_t after_s);

/* Takes the key of such a job apart. Lives in the arena. */
struct part_key {
        char *job_id;
        char *service;
        int round;
};
struct part_key privacy_part_key(struct call *call, const struct due_job *job);

/* Stores what a service has said: rows, and for an export the sealed data ({0}: none). *is_last: now all have in this
 * round. Locks the job, so that exactly one of the parts is the last one. */
MUST_CHECK status privacy_part_confirm(
        struct call *call, struct part_key key, int64_t rows, ProtobufCBinaryData sealed, bool *is_last);
