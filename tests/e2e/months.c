/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/months.h"

#include "tests/e2e/crowd.h"
#include "tests/e2e/database.h"
#include "tests/e2e/mesh_caller.h"
#include "tests/e2e/program.h"

#include <string.h>

enum { PATIENCE_S = 60 };

const char *month(int ago)
{
        return sql_text(text("SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '%d months',"
                             " 'YYYY-MM')",
                ago));
}

struct user person(const char *region)
{
        struct user user = new_user();
        expect_status(put(user, "/profile/demographics",
                              text("{\"birth_year\": 1984, \"annual_income\": 8200000, \"currency\": \"USD\","
                                   " \"region\": \"%s\"}",
                                      region)),
                200);
        return user;
}

struct answer submit(struct user user, const char *period, int savings_rate)
{
        return put(user, METRICS,
                text("{\"savings_rate\": %d, \"emergency_fund_months\": 3, \"debt_to_income\": 20,"
                     " \"discipline_inputs\": {\"saving_months\": 6}, \"as_of\": \"%s-15\"}",
                        savings_rate, period));
}

struct user counted(const char *region, const char *period, int savings_rate)
{
        struct user user = person(region);
        struct answer answer = submit(user, period, savings_rate);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "used_from_period"), period);
        ck_assert_int_eq(length_at(answer, "accepted"), 4);
        return user;
}

static void add_crowd(Peers__Snapshot *figures, const char *period, int savings_rate, int count)
{
        figures->has_savings_rate = figures->has_emergency_fund_months = figures->has_debt_to_income =
                figures->has_financial_discipline = 1;
        figures->savings_rate = savings_rate;
        figures->emergency_fund_months = 3;
        figures->debt_to_income = 20;
        figures->financial_discipline = 50;
        ck_assert(crowd_add(
                program_setting("SFP_DATABASE_URL"), mesh_variable("svc-peers", "DATA_KEYS"), period, figures, count));
}

void crowd(const char *division, const char *period, int savings_rate, int count)
{
        Peers__Snapshot figures = PEERS__SNAPSHOT__INIT;
        figures.age_group = (char *)(size_t) "40-49";
        figures.income_range = (char *)(size_t) "50k-100k";
        figures.region = (char *)(size_t)division;
        add_crowd(&figures, period, savings_rate, count);
}

void crowd_without_facts(const char *period, int savings_rate, int count)
{
        Peers__Snapshot figures = PEERS__SNAPSHOT__INIT;
        add_crowd(&figures, period, savings_rate, count);
}

static struct answer close_as(struct user ops, const char *period)
{
        return post(ops, RELEASES, text("{\"period\": \"%s\"}", period));
}

struct answer ask_to_close(const char *period)
{
        return close_as(new_user_as("ops"), period);
}

struct answer close_month(const char *period)
{
        struct answer answer;
        struct user ops = new_user_as("ops");
        ck_assert_msg(AWAIT(PATIENCE_S, (answer = close_as(ops, period)).status != 202), "%s is not released", period);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "state"), "released");
        ck_assert(is_true_at(answer, "was_released"));
        return answer;
}
