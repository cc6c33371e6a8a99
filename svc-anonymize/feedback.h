/* SPDX-License-Identifier: Apache-2.0 */
/* What people say of the platform's features. */
#pragma once

#include "common/call.h"

/* Under which a person's answers are found again, for export and erasure. */
ProtobufCBinaryData feedback_tag(struct call *call, const char *user_id);
