/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-moderation says for /health and the dashboards. */
#pragma once

#include "common/dashboard.h"

MUST_CHECK status moderation_health(struct call *call, Platform__Health *out);

extern const struct dashboard_series moderation_dashboards[];
