/* SPDX-License-Identifier: Apache-2.0 */
#include "common/config_dir.h"

#include "common/config.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

static void put(const char *name, const char *bytes, size_t size)
{
        char path[128];
        snprintf(path, sizeof path, "%s/%s", directory, name);
        FILE *file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
        fclose(file);
}

static void set_up(void)
{
        strcpy(directory, "/tmp/sfp-config-XXXXXX"); /* allow(strcpy): fits */
        ck_assert_ptr_nonnull(mkdtemp(directory));
        setenv("CONFIG_DIR", directory, 1);
        unsetenv("KIT_KEY");
}

static void tear_down(void)
{
        static const char *const names[] = {"KIT_KEY", "KIT_KEY_TOO_LONG"};
        char path[128];
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                snprintf(path, sizeof path, "%s/%s", directory, names[i]);
                remove(path);
        }
        rmdir(directory);
}

TEST(a_value_comes_out_of_its_file_without_the_line_end)
{
        put("KIT_KEY", "se cret\r\n\n", 10);
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_OK);
        ck_assert_str_eq(getenv("KIT_KEY"), "se cret");
}
END_TEST

TEST(the_environment_comes_first_unless_it_is_empty)
{
        put("KIT_KEY", "file", 4);
        setenv("KIT_KEY", "environment", 1);
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_OK);
        ck_assert_str_eq(getenv("KIT_KEY"), "environment");
        setenv("KIT_KEY", "", 1);
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_OK);
        ck_assert_str_eq(getenv("KIT_KEY"), "file");
}
END_TEST

TEST(without_a_file_or_a_directory_nothing_happens)
{
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_OK);
        ck_assert_ptr_null(getenv("KIT_KEY"));
        setenv("CONFIG_DIR", "", 1);
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_OK);
        setenv("CONFIG_DIR", "/nowhere/at/all", 1);
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_OK);
        ck_assert_ptr_null(getenv("KIT_KEY"));
}
END_TEST

TEST(what_is_no_value_is_refused)
{
        static char much[CONFIG_DIR_VALUE_MAX + 1];
        memset(much, 'x', sizeof much);
        put("KIT_KEY", much, CONFIG_DIR_VALUE_MAX);
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_OK);
        put("KIT_KEY_TOO_LONG", much, sizeof much);
        ck_assert_int_eq(config_dir_take("KIT_KEY_TOO_LONG"), STATUS_INVALID_ARGUMENT);
        unsetenv("KIT_KEY");
        put("KIT_KEY", "a\0b", 3);
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_INVALID_ARGUMENT);
        ck_assert_ptr_null(getenv("KIT_KEY"));
}
END_TEST

TEST(a_directory_in_place_of_a_file_is_refused)
{
        char path[128];
        snprintf(path, sizeof path, "%s/KIT_KEY", directory);
        ck_assert_int_eq(mkdir(path, 0700), 0);
        ck_assert_int_eq(config_dir_take("KIT_KEY"), STATUS_INVALID_ARGUMENT);
}
END_TEST

TEST(a_table_is_read_from_files)
{
        static struct {
                const char *key;
                int64_t count;
        } settings;
        static const struct config_item table[] = {
                {"KIT_KEY", CONFIG_SECRET, 0, NULL, 0, 0, "what opens it"},
                {"KIT_COUNT", CONFIG_INT, sizeof settings.key, "7", 1, 10, "how many"},
                {0},
        };
        put("KIT_KEY", "hunter2\n", 8);
        ck_assert_int_eq(config_read(table, &settings), STATUS_OK);
        ck_assert_str_eq(settings.key, "hunter2");
        ck_assert_int_eq(settings.count, 7);
        put("KIT_KEY", "\n", 1);
        unsetenv("KIT_KEY");
        ck_assert_int_eq(config_read(table, &settings), STATUS_INVALID_ARGUMENT);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/config_dir", FORK, T(a_value_comes_out_of_its_file_without_the_line_end),
        T(the_environment_comes_first_unless_it_is_empty), T(without_a_file_or_a_directory_nothing_happens),
        T(what_is_no_value_is_refused), T(a_directory_in_place_of_a_file_is_refused), T(a_table_is_read_from_files))
