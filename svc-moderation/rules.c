/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule looks at the folded text and, where that differs, at the unmasked one, if it may match there. Scores of
 * one category join as independent evidence; a rule of class EXCUSE takes evidence away (a warning, a question, a
 * report). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "svc-moderation/rules.h"

#include "common/folding.h"
#include "common/unmask.h"
#include "svc-moderation/needles.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_LIMIT = 100000, HEAP_LIMIT_KIB = 1024 };
enum class { CLASS_EXCUSE = -1, CLASS_LABEL = VERDICT_LABEL, CLASS_HOLD = VERDICT_HOLD, CLASS_BLOCK = VERDICT_BLOCK };

static const struct rule {
        const char *id;
        enum rules_category category;
        enum class class;
        double weight;
        const char *pattern;
} rows[] = {
#define RULE(id, category, class, weight, pattern) {#id, CATEGORY_##category, CLASS_##class, weight, pattern},
#include "svc-moderation/rules.def"
#undef RULE
};

enum { N_RULES = sizeof rows / sizeof *rows };

static const struct {
        const char *name;
        enum rules_verdict at, below;
} categories[] = {
#define CATEGORY(name, at, below) {#name, VERDICT_##at, VERDICT_##below},
        RULES_CATEGORIES(CATEGORY)
#undef CATEGORY
};

static const char *const verdicts[] = {"allow", "label", "hold", "block"};

struct rules {
        pcre2_match_context *limits;
        size_t count;                          /* built in, then extra */
        pcre2_code **codes;                    /* as many */
        struct needles *needles;               /* as many */
        struct rule *extra;                    /* their patterns are not kept */
        struct rules_bar bars[CATEGORY_COUNT]; /* 0: none is set */
};

struct view {
        const struct folding *text;
        struct haystack haystack;
};

struct check {
        const struct rules *rules;
        struct arena *arena;
        struct rules_outcome *out;
        pcre2_match_data *data;
        double doubt[CATEGORY_COUNT];  /* product of 1 - weight */
        double excuse[CATEGORY_COUNT]; /* product of 1 - weight of the excuses */
        enum rules_verdict class[CATEGORY_COUNT];
};

static pcre2_code *compile(const char *pattern)
{
        int error;
        PCRE2_SIZE offset;
        pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                PCRE2_DOTALL | PCRE2_NO_AUTO_CAPTURE, &error, &offset, NULL);
        if (code != NULL)
                pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without JIT the interpreter does the same, slower */
        return code;
}

static bool add_rule(struct rules *rules, size_t place, const char *pattern)
{
        rules->codes[place] = compile(pattern);
        needles_read(pattern, &rules->needles[place]);
        return rules->codes[place] != NULL;
}

static pcre2_match_context *limits_new(void)
{
        pcre2_match_context *limits = pcre2_match_context_create(NULL);
        if (limits != NULL) {
                pcre2_set_match_limit(limits, MATCH_LIMIT);
                pcre2_set_heap_limit(limits, HEAP_LIMIT_KIB);
        }
        return limits;
}

bool rules_pattern_is_valid(const char *pattern)
{
        pcre2_code *code = compile(pattern);
        pcre2_code_free(code);
        return code != NULL;
}

static bool compile_extra(struct rules *rules, size_t n_extra, const struct rules_extra *extra)
{
        bool is_complete = true;
        for (size_t i = 0; i < n_extra && is_complete; i++) {
                struct rule *rule = &rules->extra[i];
                char *id = strdup(extra[i].id); /* allow(strdup): lives beyond calls */
                *rule = (struct rule){id, extra[i].category, CLASS_BLOCK, extra[i].weight, NULL};
                is_complete = rule->id != NULL && add_rule(rules, N_RULES + i, extra[i].pattern);
        }
        return is_complete;
}

status rules_new(size_t n_extra, const struct rules_extra *extra, struct rules **out)
{
        struct rules *rules = calloc(1, sizeof *rules); /* allow(calloc): lives beyond calls */
        if (rules == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        rules->count = N_RULES + n_extra;
        rules->codes = calloc(rules->count, sizeof *rules->codes);     /* allow(calloc): lives beyond calls */
        rules->needles = calloc(rules->count, sizeof *rules->needles); /* allow(calloc): lives beyond calls */
        rules->extra = calloc(n_extra + 1, sizeof *rules->extra);      /* allow(calloc): lives beyond calls */
        bool is_complete = (rules->limits = limits_new()) != NULL && rules->codes != NULL && rules->needles != NULL &&
                           rules->extra != NULL;
        for (size_t i = 0; i < N_RULES && is_complete; i++)
                is_complete = add_rule(rules, i, rows[i].pattern);
        if (!is_complete || !compile_extra(rules, n_extra, extra)) {
                rules_free(rules);
                return STATUS_INTERNAL;
        }
        *out = rules;
        return STATUS_OK;
}

void rules_free(struct rules *rules)
{
        if (rules == NULL)
                return;
        for (size_t i = 0; rules->codes != NULL && i < rules->count; i++)
                pcre2_code_free(rules->codes[i]);
        for (size_t i = 0; rules->extra != NULL && i < rules->count - N_RULES; i++)
                free((char *)(size_t)rules->extra[i].id); /* allow(free): lives beyond calls */
        pcre2_match_context_free(rules->limits);
        free(rules->codes);   /* allow(free): lives beyond calls */
        free(rules->needles); /* allow(free): lives beyond calls */
        free(rules->extra);   /* allow(free): lives beyond calls */
        free(rules);          /* allow(free): lives beyond calls */
}

/* Looks for one rule in one view; true when it matched. */
static bool look(struct check *check, size_t rule, const struct view *view, struct span *out)
{
        if (!haystack_may_hold(&view->haystack, &check->rules->needles[rule]))
                return false;
        int count = pcre2_match(check->rules->codes[rule], view->text->bytes, view->text->length, 0, 0, check->data,
                check->rules->limits);
        if (count < 0) {
                check->out->is_unfinished |= count != PCRE2_ERROR_NOMATCH;
                return false;
        }
        const PCRE2_SIZE *vector = pcre2_get_ovector_pointer(check->data);
        *out = (struct span){vector[0], vector[1]};
        if (out->end <= out->start)
                return false;
        *out = folding_original(view->text, *out);
        return true;
}

static void note(struct check *check, const struct rule *rule, struct span span)
{
        if (rule->class == CLASS_EXCUSE) {
                check->excuse[rule->category] *= 1 - rule->weight;
                return;
        }
        check->doubt[rule->category] *= 1 - rule->weight;
        if ((enum rules_verdict)rule->class > check->class[rule->category])
                check->class[rule->category] = (enum rules_verdict)rule->class;
        const char *id = rule->pattern == NULL ? arena_strdup(check->arena, rule->id) : rule->id;
        check->out->matches[check->out->n_matches++] = (struct rules_match){
                .rule = id, .category = rule->category, .start = span.start, .length = span.end - span.start};
}

/* `second` is NULL when it would say the same as `first`. */
static void look_for_all(struct check *check, const struct view *first, const struct view *second)
{
        for (size_t i = 0; i < check->rules->count; i++) {
                struct span span;
                if (look(check, i, first, &span) || (second != NULL && look(check, i, second, &span)))
                        note(check, i < N_RULES ? &rows[i] : &check->rules->extra[i - N_RULES], span);
        }
}

static enum rules_verdict verdict_of(const struct check *check, size_t category)
{
        double score = check->out->scores[category];
        struct rules_bar bar = check->out->bars[category];
        enum rules_verdict class = check->class[category];
        enum rules_verdict most = score >= bar.act ? categories[category].at : categories[category].below;
        if (score < bar.review)
                return VERDICT_ALLOW;
        return class < most ? class : most;
}

static struct rules_bar bar_of(const struct rules *rules, size_t category, double threshold)
{
        struct rules_bar usual = {threshold, threshold < RULES_REVIEW ? threshold : RULES_REVIEW};
        return rules->bars[category].act > 0 ? rules->bars[category] : usual;
}

static const char *message_for(const struct rules_outcome *out)
{
        if (out->resources)
                return "You matter, and you do not have to go through this alone. People who will listen are a call away.";
        if (out->verdict == VERDICT_BLOCK)
                return "This text breaks our guidelines and was not published. You can change it or ask for a review.";
        if (out->verdict == VERDICT_HOLD)
                return "This text waits for a person to look at it. Nothing has been decided.";
        return out->verdict == VERDICT_LABEL ? "This text is shown with a note." : NULL;
}

static void decide(struct check *check, double threshold)
{
        struct rules_outcome *out = check->out;
        for (size_t i = 0; i < CATEGORY_COUNT; i++) {
                out->excuses[i] = check->excuse[i];
                out->scores[i] = (1 - check->doubt[i]) * check->excuse[i];
                out->bars[i] = bar_of(check->rules, i, threshold);
                enum rules_verdict verdict = verdict_of(check, i);
                if (verdict > out->verdict || (verdict == out->verdict && out->scores[i] > out->confidence)) {
                        out->verdict = verdict;
                        out->category = (enum rules_category)i;
                        out->confidence = out->scores[i];
                }
        }
        out->resources = out->scores[CATEGORY_self_harm] >= out->bars[CATEGORY_self_harm].review;
        if (out->is_unfinished && out->verdict < VERDICT_HOLD) {
                out->verdict = VERDICT_HOLD;
                out->confidence = 1;
        }
        out->message = message_for(out);
}

static void free_data(void *data)
{
        pcre2_match_data_free(data);
}

static void view_init(struct view *view, const struct folding *text)
{
        view->text = text;
        haystack_init(&view->haystack, text->bytes, text->length);
}

static void look_at(struct check *check, struct arena *arena, const char *text)
{
        struct folding *folded = &check->out->folded, unmasked;
        struct view first, second;
        check->data = pcre2_match_data_create(1, NULL);
        if (check->data == NULL) {
                check->out->is_unfinished = true;
                return;
        }
        arena_defer(arena, free_data, check->data);
        folding_init(folded, arena, text);
        view_init(&first, folded);
        bool is_masked = unmask(&unmasked, arena, folded);
        if (is_masked)
                view_init(&second, &unmasked);
        look_for_all(check, &first, is_masked ? &second : NULL);
}

void rules_check(
        const struct rules *rules, struct arena *arena, const char *text, double threshold, struct rules_outcome *out)
{
        *out = (struct rules_outcome){.matches = arena_alloc(arena, rules->count * sizeof *out->matches)};
        struct check check = {.rules = rules, .arena = arena, .out = out};
        for (size_t i = 0; i < CATEGORY_COUNT; i++)
                check.doubt[i] = check.excuse[i] = 1;
        if (strlen(text) > RULES_TEXT_MAX)
                out->is_unfinished = true;
        else
                look_at(&check, arena, text);
        decide(&check, threshold);
}

static enum rules_verdict verdict_alone(enum rules_category category, double score, struct rules_bar bar)
{
        if (score >= bar.act)
                return VERDICT_HOLD;
        bool has_note = category == CATEGORY_spam || category == CATEGORY_scam;
        return has_note && score >= bar.review ? VERDICT_LABEL : VERDICT_ALLOW;
}

void rules_join(struct rules_outcome *outcome, const double scores[CATEGORY_COUNT])
{
        for (size_t i = 0; i < CATEGORY_COUNT; i++) {
                double score = scores[i] * outcome->excuses[i];
                enum rules_verdict verdict = verdict_alone((enum rules_category)i, score, outcome->bars[i]);
                if (score > outcome->scores[i])
                        outcome->scores[i] = score;
                if (verdict <= outcome->verdict)
                        continue;
                outcome->verdict = verdict;
                outcome->category = (enum rules_category)i;
                outcome->confidence = outcome->scores[i];
        }
        outcome->resources |= outcome->scores[CATEGORY_self_harm] >= outcome->bars[CATEGORY_self_harm].review;
        outcome->message = message_for(outcome);
}

void rules_set_bar(struct rules *rules, enum rules_category category, struct rules_bar bar)
{
        rules->bars[category] = bar;
}

enum rules_category rules_category_find(const char *name)
{
        size_t i = 0;
        while (i < CATEGORY_COUNT && strcmp(categories[i].name, name) != 0)
                i++;
        return (enum rules_category)i;
}

bool rules_built_in(size_t place, const char **id, enum rules_category *category)
{
        if (place >= N_RULES)
                return false;
        *id = rows[place].id;
        *category = rows[place].category;
        return true;
}

const char *rules_category_name(enum rules_category category)
{
        return categories[category].name;
}

const char *rules_verdict_name(enum rules_verdict verdict)
{
        return verdicts[verdict];
}
