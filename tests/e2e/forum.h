/* SPDX-License-Identifier: Apache-2.0 */
/* The forum, in the words of the tests. */
#pragma once

#include "tests/e2e/client.h"

/* A new category; `more` are members of its JSON, ", \"is_moderated\": true". */
const char *category_with(const char *more);
const char *category(void);

/* A topic that nothing is wrong with, in `category`; gives its id. */
const char *topic_in(const char *category, struct user user, const char *more);
const char *topic(struct user user);

/* A post in it; gives its id. */
const char *posted(struct user user, const char *topic);

const char *topic_path(const char *topic);
const char *posts_path(const char *topic);
const char *post_path(const char *post);

/* Is the thing with this id among the items of a list? */
bool is_listed(struct answer list, const char *id);

/* Takes an action on a topic at its present version. */
struct answer move_topic(struct user user, const char *topic, const char *action);

/* `n` requests at the same moment, each by its user. `statuses`: what they were answered. */
void at_once(int n, const struct request *requests, int *statuses);
