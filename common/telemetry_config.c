/* SPDX-License-Identifier: Apache-2.0 */
#include "common/telemetry_config.h"

#include "common/tracer.h"

#include <stdio.h>
#include <string.h>

#define PLACE(member) offsetof(struct telemetry_config, member)
const struct config_item telemetry_table[] = {
        {"OTEL_EXPORTER_OTLP_ENDPOINT", CONFIG_TEXT, PLACE(endpoint), "", 0, 0,
                "http:// or https:// address of a collector, to whose /v1/traces spans are sent; unset: no traces"},
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", CONFIG_TEXT, PLACE(traces_endpoint), "", 0, 0,
                "the same, taken as it is"},
        {"OTEL_EXPORTER_OTLP_HEADERS", CONFIG_SECRET, PLACE(headers), "", 0, 0,
                "headers sent along, NAME=VALUE by commas, values percent-encoded"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL", CONFIG_TEXT, PLACE(protocol), "http/protobuf", 0, 0,
                "how spans are sent: nothing else is known"},
        {"OTEL_EXPORTER_OTLP_CERTIFICATE", CONFIG_TEXT, PLACE(authority), "", 0, 0,
                "PEM file of the collector's authority; unset: the system's"},
        {"OTEL_EXPORTER_OTLP_TIMEOUT", CONFIG_INT, PLACE(timeout_ms), "10000", 1, 600000,
                "milliseconds that sending a batch may take"},
        {"OTEL_TRACES_EXPORTER", CONFIG_TEXT, PLACE(exporter), "otlp", 0, 0, "otlp, or none"},
        {"OTEL_SDK_DISABLED", CONFIG_BOOL, PLACE(is_disabled), "false", 0, 0, "no traces, whatever else is said"},
        {"OTEL_SERVICE_NAME", CONFIG_TEXT, PLACE(service_name), "", 0, 0,
                "service.name of the spans; unset: the program's"},
        {"OTEL_RESOURCE_ATTRIBUTES", CONFIG_TEXT, PLACE(resource_attributes), "", 0, 0,
                "what else is said of the program, KEY=VALUE by commas, values percent-encoded"},
        {"OTEL_TRACES_SAMPLER", CONFIG_TEXT, PLACE(sampler), "parentbased_always_on", 0, 0,
                "of traces that begin here: always_on, always_off or traceidratio; with parentbased_ those that come with a request are kept or not as it says"},
        {"OTEL_TRACES_SAMPLER_ARG", CONFIG_REAL, PLACE(sampler_part), "1", 0, 1, "the part that traceidratio keeps"},
        {"OTEL_BSP_SCHEDULE_DELAY", CONFIG_INT, PLACE(delay_ms), "5000", 10, 600000,
                "milliseconds that a span waits for others at most"},
        {"OTEL_BSP_MAX_QUEUE_SIZE", CONFIG_INT, PLACE(queue_max), "2048", 16, 65536,
                "spans that wait to be sent, 350 bytes each; more are dropped and counted"},
        {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", CONFIG_INT, PLACE(batch_max), "512", 1, 4096, "spans in one request"},
        {0},
};

static bool complain(const char *what)
{
        fprintf(stderr, "%s\n", what);
        return false;
}

/* Nobody's password is to be in an address, which is no secret. */
static bool is_address(const char *url)
{
        return (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0) && strchr(url, '@') == NULL;
}

static bool put_url(const struct telemetry_config *config, char url[TELEMETRY_URL_SIZE])
{
        size_t length = strlen(config->endpoint);
        if (*config->traces_endpoint != '\0')
                return snprintf(url, TELEMETRY_URL_SIZE, "%s", config->traces_endpoint) < TELEMETRY_URL_SIZE;
        while (length > 0 && config->endpoint[length - 1] == '/')
                length--;
        return snprintf(url, TELEMETRY_URL_SIZE, "%.*s/v1/traces", (int)length, config->endpoint) < TELEMETRY_URL_SIZE;
}

static bool read_sampler(const struct telemetry_config *config, struct tracer_settings *out)
{
        static const struct {
                const char *name;
                bool heeds_parent;
                double part; /* -1: as the argument says */
        } samplers[] = {
                {"parentbased_always_on", true, 1},
                {"parentbased_always_off", true, 0},
                {"parentbased_traceidratio", true, -1},
                {"always_on", false, 1},
                {"always_off", false, 0},
                {"traceidratio", false, -1},
        };
        for (size_t i = 0; i < sizeof samplers / sizeof *samplers; i++)
                if (strcmp(samplers[i].name, config->sampler) == 0) {
                        out->heeds_parent = samplers[i].heeds_parent;
                        out->part = samplers[i].part < 0 ? config->sampler_part : samplers[i].part;
                        return true;
                }
        return complain("OTEL_TRACES_SAMPLER is none of those that are known");
}

bool telemetry_settings(const struct telemetry_config *config, char url_place[TELEMETRY_URL_SIZE], const char *program,
        const char *instance, struct tracer_settings *out)
{
        bool is_off = config->is_disabled || strcmp(config->exporter, "none") == 0 ||
                      (*config->endpoint == '\0' && *config->traces_endpoint == '\0');
        *out = (struct tracer_settings){
                .headers = config->headers,
                .authority = config->authority,
                .service_name = *config->service_name == '\0' ? program : config->service_name,
                .instance = instance,
                .resource_attributes = config->resource_attributes,
                .timeout_ms = config->timeout_ms,
                .delay_ms = config->delay_ms,
                .queue_max = (int)config->queue_max,
                .batch_max = (int)config->batch_max,
        };
        if (is_off)
                return true;
        if (strcmp(config->exporter, "otlp") != 0)
                return complain("OTEL_TRACES_EXPORTER is neither otlp nor none");
        if (strcmp(config->protocol, "http/protobuf") != 0)
                return complain("OTEL_EXPORTER_OTLP_PROTOCOL can only be http/protobuf");
        if (!put_url(config, url_place) || !is_address(url_place))
                return complain("OTEL_EXPORTER_OTLP_ENDPOINT is no http:// or https:// address without a password");
        out->url = url_place;
        return read_sampler(config, out);
}
