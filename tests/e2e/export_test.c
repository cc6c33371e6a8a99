/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that is stored about a person, as one archive for that person alone. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>
#include <zip.h>

static const char *exported(struct user who, const char *request)
{
        struct answer answer = post(who, "/privacy/exports", request);
        expect_status(answer, 202);
        ck_assert_str_eq(text_at(answer, "kind"), "export");
        return text("/privacy/jobs/%s", text_at(answer, "job_id"));
}

static bool is_in(struct user who, const char *job, const char *state)
{
        return strcmp(text_at(get(who, job), "state"), state) == 0;
}

/* What the entry says; NULL: there is none. */
static const char *entry_of(zip_t *file, const char *name)
{
        zip_stat_t about;
        zip_file_t *entry = zip_fopen(file, name, 0);
        if (entry == NULL)
                return NULL;
        ck_assert_int_eq(zip_stat(file, name, 0, &about), 0);
        char *out = arena_zalloc(scene_arena(), about.size + 1);
        ck_assert_int_eq(zip_fread(entry, out, about.size), (zip_int64_t)about.size);
        zip_fclose(entry);
        return out;
}

static void expect_entries(struct answer answer)
{
        zip_source_t *source = zip_source_buffer_create(answer.body, answer.size, 0, NULL);
        zip_t *file = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
        ck_assert_ptr_nonnull(file);
        ck_assert_ptr_nonnull(entry_of(file, "README.txt"));
        ck_assert_ptr_nonnull(strstr(entry_of(file, "schema.json"), "\"name\":\"profile\""));
        ck_assert_ptr_nonnull(strstr(entry_of(file, "anonymize/profile.json"), "Likes files"));
        ck_assert_ptr_null(entry_of(file, "anonymize/nothing.json"));
        zip_discard(file);
}

TEST(an_archive_holds_what_was_told)
{
        struct member ann = new_member();
        expect_status(patch(ann.user, "/profile", JSON({"bio" : "Likes archives"})), 200);
        expect_status(put(ann.user, "/profile/demographics", JSON({"birth_year" : 1984})), 200);
        const char *job = exported(ann.user, JSON({}));
        ck_assert_msg(AWAIT(30, is_in(ann.user, job, "ready")), "%s", get(ann.user, job).body);
        struct answer ready = get(ann.user, job);
        ck_assert_str_eq(text_at(ready, "download_url"), text("/api/v1/social%s/archive", job));
        ck_assert(has(ready, "expires_at"));
        struct answer archive = get(ann.user, text("%s/archive", job));
        expect_status(archive, 200);
        ck_assert_ptr_nonnull(strstr(archive.body, "Likes archives"));
        const char *year = "birth_year\\\":1984";
        ck_assert_ptr_nonnull(strstr(archive.body, year));
        ck_assert_ptr_null(strstr(archive.body, ann.user.id));
        ck_assert(!dump_has(sql_dump("anonymize"), year));
        expect_problem(get(new_user(), text("%s/archive", job)), 404, "not_found");
}
END_TEST

TEST(an_archive_is_had_as_a_file)
{
        struct member ann = new_member();
        expect_status(patch(ann.user, "/profile", JSON({"bio" : "Likes files"})), 200);
        const char *job = exported(ann.user, JSON({"format" : "zip", "include" : ["anonymize"]}));
        ck_assert_msg(AWAIT(30, is_in(ann.user, job, "ready")), "%s", get(ann.user, job).body);
        struct answer ready = get(ann.user, job);
        ck_assert_str_eq(text_at(ready, "format"), "zip");
        ck_assert_str_eq(text_at(ready, "download_url"), text("/api/v1/social%s/archive.zip", job));
        struct answer file = get(ann.user, text("%s/archive.zip", job));
        expect_status(file, 200);
        ck_assert_str_eq(header_of(file, "Content-Type"), "application/zip");
        ck_assert_str_eq(header_of(file, "Content-Disposition"),
                text("attachment; filename=\"personal-data-%s.zip\"", job + strlen("/privacy/jobs/")));
        expect_entries(file);
        struct answer again = get(ann.user, text("%s/archive.zip", job));
        ck_assert_uint_eq(again.size, file.size);
        ck_assert_mem_eq(again.body, file.body, file.size);
        expect_problem(get(new_user(), text("%s/archive.zip", job)), 404, "not_found");
        expect_problem(get(nobody, text("%s/archive.zip", job)), 401, "unauthenticated");
}
END_TEST

TEST(what_is_too_much_at_once_is_had_by_service)
{
        struct member ann = new_member();
        const char *job = exported(ann.user, JSON({"format" : "zip", "include" : [ "anonymize", "feed" ]}));
        ck_assert(AWAIT(30, is_in(ann.user, job, "ready")));
        sql(text("UPDATE anonymize.privacy_job_parts SET sealed = decode(repeat('00', 5 << 20), 'hex')"
                 " WHERE job_id = '%s' AND service = 'anonymize'",
                job + strlen("/privacy/jobs/")));
        expect_problem(get(ann.user, text("%s/archive", job)), 409, "conflict");
        expect_problem(get(ann.user, text("%s/archive.zip", job)), 409, "conflict");
        expect_status(get(ann.user, text("%s/archive.zip?service=feed", job)), 200);
}
END_TEST

TEST(a_format_is_one_of_two)
{
        struct member ann = new_member();
        expect_problem(post(ann.user, "/privacy/exports", JSON({"format" : "tar"})), 422, "validation_failed");
}
END_TEST

TEST(one_archive_a_day)
{
        struct member ann = new_member();
        struct request requests[4];
        int statuses[4], n_made = 0;
        for (int i = 0; i < 4; i++)
                requests[i] = (struct request){"POST", "/privacy/exports", ann.user, "{}", 2, NULL};
        at_once(4, requests, statuses);
        for (int i = 0; i < 4; i++)
                n_made += statuses[i] == 202;
        ck_assert_int_eq(n_made, 1);
        struct answer again = post(ann.user, "/privacy/exports", JSON({}));
        expect_problem(again, 429, "limit_reached");
        ck_assert_int_gt(strtol(header_of(again, "Retry-After"), NULL, 10), 23 * 3600);
}
END_TEST

TEST(services_can_be_chosen_if_they_are_any)
{
        struct member ann = new_member();
        struct answer answer = post(ann.user, "/privacy/exports", JSON({"include" : [ "anonymize", "weather" ]}));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "include[1]");
        const char *job = exported(ann.user, JSON({"include" : ["anonymize"]}));
        ck_assert(AWAIT(30, is_in(ann.user, job, "ready")));
        ck_assert_int_eq(length_at(get(ann.user, job), "receipt.services"), 1);
}
END_TEST

TEST(an_archive_expires_and_is_purged)
{
        struct member ann = new_member();
        const char *job = exported(ann.user, JSON({"include" : ["anonymize"]}));
        ck_assert(AWAIT(30, is_in(ann.user, job, "ready")));
        const char *id = job + strlen("/privacy/jobs/");
        sql(text("UPDATE anonymize.jobs SET due_at = now() WHERE kind = 'export_end' AND key = '%s'", id));
        ck_assert(AWAIT(30, is_in(ann.user, job, "expired")));
        expect_problem(get(ann.user, text("%s/archive", job)), 409, "conflict");
        expect_problem(get(ann.user, text("%s/archive.zip", job)), 409, "conflict");
        ck_assert_int_eq(
                sql_number(text("SELECT count(sealed) FROM anonymize.privacy_job_parts WHERE job_id = '%s'", id)), 0);
}
END_TEST

TEST(the_guide_is_for_everybody)
{
        struct answer answer = get(nobody, "/privacy-guide");
        expect_status(answer, 200);
        ck_assert_int_ge((int)number_at(answer, "min_cohort_size"), 10);
        ck_assert(number_at(answer, "epsilon") > 0);
        ck_assert_int_gt(length_at(answer, "sections"), 5);
        ck_assert_str_eq(text_at(answer, "sections[0].default"), "private");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/export", NO_FORK, T(an_archive_holds_what_was_told),
        T(an_archive_is_had_as_a_file), T(what_is_too_much_at_once_is_had_by_service), T(a_format_is_one_of_two),
        T(one_archive_a_day), T(services_can_be_chosen_if_they_are_any), T(an_archive_expires_and_is_purged),
        T(the_guide_is_for_everybody))
