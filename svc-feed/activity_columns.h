/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of an activity `a`, as the fields of Feed__Activity, and who may see it. The viewer's id stands at the
 * place `viewer` ("$3") and is cast here, so that the parameter has one type. */
#pragma once

#include "common/people.h"

/* Where nobody is named the moment would name them: a day is all that is told. */
#define TELLS_DAYS        "(a.visibility = 'anonymous' OR a.actor_user_id IS NULL)"

/* `hours`, or the beginning of its day. */
#define HOURS_TOLD(hours) "CASE WHEN " TELLS_DAYS " THEN 24 * floor(" hours " / 24) ELSE " hours " END"

/* Who acts by name is shown; anonymous, under a name for this one activity; nobody, not at all. */
#define ACTIVITY_COLUMNS                                                                                                         \
        "a.id, a.id AS activity_id, a.type, a.actor_user_id AS \"actor.user_id\","                                               \
        " CASE WHEN a.visibility = 'anonymous' AND a.actor_user_id IS NOT NULL THEN 'activity:' || a.id END AS \"actor.scope\"," \
        " a.object_type AS \"object.type\", a.object_id AS \"object.id\", a.text, a.visibility, a.status,"                       \
        " CASE WHEN " TELLS_DAYS " THEN date_trunc('day', a.created_at, 'UTC') ELSE a.created_at END AS created_at,"             \
        " a.likes_count, a.celebrates_count, a.supports_count, a.version"

#define IS_ACTIVITY_OWNER(viewer) "coalesce(a.actor_user_id = (" viewer ")::text::uuid, false)"

/* Looked for where it is told, which is after a list was cut to its page; a value, so that it is looked up by its key.
 */
#define HAS_REACTED(viewer, kind)                                                                                      \
        "coalesce((SELECT true FROM activity_reactions x WHERE x.activity_id = a.id AND x.user_id = (" viewer          \
        ")::text::uuid AND x.kind = '" kind "'), false)"

#define ACTIVITY_VIEWER_COLUMNS(viewer)                                                                                \
        IS_ACTIVITY_OWNER(viewer)                                                                                      \
        " AS \"viewer.is_owner\", " HAS_REACTED(viewer, "like") " AS \"viewer.liked\", " HAS_REACTED(                  \
                viewer, "celebrate") " AS \"viewer.celebrated\", " HAS_REACTED(viewer,                                 \
                "support") " AS \"viewer.supported\", " HAS_REACTED(viewer, "bookmark") " AS \"viewer.bookmarked\""

/* A connection of somebody is whom they follow. */
#define IS_CONNECTION(viewer)                                                                                          \
        "EXISTS (SELECT FROM follows c WHERE c.user_id = a.actor_user_id AND c.target_id = (" viewer ")::text::uuid)"
#define IS_MEMBER(viewer)                                                                                              \
        "EXISTS (SELECT FROM group_members g WHERE g.group_id = a.group_id AND g.user_id = (" viewer ")::text::uuid)"
#define IS_MUTED(viewer, whom)                                                                                         \
        "EXISTS (SELECT FROM mutes m WHERE m.user_id = (" viewer ")::text::uuid AND m.target_id = " whom ")"

/* Of what is published and about something that can be seen: who is it for? */
#define IS_FOR(viewer)                                                                                                 \
        "(a.visibility IN ('community', 'anonymous') OR (a.visibility = 'connections' AND " IS_CONNECTION(             \
                viewer) ")"                                                                                            \
                        " OR (a.visibility = 'group' AND " IS_MEMBER(viewer) "))"

/* Its owner sees it in every state but removed, a moderator in every one. */
#define ACTIVITY_IS_VISIBLE(viewer, mod)                                                                               \
        "((a.status = 'published' AND NOT a.is_retracted AND " IS_FOR(viewer) " AND " NOT_BLOCKED(                     \
                viewer, "a.actor_user_id") ") OR (a.status <> 'removed' AND " IS_ACTIVITY_OWNER(viewer) ") OR " mod    \
                                                                                                        "::boolean)"
