/* SPDX-License-Identifier: Apache-2.0 */
/* Ruling on texts. The strictest verdict of all texts is the verdict; somebody in distress is never refused. */
#include "svc-moderation/checks.h"

#include "common/rpc.h"
#include "common/service.h"
#include "common/text.h"
#include "sfp/moderation.pb-c.h"

#include <string.h>

#define CHECK_RPCS(RPC)                                                                                                \
        RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)                                            \
        RPC(CheckContent, check_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(CHECK_RPCS)

/* POINTS_MAX: in one call, all texts together; as much as the arena of a call has room to rule on. */
enum { SUGGESTIONS_MAX = 8, POINTS_MAX = 50000 };

static const char rule_version[] = "rules-1";

/* What all texts together come to. */
struct ruling {
        enum rules_verdict verdict;
        double confidence;
        double scores[CATEGORY_COUNT];
        size_t n_spans;
};

static const char *verdict_of(const struct moderation_config *config, enum rules_verdict verdict)
{
        /* Without automation a machine refuses nothing: a person looks. */
        if (!config->is_automatic && verdict == VERDICT_BLOCK)
                verdict = VERDICT_HOLD;
        return rules_verdict_name(verdict);
}

static void add_suggestion(struct call *call, Moderation__CheckReply *out, const char *suggestion)
{
        if (out->suggestions == NULL)
                out->suggestions = arena_alloc(call->arena, SUGGESTIONS_MAX * sizeof *out->suggestions);
        for (size_t i = 0; i < out->n_suggestions; i++)
                if (strcmp(out->suggestions[i], suggestion) == 0)
                        return;
        if (out->n_suggestions < SUGGESTIONS_MAX)
                out->suggestions[out->n_suggestions++] = (char *)(size_t)suggestion;
}

static void add_spans(
        struct call *call, uint32_t text, const struct rules_outcome *outcome, Moderation__CheckReply *out)
{
        Moderation__Span **spans = arena_alloc(call->arena, (out->n_spans + outcome->n_matches) * sizeof *spans);
        if (out->n_spans > 0)
                memcpy(spans, out->spans, out->n_spans * sizeof *spans);
        for (size_t i = 0; i < outcome->n_matches; i++) {
                const struct rules_match *match = &outcome->matches[i];
                Moderation__Span *span = arena_alloc(call->arena, sizeof *span);
                moderation__span__init(span);
                span->has_text = span->has_start = span->has_length = 1;
                span->text = text;
                span->start = (uint32_t)match->start;
                span->length = (uint32_t)match->length;
                span->rule_id = (char *)(size_t)match->rule;
                span->category = (char *)(size_t)rules_category_name(match->category);
                spans[out->n_spans++] = span;
        }
        out->spans = spans;
}

static void add_outcome(struct call *call, uint32_t text, const struct rules_outcome *outcome, struct ruling *ruling,
        Moderation__CheckReply *out)
{
        /* A cry for help is answered, not refused, whatever else the text is. */
        enum rules_verdict verdict =
                outcome->resources && outcome->verdict == VERDICT_BLOCK ? VERDICT_HOLD : outcome->verdict;
        if (verdict > ruling->verdict || (verdict == ruling->verdict && outcome->confidence > ruling->confidence)) {
                ruling->verdict = verdict;
                ruling->confidence = outcome->confidence;
        }
        for (int i = 0; i < CATEGORY_COUNT; i++)
                if (outcome->scores[i] > ruling->scores[i])
                        ruling->scores[i] = outcome->scores[i];
        if (outcome->message != NULL)
                add_suggestion(call, out, outcome->message);
        add_spans(call, text, outcome, out);
}

static void list_categories(struct call *call, const struct ruling *ruling, Moderation__CheckReply *out)
{
        out->categories = arena_alloc(call->arena, CATEGORY_COUNT * sizeof *out->categories);
        for (int i = 0; i < CATEGORY_COUNT; i++) {
                if (ruling->scores[i] == 0)
                        continue;
                Moderation__Category *category = arena_alloc(call->arena, sizeof *category);
                moderation__category__init(category);
                category->name = (char *)(size_t)rules_category_name((enum rules_category)i);
                category->has_score = 1;
                category->score = ruling->scores[i];
                out->categories[out->n_categories++] = category;
        }
}

static status rule_on(struct call *call, size_t count, char *const *texts, Moderation__CheckReply *out)
{
        const struct moderation *moderation = call->service->state;
        const struct moderation_config *config = call->service->config;
        struct ruling ruling = {.verdict = VERDICT_ALLOW};
        for (size_t i = 0; i < count; i++) {
                struct rules_outcome outcome;
                rules_check(moderation->rules, call->arena, texts[i], config->confidence_threshold, &outcome);
                add_outcome(call, (uint32_t)i, &outcome, &ruling, out);
        }
        list_categories(call, &ruling, out);
        out->verdict = (char *)(size_t)verdict_of(config, ruling.verdict);
        out->has_confidence_score = 1;
        out->confidence_score = ruling.confidence;
        out->rule_version = (char *)(size_t)rule_version;
        return STATUS_OK;
}

static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        if (text_length_of_all(in->n_texts, in->texts) > POINTS_MAX)
                return call_invalid(call, "texts", "too_long", "must have at most %d characters together", POINTS_MAX);
        return rule_on(call, in->n_texts, in->texts, out);
}

static status check_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        return rule_on(call, 1, &in->content, out);
}

RPC_TABLE(check_rpcs, CHECK_RPCS);
