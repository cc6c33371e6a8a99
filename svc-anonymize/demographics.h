/* SPDX-License-Identifier: Apache-2.0 */
/* Bands of a person's facts, for whoever answers with them. */
#pragma once

#include "common/call.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/personal.pb-c.h"

/* Generalises the facts given; what is absent comes from the stored demographics of in->user_id, when it is set.
 * Unknown stays absent. */
MUST_CHECK status demographics_generalize(
        struct call *call, const Anonymize__GeneralizeRequest *in, Anonymize__Bands *out);

/* How the table knows a person. */
ProtobufCBinaryData demographics_tag(struct call *call, const char *user_id);

/* The exact facts, for whom they are about (struct personal_table). */
status demographics_export(struct call *call, const char *user_id, Personal__PersonalTable *out);
