/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/retention.h"

#include "common/prune.h"

static const char SQL_CHANGES[] =
        "DELETE FROM privacy_changes WHERE id IN (SELECT c.id FROM privacy_changes c JOIN user_privacy_settings s"
        " ON s.user_id = c.user_id WHERE c.at < now() - s.retention_days * interval '1 day' LIMIT $1)";
static const char SQL_JOBS[] =
        "DELETE FROM privacy_jobs WHERE id IN (SELECT id FROM privacy_jobs WHERE done_at < now() - interval '1 year'"
        " AND state IN ('completed', 'cancelled', 'expired', 'failed') LIMIT $1)";
static const char SQL_LOOKS[] = "DELETE FROM personal_accesses WHERE id IN (SELECT id FROM personal_accesses"
                                " WHERE at < now() - interval '2 years' LIMIT $1)";
/* Who was in which cell of a month. A month that is released is neither enrolled for nor debited any more. */
static const char SQL_BLOCKS[] =
        "DELETE FROM budget_blocks WHERE (bucket, period, digest) IN (SELECT b.bucket, b.period, b.digest"
        " FROM release_months m JOIN budget_blocks b ON b.period = m.period"
        " WHERE m.released_at < now() - interval '2 years' LIMIT $1)";
static const char SQL_PEOPLE_BEFORE[] =
        "DELETE FROM budget_people_before WHERE (period, owner_tag) IN (SELECT p.period, p.owner_tag"
        " FROM release_months m JOIN budget_people_before p ON p.period = m.period"
        " WHERE m.released_at < now() - interval '2 years' LIMIT $1)";

status retention_forget(struct call *call)
{
        static const char *const all[] = {SQL_CHANGES, SQL_LOOKS, SQL_BLOCKS, SQL_PEOPLE_BEFORE, SQL_JOBS};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
                TRY(prune(call, all[i]));
        return STATUS_OK;
}
