/* SPDX-License-Identifier: Apache-2.0 */
/* From a path, a query and a body to the request message of a method. What is wrong is found here, before a call is
 * spent on it; services check again. */
#pragma once

#include "common/violation.h"
#include "gateway/exchange.h"

struct bound {
        ProtobufCMessage *message;
        struct violations violations;
        const char *detail; /* for a problem without violations; NULL: the title says it */
};

/* PROBLEM_NONE with the message of exchange->match.route in the arena and exchange->fields set, or
 * UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, MALFORMED_REQUEST, MALFORMED_JSON, MALFORMED_QUERY, VALIDATION_FAILED. */
enum problem bind_request(struct exchange *exchange, struct bound *out);
