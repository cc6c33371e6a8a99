/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_scan.h"
#include "common/log.h"
#include "tests/suite.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 4096 };

static struct arena *arena;
static FILE *file;
static int old_stderr;

/* Lines go to a file until they are asked for. */
static void set_up(void)
{
        arena = arena_new(0);
        log_init("kit", LOG_INFO);
        file = tmpfile();
        old_stderr = dup(STDERR_FILENO);
        dup2(fileno(file), STDERR_FILENO);
}

static void tear_down(void)
{
        fclose(file);
        arena_free(arena);
}

static char *written(void)
{
        dup2(old_stderr, STDERR_FILENO);
        close(old_stderr);
        long size = lseek(fileno(file), 0, SEEK_END);
        char *text = arena_zalloc(arena, (size_t)size + 1);
        ck_assert_int_eq(pread(fileno(file), text, (size_t)size, 0), size);
        return text;
}

/* Checks that it is one object on one line. */
static struct json scan_line(const char *line)
{
        struct json json;
        const char *why = "";
        size_t length = strlen(line);
        ck_assert_uint_le(length, LINE_MAX_SIZE);
        ck_assert_ptr_eq(strchr(line, '\n'), line + length - 1);
        ck_assert_msg(json_scan(arena, line, length, &json, &why) == STATUS_OK, "%s: %.200s", why, line);
        ck_assert_int_eq(json.tokens[0].type, JSON_OBJECT);
        return json;
}

/* The text of a member; NULL when there is none. */
static const char *member(const struct json *json, const char *name)
{
        uint32_t at = 1;
        for (uint32_t i = 0; i < json->tokens[0].count; i++) {
                uint32_t value = json->tokens[at].next;
                if (json_is(json, at, name))
                        return json->tokens[value].type == JSON_STRING
                                       ? json_string(arena, json, value)
                                       : arena_strndup(arena, json->bytes + json->tokens[value].start,
                                                 json->tokens[value].length);
                at = json->tokens[value].next;
        }
        return NULL;
}

TEST(a_line_is_one_object_with_its_facts)
{
        LOG(LOG_WARN, "something is", log_text("name", "a name"), log_number("count", INT64_MIN),
                log_text("absent", NULL));
        struct json json = scan_line(written());
        ck_assert_str_eq(member(&json, "log.level"), "warn");
        ck_assert_str_eq(member(&json, "service.name"), "kit");
        ck_assert_str_eq(member(&json, "message"), "something is");
        ck_assert_str_eq(member(&json, "name"), "a name");
        ck_assert_str_eq(member(&json, "count"), "-9223372036854775808");
        ck_assert_ptr_null(member(&json, "absent"));
        ck_assert_uint_ge(strlen(member(&json, "@timestamp")), strlen("2026-11-24T07:30:00Z"));
}
END_TEST

TEST(no_secret_gets_into_a_line)
{
        static const char *const attacks[] = {"postgresql://goals:hunter2@db/sfp", "password=hunter2",
                "Authorization: Bearer hunter2hunter2hunter2", "{\"token\":\"hunter2\"}", "hunter2@example.org",
                "-----BEGIN EC PRIVATE KEY-----\nhunter2"};
        LOG(LOG_ERROR, "failed: password=hunter2", log_text("db_password", "hunter2"), log_text("API-Key", "hunter2"));
        for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
                LOG(LOG_ERROR, attacks[i], log_text("reason", attacks[i]));
        const char *text = written();
        ck_assert_ptr_null(strstr(text, "hunter2"));
        ck_assert_ptr_nonnull(strstr(text, "\"db_password\":\"[redacted]\""));
}
END_TEST

TEST(lines_under_the_least_level_are_not_written)
{
        LOG(LOG_DEBUG, "quiet");
        ck_assert_str_eq(written(), "");
}
END_TEST

TEST(levels_are_found_by_name)
{
        ck_assert_int_eq(log_level_find("debug"), LOG_DEBUG);
        ck_assert_int_eq(log_level_find("error"), LOG_ERROR);
        ck_assert_int_eq(log_level_find("shout"), LOG_INFO);
        written();
}
END_TEST

TEST(no_character_breaks_the_line)
{
        char all[256];
        for (int i = 1; i < 128; i++)
                all[i - 1] = (char)i;
        memcpy(all + 127, "\u00e9\u20ac\U0001f600", 10);
        LOG(LOG_INFO, "all", log_text("text", all));
        struct json json = scan_line(written());
        ck_assert_str_eq(member(&json, "text"), all);
}
END_TEST

TEST(bytes_that_are_no_text_are_replaced)
{
        static const char *const bad[] = {"\xff", "a\x80z", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xc0\xaf"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                LOG(LOG_INFO, "bad", log_text("text", bad[i]));
        for (char *line = written(), *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
                struct json json = scan_line(arena_strndup(arena, line, (size_t)(end - line) + 1));
                ck_assert_ptr_nonnull(strstr(member(&json, "text"), "\uFFFD"));
        }
}
END_TEST

TEST(a_long_line_is_cut_and_still_json)
{
        /* What is repeated must not be cut in its middle, wherever the end falls. */
        static const char *const pieces[] = {"x", "\"", "\\", "\x01", "\u00e9", "\u20ac", "\U0001f600"};
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
                for (int shift = 0; shift < 8; shift++) {
                        char *text = arena_strdup(arena, "12345678" + shift);
                        for (int n = 0; n < 13; n++)
                                text = arena_printf(arena, "%s%s", n == 0 ? pieces[i] : text, n == 0 ? "" : text);
                        LOG(LOG_INFO, "long", log_text("before", "12345678" + shift), log_text("text", text),
                                log_number("after", 1));
                }
        }
        int lines = 0;
        for (char *line = written(), *end; (end = strchr(line, '\n')) != NULL; line = end + 1, lines++) {
                struct json json = scan_line(arena_strndup(arena, line, (size_t)(end - line) + 1));
                ck_assert_str_eq(member(&json, "message"), "long");
                ck_assert_uint_gt(end - line, 4000);
        }
        ck_assert_int_eq(lines, 7 * 8);
}
END_TEST

TEST(facts_that_do_not_fit_are_left_out)
{
        struct log_field fields[100];
        for (int i = 0; i < 100; i++)
                fields[i] =
                        i % 2 ? log_number(arena_printf(arena, "number_%d", i), i * 1000003LL)
                              : log_text(arena_printf(arena, "text_%d", i), "some text of more than sixty characters"
                                                                            "that is long enough to fill the line");
        log_write(LOG_ERROR, "many", fields, 100);
        struct json json = scan_line(written());
        ck_assert_str_eq(member(&json, "number_1"), "1000003");
        ck_assert_ptr_null(member(&json, "number_99"));
}
END_TEST

static void *write_lines(void *arg)
{
        for (int i = 0; i < 200; i++)
                LOG(LOG_INFO, "line", log_text("thread", arg), log_number("i", i));
        return NULL;
}

TEST(lines_of_several_threads_do_not_mix)
{
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
                pthread_create(&threads[i], NULL, write_lines, arena_printf(arena, "%d", i));
        for (int i = 0; i < 4; i++)
                pthread_join(threads[i], NULL);
        int lines = 0;
        for (char *line = written(), *end; (end = strchr(line, '\n')) != NULL; line = end + 1, lines++)
                scan_line(arena_strndup(arena, line, (size_t)(end - line) + 1));
        ck_assert_int_eq(lines, 800);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/log", FORK, T(a_line_is_one_object_with_its_facts), T(no_secret_gets_into_a_line),
        T(lines_under_the_least_level_are_not_written), T(levels_are_found_by_name), T(no_character_breaks_the_line),
        T(bytes_that_are_no_text_are_replaced), T(a_long_line_is_cut_and_still_json),
        T(facts_that_do_not_fit_are_left_out), T(lines_of_several_threads_do_not_mix))
