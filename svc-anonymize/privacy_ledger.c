/* SPDX-License-Identifier: Apache-2.0 */
/* What was done with somebody's data, for them to read. */
#include "common/page.h"
#include "common/rpc.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/accesses.h"
#include "svc-anonymize/budget.h"

#include <string.h>

#define PRIVACY_LEDGER_RPCS(RPC)                                                                                       \
        RPC(ListPrivacyLedger, list_privacy_ledger, Anonymize__ListPrivacyLedgerRequest, Anonymize__PrivacyLedger)
RPC_DECLARE(PRIVACY_LEDGER_RPCS)

static const char SQL_ACCESSES[] =
        "SELECT at, purpose, actor_role, new_key AS page_key, id AS page_id FROM personal_accesses"
        " WHERE (new_key, id) < ($1::bigint, $2::uuid) AND owner_tag = $3 ORDER BY new_key DESC, id DESC";

/* Some a month: they are sorted each time. */
static const char SQL_RELEASES[] =
        "SELECT u.* FROM (SELECT c.at, c.metric AS purpose, c.mechanism, c.epsilon_micro / 1e6::double precision AS epsilon,"
        " c.cohort, (extract(epoch FROM c.at) * 1000000)::bigint AS page_key,"
        " md5(c.cell_id || ' ' || c.metric)::uuid AS page_id FROM release_months m JOIN budget_cells_of($3::bytea) p"
        " ON p.period = m.period JOIN budget_charges c ON c.cell_id = p.cell_id) u"
        " WHERE (u.page_key, u.page_id) < ($1::bigint, $2::uuid) ORDER BY u.page_key DESC, u.page_id DESC";

static status list_privacy_ledger(
        struct call *call, const Anonymize__ListPrivacyLedgerRequest *in, Anonymize__PrivacyLedger *out)
{
        const char *user = call->caller->user_id;
        if (strcmp(in->kind, "release") == 0)
                return page_rows(call, &in->base, &out->base, SQL_RELEASES, budget_tag(call, user));
        return page_rows(call, &in->base, &out->base, SQL_ACCESSES, access_tag(call, user));
}

RPC_TABLE(privacy_ledger_rpcs, PRIVACY_LEDGER_RPCS);
