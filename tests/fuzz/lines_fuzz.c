/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a line for sfp-anonymize: it is answered by one line of JSON, or there is a reason why not. */
#include "common/json_scan.h"
#include "svc-anonymize/lines.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check(enum lines_form form, const char *line, size_t length)
{
        struct arena *arena = arena_new(LINES_ARENA);
        const char *why = NULL;
        struct json json;
        const char *answer = lines_answer(arena, form, line, length, &why);
        FUZZ_ASSERT(answer != NULL || (why != NULL && strchr(why, '\n') == NULL));
        if (answer != NULL) {
                size_t end = strlen(answer);
                FUZZ_ASSERT(end > 0 && answer[end - 1] == '\n' && strchr(answer, '\n') == answer + end - 1);
                FUZZ_ASSERT(json_scan(arena, answer, end, &json, &why) == STATUS_OK);
        }
        arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        check(LINES_SCAN, (const char *)bytes, size);
        check(LINES_REDACT, (const char *)bytes, size);
        return 0;
}
