/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_lines.h"
#include "tests/suite.h"

#include <string.h>

enum { LONGEST = 64 };

/* Says how long a text is; one that reads like `context` is bad. */
static const char *measure(const void *context, struct arena *arena, const char *bytes, size_t length, const char **why)
{
        struct json_line line;
        if (!json_line_read(arena, bytes, length, &line, why))
                return NULL;
        const char *text = json_string(arena, &line.json, line.text);
        if (strcmp(text, context) == 0)
                return *why = "it is bad", NULL;
        struct buffer answer = buffer_in(arena);
        json_line_begin(&answer, &line);
        buffer_printf(&answer, ",\"bytes\":%zu}\n", strlen(text));
        return buffer_text(&answer);
}

static char told[1024], complaints[1024];

static void slurp(FILE *file, char *out, size_t size)
{
        rewind(file);
        out[fread(out, 1, size - 1, file)] = '\0';
        fclose(file);
}

static bool run(const char *text)
{
        const struct json_lines lines = {measure, "bad", LONGEST, (size_t)1 << 24};
        FILE *in = tmpfile(), *out = tmpfile(), *errors = tmpfile();
        ck_assert(in != NULL && out != NULL && errors != NULL);
        fputs(text, in);
        rewind(in);
        bool is_good = json_lines_run(&lines, in, out, errors);
        fclose(in);
        slurp(out, told, sizeof told);
        slurp(errors, complaints, sizeof complaints);
        return is_good;
}

TEST(each_line_is_answered_with_its_id_as_it_was_written)
{
        ck_assert(run("{\"id\":\"\\u0061\",\"text\":\"\\u00fc\"}\n\n \t\r\n{\"text\":\"\",\"more\":[1],\"id\":-1.50}"));
        ck_assert_str_eq(told, "{\"id\":\"\\u0061\",\"bytes\":2}\n{\"id\":-1.50,\"bytes\":0}\n");
        ck_assert_str_eq(complaints, "");
}
END_TEST

TEST(a_bad_line_is_told_by_its_number_and_the_next_one_answered)
{
        ck_assert(!run("\n{\"id\":1,\"text\":\"bad\"}\n{\"id\":2}\n{\"id\":3,\"text\":\"good\"}\n"));
        ck_assert_str_eq(told, "{\"id\":3,\"bytes\":4}\n");
        ck_assert_str_eq(complaints, "line 2: it is bad\nline 3: it has no \"text\" that is a string\n");
}
END_TEST

TEST(a_line_that_is_too_long_is_told_and_passed_over)
{
        ck_assert(
                !run("{\"id\":1,\"text\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}\n"
                     "{\"id\":2,\"text\":\"short\"}\n"));
        ck_assert_str_eq(told, "{\"id\":2,\"bytes\":5}\n");
        ck_assert_str_eq(complaints, "line 1: it is too long\n");
}
END_TEST

SUITE("common/json_lines", FORK, T(each_line_is_answered_with_its_id_as_it_was_written),
        T(a_bad_line_is_told_by_its_number_and_the_next_one_answered),
        T(a_line_that_is_too_long_is_told_and_passed_over))
