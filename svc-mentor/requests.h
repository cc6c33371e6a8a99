/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a mentor, and the next one when that came to nothing. Behind lock_mentee, or lock_step of the request before.
 */
#pragma once

#include "common/call.h"
#include "sfp/mentor.pb-c.h"

/* What is asked for. */
struct request_spec {
        const char *mentee_user_id;
        const char *mentorship_type;
        bool is_anonymous;
        bool has_choices;
        size_t n_focus;
        char **focus;
        int weeks;
        const char *message; /* cleaned; NULL: none */
        size_t n_choices;    /* who is asked after this one */
        char **choices;
};

/* Asks; *id is the new match's, in the arena. NOT_FOUND for a mentor the mentee may not see, FAILED_PRECONDITION for
 * one who takes no requests, ALREADY_EXISTS for one they have a live match with. */
MUST_CHECK status request_send(
        struct call *call, const struct request_spec *spec, const char *mentor_profile_id, const char **id);

/* Asks the next of a match's choices that can be asked. */
MUST_CHECK status request_next(struct call *call, const Mentor__MatchRow *match);
