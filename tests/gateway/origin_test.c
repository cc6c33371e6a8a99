/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/origin.h"
#include "tests/suite.h"

static const char list[] = "https://app.example, https://beta.example:8443";

TEST(a_page_of_the_host_itself_is_welcome)
{
        ck_assert(origin_is_welcome("", "https://social.example", "social.example"));
        ck_assert(origin_is_welcome(NULL, "http://Social.Example:8000", "social.example:8000"));
        ck_assert(origin_is_welcome(list, "http://127.0.0.1:8000", "127.0.0.1:8000"));
}
END_TEST

TEST(a_page_that_is_listed_is_welcome_exactly_as_listed)
{
        ck_assert(origin_is_welcome(list, "https://app.example", "social.example"));
        ck_assert(origin_is_welcome(list, "https://beta.example:8443", "social.example"));
        ck_assert(!origin_is_welcome(list, "http://app.example", "social.example"));
        ck_assert(!origin_is_welcome(list, "https://beta.example", "social.example"));
        ck_assert(!origin_is_welcome(list, "https://app.example.evil.example", "social.example"));
        ck_assert(!origin_is_welcome(list, "https://app.exampl", "social.example"));
}
END_TEST

TEST(any_other_page_is_not)
{
        static const char *const others[] = {"", "null", "https://", "social.example", "https://evil.example",
                "https://social.example.evil.example", "https://social.example:444", "https://social.example/",
                "https://user@social.example", ",", ", "};
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                ck_assert_msg(!origin_is_welcome(list, others[i], "social.example"), "%s", others[i]);
        ck_assert(!origin_is_welcome("", "https://", ""));
        ck_assert(!origin_is_welcome("", "https://social.example", NULL));
}
END_TEST

SUITE("gateway/origin", FORK, T(a_page_of_the_host_itself_is_welcome),
        T(a_page_that_is_listed_is_welcome_exactly_as_listed), T(any_other_page_is_not))
