/* SPDX-License-Identifier: Apache-2.0 */
/* The framing follows what field studies say of peer rates: a low rank discourages, so by default it is not told, and
 * the next step is; who is above others is confirmed and never told to slacken. */
#include "svc-peers/comparing.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/rpc_call.h"
#include "sfp/profile.pb-c.h"
#include "svc-peers/released.h"
#include "svc-peers/snapshot.h"

#include <math.h>
#include <string.h>

enum { LOWEST_QUARTER = 25, UPPER_QUARTER = 75 };

static const char SQL_LATEST[] =
        "SELECT s.id, s.user_id, s.period, s.sealed, r.period IS NOT NULL AS is_released FROM metric_snapshots s"
        " LEFT JOIN released_periods r ON r.period = s.period AND r.released_at IS NOT NULL WHERE s.user_id = $1"
        " ORDER BY r.period IS NULL, s.period DESC LIMIT 1";

static const struct {
        const char *metric;
        const char *behaviour;
        const char *suggestion;
} advice[METRICS] = {
#define ADVICE(metric, behaviour, suggestion) {metric, behaviour, suggestion},
#include "svc-peers/advice.def"
#undef ADVICE
};

static const struct {
        const char *mode;
        bool tells_ranks;
        bool tells_low_ranks;
        const char *message;
} framings[] = {
        {"rank_safe", true, false,
                "Small steps count: what is next stands below. Where you do well, keep at it; people like you do, too."},
        {"ranks", true, true,
                "A percentile says how many of the group do less well. It is no mark of what you are worth."},
        {"hidden", false, false, "Ranks are hidden, as you have set it. What is next stands below."},
};

struct wish comparing_wish(int level, size_t n_metrics, char *const *metrics)
{
        struct wish wish = {.level = level};
        for (int i = 0; i < METRICS; i++)
                wish.wants[i] = n_metrics == 0;
        for (size_t i = 0; i < n_metrics; i++)
                wish.wants[policy_metric(metrics[i])] = true;
        return wish;
}

/* As set, and the gentlest where nobody answers. */
static size_t framing_of(struct call *call)
{
        ProtobufCMessage *reply;
        struct call asking = *call; /* its silence is no failure of ours */
        Anonymize__ShowSettingsRequest request = ANONYMIZE__SHOW_SETTINGS_REQUEST__INIT;
        request.user_id = call->caller->user_id;
        if (rpc_call(&asking, "sfp.anonymize.Anonymize.ShowSettings", &request.base, &reply) != STATUS_OK)
                return 0;
        const char *mode = ((const Anonymize__PrivacySettings *)reply)->comparison_framing;
        for (size_t i = 0; mode != NULL && i < sizeof framings / sizeof *framings; i++)
                if (strcmp(framings[i].mode, mode) == 0)
                        return i;
        return 0;
}

/* What a comparison is made with. */
struct making {
        const struct wish *wish;
        const Peers__Snapshot *own;
        struct released released;
        size_t framing;
        double widths; /* of the intervals told */
        int n_known;
};

static void set_percentile(Peers__Comparison *out, int metric, int percentile)
{
        const struct {
                int32_t *value;
                protobuf_c_boolean *is_set;
        } fields[METRICS] = {
                {&out->savings_rate_percentile, &out->has_savings_rate_percentile},
                {&out->emergency_fund_percentile, &out->has_emergency_fund_percentile},
                {&out->debt_to_income_percentile, &out->has_debt_to_income_percentile},
                {&out->financial_discipline_percentile, &out->has_financial_discipline_percentile},
        };
        *fields[metric].value = percentile;
        *fields[metric].is_set = 1;
}

static void add_interval(struct call *call, Peers__Comparison *out, int metric, const struct standing *standing)
{
        Peers__MetricInterval *interval = arena_alloc(call->arena, sizeof *interval);
        peers__metric_interval__init(interval);
        interval->metric = (char *)(size_t)policy_metrics[metric].name;
        interval->has_low = interval->has_high = 1;
        interval->low = standing->low;
        interval->high = standing->high;
        out->intervals[out->n_intervals++] = interval;
}

/* The bin above one's own, or below it where less is better. */
static void add_next_band(struct call *call, Peers__Comparison *out, int metric, double value)
{
        const struct metric *row = &policy_metrics[metric];
        int next = policy_bin(row, value) + (row->is_more_better ? 1 : -1);
        if (next < 0 || next >= row->n_bins)
                return;
        Peers__NextBand *band = arena_alloc(call->arena, sizeof *band);
        peers__next_band__init(band);
        band->metric = (char *)(size_t)row->name;
        band->target = policy_bin_name(call->arena, row, next);
        out->framing->next_bands[out->framing->n_next_bands++] = band;
}

static bool is_told(const struct making *making, const struct standing *standing)
{
        return framings[making->framing].tells_ranks &&
               (framings[making->framing].tells_low_ranks || standing->percentile >= LOWEST_QUARTER);
}

static void suppress(Peers__Comparison *out, int metric)
{
        out->explanation->suppressed[out->explanation->n_suppressed++] = (char *)(size_t)policy_metrics[metric].name;
}

static void compare_metric(struct call *call, struct making *making, int metric, Peers__Comparison *out)
{
        double value;
        struct standing standing = {0};
        const Peers__CohortRow *row = making->released.metrics[metric];
        if (!policy_value(making->own, metric, &value)) {
                suppress(out, metric);
                return;
        }
        out->explanation->inputs_used[out->explanation->n_inputs_used++] = (char *)(size_t)policy_metrics[metric].name;
        if (row != NULL)
                standing = policy_standing(&policy_metrics[metric],
                        &(struct released_counts){row->n_counts, row->counts, row->epsilon_micro, row->n_parts}, value);
        if (standing.is_known && is_told(making, &standing)) {
                set_percentile(out, metric, standing.percentile);
                add_interval(call, out, metric, &standing);
        } else {
                suppress(out, metric);
        }
        add_next_band(call, out, metric, value);
        making->widths += standing.is_known ? standing.high - standing.low : 100;
        making->n_known++;
        if (standing.is_known && standing.percentile >= UPPER_QUARTER)
                return;
        out->top_performing_behaviors[out->n_top_performing_behaviors++] = (char *)(size_t)advice[metric].behaviour;
        out->improvement_suggestions[out->n_improvement_suggestions++] = (char *)(size_t)advice[metric].suggestion;
}

static void make_room(struct call *call, size_t framing, Peers__Comparison *out)
{
        out->intervals = arena_alloc(call->arena, METRICS * sizeof *out->intervals);
        out->top_performing_behaviors = arena_alloc(call->arena, METRICS * sizeof(char *));
        out->improvement_suggestions = arena_alloc(call->arena, METRICS * sizeof(char *));
        out->framing = arena_alloc(call->arena, sizeof *out->framing);
        peers__framing__init(out->framing);
        out->framing->mode = (char *)(size_t)framings[framing].mode;
        out->framing->message = (char *)(size_t)framings[framing].message;
        out->framing->next_bands = arena_alloc(call->arena, METRICS * sizeof *out->framing->next_bands);
        out->explanation = arena_alloc(call->arena, sizeof *out->explanation);
        peers__explanation__init(out->explanation);
        out->explanation->formula =
                (char *)(size_t) "(people in lower bins + half of your own bin) / all people, of the"
                                 " released histogram with negative counts as none";
        out->explanation->inputs_used = arena_alloc(call->arena, METRICS * sizeof(char *));
        out->explanation->suppressed = arena_alloc(call->arena, METRICS * sizeof(char *));
}

static void show_cohort(struct call *call, const struct making *making, Peers__Comparison *out)
{
        const struct released *released = &making->released;
        out->cohort_age_group = released->level < 3 ? making->own->age_group : NULL;
        out->cohort_income_range = released->level < 2 ? making->own->income_range : NULL;
        out->cohort_region = released->level < 1 ? making->own->region : NULL;
        out->has_cohort_size = 1;
        out->cohort_size = released->size;
        if (released->level > making->wish->level)
                out->widened_to = (char *)(size_t)policy_level_name(released->level);
        out->privacy_protection_applied = released_protection(call, released);
}

static void fill(struct call *call, struct making *making, Peers__Comparison *out)
{
        double score;
        make_room(call, making->framing, out);
        show_cohort(call, making, out);
        for (int i = 0; i < METRICS; i++)
                if (making->wish->wants[i])
                        compare_metric(call, making, i, out);
        if (policy_value(making->own, policy_metric("financial_discipline"), &score)) {
                out->has_financial_discipline_score = 1;
                out->financial_discipline_score = (int32_t)lround(score);
        }
        out->has_confidence_score = 1;
        out->confidence_score =
                making->n_known == 0 ? 0 : round((1 - making->widths / making->n_known / 100) * 100) / 100;
        out->generated_at = arena_alloc(call->arena, CLOCK_RFC3339_SIZE);
        clock_rfc3339(clock_unix_us(), out->generated_at);
}

static char *status_of(const Peers__SnapshotRow *row, status found)
{
        if (found == STATUS_NOT_FOUND)
                return (char *)(size_t) "not_opted_in";
        return (char *)(size_t)(row->is_released ? "ok" : "pending_release");
}

status comparing_run(struct call *call, const struct wish *wish, Peers__Comparison *out)
{
        Peers__Snapshot *own;
        Peers__SnapshotRow row = PEERS__SNAPSHOT_ROW__INIT;
        struct making making = {.wish = wish};
        status found = db_one(call, &row.base, SQL_LATEST, call->caller->user_id);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        out->status = status_of(&row, found);
        out->period = row.period;
        if (found == STATUS_NOT_FOUND || !row.is_released)
                return STATUS_OK;
        TRY(snapshot_open(call, &row, &own));
        TRY(released_find(call, row.period, own, wish->level, &making.released));
        if (making.released.cohort == NULL) {
                out->status = (char *)(size_t) "insufficient_cohort";
                return STATUS_OK;
        }
        making.own = own;
        making.framing = framing_of(call);
        fill(call, &making, out);
        return STATUS_OK;
}
