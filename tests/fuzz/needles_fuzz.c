/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern, a line end, a text: whatever the pattern is, a text in which it matches holds one of its needles. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "svc-moderation/needles.h"
#include "tests/fuzz/fuzz.h"

#include <pcre2.h>
#include <string.h>

enum { PATTERN_MAX = 300, MATCH_LIMIT = 5000 };

static pcre2_code *compile(const char *pattern)
{
        int error;
        PCRE2_SIZE offset;
        return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_DOTALL | PCRE2_NO_AUTO_CAPTURE, &error,
                &offset, NULL);
}

static bool matches(const pcre2_code *code, const uint8_t *text, size_t size)
{
        pcre2_match_data *data = pcre2_match_data_create(1, NULL);
        pcre2_match_context *limits = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(limits, MATCH_LIMIT);
        int count = pcre2_match(code, text, size, 0, 0, data, limits);
        bool is_found = count >= 0 && pcre2_get_ovector_pointer(data)[1] > pcre2_get_ovector_pointer(data)[0];
        pcre2_match_context_free(limits);
        pcre2_match_data_free(data);
        return is_found;
}

static void hold_against(const char *pattern, const uint8_t *text, size_t size)
{
        pcre2_code *code = compile(pattern);
        struct needles needles;
        struct haystack haystack;
        if (code == NULL)
                return;
        needles_read(pattern, &needles);
        haystack_init(&haystack, text, size);
        FUZZ_ASSERT(haystack_may_hold(&haystack, &needles) || !matches(code, text, size));
        pcre2_code_free(code);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        const uint8_t *end = memchr(bytes, '\n', size);
        size_t length = end == NULL ? size : (size_t)(end - bytes);
        char pattern[PATTERN_MAX + 1];
        if (length > PATTERN_MAX || memchr(bytes, '\0', length) != NULL)
                return 0;
        memcpy(pattern, bytes, length);
        pattern[length] = '\0';
        if (end != NULL)
                hold_against(pattern, end + 1, size - length - 1);
        return 0;
}
