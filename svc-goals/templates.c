/* SPDX-License-Identifier: Apache-2.0 */
/* Goals to start from. Admins write them; how often they were used is said only of enough people. */
#include "common/buffer.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/uuid.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/announce.h"
#include "svc-goals/goals_config.h"

#define TEMPLATE_RPCS(RPC)                                                                                             \
        RPC(ListTemplates, list_templates, Goals__ListTemplatesRequest, Goals__TemplateList)                           \
        RPC(GetTemplate, get_template, Goals__GetTemplateRequest, Goals__Template)                                     \
        RPC(CreateTemplate, create_template, Goals__CreateTemplateRequest, Goals__Template)                            \
        RPC(UpdateTemplate, update_template, Goals__UpdateTemplateRequest, Goals__Template)                            \
        RPC(DeleteTemplate, delete_template, Goals__GetTemplateRequest, Sfp__Empty)
RPC_DECLARE(TEMPLATE_RPCS)

#define TEMPLATE_FIELDS                                                                                                \
        "t.id, t.goal_category, t.title, t.description, t.default_target_range, t.milestone_percentages,"              \
        " t.suggested_strategy, t.tags, t.version"

/* `k`: the place of MIN_COHORT_SIZE. */
#define TEMPLATE_COLUMNS(k)                                                                                            \
        TEMPLATE_FIELDS ", CASE WHEN u.adopted >= " k " THEN u.adopted END AS adopted_count,"                          \
                        " CASE WHEN u.completed >= " k " THEN u.completed END AS completed_count"
#define TEMPLATE_SOURCE                                                                                                \
        "goal_templates t LEFT JOIN LATERAL (SELECT count(DISTINCT w.owner_tag)::integer AS adopted,"                  \
        " count(DISTINCT w.owner_tag) FILTER (WHERE s.status = 'completed')::integer AS completed"                     \
        " FROM anonymous_goal_shares s JOIN share_owners w ON w.share_id = s.id WHERE s.template_id = t.id) u ON true"

static const char SQL_LIST[] = "SELECT " TEMPLATE_COLUMNS(
        "$4") ", t.position AS page_key, t.id AS page_id FROM " TEMPLATE_SOURCE
              " WHERE (t.position, t.id) < ($1::bigint, $2::uuid) AND ($3::text IS NULL OR t.goal_category = $3)"
              " ORDER BY t.position DESC, t.id DESC";
static const char SQL_GET[] = "SELECT " TEMPLATE_COLUMNS("$2") " FROM " TEMPLATE_SOURCE " WHERE t.id = $1";
static const char SQL_INSERT[] =
        "INSERT INTO goal_templates AS t (id, position, goal_category, title, description, default_target_range,"
        " milestone_percentages, suggested_strategy, tags) SELECT $1, coalesce(max(position), 0) + 10, $2, $3, $4, $5,"
        " coalesce($6::text::integer[], '{25,50,75,100}'), $7, $8 FROM goal_templates RETURNING " TEMPLATE_FIELDS;
static const char SQL_LOCK[] = "SELECT " TEMPLATE_FIELDS " FROM goal_templates t WHERE t.id = $1 FOR UPDATE";
static const char SQL_UPDATE[] =
        "UPDATE goal_templates AS t SET title = coalesce($2, title), description = coalesce($3, description),"
        " default_target_range = coalesce($4, default_target_range),"
        " milestone_percentages = coalesce($5::text::integer[], milestone_percentages),"
        " suggested_strategy = coalesce($6, suggested_strategy), tags = coalesce($7, tags), version = version + 1"
        " WHERE t.id = $1 RETURNING " TEMPLATE_FIELDS;
static const char SQL_DELETE[] = "DELETE FROM goal_templates WHERE id = $1";

static int cohort_min(const struct call *call)
{
        return (int)((const struct goals_config *)call->service->config)->min_cohort_size;
}

static status list_templates(struct call *call, const Goals__ListTemplatesRequest *in, Goals__TemplateList *out)
{
        return page_rows(call, &in->base, &out->base, SQL_LIST, in->goal_category, cohort_min(call));
}

static status get_template(struct call *call, const Goals__GetTemplateRequest *in, Goals__Template *out)
{
        return db_one(call, &out->base, SQL_GET, in->template_id, cohort_min(call));
}

/* As PostgreSQL reads an array; NULL when there are none. */
static status write_milestones(struct call *call, size_t n, const int32_t *percentages, const char **out)
{
        struct buffer list = buffer_in(call->arena);
        *out = NULL;
        for (size_t i = 0; i < n; i++) {
                if (i > 0 && percentages[i] <= percentages[i - 1])
                        return call_invalid(call, "milestone_percentages", "not_allowed", "must rise");
                buffer_printf(&list, "%c%d", i == 0 ? '{' : ',', percentages[i]);
        }
        if (n == 0)
                return STATUS_OK;
        buffer_puts(&list, "}");
        *out = buffer_text(&list);
        return STATUS_OK;
}

static status create_template(struct call *call, const Goals__CreateTemplateRequest *in, Goals__Template *out)
{
        char id[UUID_SIZE];
        const char *milestones;
        uuid_v7(id);
        TRY(write_milestones(call, in->n_milestone_percentages, in->milestone_percentages, &milestones));
        TRY(db_one(call, &out->base, SQL_INSERT, id, in->goal_category, in->title, in->description,
                in->default_target_range, milestones, in->suggested_strategy, db_texts(in->n_tags, in->tags)));
        return announce_template(call, out->id);
}

static status load_for_change(struct call *call, const char *id)
{
        Goals__Template old = GOALS__TEMPLATE__INIT;
        TRY(db_one(call, &old.base, SQL_LOCK, id));
        return call_require_version(call, old.version);
}

static status update_template(struct call *call, const Goals__UpdateTemplateRequest *in, Goals__Template *out)
{
        const char *milestones;
        TRY(write_milestones(call, in->n_milestone_percentages, in->milestone_percentages, &milestones));
        TRY(load_for_change(call, in->template_id));
        TRY(db_one(call, &out->base, SQL_UPDATE, in->template_id, in->title, in->description, in->default_target_range,
                milestones, in->suggested_strategy, in->n_tags == 0 ? db_null() : db_texts(in->n_tags, in->tags)));
        return announce_template(call, in->template_id);
}

static status delete_template(struct call *call, const Goals__GetTemplateRequest *in, Sfp__Empty *out)
{
        (void)out;
        TRY(load_for_change(call, in->template_id));
        TRY(db_later(call, NULL, SQL_DELETE, in->template_id));
        return announce_template(call, in->template_id);
}

RPC_TABLE(template_rpcs, TEMPLATE_RPCS);
