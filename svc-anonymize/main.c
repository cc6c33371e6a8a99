/* SPDX-License-Identifier: Apache-2.0 */
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"

extern const struct rpc text_rpcs[];
extern const struct rpc demographics_rpcs[];
extern const struct rpc profile_rpcs[];
extern const struct rpc public_profile_rpcs[];
extern const struct rpc relationship_rpcs[];
extern const struct rpc settings_rpcs[];

static const struct rpc *const tables[] = {
        text_rpcs, demographics_rpcs, profile_rpcs, public_profile_rpcs, relationship_rpcs, settings_rpcs, NULL};

static const struct service_definition anonymize = {
        .name = "anonymize",
        .purpose = "People, and what may be said about them: profiles, privacy, text cleaning, bands.",
        .descriptor = &anonymize__anonymize__descriptor,
        .tables = tables,
        .migrations = service_migrations,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &anonymize);
}
