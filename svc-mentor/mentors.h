/* SPDX-License-Identifier: Apache-2.0 */
/* Mentors. */
#pragma once

#include "common/call.h"
#include "sfp/mentor.pb-c.h"

/* The id of "me" or of an id as text. NOT_FOUND when the caller is no mentor, INVALID_ARGUMENT for what is no id. */
MUST_CHECK status mentor_id_of(struct call *call, const char *text, const char **id);

/* One that the caller may see. */
MUST_CHECK status mentor_get(struct call *call, const char *id, Mentor__MentorProfile *out);
