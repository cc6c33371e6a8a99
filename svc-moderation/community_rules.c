/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/community_rules.h"
#include "svc-moderation/audit.h"

#include "common/db.h"
#include "common/event.h"
#include "common/frame.h"
#include "common/rpc.h"
#include "svc-moderation/keywords.h"
#include "svc-moderation/rulebook.h"

#include <string.h>

#define COMMUNITY_RULE_RPCS(RPC)                                                                                       \
        RPC(GetRules, get_rules, Moderation__GetRulesRequest, Moderation__Rulebook)                                    \
        RPC(PutRules, put_rules, Moderation__PutRulesRequest, Moderation__Rulebook)
RPC_DECLARE(COMMUNITY_RULE_RPCS)

/* A pattern holds no more, or too many needles would be read of it (needles.h) to know any. */
enum { KEYWORDS_TOGETHER = 50 };

static const char SQL_GET[] = "SELECT version, packed FROM rulebooks ORDER BY version DESC LIMIT 1";
/* Whoever changes the rules at the same moment waits, and finds another version. */
static const char SQL_LOCK[] = "LOCK TABLE rulebooks IN EXCLUSIVE MODE";
static const char SQL_INSERT[] = "INSERT INTO rulebooks (version, packed) VALUES ($1, $2)";

static void set_bars(struct rules *rules, const Moderation__Rulebook *book)
{
        for (size_t i = 0; i < book->n_thresholds; i++) {
                const Moderation__CategoryThreshold *at = book->thresholds[i];
                double review = at->has_review ? at->review : at->act < RULES_REVIEW ? at->act : RULES_REVIEW;
                enum rules_category category = rules_category_find(at->category);
                if (category < CATEGORY_COUNT)
                        rules_set_bar(rules, category, (struct rules_bar){at->act, review});
        }
}

struct extras {
        size_t count;
        struct rules_extra all[RULES_EXTRA_MAX];
};

static void add_extra(struct extras *extras, const Moderation__Rule *rule, const char *pattern)
{
        if (extras->count < RULES_EXTRA_MAX)
                extras->all[extras->count++] = (struct rules_extra){rule->id, rules_category_find(rule->category),
                        rule->has_threshold ? rule->threshold : RULES_REVIEW, pattern};
}

static void add_rule(struct arena *arena, struct extras *extras, const Moderation__Rule *rule)
{
        for (size_t i = 0; i < rule->n_patterns; i++)
                add_extra(extras, rule, rule->patterns[i]);
        for (size_t i = 0; i < rule->n_keywords; i += KEYWORDS_TOGETHER) {
                size_t left = rule->n_keywords - i;
                size_t count = left < KEYWORDS_TOGETHER ? left : KEYWORDS_TOGETHER;
                add_extra(extras, rule, keywords_pattern(arena, count, rule->keywords + i));
        }
}

status community_rules_compile(struct arena *arena, const Moderation__Rulebook *book, struct rules **out)
{
        struct extras *extras = arena_alloc(arena, sizeof *extras);
        extras->count = 0;
        for (size_t i = 0; i < book->n_rules; i++)
                add_rule(arena, extras, book->rules[i]);
        TRY(rules_new(extras->count, extras->all, out));
        set_bars(*out, book);
        return STATUS_OK;
}

/* Text and threshold are for everybody, what is looked for is for those who write it. */
static void hide_what_is_sought(const struct call *call, Moderation__Rulebook *book)
{
        bool is_admin = call_has_role(call, "admin");
        for (size_t i = 0; !is_admin && i < book->n_rules; i++) {
                book->rules[i]->n_patterns = 0;
                book->rules[i]->patterns = NULL;
                book->rules[i]->n_keywords = 0;
                book->rules[i]->keywords = NULL;
        }
}

static status load(struct call *call, Moderation__Rulebook *out)
{
        Moderation__RulebookRow row = MODERATION__RULEBOOK_ROW__INIT;
        status found = db_one(call, &row.base, SQL_GET);
        out->id = (char *)(size_t) "rules";
        out->has_version = 1;
        out->version = RULEBOOK_FIRST;
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        Moderation__Rulebook *kept;
        if (frame_unpack(call->arena, &moderation__rulebook__descriptor, row.packed.data, row.packed.len,
                    (ProtobufCMessage **)&kept) != STATUS_OK)
                return call_fail(call, STATUS_DATA_LOSS, "the rules cannot be read");
        *out = *kept;
        out->has_version = 1;
        out->version = row.version;
        return STATUS_OK;
}

static status get_rules(struct call *call, const Moderation__GetRulesRequest *in, Moderation__Rulebook *out)
{
        (void)in;
        TRY(load(call, out));
        hide_what_is_sought(call, out);
        return STATUS_OK;
}

static bool is_repeated(const Moderation__PutRulesRequest *in, size_t i)
{
        for (size_t before = 0; before < i; before++)
                if (strcmp(in->rules[before]->id, in->rules[i]->id) == 0)
                        return true;
        return false;
}

static status check_rule(struct call *call, const Moderation__PutRulesRequest *in, size_t i)
{
        const Moderation__Rule *rule = in->rules[i];
        const char *path = arena_printf(call->arena, "rules[%zu]", i);
        if (is_repeated(in, i))
                return call_invalid(
                        call, arena_printf(call->arena, "%s.id", path), "not_allowed", "stands there twice");
        for (size_t p = 0; p < rule->n_patterns; p++)
                if (!rules_pattern_is_valid(rule->patterns[p]))
                        return call_invalid(call, arena_printf(call->arena, "%s.patterns[%zu]", path, p), "malformed",
                                "is no pattern that PCRE2 understands");
        for (size_t k = 0; k < rule->n_keywords; k++)
                if (!keyword_is_valid(call->arena, rule->keywords[k]))
                        return call_invalid(call, arena_printf(call->arena, "%s.keywords[%zu]", path, k), "malformed",
                                "must have two Latin letters or figures, and no other letters");
        return STATUS_OK;
}

static status check_thresholds(struct call *call, const Moderation__PutRulesRequest *in)
{
        for (size_t i = 0; i < in->n_thresholds; i++) {
                const Moderation__CategoryThreshold *at = in->thresholds[i];
                if (at->has_review && at->review > at->act)
                        return call_invalid(call, arena_printf(call->arena, "thresholds[%zu].review", i),
                                "out_of_range", "is above act");
                for (size_t before = 0; before < i; before++)
                        if (strcmp(in->thresholds[before]->category, at->category) == 0)
                                return call_invalid(call, arena_printf(call->arena, "thresholds[%zu].category", i),
                                        "not_allowed", "stands there twice");
        }
        return STATUS_OK;
}

static status try_on_cases(struct call *call, const Moderation__Rulebook *book, Moderation__Backtest *out)
{
        struct rules *new_rules;
        struct rulebook *old = rulebook_take(call);
        status result = community_rules_compile(call->arena, book, &new_rules);
        if (result == STATUS_OK) {
                result = community_rules_backtest(call, rulebook_rules(old), new_rules, out);
                rules_free(new_rules);
        }
        rulebook_put(old);
        return result;
}

static status keep(struct call *call, const Moderation__Rulebook *book)
{
        Moderation__RulesChanged event = MODERATION__RULES_CHANGED__INIT;
        size_t size = moderation__rulebook__get_packed_size(book);
        ProtobufCBinaryData packed = {size, arena_alloc(call->arena, size + 1)};
        moderation__rulebook__pack(book, packed.data);
        TRY(db_later(call, NULL, SQL_INSERT, (long long)book->version, packed));
        TRY(audit_record(call, &(struct audit_entry){.kind = "rules",
                                       .resource_id = arena_printf(call->arena, "rules-%lld", (long long)book->version),
                                       .what = "change"}));
        event.has_version = 1;
        event.version = book->version;
        return event_publish(call, &event.base);
}

static status put_rules(struct call *call, const Moderation__PutRulesRequest *in, Moderation__Rulebook *out)
{
        Moderation__Rulebook current = MODERATION__RULEBOOK__INIT;
        for (size_t i = 0; i < in->n_rules; i++)
                TRY(check_rule(call, in, i));
        TRY(check_thresholds(call, in));
        TRY(db_exec(call, SQL_LOCK));
        TRY(load(call, &current));
        TRY(call_require_version(call, current.version));
        out->id = (char *)(size_t) "rules";
        out->has_version = 1;
        out->version = current.version + 1;
        out->n_rules = in->n_rules;
        out->rules = in->rules;
        out->n_thresholds = in->n_thresholds;
        out->thresholds = in->thresholds;
        out->backtest = arena_alloc(call->arena, sizeof *out->backtest);
        moderation__backtest__init(out->backtest);
        TRY(try_on_cases(call, out, out->backtest));
        return keep(call, out);
}

RPC_TABLE(community_rule_rpcs, COMMUNITY_RULE_RPCS);
