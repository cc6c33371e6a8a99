/* SPDX-License-Identifier: Apache-2.0 */
#include "common/dashboard.h"
#include "common/personal.h"
#include "common/service.h"
#include "sfp/peers.pb-c.h"
#include "svc-peers/closing.h"
#include "svc-peers/snapshot.h"

extern const struct dashboard_series peers_dashboards[];
extern const struct personal_table peer_personal[];
extern const struct rpc comparison_rpcs[];
extern const struct rpc insight_rpcs[];
extern const struct rpc releasing_rpcs[];
extern const struct rpc snapshot_rpcs[];
extern const struct rpc trend_rpcs[];

static const struct rpc *const tables[] = {
        comparison_rpcs, insight_rpcs, releasing_rpcs, snapshot_rpcs, trend_rpcs, NULL};

static const struct event_consumer consumers[] = {
        {"consents", "anonymize", "profile.consent.changed", snapshots_take_consent},
        {0},
};

static const struct job_kind jobs[] = {
        {.name = CLOSING_JOB, .run = closing_run},
        {0},
};

static const struct service_definition peers = {
        .name = "peers",
        .purpose = "Where somebody stands among people like them: figures, releases, comparisons.",
        .descriptor = &peers__peers__descriptor,
        .tables = tables,
        .migrations = service_migrations,
        .consumers = consumers,
        .jobs = jobs,
        .personal = peer_personal,
        .knows_people = true, /* sanctions */
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &peers);
}
