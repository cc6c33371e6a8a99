/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/badges.h"

#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "svc-anonymize/profile.h"

#include <string.h>

#define BADGE_RPCS(RPC)                                                                                                \
        RPC(ListAchievements, list_achievements, Anonymize__ListAchievementsRequest, Anonymize__AchievementList)
RPC_DECLARE(BADGE_RPCS)

static const struct badge {
        const char *id;
        const char *name;
        const char *level;
        const char *measure;
        int bar;
} badges[] = {
#define BADGE(id, name, level, measure, bar) {id, name, level, measure, bar},
#include "svc-anonymize/badges.def"
#undef BADGE
};

enum { BADGES = sizeof badges / sizeof *badges };

static const char SQL_COUNT[] = "SELECT reason, count(*)::integer AS count FROM reputation_entries"
                                " WHERE user_id = $1 AND reason = $2 AND voided_at IS NULL GROUP BY reason";
static const char SQL_COUNTS[] = "SELECT reason, count(*)::integer AS count FROM reputation_entries"
                                 " WHERE user_id = $1 AND voided_at IS NULL GROUP BY reason";
static const char SQL_AWARD[] =
        "INSERT INTO badge_awards (user_id, badge_id, award_key) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING"
        " RETURNING badge_id, award_key";
static const char SQL_WEAR[] =
        "UPDATE user_social_profiles SET achievement_badges = array_append(achievement_badges, $2) WHERE id = $1";
static const char SQL_EARNED[] = "SELECT badge_id, award_key, earned_at FROM badge_awards WHERE user_id = $1";

static int count_of(const Anonymize__ReasonCounts *counts, const char *reason)
{
        for (size_t i = 0; i < counts->n_items; i++)
                if (strcmp(counts->items[i]->reason, reason) == 0)
                        return counts->items[i]->count;
        return 0;
}

static int measure_of(
        const struct badge *badge, const Anonymize__Standing *standing, const Anonymize__ReasonCounts *counts)
{
        if (strcmp(badge->measure, "reputation_score") == 0)
                return standing->reputation_score;
        if (strcmp(badge->measure, "total_contributions") == 0)
                return standing->total_contributions;
        return count_of(counts, badge->measure);
}

static status announce(struct call *call, const Anonymize__Standing *standing, const Anonymize__Achievement *award)
{
        Anonymize__BadgeAwarded event = ANONYMIZE__BADGE_AWARDED__INIT;
        event.profile_id = standing->id;
        event.user_id = standing->user_id;
        event.badge_id = award->badge_id;
        event.award_key = award->award_key;
        event.n_recipient_user_ids = 1;
        event.recipient_user_ids = (char **)(size_t)&standing->user_id;
        return event_publish(call, &event.base);
}

static status award(struct call *call, const Anonymize__Standing *standing, const struct badge *badge)
{
        Anonymize__Achievement awarded = ANONYMIZE__ACHIEVEMENT__INIT;
        status given = db_one(call, &awarded.base, SQL_AWARD, standing->user_id, badge->id);
        if (given != STATUS_OK)
                return given == STATUS_NOT_FOUND ? STATUS_OK : given;
        TRY(db_later(call, NULL, SQL_WEAR, standing->id, badge->id));
        return announce(call, standing, &awarded);
}

status badges_award(struct call *call, const Anonymize__Standing *standing, const char *reason)
{
        Anonymize__ReasonCounts counts = ANONYMIZE__REASON_COUNTS__INIT;
        TRY(db_rows(call, &counts.base, "items", SQL_COUNT, standing->user_id, reason));
        for (size_t i = 0; i < BADGES; i++)
                if (measure_of(&badges[i], standing, &counts) >= badges[i].bar)
                        TRY(award(call, standing, &badges[i]));
        return STATUS_OK;
}

static const Anonymize__Achievement *find_award(const Anonymize__AchievementList *earned, const char *badge_id)
{
        for (size_t i = 0; i < earned->n_items; i++)
                if (strcmp(earned->items[i]->badge_id, badge_id) == 0)
                        return earned->items[i];
        return NULL;
}

static int progress_of(int measure, int bar)
{
        if (measure <= 0)
                return 0;
        return measure >= bar ? 100 : (int)((int64_t)measure * 100 / bar);
}

static Anonymize__Achievement *show(
        struct call *call, const struct badge *badge, int measure, const Anonymize__Achievement *award)
{
        Anonymize__Achievement *out = arena_alloc(call->arena, sizeof *out);
        anonymize__achievement__init(out);
        out->badge_id = (char *)(size_t)badge->id;
        out->name = (char *)(size_t)badge->name;
        out->level = (char *)(size_t)badge->level;
        out->has_progress = 1;
        out->progress = award != NULL ? 100 : progress_of(measure, badge->bar);
        out->award_key = award == NULL ? NULL : award->award_key;
        out->earned_at = award == NULL ? NULL : award->earned_at;
        return out;
}

static status list_achievements(
        struct call *call, const Anonymize__ListAchievementsRequest *in, Anonymize__AchievementList *out)
{
        Anonymize__Profile profile = ANONYMIZE__PROFILE__INIT;
        Anonymize__Standing standing = ANONYMIZE__STANDING__INIT;
        Anonymize__ReasonCounts counts = ANONYMIZE__REASON_COUNTS__INIT;
        Anonymize__AchievementList earned = ANONYMIZE__ACHIEVEMENT_LIST__INIT;
        const char *user = call->caller->user_id;
        TRY(profile_load_own(call, &profile));
        TRY(db_rows(call, &counts.base, "items", SQL_COUNTS, user));
        TRY(db_rows(call, &earned.base, "items", SQL_EARNED, user));
        standing.reputation_score = profile.reputation_score;
        standing.total_contributions = profile.total_contributions;
        out->items = arena_alloc(call->arena, BADGES * sizeof *out->items);
        for (size_t i = 0; i < BADGES; i++) {
                const Anonymize__Achievement *award = find_award(&earned, badges[i].id);
                if (in->all || award != NULL)
                        out->items[out->n_items++] =
                                show(call, &badges[i], measure_of(&badges[i], &standing, &counts), award);
        }
        return STATUS_OK;
}

RPC_TABLE(badge_rpcs, BADGE_RPCS);
