/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/tokens.h"

#include "gateway/gateway.h"

#include <stdio.h>

static bool is_given(const char *text)
{
        return text != NULL && *text != '\0';
}

/* What is wrong with the settings about tokens; NULL: nothing. */
static const char *judge_tokens(const struct gateway_settings *settings)
{
        bool has_file = is_given(settings->jwks_file), has_url = is_given(settings->jwks_url);
        if (has_file && has_url)
                return "JWKS_FILE and JWKS_URL are both set";
        if (!has_file && !has_url)
                return is_given(settings->jwt_secret) ? NULL : "one of JWT_SECRET, JWKS_FILE and JWKS_URL must be set";
        /* RFC 8725, sections 3.8 and 3.9: an issuer's keys sign tokens that are for others, too. */
        return is_given(settings->jwt_issuer) && is_given(settings->jwt_audience)
                       ? NULL
                       : "with JWKS_FILE or JWKS_URL, JWT_ISSUER and JWT_AUDIENCE must be set";
}

static status start_keys(struct gateway *gateway, struct metrics *metrics)
{
        const struct gateway_settings *settings = &gateway->settings;
        const struct key_source_settings from = {
                .file = settings->jwks_file,
                .url = settings->jwks_url,
                .authority = settings->jwks_authority,
                .refresh_ms = settings->jwks_refresh_ms,
                .pause_ms = KEY_SOURCE_PAUSE_MS,
        };
        if (!is_given(from.file) && !is_given(from.url))
                return STATUS_OK;
        return key_source_start(gateway->schema, &from, metrics, &gateway->keys);
}

status tokens_start(struct gateway *gateway, struct metrics *metrics)
{
        const struct gateway_settings *settings = &gateway->settings;
        const char *why = judge_tokens(settings);
        if (why != NULL) {
                fprintf(stderr, "%s\n", why); /* allow(fprintf): to whoever starts it */
                return STATUS_INVALID_ARGUMENT;
        }
        TRY(start_keys(gateway, metrics));
        gateway->jwt = jwt_new(gateway->schema, &(struct jwt_settings){.secret = settings->jwt_secret,
                                                        .keys = gateway->keys,
                                                        .issuer = settings->jwt_issuer,
                                                        .audience = settings->jwt_audience,
                                                        .access_tokens_only = settings->jwt_access_tokens_only,
                                                        .metrics = metrics});
        if (gateway->jwt != NULL)
                return STATUS_OK;
        fprintf(stderr, /* allow(fprintf): to whoever starts it */
                "the JWT secret must be base64 of at least %d bytes\n", JWT_SECRET_MIN);
        return STATUS_INVALID_ARGUMENT;
}

void tokens_stop(struct gateway *gateway)
{
        jwt_free(gateway->jwt);
        key_source_stop(gateway->keys);
}
