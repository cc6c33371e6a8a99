/* SPDX-License-Identifier: Apache-2.0 */
/* A file that opens again, says what is in it, and is the same whenever it is made. */
#include "svc-anonymize/archive_file.h"
#include "tests/suite.h"

#include <string.h>
#include <zip.h>

static struct arena *arena;
static zip_t *opened;

static void set_up(void)
{
        arena = arena_new(0);
        opened = NULL;
}

static void tear_down(void)
{
        if (opened != NULL)
                zip_discard(opened);
        arena_free(arena);
}

static Anonymize__ArchiveTable *table(const char *name, size_t n_rows, const char *const *rows)
{
        Anonymize__ArchiveTable *out = arena_alloc(arena, sizeof *out);
        anonymize__archive_table__init(out);
        out->name = (char *)(size_t)name;
        out->n_rows = n_rows;
        out->rows = (char **)(size_t)rows;
        return out;
}

static Anonymize__Archive *archive_of(const char *service, size_t n_tables, Anonymize__ArchiveTable **tables)
{
        Anonymize__Archive *out = arena_alloc(arena, sizeof *out);
        anonymize__archive__init(out);
        out->n_services = 1;
        out->services = arena_alloc(arena, sizeof *out->services);
        out->services[0] = arena_alloc(arena, sizeof **out->services);
        anonymize__service_archive__init(out->services[0]);
        out->services[0]->name = (char *)(size_t)service;
        out->services[0]->n_tables = n_tables;
        out->services[0]->tables = tables;
        return out;
}

static Anonymize__Archive *example(void)
{
        static const char *const flat[] = {"{\"day\":\"2026-01-01\",\"text\":\"=1+1\"}", "{\"day\":\"2026-01-02\"}"};
        static const char *const nested[] = {"{\"id\":1,\"tags\":[\"a\"]}"};
        Anonymize__ArchiveTable **tables = arena_alloc(arena, 2 * sizeof(*tables));
        tables[0] = table("feedback", 2, flat);
        tables[1] = table("../odd", 1, nested);
        return archive_of("anonymize", 2, tables);
}

static ProtobufCBinaryData made_of(const Anonymize__Archive *archive)
{
        ProtobufCBinaryData out;
        ck_assert_int_eq(archive_file_make(arena, archive, &out), STATUS_OK);
        return out;
}

static void open_again(ProtobufCBinaryData file)
{
        zip_source_t *source = zip_source_buffer_create(file.data, file.len, 0, NULL);
        opened = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
        ck_assert_ptr_nonnull(opened);
}

/* NULL: there is no such entry. Its checksum is compared while it is read. */
static const char *entry(const char *name)
{
        zip_stat_t about;
        if (zip_stat(opened, name, 0, &about) != 0)
                return NULL;
        char *out = arena_zalloc(arena, about.size + 1);
        zip_file_t *file = zip_fopen(opened, name, 0);
        ck_assert_ptr_nonnull(file);
        ck_assert_int_eq(zip_fread(file, out, about.size), (zip_int64_t)about.size);
        ck_assert_int_eq(zip_fclose(file), 0);
        return out;
}

TEST(it_opens_and_every_table_is_in_it)
{
        open_again(made_of(example()));
        ck_assert_int_eq(zip_get_num_entries(opened, 0), 5);
        ck_assert_ptr_nonnull(strstr(entry("README.txt"), "only referred to"));
        ck_assert_str_eq(entry("anonymize/feedback.json"),
                "[\n{\"day\":\"2026-01-01\",\"text\":\"=1+1\"},\n{\"day\":\"2026-01-02\"}\n]\n");
        ck_assert_str_eq(entry("anonymize/feedback.csv"), "day,text\r\n2026-01-01,'=1+1\r\n2026-01-02,\r\n");
}
END_TEST

TEST(its_schema_says_what_is_there)
{
        open_again(made_of(example()));
        ck_assert_str_eq(entry("schema.json"),
                "{\"services\":[\n{\"name\":\"anonymize\",\"is_cut\":false,\"tables\":[\n"
                "{\"name\":\"feedback\",\"purpose\":\"What you said about the platform.\",\"rows\":2,\"has_csv\":true,"
                "\"columns\":[\"day\",\"text\"]},\n"
                "{\"name\":\"../odd\",\"rows\":1,\"has_csv\":false,\"columns\":[\"id\",\"tags\"]}]}]}\n");
}
END_TEST

TEST(no_name_leaves_its_folder)
{
        open_again(made_of(example()));
        ck_assert_ptr_nonnull(entry("anonymize/___odd.json"));
        ck_assert_ptr_null(entry("anonymize/___odd.csv"));
        for (zip_int64_t i = 0; i < zip_get_num_entries(opened, 0); i++)
                ck_assert_ptr_null(strstr(zip_get_name(opened, (zip_uint64_t)i, 0), ".."));
}
END_TEST

TEST(the_same_makes_the_same)
{
        ProtobufCBinaryData first = made_of(example()), second = made_of(example());
        ck_assert_uint_eq(first.len, second.len);
        ck_assert_mem_eq(first.data, second.data, first.len);
}
END_TEST

TEST(nothing_stored_is_a_file_that_says_so)
{
        open_again(made_of(archive_of("feed", 0, NULL)));
        ck_assert_int_eq(zip_get_num_entries(opened, 0), 2);
        ck_assert_str_eq(
                entry("schema.json"), "{\"services\":[\n{\"name\":\"feed\",\"is_cut\":false,\"tables\":[]}]}\n");
}
END_TEST

TEST(a_name_twice_is_refused)
{
        static const char *const rows[] = {"{\"a\":1}"};
        ProtobufCBinaryData out;
        Anonymize__ArchiveTable *tables[] = {table("same", 1, rows), table("same", 1, rows)};
        ck_assert_int_eq(archive_file_make(arena, archive_of("feed", 2, tables), &out), STATUS_INTERNAL);
}
END_TEST

TEST(it_is_bounded)
{
        enum { ROWS = 40, ROW_SIZE = 1 << 20 };
        const char *rows[ROWS];
        ProtobufCBinaryData out;
        char *row = arena_alloc(arena, ROW_SIZE + 1);
        memset(row, ' ', ROW_SIZE);
        row[0] = '{', row[ROW_SIZE - 1] = '}', row[ROW_SIZE] = '\0';
        for (int i = 0; i < ROWS; i++)
                rows[i] = row;
        Anonymize__ArchiveTable *tables[] = {table("many", ROWS, rows)};
        ck_assert_int_eq(archive_file_make(arena, archive_of("feed", 1, tables), &out), STATUS_RESOURCE_EXHAUSTED);
}
END_TEST

SUITE_WITH(set_up, tear_down, "svc-anonymize/archive_file", FORK, T(it_opens_and_every_table_is_in_it),
        T(its_schema_says_what_is_there), T(no_name_leaves_its_folder), T(the_same_makes_the_same),
        T(nothing_stored_is_a_file_that_says_so), T(a_name_twice_is_refused), T(it_is_bounded))
