/* SPDX-License-Identifier: Apache-2.0 */
/* One vote a person. The topic is locked first, so that row and counters change together. */
#include "svc-forum/polls.h"

#include "common/db.h"
#include "common/rpc.h"
#include "svc-forum/topic_states.h"

#include <string.h>

#define POLL_RPCS(RPC)                                                                                                 \
        RPC(SetVote, set_vote, Forum__SetVoteRequest, Forum__Poll)                                                     \
        RPC(ClearVote, clear_vote, Forum__GetTopicRequest, Forum__Poll)
RPC_DECLARE(POLL_RPCS)

static const char SQL_CREATE[] = "INSERT INTO poll_options (topic_id, number, text)"
                                 " SELECT $1, n, text FROM unnest($2::text[]) WITH ORDINALITY AS o (text, n)";
static const char SQL_LOAD[] =
        "SELECT o.number, o.text, o.votes_count, v.number IS NOT NULL AS is_chosen FROM poll_options o"
        " LEFT JOIN poll_votes v ON v.topic_id = o.topic_id AND v.number = o.number AND v.user_id = $2"
        " WHERE o.topic_id = $1 ORDER BY o.number";
static const char SQL_HAS[] = "SELECT number FROM poll_options WHERE topic_id = $1 AND number = $2";
static const char SQL_CLEAR[] =
        "WITH gone AS (DELETE FROM poll_votes WHERE topic_id = $1 AND user_id = $2 RETURNING number)"
        " UPDATE poll_options o SET votes_count = votes_count - 1 FROM gone WHERE o.topic_id = $1 AND o.number = gone.number";
static const char SQL_SET[] =
        "WITH cast_now AS (INSERT INTO poll_votes (topic_id, user_id, number) VALUES ($1, $2, $3) RETURNING number)"
        " UPDATE poll_options o SET votes_count = votes_count + 1 FROM cast_now WHERE o.topic_id = $1 AND o.number = cast_now.number";

status poll_create(struct call *call, const char *topic_id, size_t n_options, char *const *options)
{
        return n_options == 0 ? STATUS_OK : db_exec(call, SQL_CREATE, topic_id, db_texts(n_options, options));
}

static status fill(struct call *call, const char *topic_id, Forum__Poll *out)
{
        TRY(db_rows(call, &out->base, "options", SQL_LOAD, topic_id, call->caller->user_id));
        out->has_votes_count = 1;
        for (size_t i = 0; i < out->n_options; i++) {
                out->votes_count += out->options[i]->votes_count;
                out->has_voted |= out->options[i]->is_chosen;
                if (out->options[i]->is_chosen)
                        out->voted = out->options[i]->number;
        }
        return STATUS_OK;
}

status poll_load(struct call *call, const char *topic_id, Forum__Poll **out)
{
        *out = arena_alloc(call->arena, sizeof **out);
        forum__poll__init(*out);
        return fill(call, topic_id, *out);
}

static status open_poll(struct call *call, const char *topic_id)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        TRY(topic_load(call, topic_id, true, &topic));
        if (strcmp(topic.post_type, "poll") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "this topic is no poll");
        if (strcmp(topic.status, "open") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the poll is %s", topic.status);
        return STATUS_OK;
}

static status set_vote(struct call *call, const Forum__SetVoteRequest *in, Forum__Poll *out)
{
        Forum__PollOption option = FORUM__POLL_OPTION__INIT;
        TRY(open_poll(call, in->topic_id));
        if (db_one(call, &option.base, SQL_HAS, in->topic_id, in->number) != STATUS_OK)
                return call_invalid(call, "number", "not_found", "the poll has no such option");
        TRY(db_exec(call, SQL_CLEAR, in->topic_id, call->caller->user_id));
        TRY(db_exec(call, SQL_SET, in->topic_id, call->caller->user_id, in->number));
        return fill(call, in->topic_id, out);
}

static status clear_vote(struct call *call, const Forum__GetTopicRequest *in, Forum__Poll *out)
{
        TRY(open_poll(call, in->topic_id));
        TRY(db_exec(call, SQL_CLEAR, in->topic_id, call->caller->user_id));
        return fill(call, in->topic_id, out);
}

RPC_TABLE(poll_rpcs, POLL_RPCS);
