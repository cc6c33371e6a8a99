/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/invariants.h"

#include "common/buffer.h"
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { CALL_DEADLINE_US = 5000000, CALL_GRACE_US = 50000, SETTLE_S = 20, SHARES_AT_ONCE = 500 };

/* Services that keep an outbox. */
static const char *const outboxes[] = {"goals", "anonymize", "moderation", NULL};

#define SQL_KEYS "SELECT count(*) FROM goals.idempotency_keys WHERE method = 'sfp.goals.Goals.CreateShare'"

struct ledger ledger_read(void)
{
        return (struct ledger){
                .shares = sql_number("SELECT count(*) FROM goals.anonymous_goal_shares"),
                .keys = sql_number(SQL_KEYS),
                .owners = sql_number("SELECT count(*) FROM goals.share_owners"),
        };
}

/* How many of these ids or keys, quoted and separated by commas, a query finds. */
static long count_found(const char *query, const struct buffer *list)
{
        return list->length == 0 ? 0 : sql_number(text(query, buffer_text(list)));
}

static void add_quoted(struct buffer *list, const char *word)
{
        buffer_printf(list, "%s'%s'", list->length == 0 ? "" : ",", word);
}

/* Of the creates with this outcome: how many there are, and how many of their keys and shares the database has. */
struct tally {
        long deeds, keys, shares, events;
};

static void count_batch(struct tally *tally, struct buffer *keys, struct buffer *shares)
{
        tally->keys += count_found("SELECT count(*) FROM goals.idempotency_keys WHERE key IN (%s)", keys);
        tally->shares += count_found("SELECT count(*) FROM goals.anonymous_goal_shares WHERE id IN (%s)", shares);
        tally->events += count_found("SELECT count(*) FROM goals.outbox WHERE subject IN (%s)"
                                     " AND type LIKE '%%goals.share.submitted%%'",
                shares);
        keys->length = shares->length = 0;
}

static struct tally tally_creates(const struct history *history, enum deed_outcome outcome)
{
        struct tally tally = {0};
        struct buffer keys = buffer_in(scene_arena()), shares = buffer_in(scene_arena());
        for (int i = 0; i < history_length(history); i++) {
                const struct deed *deed = history_at(history, i);
                if (deed->kind != DEED_CREATE || deed->outcome != outcome)
                        continue;
                tally.deeds++;
                add_quoted(&keys, deed->key);
                if (*deed->share != '\0')
                        add_quoted(&shares, deed->share);
                if (tally.deeds % SHARES_AT_ONCE == 0)
                        count_batch(&tally, &keys, &shares);
        }
        count_batch(&tally, &keys, &shares);
        return tally;
}

static void expect_creates_exactly_once(const struct ledger *before, const struct history *history)
{
        struct ledger now = ledger_read();
        struct tally done = tally_creates(history, DEED_DONE);
        struct tally refused = tally_creates(history, DEED_REFUSED);
        struct tally unknown = tally_creates(history, DEED_UNKNOWN);
        ck_assert_msg(done.deeds > 0, "nothing was created at all");
        ck_assert_msg(done.keys == done.deeds && done.shares == done.deeds,
                "I1: of %ld acknowledged shares %ld are there, with %ld keys", done.deeds, done.shares, done.keys);
        ck_assert_msg(
                done.events == done.deeds, "I1: %ld acknowledged shares have %ld events", done.deeds, done.events);
        ck_assert_msg(refused.keys == 0, "I3: %ld of %ld refused creates left a key", refused.keys, refused.deeds);
        ck_assert_msg(
                unknown.keys <= unknown.deeds, "I3: %ld unknown creates left %ld keys", unknown.deeds, unknown.keys);
        ck_assert_msg(now.shares - before->shares == now.keys - before->keys &&
                              now.shares - before->shares == done.deeds + unknown.keys,
                "I1: %ld shares, %ld keys, %ld acknowledged, %ld of unknown end", now.shares - before->shares,
                now.keys - before->keys, done.deeds, unknown.keys);
        ck_assert_msg(now.owners - before->owners == now.shares - before->shares, "I1: %ld owners of %ld shares",
                now.owners - before->owners, now.shares - before->shares);
}

static void expect_counters_true(void)
{
        ck_assert_int_eq(
                sql_number("SELECT count(*) FROM goals.anonymous_goal_shares s WHERE"
                           " s.likes_count <> (SELECT count(*) FROM goals.share_reactions r WHERE r.share_id = s.id"
                           "  AND r.kind = 'like') OR s.inspiration_votes <> (SELECT count(*) FROM"
                           "  goals.share_reactions r WHERE r.share_id = s.id AND r.kind = 'inspiration')"),
                0);
}

static void expect_own_writes_read(const struct history *history)
{
        for (int i = 0; i < history_length(history); i++) {
                const struct deed *deed = history_at(history, i);
                ck_assert_msg(!deed->is_own || deed->status != 404, "I7: its owner was told that %s is not there",
                        deed->share);
        }
}

static void expect_deadlines_kept(const struct load *load)
{
        const struct history *history = load_history(load);
        int64_t bound_us = CALL_DEADLINE_US + CALL_GRACE_US + load_lag_us(load);
        for (int i = 0; i < history_length(history); i++)
                ck_assert_msg(history_at(history, i)->longest_us <= bound_us,
                        "I8: a %s took %lld us, the bound was %lld", deed_name(history_at(history, i)->kind),
                        (long long)history_at(history, i)->longest_us, (long long)bound_us);
}

static bool is_all_numbered(void)
{
        long waiting = 0;
        for (const char *const *at = outboxes; *at != NULL; at++)
                waiting += sql_number(text("SELECT count(*) FROM %s.outbox WHERE sequence IS NULL", *at));
        return waiting == 0;
}

static void expect_dense(const char *schema)
{
        ck_assert_msg(
                sql_number(text("SELECT count(*) FILTER (WHERE sequence IS NULL) + abs(count(*) - count(DISTINCT id))"
                                " + abs(count(*) - count(DISTINCT sequence))"
                                " + abs(count(*) - coalesce(max(sequence) - min(sequence) + 1, 0)) FROM %s.outbox",
                        schema)) == 0,
                "I4: the outbox of %s is not dense", schema);
}

/* Every group is where the outbox it reads ends, and has given nothing up. */
static bool have_all_caught_up(void)
{
        long behind = 0;
        for (const char *const *at = outboxes; *at != NULL; at++)
                for (const char *const *from = outboxes; *from != NULL; from++)
                        behind += sql_number(text("SELECT count(*) FROM %s.event_cursors WHERE source = '%s'"
                                                  " AND coalesce(sequence, 0) < (SELECT head FROM %s.outbox_head)",
                                *at, *from, *from));
        return behind == 0;
}

/* What svc-moderation has counted is what svc-goals has published. */
static bool is_counted_once(void)
{
        static const char *const kinds[] = {"submitted", "published", "updated", "withdrawn"};
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (sql_number(text(
                            "SELECT coalesce((SELECT sum(count) FROM moderation.share_counts WHERE kind = '%s'), 0)"
                            " - (SELECT count(*) FROM goals.outbox WHERE type LIKE '%%goals.share.%s%%')",
                            kinds[i], kinds[i])) != 0)
                        return false;
        return true;
}

static void expect_none_dead(void)
{
        for (const char *const *at = outboxes; *at != NULL; at++)
                ck_assert_msg(sql_number(text("SELECT count(*) FROM %s.event_dead", *at)) == 0,
                        "I5: %s has dead events", *at);
}

void expect_events_whole(void)
{
        ck_assert_msg(AWAIT(SETTLE_S, is_all_numbered()), "I4: events stay without a number");
        for (const char *const *at = outboxes; *at != NULL; at++)
                expect_dense(*at);
        ck_assert_msg(AWAIT(SETTLE_S, have_all_caught_up()), "I5: a consumer does not catch up");
        expect_none_dead();
        ck_assert_msg(AWAIT(SETTLE_S, is_counted_once()), "I5: a consumer has applied some events not once");
}

void expect_effects(const struct ledger *before, const struct load *load)
{
        expect_creates_exactly_once(before, load_history(load));
        expect_events_whole();
        expect_counters_true();
        expect_own_writes_read(load_history(load));
}

void expect_invariants(const struct ledger *before, const struct load *load)
{
        expect_effects(before, load);
        expect_deadlines_kept(load);
}

static long count_entries(const char *path)
{
        long count = 0;
        DIR *directory = opendir(path);
        while (directory != NULL && readdir(directory) != NULL)
                count++;
        if (directory != NULL)
                closedir(directory);
        return count;
}

struct holdings holdings_of(const char *name)
{
        struct holdings out = {0};
        char line[256];
        pid_t pid = instance_pid(name);
        FILE *file = fopen(text("/proc/%d/status", pid), "re");
        ck_assert_msg(file != NULL, "%s does not run", name);
        while (fgets(line, sizeof line, file) != NULL) {
                if (strncmp(line, "VmRSS:", 6) == 0)
                        out.memory_kib = strtol(line + 6, NULL, 10);
                if (strncmp(line, "Threads:", 8) == 0)
                        out.threads = strtol(line + 8, NULL, 10);
        }
        fclose(file);
        out.descriptors = count_entries(text("/proc/%d/fd", pid));
        return out;
}
