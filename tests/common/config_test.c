/* SPDX-License-Identifier: Apache-2.0 */
#include "common/config.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

struct settings {
        const char *name;
        const char *password;
        int64_t count;
        double share;
        bool is_loud;
};

#define PLACE(member) offsetof(struct settings, member)
static const struct config_item table[] = {
        {"KIT_NAME", CONFIG_TEXT, PLACE(name), "", 0, 0, "what it is called"},
        {"KIT_PASSWORD", CONFIG_SECRET, PLACE(password), NULL, 0, 0, "what opens it"},
        {"KIT_COUNT", CONFIG_INT, PLACE(count), "7", 1, 10, "how many"},
        {"KIT_SHARE", CONFIG_REAL, PLACE(share), "0.5", 0, 1, "how much"},
        {"KIT_LOUD", CONFIG_BOOL, PLACE(is_loud), "false", 0, 0, "heard or not"},
        {0},
};

static struct settings settings;
static char said[4096]; /* what was printed */

static void set_up(void)
{
        for (const struct config_item *item = table; item->name != NULL; item++)
                unsetenv(item->name);
        setenv("KIT_PASSWORD", "hunter2", 1);
        memset(&settings, 0, sizeof settings);
}

/* config_read, with what it says on stderr kept in `said`. */
static status read_table(void)
{
        FILE *file = tmpfile();
        int old = dup(STDERR_FILENO);
        dup2(fileno(file), STDERR_FILENO);
        status result = config_read(table, &settings);
        fflush(stderr);
        dup2(old, STDERR_FILENO);
        close(old);
        rewind(file);
        said[fread(said, 1, sizeof said - 1, file)] = '\0';
        fclose(file);
        return result;
}

static void print_table(void (*print)(const struct config_item *table, FILE *out))
{
        FILE *file = fmemopen(said, sizeof said, "w");
        print(table, file);
        fclose(file);
}

TEST(what_is_not_set_has_its_default)
{
        ck_assert_int_eq(read_table(), STATUS_OK);
        ck_assert_str_eq(settings.name, "");
        ck_assert_str_eq(settings.password, "hunter2");
        ck_assert_int_eq(settings.count, 7);
        ck_assert_double_eq(settings.share, 0.5);
        ck_assert(!settings.is_loud);
        ck_assert_str_eq(said, "");
}
END_TEST

TEST(what_is_set_counts)
{
        setenv("KIT_NAME", "a name", 1);
        setenv("KIT_COUNT", "10", 1);
        setenv("KIT_SHARE", "1", 1);
        setenv("KIT_LOUD", "1", 1);
        ck_assert_int_eq(read_table(), STATUS_OK);
        ck_assert_str_eq(settings.name, "a name");
        ck_assert_int_eq(settings.count, 10);
        ck_assert_double_eq(settings.share, 1);
        ck_assert(settings.is_loud);
}
END_TEST

TEST(an_empty_variable_counts_as_unset)
{
        setenv("KIT_COUNT", "", 1);
        ck_assert_int_eq(read_table(), STATUS_OK);
        ck_assert_int_eq(settings.count, 7);
        setenv("KIT_PASSWORD", "", 1);
        ck_assert_int_eq(read_table(), STATUS_INVALID_ARGUMENT);
}
END_TEST

TEST(all_that_is_wrong_is_said_at_once)
{
        unsetenv("KIT_PASSWORD");
        setenv("KIT_COUNT", "many", 1);
        setenv("KIT_SHARE", "2", 1);
        setenv("KIT_LOUD", "yes", 1);
        ck_assert_int_eq(read_table(), STATUS_INVALID_ARGUMENT);
        ck_assert_str_eq(said, "KIT_PASSWORD is not set: it takes secret (what opens it)\n"
                               "KIT_COUNT has a wrong value: it takes integer from 1 to 10 (how many)\n"
                               "KIT_SHARE has a wrong value: it takes number from 0 to 1 (how much)\n"
                               "KIT_LOUD has a wrong value: it takes true or false (heard or not)\n");
}
END_TEST

TEST(a_value_outside_its_type_or_range_is_refused)
{
        static const struct {
                const char *name, *value;
        } bad[] = {{"KIT_COUNT", "0"}, {"KIT_COUNT", "11"}, {"KIT_COUNT", "-1"}, {"KIT_COUNT", "7 "},
                {"KIT_COUNT", "7.0"}, {"KIT_COUNT", "0x7"}, {"KIT_COUNT", "99999999999999999999"},
                {"KIT_SHARE", "-0.001"}, {"KIT_SHARE", "1.001"}, {"KIT_SHARE", "nan"}, {"KIT_SHARE", "inf"},
                {"KIT_SHARE", "0.5x"}, {"KIT_SHARE", "1e999"}, {"KIT_LOUD", "TRUE"}, {"KIT_LOUD", "2"}};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                set_up();
                setenv(bad[i].name, bad[i].value, 1);
                ck_assert_msg(read_table() == STATUS_INVALID_ARGUMENT, "%s=%s", bad[i].name, bad[i].value);
        }
}
END_TEST

TEST(a_secret_is_never_printed)
{
        setenv("KIT_COUNT", "many", 1);
        ck_assert_int_eq(read_table(), STATUS_INVALID_ARGUMENT);
        ck_assert_ptr_null(strstr(said, "hunter2"));
        print_table(config_print_help);
        ck_assert_ptr_null(strstr(said, "hunter2"));
        print_table(config_print_markdown);
        ck_assert_ptr_null(strstr(said, "hunter2"));
}
END_TEST

TEST(the_help_names_every_item)
{
        print_table(config_print_help);
        ck_assert_str_eq(said, "  KIT_NAME                       what it is called (text; unset)\n"
                               "  KIT_PASSWORD                   what opens it (secret; must be set)\n"
                               "  KIT_COUNT                      how many (integer; 7)\n"
                               "  KIT_SHARE                      how much (number; 0.5)\n"
                               "  KIT_LOUD                       heard or not (true or false; false)\n");
}
END_TEST

TEST(the_markdown_is_a_row_for_every_item)
{
        print_table(config_print_markdown);
        ck_assert_str_eq(said, "| `KIT_NAME` | text | unset | what it is called |\n"
                               "| `KIT_PASSWORD` | secret | must be set | what opens it |\n"
                               "| `KIT_COUNT` | integer | 7 | how many |\n"
                               "| `KIT_SHARE` | number | 0.5 | how much |\n"
                               "| `KIT_LOUD` | true or false | false | heard or not |\n");
}
END_TEST

SUITE_WITH(set_up, NULL, "common/config", FORK, T(what_is_not_set_has_its_default), T(what_is_set_counts),
        T(an_empty_variable_counts_as_unset), T(all_that_is_wrong_is_said_at_once),
        T(a_value_outside_its_type_or_range_is_refused), T(a_secret_is_never_printed), T(the_help_names_every_item),
        T(the_markdown_is_a_row_for_every_item))
