/* SPDX-License-Identifier: Apache-2.0 */
/* In order of claim: what has a checksum or a sign of its own goes before what is only a run of digits. */
#include "svc-anonymize/identifiers/identifier.h"

#include <stddef.h>

const char *const stems[STEMS] = {
#define STEM(name, word) [STEM_##name] = word,
#include "svc-anonymize/identifiers/types.def"
};

enum { TEXT = false, NUMBER = true };

const struct identifier identifiers[IDENTIFIER_TYPES] = {
#define TYPE(name, stem, same) [IDENTIFIER_##name] = {#name, STEM_##stem, same},
#include "svc-anonymize/identifiers/types.def"
};

const struct detector *const detectors[] = {
        &detector_email,
        &detector_url,
        &detector_crypto,
        &detector_mac,
        &detector_ip,
        &detector_handle,
        &detector_iban,
        &detector_birth,
        &detector_code,
        &detector_number,
        NULL,
};
