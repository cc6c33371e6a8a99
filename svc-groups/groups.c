/* SPDX-License-Identifier: Apache-2.0 */
/* One group: founded, read, changed, deleted while it is a draft. */
#include "common/content.h"
#include "common/db.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-groups/announce.h"
#include "svc-groups/group_columns.h"
#include "svc-groups/group_states.h"
#include "svc-groups/ledger.h"
#include "svc-groups/membership.h"
#include "svc-groups/participation_states.h"
#include "svc-groups/plan.h"
#include "svc-groups/schedule.h"

#include <string.h>

#define GROUP_RPCS(RPC)                                                                                                \
        RPC(CreateGroup, create_group, Groups__CreateGroupRequest, Groups__Group)                                      \
        RPC(GetGroup, get_group, Groups__GetGroupRequest, Groups__Group)                                               \
        RPC(UpdateGroup, update_group, Groups__UpdateGroupRequest, Groups__Group)                                      \
        RPC(DeleteGroup, delete_group, Groups__GetGroupRequest, Sfp__Empty)
RPC_DECLARE(GROUP_RPCS)

static const char *const text_fields[] = {"title", "description"};

static const char SQL_INSERT[] =
        "INSERT INTO group_savings_goals (id, created_by_user_id, title, description, text_state, goal_type, target_amount,"
        " currency, target_date, visibility, invite_token, max_participants, status, total_participants)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, gen_random_uuid(), $11, 'draft', 1)";
static const char SQL_INSERT_FOUNDER[] =
        "INSERT INTO group_goal_participations (id, group_goal_id, user_id, role, state, display_as)"
        " VALUES ($1, $2, $3, 'gadmin', 'active', $4)";
static const char SQL_INSERT_MILESTONES[] =
        "INSERT INTO milestones (id, group_goal_id, title, at_percentage)"
        " SELECT gen_random_uuid(), $1, p || ' %', p FROM unnest(ARRAY[25, 50, 75, 100]) p";
static const char SQL_IS_PAST[] = "SELECT ($1::date < current_date)::integer AS number";
static const char SQL_GET[] = "SELECT " GROUP_COLUMNS " FROM " GROUP_SOURCE("$2") FOUNDER_JOIN " WHERE g.id = $1";
/* What waits beside text that stands is seen by nobody but moderators until it is ruled on. */
static const char SQL_UPDATE[] =
        "UPDATE group_savings_goals SET target_amount = coalesce($2::bigint, target_amount),"
        " target_date = coalesce($3::date, target_date), visibility = coalesce($4, visibility),"
        " max_participants = coalesce($5::integer, max_participants) WHERE id = $1";
static const char SQL_SET_TEXT[] =
        "UPDATE group_savings_goals SET title = coalesce($2, title), description = coalesce($3, description),"
        " text_state = $4, pending_title = NULL, pending_description = NULL WHERE id = $1";
static const char SQL_SET_PENDING[] =
        "UPDATE group_savings_goals SET pending_title = coalesce($2, title), pending_description = coalesce($3, description)"
        " WHERE id = $1";
static const char SQL_DELETE[] = "DELETE FROM group_savings_goals WHERE id = $1";

static status check_date(struct call *call, const char *date)
{
        Groups__Id past = GROUPS__ID__INIT;
        if (date == NULL)
                return STATUS_OK;
        TRY(db_one(call, &past.base, SQL_IS_PAST, date));
        return past.number ? call_invalid(call, "target_date", "out_of_range", "must not be in the past") : STATUS_OK;
}

static status show(struct call *call, const char *id, const struct review *review, Groups__Group *out)
{
        TRY(db_one(call, &out->base, SQL_GET, id, call->caller->user_id));
        out->n_notices = review->n_notices;
        out->notices = review->notices;
        return STATUS_OK;
}

static status insert(struct call *call, const Groups__CreateGroupRequest *in, const struct review *review, char *id)
{
        const char *state = review->outcome == REVIEW_HOLD ? "pending_review" : "approved";
        char *founder = arena_alloc(call->arena, UUID_SIZE);
        struct lifecycle_subject group = {.id = id, .state = LIFECYCLE_NEW, .actors = "gadmin"};
        struct lifecycle_subject first = {.id = founder, .state = LIFECYCLE_NEW, .actors = "owner"};
        uuid_v7(founder);
        TRY(db_later(call, NULL, SQL_INSERT, id, call->caller->user_id, review->texts[0], review->texts[1], state,
                in->goal_type, in->target_amount, in->currency, in->target_date, in->visibility, in->max_participants));
        TRY(db_later(call, NULL, SQL_INSERT_FOUNDER, founder, id, call->caller->user_id, in->display_as));
        TRY(db_later(call, NULL, SQL_INSERT_MILESTONES, id));
        TRY(lifecycle_step(call, &group_lifecycle, &group, "found", NULL, NULL));
        TRY(lifecycle_step(call, &participation_lifecycle, &first, "found", NULL, NULL));
        TRY(ledger_open(call, id, NULL));
        TRY(ledger_open(call, id, founder));
        return plan_insert(call, id, in->contribution_plan);
}

static status create_group(struct call *call, const Groups__CreateGroupRequest *in, Groups__Group *out)
{
        struct review review;
        char *const texts[] = {in->title, in->description};
        TRY(check_date(call, in->target_date));
        TRY(review_texts(call, "group goal", 2, text_fields, texts, &review));
        char *id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(id);
        TRY(insert(call, in, &review, id));
        if (review.outcome == REVIEW_HOLD)
                TRY(content_hold(call, "group_goal", id, &review));
        Groups__GroupRow row = GROUPS__GROUP_ROW__INIT;
        row.id = id;
        row.visibility = in->visibility;
        row.display_as = in->display_as;
        TRY(announce_created(call, &row, in->goal_type));
        return show(call, id, &review, out);
}

static status get_group(struct call *call, const Groups__GetGroupRequest *in, Groups__Group *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        static const struct review no_review;
        TRY(group_load(call, in->group_goal_id, false, &group));
        return show(call, in->group_goal_id, &no_review, out);
}

static status check_change(struct call *call, const Groups__UpdateGroupRequest *in, const Groups__GroupRow *group)
{
        static const char closed[] = " disbursing completed cancelling cancelled ";
        if (strstr(closed, group->status) != NULL)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the group is %s", group->status);
        if (in->has_target_amount && in->target_amount < group->current_amount)
                return call_invalid(call, "target_amount", "out_of_range", "must not be below what is saved already");
        if (in->has_max_participants && in->max_participants < group->total_participants)
                return call_invalid(
                        call, "max_participants", "out_of_range", "must not be below the number of members");
        return check_date(call, in->target_date);
}

static status change_text(
        struct call *call, const Groups__UpdateGroupRequest *in, const Groups__GroupRow *group, struct review *review)
{
        char *const texts[] = {in->title, in->description};
        if (in->title == NULL && in->description == NULL)
                return STATUS_OK;
        TRY(review_texts(call, "group goal", 2, text_fields, texts, review));
        bool is_held = review->outcome == REVIEW_HOLD;
        bool is_draft = strcmp(group->status, "draft") == 0;
        const char *sql = is_held && !is_draft ? SQL_SET_PENDING : SQL_SET_TEXT;
        if (sql == SQL_SET_PENDING)
                TRY(db_exec(call, sql, group->id, review->texts[0], review->texts[1]));
        else
                TRY(db_exec(call, sql, group->id, review->texts[0], review->texts[1],
                        is_held ? "pending_review" : "approved"));
        return is_held ? content_hold(call, "group_goal", group->id, review) : STATUS_OK;
}

/* A higher target makes a reached group active again; another one may be met already. */
static status follow_target(struct call *call, const Groups__UpdateGroupRequest *in, Groups__GroupRow *group)
{
        bool is_raised = strcmp(group->status, "reached") == 0 && in->has_target_amount &&
                         in->target_amount > group->current_amount;
        if (in->has_target_amount)
                group->target_amount = in->target_amount;
        if (is_raised) {
                TRY(group_step(call, group, "gadmin", "raise_target"));
                group->status = (char *)(size_t) "active";
        }
        TRY(group_pot_changed(call, group, NULL));
        return in->has_target_amount || in->target_date != NULL ? schedule_make(call, group->id) : STATUS_OK;
}

static status update_group(struct call *call, const Groups__UpdateGroupRequest *in, Groups__Group *out)
{
        struct review review = {.outcome = REVIEW_PUBLISH};
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_as_gadmin(call, in->group_goal_id, true, &group));
        TRY(call_expect_version(call, group.version));
        TRY(check_change(call, in, &group));
        TRY(change_text(call, in, &group, &review));
        TRY(db_exec(call, SQL_UPDATE, group.id, DB_OPTIONAL(in, target_amount), in->target_date, in->visibility,
                DB_OPTIONAL(in, max_participants)));
        TRY(follow_target(call, in, &group));
        TRY(announce_updated(call, &group));
        return show(call, group.id, &review, out);
}

static status delete_group(struct call *call, const Groups__GetGroupRequest *in, Sfp__Empty *out)
{
        (void)out;
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_as_gadmin(call, in->group_goal_id, true, &group));
        TRY(call_expect_version(call, group.version));
        if (strcmp(group.status, "draft") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "only a draft is deleted: cancel the group");
        TRY(lifecycle_forget(call, &group_lifecycle, group.id));
        TRY(lifecycle_forget(call, &participation_lifecycle, group.participation_id));
        return db_exec(call, SQL_DELETE, group.id);
}

RPC_TABLE(group_rpcs, GROUP_RPCS);
