/* SPDX-License-Identifier: Apache-2.0 */
/* The review desk, in the words of the tests. */
#pragma once

#include "tests/e2e/client.h"

/* Reports something; fails unless it is taken. Returns the report's id. */
const char *reported(struct user who, const char *object_type, const char *object_id, const char *reason);

/* The live case of a thing, as a moderator finds it in the queue; waits for it. */
const char *case_of(struct user mod, const char *object_type, const char *object_id);

/* "/moderation/cases/<id>" and what is below. */
const char *case_path(const char *case_id, const char *rest);

/* Takes a step of the case by its current version. */
struct answer step_case(struct user mod, const char *case_id, const char *action);

/* Claims the case and rules on it; `more` are further members: ", \"duration_s\": 3600". Returns the action's id. */
const char *ruled(struct user mod, const char *case_id, const char *action_taken, const char *more);

/* Appeals an action; fails unless it is taken. Returns the appeal's id. */
const char *appealed(struct user who, const char *action_id);

/* Takes a step of the appeal by its current version, with words. */
struct answer step_appeal(struct user who, const char *appeal_id, const char *action);

/* POST with an Idempotency-Key of its own. */
struct answer post_once(struct user user, const char *path, const char *body);
