/* SPDX-License-Identifier: Apache-2.0 */
/* Both the topic and the post say it, under the topic's lock; a unique index sees to it that no second post does. */
#include "svc-forum/best_answer.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/jobs.h"
#include "common/rpc.h"
#include "svc-forum/announce.h"
#include "svc-forum/closing.h"
#include "svc-forum/policy.h"
#include "svc-forum/post_states.h"
#include "svc-forum/topic_states.h"

#include <string.h>

#define BEST_ANSWER_RPCS(RPC)                                                                                          \
        RPC(SetBestAnswer, set_best_answer, Forum__SetBestAnswerRequest, Forum__BestAnswer)                            \
        RPC(ClearBestAnswer, clear_best_answer, Forum__GetTopicRequest, Forum__BestAnswer)
RPC_DECLARE(BEST_ANSWER_RPCS)

static const char SQL_SOLVE[] = "UPDATE forum_topics SET is_solved = true, best_answer = $2, version = version + 1,"
                                " auto_close_at = now() + make_interval(days => $3::integer)"
                                " WHERE id = $1 RETURNING is_solved, best_answer, auto_close_at";
static const char SQL_UNSOLVE[] =
        "UPDATE forum_topics SET is_solved = false, best_answer = NULL, auto_close_at = NULL, version = version + 1"
        " WHERE id = $1 RETURNING is_solved";
static const char SQL_ANSWER[] = "SELECT is_solved, best_answer, auto_close_at FROM forum_topics WHERE id = $1";
static const char SQL_MARK[] = "UPDATE forum_posts SET is_best_answer = $2::boolean WHERE id = $1";

static const int64_t DAY_US = 86400000000;

/* The topic, locked, for its author or a moderator while it is open or closed. */
static status load_topic(struct call *call, const char *id, Forum__Topic *out)
{
        TRY(topic_load(call, id, true, out));
        if (!out->viewer->is_owner && !out->viewer->is_moderator)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its author or a moderator may accept an answer");
        if (!topic_takes_reactions(out->status))
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the topic is %s", out->status);
        return STATUS_OK;
}

static status load_answer(struct call *call, const Forum__SetBestAnswerRequest *in, Forum__Post *out)
{
        status found = post_load(call, in->post_id, false, out);
        if (found == STATUS_NOT_FOUND || (found == STATUS_OK && strcmp(out->topic_id, in->topic_id) != 0))
                return call_invalid(call, "post_id", "not_found", "there is no such post in this topic");
        TRY(found);
        if (strcmp(out->status, "published") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the post is %s", out->status);
        return STATUS_OK;
}

static status accept(struct call *call, const Forum__Topic *topic, const Forum__Post *post, Forum__BestAnswer *out)
{
        int64_t due_us = clock_unix_us() + SOLVED_CLOSE_DAYS * DAY_US;
        TRY(db_exec(call, SQL_MARK, post->id, true));
        TRY(db_one(call, &out->base, SQL_SOLVE, topic->id, post->id, (int)SOLVED_CLOSE_DAYS));
        TRY(job_schedule(call, CLOSE_SOLVED, topic->id, due_us, (ProtobufCBinaryData){0, NULL}));
        return announce_solved(call, topic, post, true);
}

static status set_best_answer(struct call *call, const Forum__SetBestAnswerRequest *in, Forum__BestAnswer *out)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        Forum__Post post = FORUM__POST__INIT;
        TRY(load_topic(call, in->topic_id, &topic));
        TRY(load_answer(call, in, &post));
        if (topic.is_solved && strcmp(topic.best_answer, in->post_id) == 0)
                return db_one(call, &out->base, SQL_ANSWER, in->topic_id);
        if (topic.is_solved)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "another answer is accepted: take it back first");
        return accept(call, &topic, &post, out);
}

static status clear_best_answer(struct call *call, const Forum__GetTopicRequest *in, Forum__BestAnswer *out)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        Forum__Post post = FORUM__POST__INIT;
        TRY(load_topic(call, in->topic_id, &topic));
        if (!topic.is_solved)
                return db_one(call, &out->base, SQL_ANSWER, in->topic_id);
        TRY(post_load_own(call, topic.best_answer, &post));
        TRY(db_exec(call, SQL_MARK, post.id, false));
        TRY(db_one(call, &out->base, SQL_UNSOLVE, in->topic_id));
        TRY(job_cancel(call, CLOSE_SOLVED, topic.id));
        return announce_solved(call, &topic, &post, false);
}

status best_answer_withdraw(struct call *call, const Forum__Post *post)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        Forum__BestAnswer answer = FORUM__BEST_ANSWER__INIT;
        TRY(topic_load_own(call, post->topic_id, &topic));
        TRY(db_one(call, &answer.base, SQL_UNSOLVE, post->topic_id));
        TRY(job_cancel(call, CLOSE_SOLVED, post->topic_id));
        return announce_solved(call, &topic, post, false);
}

status best_answer_restore(struct call *call, const Forum__Post *post)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        Forum__BestAnswer answer = FORUM__BEST_ANSWER__INIT;
        TRY(topic_load_own(call, post->topic_id, &topic));
        if (topic.is_solved || !topic_takes_reactions(topic.status))
                return STATUS_OK;
        return accept(call, &topic, post, &answer);
}

RPC_TABLE(best_answer_rpcs, BEST_ANSWER_RPCS);
