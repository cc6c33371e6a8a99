/* SPDX-License-Identifier: Apache-2.0 */
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"

extern const struct rpc text_rpcs[];
extern const struct rpc demographics_rpcs[];

static const struct rpc *const tables[] = {text_rpcs, demographics_rpcs, NULL};

static const struct service_definition anonymize = {
        .name = "anonymize",
        .purpose = "What may be said about a person: text cleaning, bands, demographics.",
        .descriptor = &anonymize__anonymize__descriptor,
        .tables = tables,
        .migrations = service_migrations,
};

int main(int argc, char **argv)
{
        return service_main(argc, argv, &anonymize);
}
