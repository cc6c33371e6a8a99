/* SPDX-License-Identifier: Apache-2.0 */
/* Asks moderation again about texts it did not rule on because it was out of reach. */
#pragma once

#include "common/call.h"

/* A task (common/service.h): takes some texts that are due, publishes those that pass. Safe in several replicas. */
status recheck_pending(struct call *call);
