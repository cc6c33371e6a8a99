/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-anonymize says for /health and the dashboards. */
#pragma once

#include "common/dashboard.h"

MUST_CHECK status anonymize_health(struct call *call, Platform__Health *out);

extern const struct dashboard_series anonymize_dashboards[];
