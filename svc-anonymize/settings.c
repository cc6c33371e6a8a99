/* SPDX-License-Identifier: Apache-2.0 */
/* Settings are changed under the version their owner has seen, so that no stale page turns anything on again. Each
 * change leaves a row in privacy_changes. */
#include "svc-anonymize/settings.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/consents.h"
#include "svc-anonymize/settings_audit.h"

#include <string.h>

#define SETTINGS_RPCS(RPC)                                                                                             \
        RPC(ShowSettings, show_settings, Anonymize__ShowSettingsRequest, Anonymize__PrivacySettings)                   \
        RPC(GetSettings, get_settings, Anonymize__GetSettingsRequest, Anonymize__PrivacySettings)                      \
        RPC(UpdateSettings, update_settings, Anonymize__UpdateSettingsRequest, Anonymize__PrivacySettings)
RPC_DECLARE(SETTINGS_RPCS)

static const char SQL_MAKE[] = "INSERT INTO user_privacy_settings (user_profile_id, user_id) VALUES ($1, $2)";
static const char SQL_LOAD[] =
        "SELECT user_profile_id AS id, profile_visibility, goal_sharing_level, share_goal_amounts, share_age_range,"
        " share_income_range, share_location_region, anonymize_in_comparisons, discoverable, accept_mentor_requests,"
        " accept_group_invites, comparison_framing, retention_days, version FROM user_privacy_settings"
        " WHERE user_id = $1";
static const char SQL_LEVELS[] = "SELECT type, level FROM activity_levels WHERE user_id = $1 ORDER BY type";
static const char SQL_KEYWORDS[] =
        "SELECT phrase, whole_word, contexts, action, expires_at FROM restricted_keywords"
        " WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > now()) ORDER BY position";
static const char SQL_UPDATE[] =
        "UPDATE user_privacy_settings SET profile_visibility = coalesce($3, profile_visibility),"
        " goal_sharing_level = coalesce($4, goal_sharing_level),"
        " share_goal_amounts = coalesce($5::boolean, share_goal_amounts),"
        " share_age_range = coalesce($6::boolean, share_age_range),"
        " share_income_range = coalesce($7::boolean, share_income_range),"
        " share_location_region = coalesce($8::boolean, share_location_region),"
        " anonymize_in_comparisons = coalesce($9::boolean, anonymize_in_comparisons),"
        " discoverable = coalesce($10::boolean, discoverable),"
        " accept_mentor_requests = coalesce($11::boolean, accept_mentor_requests),"
        " accept_group_invites = coalesce($12::boolean, accept_group_invites),"
        " comparison_framing = coalesce($13, comparison_framing), retention_days = coalesce($14, retention_days),"
        " version = version + 1 WHERE user_profile_id = $1 AND version = $2 RETURNING user_profile_id AS id";
static const char SQL_SET_LEVEL[] = "INSERT INTO activity_levels (user_id, type, level) VALUES ($1, $2, $3)"
                                    " ON CONFLICT (user_id, type) DO UPDATE SET level = excluded.level";
static const char SQL_SAID[] = "SELECT (count(*) FILTER (WHERE purpose = 'goal_sharing'))::text,"
                               " (count(*) FILTER (WHERE purpose = 'mentor_requests'))::text"
                               " FROM consents WHERE owner_tag = $1";
static const char SQL_CLEAR_KEYWORDS[] = "DELETE FROM restricted_keywords WHERE user_id = $1";
static const char SQL_ADD_KEYWORD[] =
        "INSERT INTO restricted_keywords (user_id, position, phrase, whole_word, contexts, action, expires_at)"
        " VALUES ($1, $2, $3, $4::integer::boolean, $5, $6, $7)";

status settings_make(struct call *call, const char *profile_id)
{
        return db_later(call, NULL, SQL_MAKE, profile_id, call->caller->user_id);
}

status settings_load(struct call *call, const char *user_id, Anonymize__PrivacySettings *out)
{
        TRY(db_one(call, &out->base, SQL_LOAD, user_id));
        TRY(db_rows(call, &out->base, "activity_levels", SQL_LEVELS, user_id));
        return db_rows(call, &out->base, "restricted_keywords", SQL_KEYWORDS, user_id);
}

/* What nobody has ever said is no answer: who shares a goal or offers to mentor says it by that. */
static status leave_out_unsaid(struct call *call, const char *user_id, Anonymize__PrivacySettings *out)
{
        PGresult *result;
        bool is_private = out->goal_sharing_level != NULL && strcmp(out->goal_sharing_level, "private") == 0;
        if (!is_private && out->accept_mentor_requests)
                return STATUS_OK;
        TRY(db_query(call, &result, SQL_SAID, consent_tag(call, user_id)));
        if (is_private && *PQgetvalue(result, 0, 0) == '0')
                out->goal_sharing_level = NULL;
        if (!out->accept_mentor_requests && *PQgetvalue(result, 0, 1) == '0')
                out->has_accept_mentor_requests = 0;
        return STATUS_OK;
}

static status show_settings(
        struct call *call, const Anonymize__ShowSettingsRequest *in, Anonymize__PrivacySettings *out)
{
        TRY(settings_load(call, in->user_id, out));
        return leave_out_unsaid(call, in->user_id, out);
}

static status load_own(struct call *call, Anonymize__PrivacySettings *out)
{
        status found = settings_load(call, call->caller->user_id, out);
        if (found == STATUS_NOT_FOUND)
                return call_fail(call, found, "there is no profile yet: POST /initialize-profile makes it");
        return found;
}

static status get_settings(struct call *call, const Anonymize__GetSettingsRequest *in, Anonymize__PrivacySettings *out)
{
        (void)in;
        return load_own(call, out);
}

static status update_row(
        struct call *call, const Anonymize__PrivacySettings *old, const Anonymize__UpdateSettingsRequest *in)
{
        Anonymize__PrivacySettings changed = ANONYMIZE__PRIVACY_SETTINGS__INIT;
        status result = db_one(call, &changed.base, SQL_UPDATE, old->id, old->version, in->profile_visibility,
                in->goal_sharing_level, DB_OPTIONAL(in, share_goal_amounts), DB_OPTIONAL(in, share_age_range),
                DB_OPTIONAL(in, share_income_range), DB_OPTIONAL(in, share_location_region),
                DB_OPTIONAL(in, anonymize_in_comparisons), DB_OPTIONAL(in, discoverable),
                DB_OPTIONAL(in, accept_mentor_requests), DB_OPTIONAL(in, accept_group_invites), in->comparison_framing,
                DB_OPTIONAL(in, retention_days));
        if (result == STATUS_NOT_FOUND)
                return call_problem(call, PROBLEM_VERSION_MISMATCH, "they were changed meanwhile: read them again");
        return result;
}

static status update_levels(struct call *call, const Anonymize__UpdateSettingsRequest *in)
{
        for (size_t i = 0; i < in->n_activity_levels; i++)
                TRY(db_later(call, NULL, SQL_SET_LEVEL, call->caller->user_id, in->activity_levels[i]->type,
                        in->activity_levels[i]->level));
        return STATUS_OK;
}

static status update_keywords(struct call *call, const Anonymize__UpdateSettingsRequest *in)
{
        if (in->n_restricted_keywords == 0 && !in->clear_restricted_keywords)
                return STATUS_OK;
        TRY(db_later(call, NULL, SQL_CLEAR_KEYWORDS, call->caller->user_id));
        for (size_t i = 0; i < in->n_restricted_keywords; i++) {
                const Anonymize__RestrictedKeyword *word = in->restricted_keywords[i];
                TRY(db_later(call, NULL, SQL_ADD_KEYWORD, call->caller->user_id, (int)i, word->phrase, word->whole_word,
                        db_texts(word->n_contexts, word->contexts), word->action, word->expires_at));
        }
        return STATUS_OK;
}

static status announce_changes(
        struct call *call, const Anonymize__PrivacySettings *old, const struct settings_changes *changes)
{
        char now[CLOCK_RFC3339_SIZE];
        Anonymize__PrivacyChanged event = ANONYMIZE__PRIVACY_CHANGED__INIT;
        clock_rfc3339(clock_unix_us(), now);
        event.profile_id = old->id;
        event.user_id = call->caller->user_id;
        event.n_changed = changes->count;
        event.changed = changes->settings;
        event.effective_at = now;
        return event_publish(call, &event.base);
}

static status change(struct call *call, const Anonymize__PrivacySettings *old,
        const Anonymize__UpdateSettingsRequest *in, const char *channel)
{
        struct settings_changes changes = settings_compare(call->arena, old, in);
        if (changes.count == 0)
                return STATUS_OK;
        TRY(update_row(call, old, in));
        TRY(update_levels(call, in));
        TRY(update_keywords(call, in));
        TRY(settings_record(call, &changes, old->version + 1));
        TRY(consents_follow(call, &changes, channel));
        return announce_changes(call, old, &changes);
}

status settings_change(struct call *call, const Anonymize__UpdateSettingsRequest *in, const char *channel)
{
        Anonymize__PrivacySettings old = ANONYMIZE__PRIVACY_SETTINGS__INIT;
        TRY(load_own(call, &old));
        return change(call, &old, in, channel);
}

static status update_settings(
        struct call *call, const Anonymize__UpdateSettingsRequest *in, Anonymize__PrivacySettings *out)
{
        Anonymize__PrivacySettings old = ANONYMIZE__PRIVACY_SETTINGS__INIT;
        TRY(load_own(call, &old));
        TRY(call_require_version(call, old.version));
        TRY(change(call, &old, in, "settings"));
        TRY(consents_note(call, in, "settings"));
        return load_own(call, out);
}

RPC_TABLE(settings_rpcs, SETTINGS_RPCS);
