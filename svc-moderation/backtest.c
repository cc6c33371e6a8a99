/* SPDX-License-Identifier: Apache-2.0 */
/* Against what people decided: a case is positive when its thing was acted on and that stands. */
#include "common/buffer.h"
#include "common/db.h"
#include "common/service.h"
#include "svc-moderation/checks.h"
#include "svc-moderation/community_rules.h"
#include "svc-moderation/words.h"

static const char SQL_DECIDED[] =
        "SELECT c.id, c.texts_sealed, EXISTS (SELECT FROM actions a WHERE a.case_id = c.id AND a.action_taken <> 'none'"
        " AND a.reversed_at IS NULL) AS was_upheld FROM cases c WHERE c.state IN ('resolved', 'under_appeal')"
        " AND c.texts_sealed IS NOT NULL ORDER BY c.new_key DESC LIMIT $1";

struct tally {
        int hits, misses, alarms, flips;
};

static bool is_flagged(struct call *call, const struct rules *rules, const char *text)
{
        struct rules_outcome outcome;
        (void)check_text(call, rules, text, &outcome);
        return outcome.verdict >= VERDICT_HOLD;
}

static status try_case(struct call *call, const struct rules *old, const struct rules *new_rules,
        Moderation__DecidedCase *decided, struct tally *tally)
{
        size_t n;
        char **texts;
        struct buffer all = buffer_in(call->arena);
        TRY(words_open_all(
                call, "texts of case", decided->id, decided->has_texts_sealed, decided->texts_sealed, &n, &texts));
        for (size_t i = 0; i < n; i++) {
                buffer_puts(&all, texts[i]);
                buffer_puts(&all, "\n\n.\n\n");
        }
        const char *text = buffer_text(&all);
        bool is_hit = is_flagged(call, new_rules, text);
        tally->flips += is_hit != is_flagged(call, old, text);
        tally->hits += is_hit && decided->was_upheld;
        tally->alarms += is_hit && !decided->was_upheld;
        tally->misses += !is_hit && decided->was_upheld;
        return STATUS_OK;
}

status community_rules_backtest(
        struct call *call, const struct rules *old, const struct rules *new_rules, Moderation__Backtest *out)
{
        struct tally tally = {0};
        Moderation__DecidedCaseList rows = MODERATION__DECIDED_CASE_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_DECIDED, (int)BACKTEST_CASES));
        ProtobufCBinaryData *sealed = arena_alloc(call->arena, rows.n_items * sizeof *sealed + 1);
        for (size_t i = 0; i < rows.n_items; i++)
                sealed[i] = rows.items[i]->texts_sealed;
        TRY(sealed_prepare(call, rows.n_items, sealed));
        for (size_t i = 0; i < rows.n_items; i++)
                TRY(try_case(call, old, new_rules, rows.items[i], &tally));
        out->has_cases = out->has_flips = 1;
        out->cases = (int32_t)rows.n_items;
        out->flips = tally.flips;
        out->has_precision = tally.hits + tally.alarms > 0;
        out->precision = out->has_precision ? (double)tally.hits / (tally.hits + tally.alarms) : 0;
        out->has_recall = tally.hits + tally.misses > 0;
        out->recall = out->has_recall ? (double)tally.hits / (tally.hits + tally.misses) : 0;
        return STATUS_OK;
}
