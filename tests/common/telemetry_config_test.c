/* SPDX-License-Identifier: Apache-2.0 */
#include "common/telemetry_config.h"
#include "common/tracer.h"
#include "tests/suite.h"

static char url[TELEMETRY_URL_SIZE];
static struct telemetry_config config;
static struct tracer_settings settings;

static void set_up(void)
{
        for (const struct config_item *item = telemetry_table; item->name != NULL; item++)
                unsetenv(item->name);
}

static bool reads(void)
{
        ck_assert_int_eq(config_read(telemetry_table, &config), STATUS_OK);
        return telemetry_settings(&config, url, "svc-goals", "2", &settings);
}

TEST(nothing_is_sent_unless_somebody_says_where)
{
        ck_assert(reads());
        ck_assert_ptr_null(settings.url);
}
END_TEST

TEST(an_endpoint_gets_the_path_of_traces)
{
        setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/", 1);
        ck_assert(reads());
        ck_assert_str_eq(settings.url, "http://collector:4318/v1/traces");
        ck_assert_str_eq(settings.service_name, "svc-goals");
        ck_assert(settings.heeds_parent);
        ck_assert_double_eq(settings.part, 1);
}
END_TEST

TEST(an_endpoint_of_traces_is_taken_as_it_is)
{
        setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", 1);
        setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example/in", 1);
        setenv("OTEL_SERVICE_NAME", "goals", 1);
        ck_assert(reads());
        ck_assert_str_eq(settings.url, "https://traces.example/in");
        ck_assert_str_eq(settings.service_name, "goals");
}
END_TEST

TEST(traces_can_be_switched_off)
{
        setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", 1);
        setenv("OTEL_SDK_DISABLED", "true", 1);
        ck_assert(reads());
        ck_assert_ptr_null(settings.url);
        setenv("OTEL_SDK_DISABLED", "false", 1);
        setenv("OTEL_TRACES_EXPORTER", "none", 1);
        ck_assert(reads());
        ck_assert_ptr_null(settings.url);
}
END_TEST

TEST(a_sampler_says_what_is_kept)
{
        setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", 1);
        setenv("OTEL_TRACES_SAMPLER", "traceidratio", 1);
        setenv("OTEL_TRACES_SAMPLER_ARG", "0.1", 1);
        ck_assert(reads());
        ck_assert_double_eq(settings.part, 0.1);
        ck_assert(!settings.heeds_parent);
        setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off", 1);
        ck_assert(reads());
        ck_assert_double_eq(settings.part, 0);
        ck_assert(settings.heeds_parent);
}
END_TEST

TEST(what_cannot_be_done_is_refused)
{
        static const char *const bad[][2] = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"},
                {"OTEL_EXPORTER_OTLP_ENDPOINT", "file:///etc/passwd"},
                {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:password@collector"},
                {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, {"OTEL_TRACES_EXPORTER", "jaeger"},
                {"OTEL_TRACES_SAMPLER", "sometimes"}};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                set_up();
                setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", 1);
                setenv(bad[i][0], bad[i][1], 1);
                ck_assert_msg(!reads(), "%s", bad[i][1]);
        }
}
END_TEST

SUITE_WITH(set_up, NULL, "common/telemetry_config", FORK, T(nothing_is_sent_unless_somebody_says_where),
        T(an_endpoint_gets_the_path_of_traces), T(an_endpoint_of_traces_is_taken_as_it_is),
        T(traces_can_be_switched_off), T(a_sampler_says_what_is_kept), T(what_cannot_be_done_is_refused))
