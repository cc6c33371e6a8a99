/* SPDX-License-Identifier: Apache-2.0 */
/* The events of topics, posts and categories. What is anonymous names nobody: neither who acted nor who is to be told.
 */
#pragma once

#include "common/call.h"
#include "sfp/forum.pb-c.h"

MUST_CHECK status announce_category(struct call *call, const char *category_id);
MUST_CHECK status announce_topic_created(struct call *call, const Forum__Topic *topic);
MUST_CHECK status announce_topic_updated(struct call *call, const char *topic_id);
MUST_CHECK status announce_topic_status(
        struct call *call, const char *topic_id, const char *from, const char *to, const char *by);

/* To the post's author, unless that is the one who accepts. */
MUST_CHECK status announce_solved(
        struct call *call, const Forum__Topic *topic, const Forum__Post *post, bool is_solved);

/* To who watches the topic by name and the author of what is replied to. */
MUST_CHECK status announce_post_created(struct call *call, const Forum__Post *post);
MUST_CHECK status announce_post_edited(struct call *call, const Forum__Post *post);
MUST_CHECK status announce_post_deleted(struct call *call, const Forum__Post *post);
MUST_CHECK status announce_reaction(struct call *call, const Forum__Post *post, const char *kind, bool is_set);
