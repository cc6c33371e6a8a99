/* SPDX-License-Identifier: Apache-2.0 */
/* Another's profile. One statement decides who sees what: nobody across a block, in either direction, and no leaving
 * person; name, picture and level everybody, as they stand beside whatever somebody does by name; the rest as the
 * settings say. */
#include "common/db.h"
#include "common/page.h"
#include "common/rpc.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/profile_columns.h"

#define PUBLIC_PROFILE_RPCS(RPC)                                                                                       \
        RPC(GetPublicProfile, get_public_profile, Anonymize__GetPublicProfileRequest, Anonymize__PublicProfile)        \
        RPC(SearchProfiles, search_profiles, Anonymize__SearchProfilesRequest, Anonymize__FoundProfiles)
RPC_DECLARE(PUBLIC_PROFILE_RPCS)

/* `theirs` is how the owner stands to the reader: whom the owner follows is a connection. */
static const char SQL_GET[] =
        "SELECT p.id, " PERSON_NAME ", " PERSON_AVATAR ", p.experience_level, NOT f.is_full AS is_limited,"
        " CASE WHEN f.is_full THEN p.bio END AS bio, CASE WHEN f.is_full THEN p.location END AS location,"
        " CASE WHEN f.is_full THEN p.expertise_areas END AS expertise_areas,"
        " CASE WHEN f.is_full THEN p.interest_areas END AS interest_areas,"
        " CASE WHEN f.is_full THEN p.reputation_score END AS reputation_score,"
        " CASE WHEN f.is_full THEN p.total_contributions END AS total_contributions,"
        " CASE WHEN f.is_full THEN p.achievement_badges END AS achievement_badges,"
        " coalesce(mine.following, false) AS \"relationship.following\","
        " coalesce(mine.muted, false) AS \"relationship.muted\", false AS \"relationship.blocked\""
        " FROM user_social_profiles p JOIN user_privacy_settings s ON s.user_profile_id = p.id"
        " LEFT JOIN relationships mine ON mine.user_id = $2 AND mine.target_id = p.user_id"
        " LEFT JOIN relationships theirs ON theirs.user_id = p.user_id AND theirs.target_id = $2"
        " CROSS JOIN LATERAL (SELECT p.user_id = $2 OR (NOT p.is_hidden AND (s.profile_visibility = 'community'"
        "  OR (s.profile_visibility = 'connections' AND coalesce(theirs.following, false)))) AS is_full) f"
        " WHERE p.id = $1 AND NOT p.is_leaving AND NOT coalesce(mine.blocked, false)"
        " AND NOT coalesce(theirs.blocked, false)";

static status get_public_profile(
        struct call *call, const Anonymize__GetPublicProfileRequest *in, Anonymize__PublicProfile *out)
{
        return db_one(call, &out->base, SQL_GET, in->profile_id, call->caller->user_id);
}

/* A name that a moderator hides is not found by. */
static const char SQL_SEARCH[] =
        "SELECT 'profile' AS \"author_ref.kind\", p.id AS \"author_ref.id\", p.display_name AS \"author_ref.display_name\","
        " p.avatar_url AS \"author_ref.avatar_url\", p.experience_level AS \"author_ref.experience_level\","
        " (extract(epoch FROM p.created_at) * 1000000)::bigint AS page_key, p.id AS page_id"
        " FROM user_social_profiles p JOIN user_privacy_settings s ON s.user_profile_id = p.id"
        " WHERE ((extract(epoch FROM p.created_at) * 1000000)::bigint, p.id) < ($1::bigint, $2::uuid)"
        " AND lower(p.display_name) LIKE lower(regexp_replace($4, '([\\\\%_])', '\\\\\\1', 'g')) || '%' AND s.discoverable"
        " AND NOT p.is_hidden AND NOT p.is_leaving AND p.user_id <> $3::uuid AND NOT EXISTS (SELECT FROM relationships r"
        "  WHERE r.blocked AND (r.user_id, r.target_id) IN (($3::uuid, p.user_id), (p.user_id, $3::uuid)))"
        " ORDER BY (extract(epoch FROM p.created_at) * 1000000)::bigint DESC, p.id DESC";

static status search_profiles(
        struct call *call, const Anonymize__SearchProfilesRequest *in, Anonymize__FoundProfiles *out)
{
        return page_rows(call, &in->base, &out->base, SQL_SEARCH, call->caller->user_id, in->q);
}

RPC_TABLE(public_profile_rpcs, PUBLIC_PROFILE_RPCS);
