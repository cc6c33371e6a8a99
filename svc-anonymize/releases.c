/* SPDX-License-Identifier: Apache-2.0 */
/* Noised histograms of cohorts. A release is stored, and paid for, in the transaction that makes it, and every later
 * request is answered from what is stored: noise is drawn once, so it cannot be averaged away, and counts that have
 * changed since change nothing. */
#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/anonymize.h"
#include "svc-anonymize/noise.h"
#include "svc-anonymize/policy.h"

#include <inttypes.h>
#include <string.h>

#define RELEASE_RPCS(RPC) RPC(Release, release, Anonymize__ReleaseRequest, Anonymize__ReleasedHistogram)
RPC_DECLARE(RELEASE_RPCS)

enum { MICRO = 1000000, COUNT_MAX = 1000000000 };

#define RELEASE_COLUMNS                                                                                                \
        "id AS release_id, period, cohort, metric, is_sufficient, counts, epsilon_micro, min_size, released_at"

static const char SQL_FIND[] =
        "SELECT " RELEASE_COLUMNS " FROM releases WHERE period = $1 AND cohort = $2 AND metric = $3";
static const char SQL_STORE[] =
        "INSERT INTO releases (id, period, cohort, metric, is_sufficient, counts, epsilon_micro, min_size)"
        " VALUES ($1, $2, $3, $4, $5::integer::boolean, $6::text[]::bigint[], $7, $8) ON CONFLICT DO NOTHING"
        " RETURNING " RELEASE_COLUMNS;
static const char SQL_OPEN_LEDGER[] =
        "INSERT INTO epsilon_ledger (period, cohort, total_micro) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
static const char SQL_DEBIT[] =
        "UPDATE epsilon_ledger SET spent_micro = spent_micro + $3 WHERE period = $1 AND cohort = $2"
        " AND spent_micro + $3 <= total_micro RETURNING spent_micro AS epsilon_micro";

static bool is_sufficient(const Anonymize__ReleaseRequest *in, const struct anonymize_config *config)
{
        return in->n_people >= config->min_cohort_size;
}

/* Each count with noise of its own; nothing at all of a cohort that is too small. */
static char **noised(struct call *call, const Anonymize__ReleaseRequest *in, int64_t epsilon_micro)
{
        char **out = arena_alloc(call->arena, in->n_counts * sizeof *out + 1);
        for (size_t i = 0; i < in->n_counts; i++)
                out[i] = arena_printf(
                        call->arena, "%" PRId64, in->counts[i] + noise_laplace((uint32_t)epsilon_micro, MICRO));
        return out;
}

static status debit(struct call *call, const Anonymize__ReleaseRequest *in, int64_t total, int64_t cost)
{
        Anonymize__ReleasedHistogram spent = ANONYMIZE__RELEASED_HISTOGRAM__INIT;
        TRY(db_exec(call, SQL_OPEN_LEDGER, in->period, in->cohort, total));
        status paid = db_one(call, &spent.base, SQL_DEBIT, in->period, in->cohort, cost);
        if (paid == STATUS_NOT_FOUND)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the privacy budget of this period is spent");
        return paid;
}

static status announce(struct call *call, const Anonymize__ReleasedHistogram *released)
{
        Anonymize__ReleasePublished event = ANONYMIZE__RELEASE_PUBLISHED__INIT;
        event.release_id = released->release_id;
        event.cohort = released->cohort;
        event.period = released->period;
        event.metric = released->metric;
        event.mechanism = (char *)(size_t) "discrete_laplace";
        event.has_epsilon = event.has_k = 1;
        event.epsilon = (double)released->epsilon_micro / MICRO;
        event.k = released->min_size;
        return event_publish(call, &event.base);
}

static status make_release(struct call *call, const Anonymize__ReleaseRequest *in, Anonymize__ReleasedHistogram *out)
{
        char id[UUID_SIZE];
        const struct anonymize_config *config = call->service->config;
        int level = policy_cohort_level(in->cohort);
        int64_t cost = policy_release_epsilon(config->epsilon, level);
        bool is_open = is_sufficient(in, config) && cost > 0;
        uuid_v4(id);
        TRY(db_one(call, &out->base, SQL_STORE, id, in->period, in->cohort, in->metric, (int)is_open,
                db_texts(is_open ? in->n_counts : 0, is_open ? noised(call, in, cost) : NULL), is_open ? cost : 0,
                config->min_cohort_size));
        if (!is_open)
                return STATUS_OK;
        TRY(debit(call, in, policy_level_epsilon(config->epsilon, level), cost));
        return announce(call, out);
}

static status check(struct call *call, const Anonymize__ReleaseRequest *in)
{
        if (!policy_is_metric(in->metric))
                return call_invalid(call, "metric", "not_allowed", "is not one that anything is released of");
        if (policy_cohort_level(in->cohort) < 0)
                return call_invalid(call, "cohort", "malformed", "must be at most three bands");
        for (size_t i = 0; i < in->n_counts; i++)
                if (in->counts[i] < 0 || in->counts[i] > COUNT_MAX)
                        return call_invalid(call, "counts", "out_of_range", "must be counts of people");
        return STATUS_OK;
}

static status find(struct call *call, const Anonymize__ReleaseRequest *in, Anonymize__ReleasedHistogram *out)
{
        return db_one(call, &out->base, SQL_FIND, in->period, in->cohort, in->metric);
}

static status release(struct call *call, const Anonymize__ReleaseRequest *in, Anonymize__ReleasedHistogram *out)
{
        TRY(check(call, in));
        status found = find(call, in, out);
        if (found == STATUS_NOT_FOUND)
                found = make_release(call, in, out);
        if (found == STATUS_NOT_FOUND) /* somebody else was quicker */
                found = find(call, in, out);
        return found;
}

RPC_TABLE(release_rpcs, RELEASE_RPCS);
