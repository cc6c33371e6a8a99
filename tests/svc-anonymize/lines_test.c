/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/lines.h"
#include "tests/suite.h"

#include <string.h>

struct told {
        char out[4096];
        char errors[4096];
        bool is_good;
};

static void slurp(FILE *file, char *out, size_t size)
{
        rewind(file);
        out[fread(out, 1, size - 1, file)] = '\0';
        fclose(file);
}

static struct told run_bytes(enum lines_form form, const char *bytes, size_t size)
{
        struct told told;
        FILE *in = tmpfile(), *out = tmpfile(), *errors = tmpfile();
        ck_assert(in != NULL && out != NULL && errors != NULL);
        fwrite(bytes, 1, size, in);
        rewind(in);
        told.is_good = lines_run(form, in, out, errors);
        fclose(in);
        slurp(out, told.out, sizeof told.out);
        slurp(errors, told.errors, sizeof told.errors);
        return told;
}

static struct told run(enum lines_form form, const char *text)
{
        return run_bytes(form, text, strlen(text));
}

TEST(a_scan_tells_types_and_code_points)
{
        struct told told = run(LINES_SCAN, "{\"id\":\"a\",\"text\":\"Z\\u00fcrich \xF0\x9F\x92\xB0 x@example.com\"}\n");
        ck_assert_str_eq(told.out,
                "{\"id\":\"a\",\"entities\":[{\"type\":\"EMAIL_ADDRESS\",\"start\":9,\"end\":22,\"score\":1.00}]}\n");
        ck_assert(told.is_good);
        ck_assert_str_eq(told.errors, "");
}
END_TEST

TEST(a_redaction_tells_what_was_removed)
{
        struct told told = run(LINES_REDACT, "{\"text\":\"x@example.com\",\"id\":7,\"source\":[1,{\"a\":2}]}");
        ck_assert_str_eq(told.out, "{\"id\":7,\"text\":\"[email 1]\",\"removals\":[{\"type\":\"EMAIL_ADDRESS\","
                                   "\"kind\":\"email\",\"start\":0,\"end\":13,\"score\":1.00}]}\n");
        ck_assert(told.is_good);
}
END_TEST

TEST(bad_lines_are_told_and_passed_over)
{
        static const char *const bad[] = {"nonsense", "{\"id\":1}", "{\"text\":\"a\"}", "[\"id\",\"text\"]",
                "{\"id\":1,\"text\":\"\\ud800\"}", "{\"id\":1,\"text\":\"\xC3\x28\"}", "{\"id\":1,\"text\":\"a\"} x",
                "{\"id\":1,\"text\":\"a\",\"text\":\"b\"}", "{\"id\":1,\"text\":5}", "{\"id\":null,\"text\":\"a\"}",
                "{\"id\":1,\"text\":\"\xED\xA0\x80\"}", "{\"id\":1,\"text\":\"\\u0000\"}", "7"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                char lines[256];
                snprintf(lines, sizeof lines, "\n%s\n{\"id\":2,\"text\":\"ok\"}\n", bad[i]);
                struct told told = run(LINES_SCAN, lines);
                ck_assert_str_eq(told.out, "{\"id\":2,\"entities\":[]}\n");
                ck_assert_msg(strncmp(told.errors, "line 2: ", 8) == 0, "%s: %s", bad[i], told.errors);
                ck_assert_msg(strchr(told.errors, '\n')[1] == '\0', "%s: %s", bad[i], told.errors);
                ck_assert(!told.is_good);
        }
}
END_TEST

static char *long_line(size_t length)
{
        static const char head[] = "{\"id\":1,\"text\":\"", tail[] = "\"}\n{\"id\":2,\"text\":\"ok\"}";
        char *line = malloc(length + sizeof head + sizeof tail);
        ck_assert_ptr_nonnull(line);
        memcpy(line, head, sizeof head - 1);
        memset(line + sizeof head - 1, 'a', length);
        memcpy(line + sizeof head - 1 + length, tail, sizeof tail);
        return line;
}

TEST(texts_and_lines_that_are_too_long_are_told)
{
        static const size_t lengths[] = {CLEANER_TEXT_MAX + 1, (size_t)1 << 20, LINES_MAX, 4 * LINES_MAX};
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
                char *line = long_line(lengths[i]);
                struct told told = run(LINES_REDACT, line);
                free(line);
                ck_assert_str_eq(told.out, "{\"id\":2,\"text\":\"ok\",\"removals\":[]}\n");
                ck_assert_ptr_nonnull(strstr(told.errors, "line 1: it"));
                ck_assert_ptr_nonnull(strstr(told.errors, "too long"));
                ck_assert(!told.is_good);
        }
}
END_TEST

TEST(a_nul_byte_is_no_end_of_a_line)
{
        static const char bytes[] = "{\"id\":1,\"text\":\"a\0b\"}\n{\"id\":2,\"text\":\"ok\"}";
        struct told told = run_bytes(LINES_SCAN, bytes, sizeof bytes - 1);
        ck_assert_str_eq(told.out, "{\"id\":2,\"entities\":[]}\n");
        ck_assert(strncmp(told.errors, "line 1: ", 8) == 0);
}
END_TEST

TEST(nothing_in_is_nothing_out)
{
        struct told told = run(LINES_SCAN, "");
        ck_assert(told.is_good);
        ck_assert_str_eq(told.out, "");
}
END_TEST

SUITE("svc-anonymize/lines", FORK, T(a_scan_tells_types_and_code_points), T(a_redaction_tells_what_was_removed),
        T(bad_lines_are_told_and_passed_over), T(texts_and_lines_that_are_too_long_are_told),
        T(a_nul_byte_is_no_end_of_a_line), T(nothing_in_is_nothing_out))
