/* SPDX-License-Identifier: Apache-2.0 */
/* What of somebody stands where others can see it. Services are asked all at once; one that is silent is unknown. */
#include "common/db.h"
#include "common/rpc.h"
#include "common/rpc_call.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/personal.pb-c.h"
#include "svc-anonymize/accesses.h"
#include "svc-anonymize/budget.h"
#include "svc-anonymize/settings.h"

#include <string.h>

#define DASHBOARD_RPCS(RPC)                                                                                            \
        RPC(GetPrivacyDashboard, get_privacy_dashboard, Anonymize__GetPrivacyDashboardRequest,                         \
                Anonymize__PrivacyDashboard)
RPC_DECLARE(DASHBOARD_RPCS)

enum { LONG_RETENTION_DAYS = 730 };

static const char SQL_STAFF[] = "SELECT count(*) AS staff_accesses_30d FROM personal_accesses WHERE owner_tag = $1"
                                " AND at > now() - interval '30 days' AND actor_role NOT LIKE 'service:%'";

/* ---- features -------------------------------------------------------------------------------------------------------
 */

static const char *level_of_profile(const Anonymize__PrivacySettings *settings)
{
        return settings->profile_visibility;
}

static const char *level_of_goals(const Anonymize__PrivacySettings *settings)
{
        return settings->goal_sharing_level;
}

static const char *level_of_comparison(const Anonymize__PrivacySettings *settings)
{
        (void)settings;
        return "aggregate";
}

static const char *level_of_community(const Anonymize__PrivacySettings *settings)
{
        (void)settings;
        return "community";
}

/* Of activities that have no level of their own. */
static const char *level_of_feed(const Anonymize__PrivacySettings *settings)
{
        for (size_t i = 0; i < settings->n_activity_levels; i++)
                if (strcmp(settings->activity_levels[i]->type, "*") == 0)
                        return settings->activity_levels[i]->level;
        return "private";
}

static const char *level_of_groups(const Anonymize__PrivacySettings *settings)
{
        (void)settings;
        return "group";
}

/* Who is asked for what, and who sees what is new there. */
static const struct {
        const char *feature;
        const char *service;
        const char *(*level)(const Anonymize__PrivacySettings *settings);
} features[] = {
        {"profile", "anonymize", level_of_profile},
        {"goal_sharing", "goals", level_of_goals},
        {"peer_comparison", "peers", level_of_comparison},
        {"community", "forum", level_of_community},
        {"feed", "feed", level_of_feed},
        {"groups", "groups", level_of_groups},
        {"mentorship", "mentor", level_of_community},
};

enum { FEATURES = sizeof features / sizeof *features };

/* A service may have several tables of one feature. */
static void add_parts(const Personal__Summary *summary, Anonymize__FeatureShown *out)
{
        out->has_items = 1;
        for (size_t i = 0; i < summary->n_parts; i++) {
                const Personal__SharedPart *part = summary->parts[i];
                if (strcmp(part->feature, out->feature) != 0)
                        continue;
                out->items += part->items;
                if (part->last_at != NULL && (out->last_at == NULL || strcmp(part->last_at, out->last_at) > 0))
                        out->last_at = part->last_at;
        }
}

static void take_answer(struct call *call, struct rpc_pending *pending, Anonymize__FeatureShown *out)
{
        ProtobufCMessage *reply;
        struct call asking = *call; /* its silence is no failure of ours */
        if (rpc_wait(&asking, pending, &reply) == STATUS_OK)
                add_parts((const Personal__Summary *)reply, out);
        else
                out->has_is_unknown = out->is_unknown = 1;
        /* Who has never set a level and shares has said it by that. */
        if (out->items > 0 && strcmp(out->feature, "goal_sharing") == 0)
                out->level = (char *)(size_t) "anonymous";
}

static void ask_all(struct call *call, const Anonymize__PrivacySettings *settings, Anonymize__PrivacyDashboard *out)
{
        struct rpc_pending *pending[FEATURES];
        Personal__SummarizeRequest request = PERSONAL__SUMMARIZE_REQUEST__INIT;
        request.user_id = call->caller->user_id;
        for (size_t i = 0; i < FEATURES; i++)
                pending[i] = rpc_start(call, features[i].service, "sfp.personal.Personal.Summarize", &request.base);
        out->by_feature = arena_alloc(call->arena, FEATURES * sizeof *out->by_feature);
        for (size_t i = 0; i < FEATURES; i++) {
                Anonymize__FeatureShown *row = arena_alloc(call->arena, sizeof *row);
                anonymize__feature_shown__init(row);
                row->feature = (char *)(size_t)features[i].feature;
                row->level = (char *)(size_t)features[i].level(settings);
                take_answer(call, pending[i], row);
                out->by_feature[out->n_by_feature++] = row;
        }
}

/* ---- warnings -------------------------------------------------------------------------------------------------------
 */

static bool shares_all_bands(const Anonymize__PrivacySettings *settings)
{
        return settings->share_age_range && settings->share_income_range && settings->share_location_region;
}

static bool shares_amounts_with_bands(const Anonymize__PrivacySettings *settings)
{
        return settings->share_goal_amounts &&
               (settings->share_age_range || settings->share_income_range || settings->share_location_region);
}

static bool is_open_to_all(const Anonymize__PrivacySettings *settings)
{
        return strcmp(settings->profile_visibility, "community") == 0 && settings->discoverable;
}

static bool tells_all_activities(const Anonymize__PrivacySettings *settings)
{
        return strcmp(level_of_feed(settings), "community") == 0;
}

static bool keeps_long(const Anonymize__PrivacySettings *settings)
{
        return settings->retention_days > LONG_RETENTION_DAYS;
}

static const struct {
        const char *code;
        bool (*is_due)(const Anonymize__PrivacySettings *settings);
        const char *text;
} warnings[] = {
        {"all_bands_shared", shares_all_bands,
                "Age, income and place stand together on your shared goals: few people are all three."},
        {"amounts_with_bands", shares_amounts_with_bands,
                "The range of the amount stands beside what your goals say of you: an amount can be recognised."},
        {"profile_open", is_open_to_all, "Everybody can find your profile and read all of it."},
        {"activities_open", tells_all_activities,
                "What you do is told to everybody unless you say otherwise each time."},
        {"long_retention", keeps_long, "The record of your settings is kept for more than two years."},
};

enum { WARNINGS = sizeof warnings / sizeof *warnings };

static void warn(struct call *call, const Anonymize__PrivacySettings *settings, Anonymize__PrivacyDashboard *out)
{
        out->warnings = arena_alloc(call->arena, WARNINGS * sizeof *out->warnings);
        for (size_t i = 0; i < WARNINGS; i++) {
                if (!warnings[i].is_due(settings))
                        continue;
                Anonymize__PrivacyWarning *row = arena_alloc(call->arena, sizeof *row);
                anonymize__privacy_warning__init(row);
                row->code = (char *)(size_t)warnings[i].code;
                row->text = (char *)(size_t)warnings[i].text;
                out->warnings[out->n_warnings++] = row;
        }
}

static status get_privacy_dashboard(
        struct call *call, const Anonymize__GetPrivacyDashboardRequest *in, Anonymize__PrivacyDashboard *out)
{
        (void)in;
        Anonymize__PrivacySettings settings = ANONYMIZE__PRIVACY_SETTINGS__INIT;
        status found = settings_load(call, call->caller->user_id, &settings);
        if (found == STATUS_NOT_FOUND)
                return call_fail(call, found, "there is no profile yet: POST /initialize-profile makes it");
        TRY(found);
        TRY(db_one(call, &out->base, SQL_STAFF, access_tag(call, call->caller->user_id)));
        ask_all(call, &settings, out);
        warn(call, &settings, out);
        out->budget = arena_alloc(call->arena, sizeof *out->budget);
        anonymize__budget__init(out->budget);
        return budget_show(call, call->caller->user_id, NULL, out->budget);
}

RPC_TABLE(dashboard_rpcs, DASHBOARD_RPCS);
