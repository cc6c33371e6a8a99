/* SPDX-License-Identifier: Apache-2.0 */
/* Goals to start from. */
#include "common/page.h"
#include "common/rpc.h"
#include "sfp/goals.pb-c.h"

#define TEMPLATE_RPCS(RPC)                                                                                             \
        RPC(ListTemplates, list_templates, Goals__ListTemplatesRequest, Goals__TemplateList)                           \
        RPC(GetTemplate, get_template, Goals__GetTemplateRequest, Goals__Template)
RPC_DECLARE(TEMPLATE_RPCS)

#define TEMPLATE_COLUMNS                                                                                               \
        "id, goal_category, title, description, default_target_range, milestone_percentages, suggested_strategy, tags, version"

static const char SQL_LIST[] =
        "SELECT " TEMPLATE_COLUMNS ", position AS page_key, id AS page_id FROM goal_templates"
        " WHERE (position, id) < ($1::bigint, $2::uuid) AND ($3::text IS NULL OR goal_category = $3)"
        " ORDER BY position DESC, id DESC";
static const char SQL_GET[] = "SELECT " TEMPLATE_COLUMNS " FROM goal_templates WHERE id = $1";

static status list_templates(struct call *call, const Goals__ListTemplatesRequest *in, Goals__TemplateList *out)
{
        return page_rows(call, &in->base, &out->base, SQL_LIST, in->goal_category);
}

static status get_template(struct call *call, const Goals__GetTemplateRequest *in, Goals__Template *out)
{
        return db_one(call, &out->base, SQL_GET, in->template_id);
}

RPC_TABLE(template_rpcs, TEMPLATE_RPCS);
