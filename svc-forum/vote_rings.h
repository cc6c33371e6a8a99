/* SPDX-License-Identifier: Apache-2.0 */
/* Votes cast in step: three people or more who react in the same way to the same posts of one author, each within
 * minutes of the other, and to little else. That may be a ring, a campaign against somebody or three friends:
 * moderators are shown one of the posts and told why. Nothing is hidden or taken back by itself. */
#pragma once

#include "common/call.h"

enum {
        VOTE_RINGS_EVERY_MS = 900000,
        VOTE_RING_VOTERS_MIN = 3,   /* people in a ring */
        VOTE_RING_POSTS_MIN = 6,    /* posts that two of them share */
        VOTE_RING_TOGETHER_S = 600, /* between the two votes on one post */
        VOTE_RING_VOTERS_MAX = 100, /* of an author the busiest so many are compared */
        VOTE_RINGS_MAX = 20         /* told in one run */
};

/* Job: looks at the votes of a day. */
status look_for_rings(struct call *call);
