/* SPDX-License-Identifier: Apache-2.0 */
/* In order of claim: what has a checksum or a sign of its own goes before what is only a run of digits. */
#include "svc-anonymize/identifiers/identifier.h"

#include <stddef.h>

const struct identifier *const identifiers[] = {
        &identifier_email,
        &identifier_url,
        &identifier_ip,
        &identifier_iban,
        &identifier_card,
        &identifier_ssn,
        &identifier_phone,
        NULL,
};
