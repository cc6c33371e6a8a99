/* SPDX-License-Identifier: Apache-2.0 */
/* Finds, replaces and looks at the result again until there is nothing to find. The result is always made from the
 * original, so spans never drift. */
#include "svc-anonymize/cleaner.h"

#include "common/text.h"
#include "svc-anonymize/identifiers/address.h"
#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/identifiers/person.h"
#include "svc-anonymize/placeholders.h"
#include "svc-anonymize/spaced.h"

#include <assert.h>
#include <string.h>

enum { ROUNDS_MAX = 6, SCRATCH_MAX = 64 << 20 /* about 120 bytes a byte of text are needed */ };

/* Behind ROUNDS_SURE no more than these bytes are looked at for one text, all rounds together. */
enum { ROUNDS_SURE = 2, LOOKED_AT_MAX = 192 << 10 };

/* No two identifiers meet without a byte of text between them. */
static void findings_reserve(struct findings *findings, struct arena *arena, size_t view_length)
{
        size_t capacity = findings->count + view_length / 2 + 1;
        struct finding *items = arena_alloc(arena, capacity * sizeof *items);
        if (findings->count > 0)
                memcpy(items, findings->items, findings->count * sizeof *items);
        findings->items = items;
}

/* Notes what was found in `view` and blanks it, so that nothing else is found there. */
static void note(struct folding *view, const struct match *match, struct findings *out)
{
        out->items[out->count++] = (struct finding){.type = match->type,
                .score = match->score,
                .span = folding_original(view, match->span),
                .value = identifier_value(view, match)};
        memset(view->bytes + match->span.start, BARRIER, match->span.end - match->span.start);
}

static void find_all(const struct detector *detector, struct folding *view, struct findings *out)
{
        size_t from = 0;
        struct match match;
        while (from < view->length && detector->find(view, from, &match)) {
                assert(match.span.start >= from && match.span.start < match.span.end && match.span.end <= view->length);
                note(view, &match, out);
                from = match.span.end;
        }
}

/* What is told by its words is looked for where no detector has found anything. */
static const struct {
        enum identifier_type type;
        void (*find_all)(const struct tokens *tokens, struct spans *out);
} readers[] = {{IDENTIFIER_STREET_ADDRESS, address_find_all}, {IDENTIFIER_PERSON, person_find_all}};

static void read_all(struct arena *arena, struct folding *view, struct findings *out)
{
        struct tokens tokens;
        struct spans spans = {0};
        for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
                if (out->is_name && readers[i].type == IDENTIFIER_PERSON)
                        continue;
                if (i == 0 || spans.count > 0) /* the view is no longer as it was read */
                        tokens_read(&tokens, arena, view);
                spans = (struct spans){.items = arena_alloc(arena, (tokens.count + 1) * sizeof *spans.items)};
                readers[i].find_all(&tokens, &spans);
                for (size_t found = 0; found < spans.count; found++)
                        note(view, &(struct match){readers[i].type, spans.items[found], SCORE_LIKELY}, out);
        }
}

/* Adds what `text`, an earlier result for `findings`, still holds; false when that is nothing. What is only needed for
 * looking comes from `scratch`, so that a text that takes many rounds takes the memory of one. */
static bool look_again(struct arena *arena, struct arena *scratch, const char *text, struct findings *findings)
{
        struct folding view;
        folding_init(&view, scratch, text);
        struct findings found = {.numbers = findings->numbers, .is_name = findings->is_name};
        findings_reserve(&found, scratch, view.length);
        placeholders_blank(&view, findings->is_first_round ? &findings->numbers : NULL);
        spaced_join(&view);
        for (const struct detector *const *detector = detectors; *detector != NULL; detector++)
                find_all(*detector, &view, &found);
        read_all(scratch, &view, &found);
        findings_merge(findings, arena, &found, scratch, view.original_length);
        findings->is_first_round = false;
        arena_reset(scratch);
        return found.count > 0;
}

static void list_removals(struct arena *arena, const struct findings *findings, struct cleaned_text *out)
{
        out->n_removals = findings->count;
        out->removals = arena_alloc(arena, (findings->count + 1) * sizeof *out->removals);
        for (size_t i = 0; i < findings->count; i++) {
                const struct finding *finding = &findings->items[i];
                out->removals[i] = (struct cleaner_removal){.type = identifiers[finding->type].name,
                        .kind = stems[identifiers[finding->type].stem],
                        .score = finding->score,
                        .start = finding->span.start,
                        .length = finding->span.end - finding->span.start};
        }
}

static void withhold(struct arena *arena, const char *text, struct cleaned_text *out)
{
        out->text = arena_strdup(arena, PLACEHOLDER_WITHHELD);
        out->n_removals = 1;
        out->removals = arena_alloc(arena, sizeof *out->removals);
        *out->removals = (struct cleaner_removal){
                .type = "TEXT", .kind = "text", .score = SCORE_SURE, .length = text_length(text)};
}

/* The text without what was found in it; NULL when there is no end to it in bounded work. */
static const char *clean_all(struct arena *arena, struct arena *scratch, const char *text, struct findings *findings)
{
        const char *result = text;
        size_t looked_at = strlen(text);
        for (size_t round = 0; look_again(arena, scratch, result, findings); round++) {
                if (round == ROUNDS_MAX || (round >= ROUNDS_SURE && looked_at >= LOOKED_AT_MAX))
                        return NULL;
                result = findings_render(findings, arena, text);
                looked_at += strlen(result);
        }
        return result;
}

static void clean(struct arena *arena, const char *text, bool is_name, struct cleaned_text *out)
{
        struct findings findings = {.is_first_round = true, .is_name = is_name};
        const char *result = NULL;
        if (strlen(text) <= CLEANER_TEXT_MAX) {
                struct arena *scratch = arena_new(SCRATCH_MAX);
                result = clean_all(arena, scratch, text, &findings);
                arena_free(scratch);
        }
        if (result == NULL) {
                withhold(arena, text, out);
                return;
        }
        out->text = arena_strdup(arena, result);
        list_removals(arena, &findings, out);
}

void cleaner_clean(struct arena *arena, const char *text, struct cleaned_text *out)
{
        clean(arena, text, false, out);
}

void cleaner_clean_name(struct arena *arena, const char *text, struct cleaned_text *out)
{
        clean(arena, text, true, out);
}
