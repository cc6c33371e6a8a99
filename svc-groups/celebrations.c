/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/celebrations.h"

#include "common/db.h"
#include "common/lifecycle.h"
#include "common/page.h"
#include "common/people.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-groups/announce.h"
#include "svc-groups/membership.h"
#include "svc-groups/policy.h"

#include <string.h>

#define CELEBRATION_RPCS(RPC)                                                                                          \
        RPC(ListCelebrations, list_celebrations, Groups__ListCelebrationsRequest, Groups__CelebrationList)             \
        RPC(Celebrate, celebrate, Groups__CelebrateRequest, Groups__Celebration)
RPC_DECLARE(CELEBRATION_RPCS)

#define CELEBRATION_COLUMNS                                                                                            \
        "c.id, c.kind, c.message, c.created_at, c.status, " AUTHOR_COLUMNS(                                            \
                "user", "c.user_id", "CASE WHEN c.is_pseudonym THEN 'group:' || m.group_goal_id END")
#define CELEBRATION_SOURCE " FROM milestone_celebrations c JOIN milestones m ON m.id = c.milestone_id"

/* $4: the caller, who sees their own while it waits. */
static const char SQL_LIST[] =
        "SELECT " CELEBRATION_COLUMNS ", c.new_key AS page_key, c.id AS page_id" CELEBRATION_SOURCE
        " WHERE (c.new_key, c.id) < ($1::bigint, $2::uuid) AND c.milestone_id = $3 AND m.group_goal_id = $5"
        " AND (c.status = 'published' OR (c.status = 'pending_review' AND c.user_id = $4::uuid))"
        " AND " NOT_BLOCKED("$4", "c.user_id") " ORDER BY c.new_key DESC, c.id DESC";
static const char SQL_GET[] = "SELECT " CELEBRATION_COLUMNS CELEBRATION_SOURCE " WHERE c.id = $1";
static const char SQL_MILESTONE[] =
        "SELECT id, title, reached_at FROM milestones WHERE id = $1 AND group_goal_id = $2 FOR SHARE";
static const char SQL_INSERT[] =
        "INSERT INTO milestone_celebrations (id, milestone_id, user_id, is_pseudonym, kind, message, status)"
        " VALUES ($1, $2, $3, $4::boolean, $5, $6, $7)";
static const char SQL_LOAD[] =
        "SELECT c.id, c.status AS state, c.version, m.group_goal_id FROM milestone_celebrations c"
        " JOIN milestones m ON m.id = c.milestone_id WHERE c.id = $1 FOR UPDATE OF c";
static const char SQL_MOVE[] = "UPDATE milestone_celebrations SET status = $3, version = $2::bigint + 1 WHERE id = $1";
static const char SQL_SNAPSHOT[] =
        "SELECT c.user_id AS author_user_id, c.status AS state, false AS is_public,"
        " array_remove(ARRAY[c.message], NULL) AS texts, m.group_goal_id AS parent_id" CELEBRATION_SOURCE
        " WHERE c.id = $1";

static const struct lifecycle celebration_lifecycle = {.kind = "celebration", .transitions = celebration_transitions};

static status find_milestone(struct call *call, const char *id, const char *group_id, Groups__Milestone *out)
{
        groups__milestone__init(out);
        return db_one(call, &out->base, SQL_MILESTONE, id, group_id);
}

static status list_celebrations(
        struct call *call, const Groups__ListCelebrationsRequest *in, Groups__CelebrationList *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_as_member(call, in->group_goal_id, false, &group));
        return page_rows(
                call, &in->base, &out->base, SQL_LIST, in->milestone_id, call->caller->user_id, in->group_goal_id);
}

static status store(struct call *call, const Groups__CelebrateRequest *in, const Groups__GroupRow *group,
        const struct review *review, const char *id)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = {.id = id, .state = LIFECYCLE_NEW, .actors = "owner"};
        bool is_held = review->outcome == REVIEW_HOLD;
        TRY(lifecycle_step(call, &celebration_lifecycle, &subject, is_held ? "hold" : "post", NULL, &step));
        TRY(db_exec(call, SQL_INSERT, id, in->milestone_id, call->caller->user_id,
                (int)(strcmp(group->display_as, "pseudonym") == 0), in->kind, review->texts[0], step.to));
        return is_held ? content_hold(call, "group_celebration", id, review)
                       : announce_celebration(call, group, in->milestone_id, id, in->kind);
}

static status celebrate(struct call *call, const Groups__CelebrateRequest *in, Groups__Celebration *out)
{
        static const char *const names[] = {"message"};
        char *const texts[] = {in->message};
        struct review review = {.texts = (char *[]){NULL}};
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        Groups__Milestone milestone;
        char *id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(id);
        TRY(group_load_as_member(call, in->group_goal_id, false, &group));
        TRY(find_milestone(call, in->milestone_id, in->group_goal_id, &milestone));
        if (milestone.reached_at == NULL)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the milestone is not reached yet");
        if (in->message != NULL)
                TRY(review_texts(call, "group celebration", 1, names, texts, &review));
        TRY(store(call, in, &group, &review, id));
        TRY(db_one(call, &out->base, SQL_GET, id));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        return STATUS_OK;
}

status celebration_show(struct call *call, const char *id, Content__Snapshot *out)
{
        return db_one(call, &out->base, SQL_SNAPSHOT, id);
}

status celebration_decide(struct call *call, const char *id, const char *action, const char *reason)
{
        Groups__ParticipationRow row = GROUPS__PARTICIPATION_ROW__INIT;
        struct lifecycle_step step;
        TRY(db_one(call, &row.base, SQL_LOAD, id));
        struct lifecycle_subject subject = {id, row.state, row.version, "mod", NULL, 0};
        TRY(lifecycle_step(call, &celebration_lifecycle, &subject, action, reason, &step));
        return db_exec(call, SQL_MOVE, id, row.version, step.to);
}

RPC_TABLE(celebration_rpcs, CELEBRATION_RPCS);
