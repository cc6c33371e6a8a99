/* SPDX-License-Identifier: Apache-2.0 */
/* Who gets credit for what: the table credits.def, read by events and by rpc. */
#pragma once

#include "common/event.h"
#include "common/jobs.h"

/* Applies every row for the event's type. Fields are found by their names, so a type that other services bring later
 * needs a row and no code. For a consumer (common/consumer.h). */
status credits_apply(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

#define CREDIT_JOB "credit"

/* The job behind rpc Credit. */
status credits_run(struct call *call, const struct due_job *job);
