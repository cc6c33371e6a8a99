/* SPDX-License-Identifier: Apache-2.0 */
/* Settings about tokens with which a gateway starts, and with which it rather does not. */
#include "gateway/gateway.h"
#include "tests/common/keys.h"
#include "tests/suite.h"

#define SECRET "YW4gZXhhbXBsZSBrZXkgb2YgMzYgYnl0ZXMsIG5vIG1vcmUu"

static const struct gateway_settings usual = {
        .http = {.address = "127.0.0.1:0", .threads = 1, .connections_max = 8, .body_max = 4096, .timeout_s = 2},
        .principal_key = KEYS_PRINCIPAL,
        .jwks_refresh_ms = 1000,
        .requests_max = 4,
        .call_deadline_ms = 3000,
        .cors_origins = "",
        .rate = {.trusted_proxies = "", .proxy_header = "x-forwarded-for", .redis_url = "", .secret = KEYS_PRINCIPAL},
};

static bool starts(const struct gateway_settings *settings)
{
        struct gateway *gateway;
        struct metrics *metrics = metrics_new();
        struct client *client = client_new(&(struct client_settings){.address = ""}, metrics);
        bool is_up = gateway_start(settings, metrics, client, &gateway) == STATUS_OK;
        if (is_up)
                gateway_stop(gateway, 0);
        else
                client_free(client);
        metrics_free(metrics);
        return is_up;
}

TEST(a_secret_is_enough)
{
        struct gateway_settings settings = usual;
        settings.jwt_secret = SECRET;
        ck_assert(starts(&settings));
        settings.jwt_secret = "c2hvcnQ=";
        ck_assert(!starts(&settings));
}
END_TEST

TEST(without_secret_and_keys_nobody_could_come_in)
{
        struct gateway_settings settings = usual;
        ck_assert(!starts(&settings));
        settings.jwt_secret = settings.jwks_file = settings.jwks_url = "";
        ck_assert(!starts(&settings));
}
END_TEST

TEST(keys_need_to_know_whose_and_for_whom)
{
        struct gateway_settings settings = usual;
        settings.jwks_file = "/nonexistent/keys.json";
        ck_assert(!starts(&settings));
        settings.jwt_issuer = "https://id.example";
        ck_assert(!starts(&settings));
        settings.jwt_audience = "https://social.example";
        ck_assert(starts(&settings));
        settings.jwt_secret = SECRET;
        ck_assert(starts(&settings));
}
END_TEST

TEST(keys_come_from_one_place_that_can_be_trusted)
{
        struct gateway_settings settings = usual;
        settings.jwt_issuer = "https://id.example";
        settings.jwt_audience = "https://social.example";
        settings.jwks_url = "http://id.example/keys";
        ck_assert(!starts(&settings));
        settings.jwks_url = "http://127.0.0.1:1/keys";
        ck_assert(starts(&settings));
        settings.jwks_file = "/nonexistent/keys.json";
        ck_assert(!starts(&settings));
}
END_TEST

SUITE("gateway/start", NO_FORK, T(a_secret_is_enough), T(without_secret_and_keys_nobody_could_come_in),
        T(keys_need_to_know_whose_and_for_whom), T(keys_come_from_one_place_that_can_be_trusted))
