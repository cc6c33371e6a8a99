/* SPDX-License-Identifier: Apache-2.0 */
#include "common/consumer.h"
#include "common/content.h"
#include "common/counters.h"
#include "common/dashboard.h"
#include "common/personal.h"
#include "common/preview.h"
#include "common/service.h"
#include "sfp/feed.pb-c.h"
#include "svc-feed/notify.h"
#include "svc-feed/trending.h"

extern const struct dashboard_series feed_dashboards[];
extern const struct content_kind feed_content[];
extern const struct counter feed_counters[];
extern const struct event_consumer feed_consumers[];
extern const struct personal_table feed_personal[];
extern const struct preview_kind feed_previews[];
extern const struct rpc activity_rpcs[];
extern const struct rpc feed_rpcs[];
extern const struct rpc notification_rpcs[];
extern const struct rpc notify_rpcs[];
extern const struct rpc preference_rpcs[];
extern const struct rpc reaction_rpcs[];
extern const struct rpc trending_rpcs[];

static const struct rpc *const tables[] = {
        activity_rpcs, feed_rpcs, notification_rpcs, notify_rpcs, preference_rpcs, reaction_rpcs, trending_rpcs, NULL};

static const struct job_kind jobs[] = {
        {.name = DELIVER_FRAME, .run = deliver_frame},
        {.name = "prune_notifications", .every_ms = 60000, .tick = prune_notifications},
        {.name = "trending_day", .every_ms = TRENDING_DAY_EVERY_MS, .tick = trending_count_day},
        {.name = "trending_week", .every_ms = TRENDING_WEEK_EVERY_MS, .tick = trending_count_week},
        {0},
};

static const struct service_definition feed = {
        .name = "feed",
        .purpose = "What happens, for whom it is meant, and who is told of it: activities, notifications.",
        .descriptor = &feed__feed__descriptor,
        .tables = tables,
        .migrations = service_migrations,
        .consumers = feed_consumers,
        .counters = feed_counters,
        .content = feed_content,
        .jobs = jobs,
        .personal = feed_personal,
        .previews = feed_previews,
        .knows_people = true,
        .dashboards = feed_dashboards,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &feed);
}
