/* SPDX-License-Identifier: Apache-2.0 */
/* Who follows and who mutes whom, as svc-anonymize tells it. */
#pragma once

#include "common/event.h"

/* Takes profile.relationship.changed. */
MUST_CHECK status relation_take(struct call *call, const ProtobufCMessage *data);
