/* SPDX-License-Identifier: Apache-2.0 */
/* Telling those whom no event may name: who is anonymous in a topic, and everybody who is to hear of an anonymous post.
 * svc-feed is asked by a job, so that a post does not wait for it; the job holds a post's id and nobody's. */
#pragma once

#include "common/jobs.h"

/* Kinds of the jobs whose key is a post's id. */
#define TELL_REPLY    "tell_reply"
#define TELL_ACCEPTED "tell_accepted"

/* A post is there to be read, or was accepted: has them told if there are any. */
MUST_CHECK status telling_of_reply(struct call *call, const char *post_id);
MUST_CHECK status telling_of_acceptance(struct call *call, const char *post_id);

MUST_CHECK status tell_reply(struct call *call, const struct due_job *job);
MUST_CHECK status tell_accepted(struct call *call, const struct due_job *job);
