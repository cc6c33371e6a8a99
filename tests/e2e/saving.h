/* SPDX-License-Identifier: Apache-2.0 */
/* Saving together, in the words of the tests. */
#pragma once

#include "tests/e2e/client.h"

/* Founds a group with a target of USD 1,000.00 and a visibility ("open", "request", "private"), and returns its id. */
const char *founded(struct user founder, const char *visibility);

/* The same as open, with these members, and active. */
const char *active_group(struct user founder, int n_members, const struct user *members);

/* "/groups/<id>", or with something behind it. */
const char *group_path(const char *group);
const char *group_place(const char *group, const char *place);

/* Joins and returns the id of the participation. */
const char *joined(struct user user, const char *group);

/* A user's own participation in a group. */
const char *part_of(struct user user, const char *group);

/* Takes an action at `path`, as it is now. */
struct answer take_action(struct user user, const char *path, const char *action, bool is_dry);

/* The same, which must lead to this state. */
void lead_to(struct user user, const char *path, const char *action, const char *state);

/* The state that `path`/transitions names. */
const char *state_at(struct user user, const char *path);

/* Posts with an Idempotency-Key. */
struct answer post_with_key(struct user user, const char *path, const char *key, const char *body);

/* Pays in, with a key of its own; *contribution is its id. */
struct answer pay(struct user user, const char *group, long amount);

/* What a schema's events of a type say of a group: how many there are. */
long events_of(const char *schema, const char *type, const char *subject);
