/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/policy.h"

#include <stddef.h>
#include <string.h>

static const struct {
        const char *verdict;
        enum outcome outcome;
} outcomes[] = {
        {"allow", OUTCOME_PUBLISH},
        {"label", OUTCOME_PUBLISH},
        {"hold", OUTCOME_HOLD},
        {"block", OUTCOME_REFUSE},
};

static const char *const editable[] = {"draft", "pending_review", "published", "hidden"};

enum outcome outcome_of(const char *verdict)
{
        if (verdict == NULL)
                return OUTCOME_RETRY;
        for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
                if (strcmp(outcomes[i].verdict, verdict) == 0)
                        return outcomes[i].outcome;
        return OUTCOME_HOLD;
}

bool status_is_editable(const char *status)
{
        for (size_t i = 0; i < sizeof editable / sizeof *editable; i++)
                if (strcmp(editable[i], status) == 0)
                        return true;
        return false;
}
