/* SPDX-License-Identifier: Apache-2.0 */
/* What this service knows of a person. The row of an erasure that runs stays until its end, without which nobody would
 * know whom to forget. */
#include "common/personal.h"
#include "common/preview.h"
#include "svc-anonymize/accesses.h"
#include "svc-anonymize/budget.h"
#include "svc-anonymize/consents.h"
#include "svc-anonymize/demographics.h"
#include "svc-anonymize/feedback.h"

const struct personal_table profile_personal[] = {
        {.name = "profile",
                .sql_export =
                        "SELECT to_json(t) FROM (SELECT id, display_name, bio, avatar_url, location, expertise_areas,"
                        " interest_areas, time_zone, locale, currency, reputation_score, total_contributions,"
                        " experience_level, achievement_badges, created_at FROM user_social_profiles"
                        " WHERE user_id = $1) t",
                .feature = "profile",
                .sql_shared =
                        "SELECT count(*) AS items, max(created_at) AS last_at FROM user_social_profiles WHERE user_id = $1"},
        {.name = "privacy_settings",
                .sql_export = "SELECT to_jsonb(s) - 'user_id' FROM user_privacy_settings s WHERE user_id = $1"},
        {.name = "activity_levels",
                .sql_export = "SELECT to_jsonb(l) - 'user_id' FROM activity_levels l WHERE user_id = $1"},
        {.name = "restricted_keywords",
                .sql_export = "SELECT to_jsonb(k) - 'user_id' FROM restricted_keywords k WHERE user_id = $1"},
        {.name = "privacy_changes",
                .sql_export = "SELECT to_jsonb(c) - 'user_id' FROM privacy_changes c WHERE user_id = $1 ORDER BY id",
                .sql_erase = "DELETE FROM privacy_changes WHERE user_id = $1"},
        {.name = "relationships",
                .sql_export = "SELECT json_build_object('profile_id', p.id, 'following', following, 'muted', muted,"
                              " 'blocked', blocked, 'since', to_timestamp(since_us / 1000000)) FROM relationships r"
                              " LEFT JOIN user_social_profiles p ON p.user_id = r.target_id WHERE r.user_id = $1"
                              " AND (following OR muted OR blocked)",
                .sql_erase = "DELETE FROM relationships WHERE user_id = $1 OR target_id = $1"},
        {.name = "reputation",
                .sql_export =
                        "SELECT json_build_object('delta', delta, 'reason', reason, 'object_ref', object_ref, 'day',"
                        " day, 'voided_at', voided_at) FROM reputation_entries WHERE user_id = $1 ORDER BY id",
                .sql_erase = "DELETE FROM reputation_entries WHERE user_id = $1"},
        {.name = "badges",
                .sql_export = "SELECT to_jsonb(b) - 'user_id' FROM badge_awards b WHERE user_id = $1",
                .sql_erase = "DELETE FROM badge_awards WHERE user_id = $1"},
        {.name = "demographics",
                .export_rows = demographics_export,
                .sql_erase = "DELETE FROM demographics WHERE owner_tag = $1",
                .key = demographics_tag},
        {.name = "exports", .sql_erase = "DELETE FROM privacy_jobs WHERE user_id = $1 AND kind = 'export'"},
        /* Settings, levels and keywords go with it. */
        {.name = "profile_row", .sql_erase = "DELETE FROM user_social_profiles WHERE user_id = $1"},
        {.name = "feedback",
                .sql_export = "SELECT json_build_object('feature', feature, 'day', day, 'score', score, 'text', text)"
                              " FROM feedback WHERE person_tag = $1 ORDER BY day, feature",
                .sql_erase = "DELETE FROM feedback WHERE person_tag = $1",
                .key = feedback_tag},
        {.name = "releases_used",
                .sql_export =
                        "SELECT json_build_object('period', p.period, 'at', c.at, 'mechanism', c.mechanism, 'epsilon',"
                        " c.epsilon_micro / 1e6, 'cohort', c.cohort, 'metric', c.metric) FROM release_months m"
                        " JOIN budget_cells_of($1::bytea) p ON p.period = m.period JOIN budget_charges c ON c.cell_id = p.cell_id"
                        " ORDER BY p.period, c.metric",
                .sql_erase = "UPDATE budget_blocks SET people = overlay(people PLACING ''::bytea FROM"
                             " position($1::bytea IN people) FOR 20) WHERE bucket = get_byte($1::bytea, 0)"
                             " AND position($1::bytea IN people) > 0",
                .key = budget_tag},
        {.name = "releases_used_before",
                .sql_erase = "DELETE FROM budget_people_before WHERE owner_tag = $1"
                             " AND period IN (SELECT period FROM budget_cells)",
                .key = budget_tag},
        {.name = "consents",
                .sql_export = "SELECT to_jsonb(c) - 'owner_tag' FROM consents c WHERE owner_tag = $1 ORDER BY position",
                .sql_erase = "DELETE FROM consents WHERE owner_tag = $1",
                .key = consent_tag},
        {.name = "accesses",
                .sql_export = "SELECT json_build_object('at', at, 'purpose', purpose, 'actor_role', actor_role)"
                              " FROM personal_accesses WHERE owner_tag = $1 ORDER BY new_key",
                .sql_erase = "DELETE FROM personal_accesses WHERE owner_tag = $1",
                .key = access_tag},
        {0},
};

const struct preview_kind profile_previews[] = {
        {.resource = "profile",
                .is_single = true,
                .sql_ids = "SELECT id FROM user_social_profiles WHERE user_id = $1 AND NOT is_leaving",
                .method = "sfp.anonymize.Anonymize.GetPublicProfile",
                .id_field = "profile_id",
                .content_kind = "profile",
                .sql_connection =
                        "INSERT INTO relationships (id, user_id, target_id, following) VALUES (gen_random_uuid(), $1, $2, true)"
                        " ON CONFLICT (user_id, target_id) DO UPDATE SET following = true"},
        {0},
};
