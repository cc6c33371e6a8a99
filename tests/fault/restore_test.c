/* SPDX-License-Identifier: Apache-2.0 */
/* F18: everything goes back to where a backup was made, and works on from there; a backup that is damaged or of other
 * keys changes nothing. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/program.h"
#include "tests/fault/invariants.h"

#include <stdio.h>
#include <string.h>

static const char *backup(void)
{
        return text("%s/backup-of-test", program_setting("SFP_DATA"));
}

/* "done", or the last line of what was said against it. */
static const char *sfp(const char *words)
{
        const char *line = text("'%s' %s --data '%s' 2>&1 >/dev/null | tail -n 1 | grep . || echo done",
                program_setting("SFP_CMD"), words, program_setting("SFP_DATA"));
        const char *const argv[] = {"sh", "-c", line, NULL};
        char *out = program_output(scene_arena(), argv);
        out[strcspn(out, "\n")] = '\0';
        return out;
}

static const char *share_by(struct user user, const char *title)
{
        struct answer answer = post(user, "/goal-sharing/",
                text("{\"goal_category\":\"emergency_fund\",\"goal_title\":\"%s\",\"submit\":true}", title));
        expect_status(answer, 201);
        return text("/goal-sharing/%s", text_at(answer, "id"));
}

TEST(a_restore_brings_back_what_a_backup_holds_and_nothing_else)
{
        struct user ann = new_member().user;
        const char *kept = share_by(ann, "Before the backup");
        expect_status(put(ann, "/profile/demographics", JSON({"birth_year" : 1984})), 200);
        expect_events_whole();
        const char *before = get(ann, kept).body, *sealed = get(ann, "/profile/demographics").body;
        ck_assert_str_eq(sfp(text("backup '%s'", backup())), "done");
        const char *later = share_by(ann, "After the backup");
        expect_status(del(ann, kept), 204);
        ck_assert_str_eq(sfp(text("restore '%s' --yes", backup())), "done");
        ck_assert_str_eq(get(ann, kept).body, before);
        ck_assert_str_eq(get(ann, "/profile/demographics").body, sealed);
        expect_problem(get(ann, later), 404, "not_found");
        share_by(ann, "After the restore");
        expect_events_whole();
}
END_TEST

static long erasures_done(void)
{
        return sql_number("SELECT count(*) FROM anonymize.privacy_jobs WHERE kind = 'erasure' AND state = 'completed'");
}

TEST(who_was_erased_since_is_erased_again)
{
        struct user gone = new_member().user, stays = new_member().user;
        long before = erasures_done();
        ck_assert_str_eq(sfp(text("backup '%s'", backup())), "done");
        expect_status(del(gone, "/profile?confirm=true&cooling_off=false"), 202);
        ck_assert(AWAIT(30, erasures_done() == before + 1));
        ck_assert_str_eq(sfp(text("restore '%s' --yes", backup())), "done");
        ck_assert(AWAIT(60, erasures_done() == before + 1)); /* the backup has none of it */
        expect_status(get(gone, "/profile"), 404);
        expect_status(get(stays, "/profile"), 200);
        ck_assert_int_eq(sql_number("SELECT count(*) FROM anonymize.erasures_again"), 0);
}
END_TEST

static void change(const char *file, const char *how)
{
        const char *const argv[] = {"sed", "-i", how, text("%s/%s", backup(), file), NULL};
        program_output(scene_arena(), argv);
}

TEST(a_backup_that_is_damaged_or_of_other_keys_changes_nothing)
{
        struct user ann = new_user();
        ck_assert_str_eq(sfp(text("backup '%s'", backup())), "done");
        const char *later = share_by(ann, "After the backup");
        ck_assert_ptr_nonnull(strstr(sfp(text("restore '%s'", backup())), "say --yes"));
        const char *const cut[] = {"truncate", "-s", "300", text("%s/people.dump", backup()), NULL};
        program_output(scene_arena(), cut);
        ck_assert_ptr_nonnull(strstr(sfp(text("restore '%s' --yes", backup())), "Nothing was changed"));
        change("manifest", "s/^\\(schema goals\\) .*/\\1 0123456789abcdef/");
        ck_assert_ptr_nonnull(strstr(sfp(text("restore '%s' --yes", backup())), "other keys"));
        change("database.dump", "$s/$/x/");
        ck_assert_ptr_nonnull(strstr(sfp(text("restore '%s' --yes", backup())), "checksum"));
        change("manifest", "s/^format .*/format 99/");
        ck_assert_ptr_nonnull(strstr(sfp(text("restore '%s' --yes", backup())), "format 99"));
        expect_status(get(ann, later), 200);
}
END_TEST

static void remove_backup(void)
{
        const char *const argv[] = {"rm", "-rf", backup(), NULL};
        program_output(scene_arena(), argv);
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, remove_backup, "fault/restore", NO_FORK,
        T(a_restore_brings_back_what_a_backup_holds_and_nothing_else), T(who_was_erased_since_is_erased_again),
        T(a_backup_that_is_damaged_or_of_other_keys_changes_nothing))
