/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of this process, and who it is: process_* as Prometheus's own libraries name them, and
 * target_info as OpenTelemetry does. Looked up whenever metrics are printed. */
#pragma once

#include "common/metrics.h"

struct process_metrics;

/* Registers them. `service` is the program's name, `instance` what tells its replicas apart; both are copied. Lives as
 * long as the registry is printed. */
struct process_metrics *process_metrics_new(struct metrics *metrics, const char *service, const char *instance);
void process_metrics_free(struct process_metrics *process);
