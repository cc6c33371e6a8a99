/* SPDX-License-Identifier: Apache-2.0 */
#include "common/consumer.h"
#include "common/content.h"
#include "common/counters.h"
#include "common/personal.h"
#include "common/preview.h"
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/accesses.h"
#include "svc-anonymize/anonymize.h"
#include "svc-anonymize/credits.h"
#include "svc-anonymize/erasure.h"
#include "svc-anonymize/erasures_again.h"
#include "svc-anonymize/export.h"
#include "svc-anonymize/health.h"
#include "svc-anonymize/noise.h"
#include "svc-anonymize/retention.h"

extern const struct content_kind profile_content[];
extern const struct counter profile_counters[];
extern const struct personal_table profile_personal[];
extern const struct preview_kind profile_previews[];
extern const struct rpc badge_rpcs[];
extern const struct rpc consent_rpcs[];
extern const struct rpc credit_rpcs[];
extern const struct rpc dashboard_rpcs[];
extern const struct rpc demographics_rpcs[];
extern const struct rpc enrolment_rpcs[];
extern const struct rpc export_rpcs[];
extern const struct rpc feedback_rpcs[];
extern const struct rpc guide_rpcs[];
extern const struct rpc privacy_job_rpcs[];
extern const struct rpc privacy_ledger_rpcs[];
extern const struct rpc privacy_preview_rpcs[];
extern const struct rpc profile_rpcs[];
extern const struct rpc public_profile_rpcs[];
extern const struct rpc relationship_rpcs[];
extern const struct rpc release_rpcs[];
extern const struct rpc settings_history_rpcs[];
extern const struct rpc settings_rpcs[];
extern const struct rpc text_rpcs[];

static const struct rpc *const tables[] = {
        badge_rpcs,
        consent_rpcs,
        credit_rpcs,
        dashboard_rpcs,
        demographics_rpcs,
        enrolment_rpcs,
        export_rpcs,
        feedback_rpcs,
        guide_rpcs,
        privacy_job_rpcs,
        privacy_ledger_rpcs,
        privacy_preview_rpcs,
        profile_rpcs,
        public_profile_rpcs,
        relationship_rpcs,
        release_rpcs,
        settings_history_rpcs,
        settings_rpcs,
        text_rpcs,
        NULL,
};

/* What credits.def has rows for, and looks of staff. */
static const struct event_consumer consumers[] = {
        {"credits_forum", "forum", "community.", credits_apply},
        {"credits_groups", "groups", "groups.", credits_apply},
        {"credits_mentor", "mentor", "mentorship.", credits_apply},
        {"credits_moderation", "moderation", "moderation.action.", credits_apply},
        {"accesses_moderation", "moderation", "personal_data.accessed", access_take},
        {0},
};

static const struct job_kind jobs[] = {
        {.name = CREDIT_JOB, .run = credits_run, .tries = 8},
        {.name = ERASURE_JOB, .run = erasure_run}, /* these are tried for ever */
        {.name = ERASURE_PART_JOB, .run = erasure_part_run},
        {.name = EXPORT_PART_JOB, .run = export_part_run},
        {.name = EXPORT_END_JOB, .run = export_end_run},
        {.name = ERASURES_AGAIN_JOB "_begin", .every_ms = ERASURES_AGAIN_EVERY_MS, .tick = erasures_again_begin},
        {.name = ERASURES_AGAIN_JOB, .run = erasures_again_walk},
        {.name = "forget_old", .every_ms = 3600000, .tick = retention_forget},
        {0},
};

#define PLACE(member) offsetof(struct anonymize_config, member)
static const struct config_item config[] = {
        {"MIN_COHORT_SIZE", CONFIG_INT, PLACE(min_cohort_size), "10", 2, 10000,
                "people there must be in a group before anything is said of it"},
        {"DIFFERENTIAL_PRIVACY_EPSILON", CONFIG_REAL, PLACE(epsilon), "1.0", 0, 10,
                "what the releases of one month may cost a person's privacy in all"},
        {0},
};

static const struct service_definition anonymize = {
        .name = "anonymize",
        .purpose = "People, and what may be said about them: profiles, privacy, text cleaning, bands.",
        .descriptor = &anonymize__anonymize__descriptor,
        .tables = tables,
        .migrations = service_migrations,
        .consumers = consumers,
        .counters = profile_counters,
        .jobs = jobs,
        .config = config,
        .config_size = sizeof(struct anonymize_config),
        .content = profile_content,
        .personal = profile_personal,
        .previews = profile_previews,
        .knows_people = true,
        .dashboards = anonymize_dashboards,
        .health = anonymize_health,
};

int main(int argc, char **argv)
{
        noise_self_test();
        return service_main(argc, argv, &anonymize);
}
