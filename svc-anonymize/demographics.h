/* SPDX-License-Identifier: Apache-2.0 */
/* Bands of a person's facts, for whoever answers with them. */
#pragma once

#include "common/call.h"
#include "sfp/anonymize.pb-c.h"

/* Generalises the facts given; what is absent comes from the stored demographics of in->user_id, when it is set.
 * Unknown stays absent. */
MUST_CHECK status demographics_generalize(
        struct call *call, const Anonymize__GeneralizeRequest *in, Anonymize__Bands *out);
