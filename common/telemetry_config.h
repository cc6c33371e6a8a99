/* SPDX-License-Identifier: Apache-2.0 */
/* Where traces go, in the words that OpenTelemetry has for it
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/): the same in every program. */
#pragma once

#include "common/config.h"

struct telemetry_config {
        bool is_disabled;
        const char *exporter;
        const char *endpoint, *traces_endpoint;
        const char *headers; /* secret */
        const char *protocol;
        const char *authority;
        const char *service_name, *resource_attributes;
        const char *sampler;
        double sampler_part;
        int64_t timeout_ms, delay_ms, queue_max, batch_max;
};

extern const struct config_item telemetry_table[];

struct tracer_settings;

/* What the tracer is to do; `url` is put together in `url_place`. False when something is not well formed, which is
 * said on stderr. Off is: no endpoint, or said so; out->url is NULL then. */
enum { TELEMETRY_URL_SIZE = 1024 };
bool telemetry_settings(const struct telemetry_config *config, char url_place[TELEMETRY_URL_SIZE], const char *program,
        const char *instance, struct tracer_settings *out);
