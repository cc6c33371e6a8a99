/* SPDX-License-Identifier: Apache-2.0 */
/* A request that was answered as a span, by OpenTelemetry's conventions for HTTP
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/): its route and code, and nothing that was sent. */
#pragma once

struct exchange;

/* Records it, if its trace is sampled; not what goes on after its answer has begun, as streams and sockets do. */
void request_span_record(const struct exchange *exchange);
