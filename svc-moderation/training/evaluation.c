/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/evaluation.h"

#include "svc-moderation/training/evasion.h"

#include <stdlib.h>
#include <string.h>

enum { BINS = 15, DISGUISED_ROWS = 1500 };
static const double thresholds[2] = {0.5, 0.8};

struct judged {
        double score;
        bool is_positive;
};

static bool has(uint8_t bits, int category)
{
        return (bits >> category & 1) != 0;
}

double *evaluation_scores(const struct model *model, const struct corpus *corpus)
{
        double *scores = calloc(corpus->count * CATEGORY_COUNT + 1, sizeof *scores); /* allow(calloc): the caller's */
        struct arena *arena = arena_new(0);
        for (size_t i = 0; scores != NULL && i < corpus->count; i++) {
                model_scores(model, arena, corpus->rows[i].text, scores + i * CATEGORY_COUNT);
                arena_reset(arena);
        }
        arena_free(arena);
        return scores;
}

static int by_score(const void *a, const void *b)
{
        double x = ((const struct judged *)a)->score, y = ((const struct judged *)b)->score;
        return (x < y) - (x > y);
}

static double area_of(size_t count, const struct judged *judged, size_t positives)
{
        double area = 0;
        for (size_t i = 0, right = 0; i < count && positives > 0;) {
                size_t end = i, more = 0;
                for (; end < count && judged[end].score == judged[i].score; end++)
                        more += judged[end].is_positive;
                right += more;
                area += (double)more / (double)positives * (double)right / (double)end;
                i = end;
        }
        return area;
}

static double calibration_of(size_t count, const struct judged *judged)
{
        double sums[BINS] = {0}, off = 0;
        for (size_t i = 0; i < count; i++) {
                int bin = (int)(judged[i].score * BINS);
                sums[bin < BINS ? bin : BINS - 1] += judged[i].score - judged[i].is_positive;
        }
        for (int i = 0; i < BINS; i++)
                off += sums[i] < 0 ? -sums[i] : sums[i];
        return count == 0 ? 0 : off / (double)count;
}

static void judge(size_t count, struct judged *judged, struct evaluation_row *out)
{
        *out = (struct evaluation_row){.count = count};
        size_t hits[2] = {0}, alarms[2] = {0};
        for (size_t i = 0; i < count; i++) {
                out->positives += judged[i].is_positive;
                for (int k = 0; k < 2; k++) {
                        hits[k] += judged[i].is_positive && judged[i].score >= thresholds[k];
                        alarms[k] += !judged[i].is_positive && judged[i].score >= thresholds[k];
                }
        }
        qsort(judged, count, sizeof *judged, by_score);
        out->area = area_of(count, judged, out->positives);
        out->calibration = calibration_of(count, judged);
        for (int k = 0; k < 2; k++) {
                out->precision[k] = hits[k] + alarms[k] == 0 ? 1 : (double)hits[k] / (double)(hits[k] + alarms[k]);
                out->recall[k] = out->positives == 0 ? 0 : (double)hits[k] / (double)out->positives;
        }
}

static bool is_flagged(const struct corpus_row *row, const double *scores, double threshold)
{
        for (int i = 0; i < CATEGORY_COUNT; i++)
                if (!has(row->unknown, i) && !has(row->labels, i) && scores[i] >= threshold)
                        return true;
        return false;
}

static void count_alarms(const struct corpus *corpus, const double *scores, struct evaluation *out)
{
        size_t benign[2] = {0}, flagged[2][2] = {{0}};
        for (size_t i = 0; i < corpus->count; i++) {
                const struct corpus_row *row = &corpus->rows[i];
                for (int finance = 0; finance < 2 && row->labels == 0; finance++) {
                        if (finance == 1 && !row->is_finance)
                                continue;
                        benign[finance]++;
                        for (int k = 0; k < 2; k++)
                                flagged[finance][k] += is_flagged(row, scores + i * CATEGORY_COUNT, thresholds[k]);
                }
        }
        for (int k = 0; k < 2; k++) {
                out->benign_alarm[k] = benign[0] == 0 ? 0 : (double)flagged[0][k] / (double)benign[0];
                out->finance_alarm[k] = benign[1] == 0 ? 0 : (double)flagged[1][k] / (double)benign[1];
        }
}

void evaluation_make(const struct corpus *corpus, const double *scores, struct evaluation *out)
{
        struct judged *judged = calloc(corpus->count + 1, sizeof *judged); /* allow(calloc): beyond an arena */
        size_t present = 0;
        *out = (struct evaluation){0};
        for (int lane = 0; judged != NULL && lane < CATEGORY_COUNT; lane++) {
                size_t count = 0;
                for (size_t i = 0; i < corpus->count; i++)
                        if (!has(corpus->rows[i].unknown, lane))
                                judged[count++] = (struct judged){
                                        scores[i * CATEGORY_COUNT + lane], has(corpus->rows[i].labels, lane)};
                judge(count, judged, &out->categories[lane]);
                present += out->categories[lane].positives > 0;
                out->macro += out->categories[lane].positives > 0 ? out->categories[lane].area : 0;
        }
        out->macro /= present == 0 ? 1 : (double)present;
        count_alarms(corpus, scores, out);
        free(judged); /* allow(free): see above */
}

static bool passes(const struct corpus_row *row, const double *scores, double threshold)
{
        for (int i = 0; i < CATEGORY_COUNT; i++)
                if (has(row->labels, i) && scores[i] < threshold)
                        return false;
        return !is_flagged(row, scores, threshold);
}

/* Rows of a functionality, each time it is met first. */
static void print_suites(const struct corpus *corpus, const double *scores, FILE *out)
{
        for (size_t i = 0; i < corpus->count; i++) {
                const struct corpus_row *row = &corpus->rows[i];
                size_t count = 0, good[2] = {0};
                bool is_first = row->func[0] != '\0';
                for (size_t k = 0; is_first && k < corpus->count; k++) {
                        const struct corpus_row *other = &corpus->rows[k];
                        if (strcmp(other->func, row->func) != 0 || strcmp(other->source, row->source) != 0)
                                continue;
                        is_first = k >= i;
                        count++;
                        for (int t = 0; t < 2; t++)
                                good[t] += passes(other, scores + k * CATEGORY_COUNT, thresholds[t]);
                }
                if (is_first && count > 0)
                        fprintf(out, "%-10s %-24s %4zu  passes @.5 %.3f  @.8 %.3f\n", /* allow(fprintf): for people */
                                row->source, row->func, count, (double)good[0] / (double)count,
                                (double)good[1] / (double)count);
        }
}

static const char *disguise(struct arena *arena, int evasion, const char *text, uint64_t *seed)
{
        return evasion == EVALUATION_PLAIN ? text : evasion_disguise(arena, (enum evasion)evasion, text, seed);
}

struct evaluation_recall evaluation_disguised(const struct model *model, const struct corpus *corpus, int evasion)
{
        struct evaluation_recall out = {0};
        struct arena *arena = arena_new(0);
        uint64_t seed = 20240607;
        size_t rows = 0, hits[2] = {0};
        for (size_t i = 0; i < corpus->count && rows < DISGUISED_ROWS; i++) {
                const struct corpus_row *row = &corpus->rows[i];
                double scores[CATEGORY_COUNT];
                if (row->labels == 0)
                        continue;
                rows++;
                model_scores(model, arena, disguise(arena, evasion, row->text, &seed), scores);
                for (int lane = 0; lane < CATEGORY_COUNT; lane++) {
                        out.labels += has(row->labels, lane);
                        for (int t = 0; t < 2; t++)
                                hits[t] += has(row->labels, lane) && scores[lane] >= thresholds[t];
                }
                arena_reset(arena);
        }
        arena_free(arena);
        for (int t = 0; t < 2; t++)
                out.share[t] = out.labels == 0 ? 0 : (double)hits[t] / (double)out.labels;
        return out;
}

static void print_disguises(const struct model *model, const struct corpus *corpus, FILE *out)
{
        for (int how = EVALUATION_PLAIN; how < EVASION_COUNT; how++) {
                struct evaluation_recall recall = evaluation_disguised(model, corpus, how);
                if (recall.labels > 0)
                        fprintf(out, "%-12s recall @.5 %.3f  @.8 %.3f\n", /* allow(fprintf): for people */
                                how == EVALUATION_PLAIN ? "plain" : evasion_name((enum evasion)how), recall.share[0],
                                recall.share[1]);
        }
}

void evaluation_print(const struct model *model, const struct corpus *corpus, FILE *out)
{
        struct evaluation figures;
        double *scores = evaluation_scores(model, corpus);
        if (scores == NULL)
                return;
        evaluation_make(corpus, scores, &figures);
        fputs("category        rows   pos  pr-auc  p@.5  r@.5  p@.8  r@.8   ece\n", out);
        for (int i = 0; i < CATEGORY_COUNT; i++) {
                const struct evaluation_row *row = &figures.categories[i];
                fprintf(out, "%-14s %5zu %5zu  %.3f  %.3f %.3f %.3f %.3f %.4f\n", /* allow(fprintf): for people */
                        rules_category_name((enum rules_category)i), row->count, row->positives, row->area,
                        row->precision[0], row->recall[0], row->precision[1], row->recall[1], row->calibration);
        }
        fprintf(out, "macro pr-auc %.3f\n", figures.macro); /* allow(fprintf): for people */
        fprintf(out, "benign flagged @.5 %.4f @.8 %.4f\n",  /* allow(fprintf): for people */
                figures.benign_alarm[0], figures.benign_alarm[1]);
        fprintf(out, "benign finance flagged @.5 %.4f @.8 %.4f\n", /* allow(fprintf): for people */
                figures.finance_alarm[0], figures.finance_alarm[1]);
        print_suites(corpus, scores, out);
        print_disguises(model, corpus, out);
        free(scores); /* allow(free): evaluation_scores made it */
}
