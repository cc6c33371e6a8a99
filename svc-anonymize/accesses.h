/* SPDX-License-Identifier: Apache-2.0 */
/* The record of who has looked at what is somebody's: moderators and admins, by the events of svc-moderation; services
 * that were told bands of a person. What serves the person alone – settings that are heeded, an export, an erasure – is
 * no look. */
#pragma once

#include "common/consumer.h"

/* Queues the record of a service's look, in the caller's transaction: once a day for each person, service and purpose
 * ("cohort", "share_bands"). `service` as proven (call->caller->service). */
MUST_CHECK status access_record(struct call *call, const char *user_id, const char *purpose);

/* Takes PersonalDataAccessed of a service (struct event_consumer.apply). */
status access_take(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);

/* How the table knows a person. */
ProtobufCBinaryData access_tag(struct call *call, const char *user_id);
