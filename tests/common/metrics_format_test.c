/* SPDX-License-Identifier: Apache-2.0 */
#include "common/metrics.h"
#include "tests/suite.h"

static void assert_open(const char *accept)
{
        ck_assert_msg(metrics_format_choose(accept) == METRICS_OPEN, "%s", accept);
}

static void assert_text(const char *accept)
{
        ck_assert_msg(metrics_format_choose(accept) == METRICS_TEXT, "%s", accept);
}

TEST(what_prometheus_2_sends_gets_openmetrics)
{
        assert_open("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
}
END_TEST

TEST(what_prometheus_3_sends_gets_openmetrics)
{
        assert_open(
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                "text/plain;version=0.0.4;q=0.3,*/*;q=0.2");
}
END_TEST

TEST(whoever_asks_for_nothing_or_for_anything_gets_text)
{
        ck_assert_int_eq(metrics_format_choose(NULL), METRICS_TEXT);
        assert_text("");
        assert_text("*/*");
        assert_text("text/html,application/xhtml+xml");
        assert_text("text/plain;version=0.0.4");
}
END_TEST

TEST(the_heavier_wish_wins)
{
        assert_text("application/openmetrics-text;version=1.0.0;q=0.2,text/plain;version=0.0.4;q=0.3");
        assert_open("application/openmetrics-text;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.3");
}
END_TEST

TEST(what_is_not_taken_at_all_is_not_sent)
{
        assert_text("application/openmetrics-text;version=1.0.0;q=0");
        assert_text("application/openmetrics-text;version=2.0.0");
        assert_text("application/openmetrics-text;q=nonsense");
        assert_text(";;;,,,q=1;");
}
END_TEST

SUITE("common/metrics_format", FORK, T(what_prometheus_2_sends_gets_openmetrics),
        T(what_prometheus_3_sends_gets_openmetrics), T(whoever_asks_for_nothing_or_for_anything_gets_text),
        T(the_heavier_wish_wins), T(what_is_not_taken_at_all_is_not_sent))
