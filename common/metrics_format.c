/* SPDX-License-Identifier: Apache-2.0 */
/* A scraper names the formats it knows, with weights (RFC 9110, section 12.5.1); at equal weight OpenMetrics is better,
 * since only it has examples. */
#include "common/metrics.h"
#include "common/words.h"

#include <stdbool.h>

enum { WEIGHT_ONE = 1000, MEMBERS_MAX = 32 };

/* What one member says, "text/plain;version=0.0.4;q=0.5". */
struct wish {
        struct words type;
        struct words version; /* length 0: none */
        int weight;
};

static bool read_wish(struct words member, struct wish *out)
{
        struct words parameter, name, value;
        if (!words_next_in(&member, ';', &out->type))
                return false;
        while (words_next_in(&member, ';', &parameter)) {
                if (!words_split(parameter, &name, &value))
                        continue;
                if (words_are(name, "version"))
                        out->version = value;
                else if (words_are(name, "q"))
                        out->weight = words_weight(value);
        }
        return out->weight >= 0;
}

static bool is_open(const struct wish *wish)
{
        return words_are(wish->type, "application/openmetrics-text") &&
               (wish->version.length == 0 || words_are(wish->version, "1.0.0"));
}

/* What names no version of it takes any. */
static bool is_text(const struct wish *wish)
{
        return words_are(wish->type, "*/*") || words_are(wish->type, "text/*") ||
               (words_are(wish->type, "text/plain") &&
                       (wish->version.length == 0 || words_are(wish->version, "0.0.4")));
}

enum metrics_format metrics_format_choose(const char *accept)
{
        int open = 0, text = 0;
        struct words member;
        for (int n = 0; accept != NULL && n < MEMBERS_MAX && words_next(&accept, ',', &member); n++) {
                struct wish wish = {.weight = WEIGHT_ONE};
                if (!read_wish(member, &wish))
                        continue;
                if (is_open(&wish) && wish.weight > open)
                        open = wish.weight;
                else if (is_text(&wish) && wish.weight > text)
                        text = wish.weight;
        }
        return open > 0 && open >= text ? METRICS_OPEN : METRICS_TEXT;
}

const char *metrics_format_type(enum metrics_format format)
{
        return format == METRICS_OPEN ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                      : "text/plain; version=0.0.4; charset=utf-8";
}
