/* SPDX-License-Identifier: Apache-2.0 */
/* Ruling on texts: all of one object together. */
#include "svc-moderation/checks.h"

#include "common/buffer.h"
#include "common/clock.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/text.h"
#include "svc-moderation/rulebook.h"

#include <string.h>

#define CHECK_RPCS(RPC)                                                                                                \
        RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)                                            \
        RPC(CheckContent, check_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(CHECK_RPCS)

/* In one call, all texts together: as much as the arena of a call has room to rule on. */
enum { POINTS_MAX = 50000 };

/* Names the classifier among the rules of an explanation. */
static const char classifier_rule[] = "classifier";

/* Stands between two texts: no word and no sentence goes across. */
static const char separator[] = "\n\n.\n\n";

/* A cry for help is answered, not refused, whatever else the text is; and without automation a machine refuses nothing.
 */
static enum rules_verdict verdict_of(const struct moderation_config *config, const struct rules_outcome *outcome)
{
        bool may_refuse = config->is_automatic && !outcome->resources;
        return outcome->verdict == VERDICT_BLOCK && !may_refuse ? VERDICT_HOLD : outcome->verdict;
}

/* The texts as one, because a look costs more than the length looked at; where each begins, in code points. */
struct joined {
        const char *text;
        size_t *starts;
        size_t count;
};

static struct joined join_texts(struct call *call, size_t count, char *const *texts)
{
        struct buffer all = buffer_in(call->arena);
        struct joined joined = {.starts = arena_alloc(call->arena, count * sizeof(size_t) + 1), .count = count};
        size_t at = 0;
        for (size_t i = 0; i < count; i++) {
                joined.starts[i] = at;
                buffer_puts(&all, texts[i]);
                buffer_puts(&all, separator);
                at += text_length(texts[i]) + strlen(separator);
        }
        joined.text = buffer_text(&all);
        return joined;
}

static size_t text_of(const struct joined *joined, size_t start)
{
        size_t i = joined->count - 1;
        while (i > 0 && joined->starts[i] > start)
                i--;
        return i;
}

static Moderation__Span *new_span(struct call *call, const struct joined *joined, const struct rules_match *match)
{
        size_t text = text_of(joined, match->start);
        Moderation__Span *span = arena_alloc(call->arena, sizeof *span);
        moderation__span__init(span);
        span->has_text = span->has_start = span->has_length = 1;
        span->text = (uint32_t)text;
        span->start = (uint32_t)(match->start - joined->starts[text]);
        span->length = (uint32_t)match->length;
        span->rule_id = (char *)(size_t)match->rule;
        span->category = (char *)(size_t)rules_category_name(match->category);
        return span;
}

static void list_spans(struct call *call, const struct joined *joined, const struct rules_outcome *outcome,
        Moderation__CheckReply *out)
{
        out->spans = arena_alloc(call->arena, outcome->n_matches * sizeof *out->spans + 1);
        for (size_t i = 0; i < outcome->n_matches; i++)
                out->spans[out->n_spans++] = new_span(call, joined, &outcome->matches[i]);
}

static void list_categories(struct call *call, const struct rules_outcome *outcome, Moderation__CheckReply *out)
{
        out->categories = arena_alloc(call->arena, CATEGORY_COUNT * sizeof *out->categories);
        for (int i = 0; i < CATEGORY_COUNT; i++) {
                if (outcome->scores[i] == 0)
                        continue;
                Moderation__Category *category = arena_alloc(call->arena, sizeof *category);
                moderation__category__init(category);
                category->name = (char *)(size_t)rules_category_name((enum rules_category)i);
                category->has_score = 1;
                category->score = outcome->scores[i];
                out->categories[out->n_categories++] = category;
        }
}

static void suggest(struct call *call, const char *message, Moderation__CheckReply *out)
{
        if (message == NULL)
                return;
        out->suggestions = arena_alloc(call->arena, sizeof *out->suggestions);
        out->suggestions[out->n_suggestions++] = (char *)(size_t)message;
}

/* The words that weighed most stand beside what the rules found, under the classifier's name. */
static void add_words(struct call *call, const struct model *model, const struct folding *folded,
        const double scores[CATEGORY_COUNT], struct rules_outcome *outcome)
{
        struct rules_match *all =
                arena_alloc(call->arena, (outcome->n_matches + (size_t)CATEGORY_COUNT * MODEL_WORDS) * sizeof *all);
        memcpy(all, outcome->matches, outcome->n_matches * sizeof *all);
        outcome->matches = all;
        for (int i = 0; i < CATEGORY_COUNT; i++) {
                struct span words[MODEL_WORDS];
                if (scores[i] * outcome->excuses[i] < RULES_REVIEW)
                        continue;
                size_t count = model_words(model, call->arena, folded, (enum rules_category)i, words);
                for (size_t k = 0; k < count; k++)
                        all[outcome->n_matches++] = (struct rules_match){
                                classifier_rule, (enum rules_category)i, words[k].start, words[k].end - words[k].start};
        }
}

static const char *ask_model(struct call *call, struct rules_outcome *outcome)
{
        struct classifier_model *held = classifier_take(rulebooks_classifier(call->service->state));
        double scores[CATEGORY_COUNT];
        model_scores_of(classifier_model(held), call->arena, &outcome->folded, scores);
        add_words(call, classifier_model(held), &outcome->folded, scores, outcome);
        rules_join(outcome, scores);
        const char *name = arena_strdup(call->arena, classifier_model(held)->name);
        classifier_put(held);
        return name;
}

const char *check_text(struct call *call, const struct rules *rules, const char *text, struct rules_outcome *out)
{
        const struct moderation_config *config = call->service->config;
        rules_check(rules, call->arena, text, config->confidence_threshold, out);
        return out->is_unfinished ? "none" : ask_model(call, out);
}

status check_texts(struct call *call, size_t count, char *const *texts, Moderation__CheckReply *out)
{
        const struct moderation_config *config = call->service->config;
        struct rules_outcome outcome;
        struct rulebook *book = rulebook_take(call);
        const struct joined joined = join_texts(call, count, texts);
        const char *model = check_text(call, rulebook_rules(book), joined.text, &outcome);
        list_spans(call, &joined, &outcome, out);
        list_categories(call, &outcome, out);
        suggest(call, outcome.message, out);
        out->verdict = (char *)(size_t)rules_verdict_name(verdict_of(config, &outcome));
        out->has_confidence_score = 1;
        out->confidence_score = outcome.confidence;
        out->rule_version = arena_printf(call->arena, "rules-%lld/model-%s", (long long)rulebook_version(book), model);
        rulebook_put(book);
        return STATUS_OK;
}

static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        if (text_length_of_all(in->n_texts, in->texts) > POINTS_MAX)
                return call_invalid(call, "texts", "too_long", "must have at most %d characters together", POINTS_MAX);
        int64_t begun_us = clock_now_us();
        status checked = check_texts(call, in->n_texts, in->texts, out);
        if (call->db == NULL)
                rulebook_note_time(call->service, clock_now_us() - begun_us);
        return checked;
}

static status check_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        return check_texts(call, 1, &in->content, out);
}

RPC_TABLE(check_rpcs, CHECK_RPCS);
