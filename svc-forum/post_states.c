/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-forum/post_states.h"

#include "common/db.h"
#include "svc-forum/announce.h"
#include "svc-forum/best_answer.h"
#include "svc-forum/policy.h"
#include "svc-forum/post_columns.h"
#include "svc-forum/viewer.h"

#include <string.h>

#define STATE_COLUMNS                                                                                                  \
        "SELECT p.id, p.topic_id, p.author_user_id, p.is_anonymous, p.status, p.version, p.content, p.post_number,"    \
        " p.reply_to_post_id, p.is_best_answer, p.was_best_answer, p.was_public, t.status AS topic_status"

static const char SQL_STATE[] = STATE_COLUMNS ", " IS_POST_OWNER("$2") " AS \"viewer.is_owner\", " IS_TOPIC_MODERATOR(
        "$2",
        "$3") " AS \"viewer.is_moderator\" FROM forum_posts p JOIN forum_topics t ON t.id = p.topic_id WHERE p.id = $1"
              " AND " TOPIC_IS_VISIBLE("$2", "$3") " AND " POST_IS_VISIBLE("$2", "$3");
static const char SQL_STATE_OWN[] =
        STATE_COLUMNS ", false AS \"viewer.is_owner\", false AS \"viewer.is_moderator\""
                      " FROM forum_posts p JOIN forum_topics t ON t.id = p.topic_id WHERE p.id = $1";
/* The topic first: everybody who changes posts does so. */
static const char SQL_LOCK[] = "SELECT FROM forum_topics WHERE id = (SELECT topic_id FROM forum_posts WHERE id = $1)"
                               " FOR NO KEY UPDATE";
static const char SQL_MOVE[] =
        "UPDATE forum_posts SET status = $3, version = version + 1, was_public = was_public OR $3 = 'published',"
        " is_best_answer = is_best_answer AND $3 = 'published',"
        " was_best_answer = (is_best_answer OR was_best_answer) AND $3 IN ('hidden', 'removed')"
        " WHERE id = $1 AND version = $2 RETURNING id";
static const char SQL_RECOUNT[] =
        "UPDATE forum_topics SET posts_count = c.posts, participants_count = c.people FROM (SELECT count(*)::integer AS posts,"
        " count(DISTINCT author_user_id)::integer AS people FROM forum_posts WHERE topic_id = $1 AND status = 'published') c"
        " WHERE id = $1";
static const char SQL_PURGE[] = "UPDATE forum_posts SET content = '[deleted]', author_user_id = NULL WHERE id = $1";
static const char SQL_PURGE_REVISIONS[] = "DELETE FROM post_revisions WHERE post_id = $1";

status post_load(struct call *call, const char *id, bool is_locked, Forum__Post *out)
{
        if (is_locked)
                TRY(db_exec(call, SQL_LOCK, id));
        return db_one(call, &out->base, SQL_STATE, id, call->caller->user_id, call_is_moderator(call));
}

status post_load_own(struct call *call, const char *id, Forum__Post *out)
{
        TRY(db_exec(call, SQL_LOCK, id));
        return db_one(call, &out->base, SQL_STATE_OWN, id);
}

static status purge(struct call *call, const Forum__Post *post)
{
        TRY(db_exec(call, SQL_PURGE_REVISIONS, post->id));
        TRY(db_exec(call, SQL_PURGE, post->id));
        return lifecycle_forget(call, &post_lifecycle, post->id);
}

static status announce(struct call *call, const Forum__Post *post, const struct lifecycle_step *step)
{
        bool is_public = strcmp(step->to, "published") == 0;
        if (is_public)
                return post->was_public ? announce_post_edited(call, post) : announce_post_created(call, post);
        return strcmp(step->from, "published") == 0 ? announce_post_deleted(call, post) : STATUS_OK;
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        const Forum__Post *post = subject->facts;
        Forum__Post moved = FORUM__POST__INIT;
        TRY(db_one(call, &moved.base, SQL_MOVE, post->id, post->version, step->to));
        TRY(db_exec(call, SQL_RECOUNT, post->topic_id));
        if (post->is_best_answer && strcmp(step->to, "published") != 0)
                TRY(best_answer_withdraw(call, post));
        if (post->was_best_answer && strcmp(step->to, "published") == 0)
                TRY(best_answer_restore(call, post));
        TRY(announce(call, post, step));
        return strcmp(step->to, "deleted") == 0 ? purge(call, post) : STATUS_OK;
}

status post_step(struct call *call, const Forum__Post *post, const char *actors, const char *action, const char *reason)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = {
                .id = post->id,
                .state = post->status,
                .version = post->version,
                .actors = actors != NULL ? actors : viewer_actors(post->viewer->is_owner, post->viewer->is_moderator),
                .facts = post,
        };
        TRY(lifecycle_step(call, &post_lifecycle, &subject, action, reason, &step));
        return apply(call, &subject, &step);
}

const struct lifecycle post_lifecycle = {
        .kind = "post",
        .transitions = post_transitions,
        .apply = apply,
};
