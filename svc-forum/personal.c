/* SPDX-License-Identifier: Apache-2.0 */
/* What the forum knows of a person. What others have answered stays, by nobody; mode `delete` takes its text out.
 * Counters move with the rows they count. */
#include "common/personal.h"
#include "common/preview.h"
#include "svc-forum/reaction_counts.h"

#include <stddef.h>

#define ERASED "'[removed]'"

/* Reactions go with what they count, on the post and on its topic. */
#define SQL_ERASE_REACTIONS                                                                                            \
        "WITH moved AS (DELETE FROM post_reactions WHERE user_id = $1 RETURNING post_id, kind)" COUNTS_FOLLOW(         \
                "-1") " SELECT FROM of_posts"

const struct personal_table forum_personal[] = {
        {.name = "post_reactions",
                .sql_export = "SELECT json_build_object('post_id', post_id, 'kind', kind, 'at', created_at)"
                              " FROM post_reactions WHERE user_id = $1 ORDER BY created_at",
                .sql_erase = SQL_ERASE_REACTIONS},
        {.name = "ring_votes",
                .sql_export = "SELECT json_build_object('post_id', post_id, 'kind', kind, 'at', created_at)"
                              " FROM ring_votes WHERE user_id = $1 AND is_voided ORDER BY created_at",
                .sql_erase = "DELETE FROM ring_votes WHERE user_id = $1"},
        {.name = "poll_votes",
                .sql_export = "SELECT json_build_object('topic_id', topic_id, 'number', number)"
                              " FROM poll_votes WHERE user_id = $1",
                .sql_erase = "WITH gone AS (DELETE FROM poll_votes WHERE user_id = $1 RETURNING topic_id, number)"
                             " UPDATE poll_options o SET votes_count = o.votes_count - 1 FROM gone g"
                             " WHERE o.topic_id = g.topic_id AND o.number = g.number"},
        {.name = "reading",
                .sql_export =
                        "SELECT json_build_object('topic_id', topic_id, 'last_read_post_number', last_read_post_number,"
                        " 'level', level, 'bookmarked', bookmarked, 'viewed_at', viewed_at)"
                        " FROM topic_readers WHERE user_id = $1",
                .sql_erase = "DELETE FROM topic_readers WHERE user_id = $1"},
        {.name = "moderated_categories",
                .sql_export =
                        "SELECT json_build_object('category_id', category_id) FROM category_moderators WHERE user_id = $1",
                .sql_erase = "DELETE FROM category_moderators WHERE user_id = $1"},
        {.name = "check_ins",
                .sql_export =
                        "SELECT json_build_object('challenge_id', challenge_id, 'on_date', on_date, 'value', value)"
                        " FROM challenge_check_ins WHERE user_id = $1 ORDER BY on_date",
                .sql_erase = "DELETE FROM challenge_check_ins WHERE user_id = $1"},
        {.name = "challenges",
                .sql_export =
                        "SELECT json_build_object('challenge_id', challenge_id, 'progress', progress,"
                        " 'public_on_leaderboard', public_on_leaderboard) FROM challenge_participants WHERE user_id = $1",
                .sql_erase =
                        "WITH gone AS (DELETE FROM challenge_participants WHERE user_id = $1 RETURNING challenge_id)"
                        " UPDATE challenges c SET participants_count = c.participants_count - 1 FROM gone g"
                        " WHERE c.id = g.challenge_id"},
        {.name = "leaderboards",
                .sql_export = "SELECT json_build_object('board', board) FROM leaderboard_members WHERE user_id = $1",
                .sql_erase = "DELETE FROM leaderboard_members WHERE user_id = $1"},
        {.name = "post_revisions",
                .sql_export =
                        "SELECT json_build_object('post_id', r.post_id, 'content', r.content, 'until', r.until)"
                        " FROM post_revisions r JOIN forum_posts p ON p.id = r.post_id WHERE p.author_user_id = $1",
                .sql_erase =
                        "DELETE FROM post_revisions WHERE post_id IN (SELECT id FROM forum_posts WHERE author_user_id = $1)"},
        {.name = "participation", /* a topic no longer counts who has left it */
                .sql_erase = "UPDATE forum_topics SET participants_count = participants_count - 1 WHERE id IN"
                             " (SELECT topic_id FROM forum_posts WHERE author_user_id = $1 AND status = 'published')"},
        {.name = "posts",
                .sql_export =
                        "SELECT json_build_object('id', id, 'topic_id', topic_id, 'post_number', post_number, 'content', content,"
                        " 'is_anonymous', is_anonymous, 'status', status, 'created_at', created_at)"
                        " FROM forum_posts WHERE author_user_id = $1 ORDER BY created_at",
                .sql_erase =
                        "UPDATE forum_posts SET author_user_id = NULL, content = " ERASED " WHERE author_user_id = $1",
                .sql_anonymize = "UPDATE forum_posts SET author_user_id = NULL WHERE author_user_id = $1",
                .feature = "community",
                .sql_shared = "SELECT count(*) AS items, max(created_at) AS last_at FROM forum_posts"
                              " WHERE author_user_id = $1 AND status = 'published'"},
        {.name = "poll_options",
                .sql_erase = "UPDATE poll_options SET text = " ERASED " WHERE topic_id IN"
                             " (SELECT id FROM forum_topics WHERE created_by_user_id = $1)",
                .sql_anonymize = "UPDATE poll_options SET text = text WHERE topic_id IN"
                                 " (SELECT id FROM forum_topics WHERE created_by_user_id = $1)"},
        {.name = "topics",
                .sql_export =
                        "SELECT json_build_object('id', id, 'title', title, 'description', description, 'post_type', post_type,"
                        " 'tags', tags, 'is_anonymous', is_anonymous, 'status', status, 'created_at', created_at)"
                        " FROM forum_topics WHERE created_by_user_id = $1 ORDER BY created_at",
                .sql_erase = "UPDATE forum_topics SET created_by_user_id = NULL, title = " ERASED
                             ", description = NULL, tags = '{}'"
                             " WHERE created_by_user_id = $1",
                .sql_anonymize = "UPDATE forum_topics SET created_by_user_id = NULL WHERE created_by_user_id = $1",
                .feature = "community",
                .sql_shared = "SELECT count(*) AS items, max(created_at) AS last_at FROM forum_topics"
                              " WHERE created_by_user_id = $1 AND status IN ('open', 'closed', 'locked', 'archived')"},
        {0},
};

const struct preview_kind forum_previews[] = {
        {.resource = "topics",
                .sql_ids =
                        "SELECT id FROM forum_topics WHERE created_by_user_id = $1 AND status NOT IN ('deleted', 'removed')"
                        " ORDER BY created_at DESC",
                .method = "sfp.forum.Forum.GetTopic",
                .id_field = "topic_id",
                .content_kind = "forum_topic"},
        {0},
};
