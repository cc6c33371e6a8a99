/* SPDX-License-Identifier: Apache-2.0 */
/* A group's contribution plan. */
#pragma once

#include "common/call.h"
#include "sfp/groups.pb-c.h"

/* Stores the plan a group is founded with; NULL: everybody as they like. */
MUST_CHECK status plan_insert(struct call *call, const char *group_id, const Groups__PlanTerms *terms);
