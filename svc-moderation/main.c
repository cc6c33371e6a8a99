/* SPDX-License-Identifier: Apache-2.0 */
#include "common/counters.h"
#include "common/events.h"
#include "common/jobs.h"
#include "common/personal.h"
#include "common/service.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/appeals.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/checks.h"
#include "svc-moderation/health.h"
#include "svc-moderation/held.h"
#include "svc-moderation/queue.h"
#include "svc-moderation/report_expiry.h"
#include "svc-moderation/rulebook.h"
#include "svc-moderation/sanctions.h"
#include "svc-moderation/share_counts.h"

#include <malloc.h>

extern const struct counter case_counters[];
extern const struct personal_table moderation_personal[];
extern const struct rpc appeal_rpcs[];
extern const struct rpc appeal_state_rpcs[];
extern const struct rpc audit_rpcs[];
extern const struct rpc check_rpcs[];
extern const struct rpc community_rule_rpcs[];
extern const struct rpc desk_rpcs[];
extern const struct rpc report_rpcs[];
extern const struct rpc statement_rpcs[];
extern const struct rpc transparency_rpcs[];
extern const struct rpc vote_anomaly_rpcs[];

static const struct rpc *const tables[] = {check_rpcs, report_rpcs, desk_rpcs, statement_rpcs, appeal_rpcs,
        appeal_state_rpcs, community_rule_rpcs, audit_rpcs, transparency_rpcs, vote_anomaly_rpcs, NULL};

#define PLACE(member) offsetof(struct moderation_config, member)
static const struct config_item config[] = {
        {"MODERATION_CONFIDENCE_THRESHOLD", CONFIG_REAL, PLACE(confidence_threshold), "0.8", 0, 1,
                "how sure moderation must be to act by itself"},
        {"ENABLE_AUTO_MODERATION", CONFIG_BOOL, PLACE(is_automatic), "true", 0, 0,
                "false: nothing is refused by machine, people look instead"},
        {"HUMAN_REVIEW_QUEUE_SIZE", CONFIG_INT, PLACE(queue_size), "1000", 1, 1000000,
                "cases in the queue; when it is full, urgent ones enter all the same and others wait for room"},
        {"MODERATION_MODEL", CONFIG_TEXT, PLACE(model_path), "", 0, 0,
                "file of the classifier, read anew when it is replaced; empty: the one built in"},
        {0},
};

static const struct event_consumer consumers[] = {
        {"transparency", "goals", "goals.share.", count_share_event},
        {"held_anonymize", "anonymize", "content.held", take_held},
        {"held_feed", "feed", "content.held", take_held},
        {"held_forum", "forum", "content.held", take_held},
        {"held_goals", "goals", "content.held", take_held},
        {"held_groups", "groups", "content.held", take_held},
        {"held_mentor", "mentor", "content.held", take_held},
        {0},
};

static const struct event_listener listeners[] = {
        {NULL, "moderation.rules.changed", rulebook_hear},
        {0},
};

static const struct job_kind jobs[] = {
        {.name = "fill_queue", .every_ms = QUEUE_FILL_MS, .tick = queue_fill},
        {.name = "expire_reports", .every_ms = REPORT_EXPIRY_EVERY_MS, .tick = reports_expire},
        {.name = JOB_CASE_LEASE, .run = case_lease_end},
        {.name = JOB_CASE_WINDOW, .run = case_window_end},
        {.name = JOB_SANCTION_END, .run = sanction_time_is_over},
        {.name = JOB_APPEAL_DUE, .run = appeal_is_due},
        {.name = JOB_APPEAL_ANSWER, .run = appeal_answer_is_due},
        {0},
};

static status open_moderation(struct service *service)
{
        const struct moderation_config *settings = service->config;
        TRY(rulebooks_new(settings->model_path, (struct rulebooks **)&service->state));
        malloc_trim(0); /* what compiling the rules took is some megabytes, and is not needed again */
        return STATUS_OK;
}

static void close_moderation(struct service *service)
{
        rulebooks_free(service->state);
}

static const struct service_definition definition = {
        .name = "moderation",
        .purpose = "Rules on texts before anybody else sees them, and a desk where people rule.",
        .descriptor = &moderation__moderation__descriptor,
        .tables = tables,
        .config = config,
        .config_size = sizeof(struct moderation_config),
        .migrations = service_migrations,
        .consumers = consumers,
        .listeners = listeners,
        .counters = case_counters,
        .jobs = jobs,
        .personal = moderation_personal,
        .knows_people = true,
        .dashboards = moderation_dashboards,
        .health = moderation_health,
        .is_prompt = rulebook_is_prompt,
        .open = open_moderation,
        .close = close_moderation,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &definition);
}
