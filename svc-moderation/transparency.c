/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk did in a month, for everybody. Only of months that are over, and of what never changes afterwards, so
 * that two looks cannot be subtracted. Counts are rounded to tens and said only where ten people are behind them;
 * shares are of fifty at least, in steps of five per cent; times are whole hours, of ten at least. */
#include "common/db.h"
#include "common/rpc.h"
#include "sfp/moderation.pb-c.h"

#include <ctype.h>
#include <string.h>

#define TRANSPARENCY_RPCS(RPC)                                                                                         \
        RPC(GetTransparencyReport, get_transparency_report, Moderation__TransparencyRequest,                           \
                Moderation__TransparencyReport)
RPC_DECLARE(TRANSPARENCY_RPCS)

#define PEOPLE_MIN   "10"
#define SHARE_OF_MIN "50"

/* Without a period: the month before this one, UTC. No row while it is not over. */
static const char SQL_PERIOD[] =
        "SELECT to_char(since, 'YYYY-MM') AS period, to_char(since - interval '1 month', 'YYYY-MM') AS previous_period"
        " FROM (SELECT CASE WHEN $1::text IS NULL THEN date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month'"
        " ELSE ($1::text || '-01')::timestamp END AS since) p"
        " WHERE since + interval '1 month' <= now() AT TIME ZONE 'UTC'";
#define DURING(column)                                                                                                 \
        column " >= ($1::text || '-01')::timestamp AT TIME ZONE 'UTC' AND " column                                     \
               " < (($1::text || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC'"
/* Whoever has left counts as somebody of their own. */
#define COUNTS(name, tables, column, who, by)                                                                          \
        "SELECT '" name "' AS what, " by " AS of, (round(count(*) / 10.0) * 10)::bigint AS count FROM " tables         \
        " WHERE " DURING(column) " GROUP BY 2 HAVING count(DISTINCT coalesce(" who ", x.id)) >= " PEOPLE_MIN
static const char SQL_COUNTS[] = COUNTS("reports", "reports x", "x.created_at", "x.reporter_user_id",
        "x.reason") " UNION ALL " COUNTS("reports_answered", "reports x JOIN actions a ON a.id = x.answered_by",
        "a.taken_at", "x.reporter_user_id", "x.state") " UNION ALL " COUNTS("cases", "cases x", "x.opened_at",
        "x.author_user_id", "x.category") " UNION ALL " COUNTS("actions_by_people",
        "(SELECT * FROM actions WHERE NOT is_automated_action) x", "x.taken_at", "x.reported_user_id",
        "x.action_taken") " UNION ALL " COUNTS("actions_by_machine",
        "(SELECT * FROM actions WHERE is_automated_action) x", "x.taken_at", "x.reported_user_id",
        "x.action_taken") " UNION ALL " COUNTS("appeals_decided", "appeals x", "x.decided_at", "x.appellant_user_id",
        "x.state") " ORDER BY 1, 2";

#define SHARE(part, tables)                                                                                            \
        "(SELECT CASE WHEN count(*) >= " SHARE_OF_MIN " THEN (round(count(*) FILTER (WHERE " part                      \
        ") * 20.0 / count(*)) / 20)::double precision END FROM " tables ")"
#define GRANTED(by)                                                                                                    \
        SHARE("p.state IN ('granted', 'partially_granted')",                                                           \
                "appeals p JOIN actions a ON a.id = p.action_id WHERE " by " AND " DURING("p.decided_at"))
#define HOURS(from, until, tables)                                                                                     \
        "(SELECT CASE WHEN count(*) >= " PEOPLE_MIN " THEN round(percentile_cont(0.5) WITHIN GROUP (ORDER BY"          \
        " extract(epoch FROM " until " - " from ")) / 3600)::integer END FROM " tables " AND " DURING(until) ")"
static const char SQL_FIGURES[] = "SELECT " GRANTED("a.is_automated_action") " AS machine_error_rate, " GRANTED(
        "NOT a.is_automated_action") " AS people_error_rate, " SHARE("a.is_automated_action",
        "actions a WHERE a.action_taken <> 'none' AND " DURING(
                "a.taken_at")) " AS automated_share, " HOURS("c.opened_at", "a.taken_at",
        "actions a JOIN cases c ON c.id = a.case_id WHERE NOT a.is_automated_action") " AS median_hours_to_ruling, " HOURS("p.submitted_at",
        "p.decided_at", "appeals p WHERE true") " AS median_hours_to_appeal_decision";

/* What each name means. */
static const struct {
        const char *what, *means;
} definitions[] = {
        {"reports", "reports that people made, by the reason they gave"},
        {"reports_answered", "reports that a ruling answered: upheld, or dismissed"},
        {"cases", "things that people or machines pointed at, each once until it is ruled on, by category"},
        {"actions_by_people", "rulings of moderators; none: nothing was wrong"},
        {"actions_by_machine", "what a machine hid by itself; a person looks on appeal"},
        {"appeals_decided", "appeals by their outcome"},
        {"machine_error_rate",
                "of the appeals decided against a machine's actions, the share granted at least in part"},
        {"people_error_rate", "the same of the actions of people"},
        {"automated_share", "of all actions, those of a machine"},
        {"median_hours_to_ruling", "from the opening of a case to the ruling of a person"},
        {"median_hours_to_appeal_decision", "from an appeal to its decision"},
};

static status check_period(struct call *call, const char *period)
{
        static const char form[] = "dddd-dd";
        bool is_good = period == NULL || strlen(period) == strlen(form);
        for (size_t i = 0; is_good && period != NULL && form[i] != '\0'; i++)
                is_good = form[i] == '-' ? period[i] == '-' : isdigit((unsigned char)period[i]) != 0;
        if (is_good && period != NULL)
                is_good = strncmp(period, "2000", 4) >= 0 && strncmp(period + 5, "01", 2) >= 0 &&
                          strncmp(period + 5, "12", 2) <= 0;
        return is_good ? STATUS_OK : call_invalid(call, "period", "malformed", "must be a month from 2000-01 on");
}

static status figures_of(struct call *call, const char *period, Moderation__TransparencyFigures **out)
{
        *out = arena_alloc(call->arena, sizeof **out);
        moderation__transparency_figures__init(*out);
        TRY(db_one(call, &(*out)->base, SQL_FIGURES, period));
        return db_rows(call, &(*out)->base, "counts", SQL_COUNTS, period);
}

static void define(struct call *call, Moderation__TransparencyReport *out)
{
        out->n_definitions = sizeof definitions / sizeof *definitions;
        out->definitions = arena_alloc(call->arena, out->n_definitions * sizeof *out->definitions);
        for (size_t i = 0; i < out->n_definitions; i++) {
                out->definitions[i] = arena_alloc(call->arena, sizeof **out->definitions);
                moderation__transparency_definition__init(out->definitions[i]);
                out->definitions[i]->what = (char *)(size_t)definitions[i].what;
                out->definitions[i]->means = (char *)(size_t)definitions[i].means;
        }
}

static status get_transparency_report(
        struct call *call, const Moderation__TransparencyRequest *in, Moderation__TransparencyReport *out)
{
        TRY(check_period(call, in->period));
        status found = db_one(call, &out->base, SQL_PERIOD, in->period);
        if (found == STATUS_NOT_FOUND)
                return call_fail(call, found, "there is a report of a month once it is over");
        TRY(found);
        TRY(figures_of(call, out->period, &out->figures));
        TRY(figures_of(call, out->previous_period, &out->previous));
        define(call, out);
        return STATUS_OK;
}

RPC_TABLE(transparency_rpcs, TRANSPARENCY_RPCS);
