/* SPDX-License-Identifier: Apache-2.0 */
#include "common/served.h"

#include "common/inner.h"
#include "common/kit_parts.h"
#include "common/log.h"
#include "common/people.h"
#include "common/service.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The handlers that serve this method's package here: the service's own, or the kit's. NULL: another service's. */
static const struct rpc *const *tables_for(
        const struct service_definition *definition, const struct schema_method *method)
{
        return strcmp(method->service, definition->name) == 0 ? definition->tables : kit_part_tables(method->service);
}

static const struct rpc *find_handler(const struct rpc *const *tables, const char *method)
{
        for (size_t t = 0; tables[t] != NULL; t++)
                for (const struct rpc *rpc = tables[t]; rpc->name != NULL; rpc++)
                        if (strcmp(rpc->name, method) == 0)
                                return rpc;
        return NULL;
}

static bool fits(const struct schema_method *method, const struct rpc *rpc)
{
        if (rpc != NULL && rpc->input_size == method->input->descriptor->sizeof_message &&
                rpc->output_size == method->output->descriptor->sizeof_message)
                return true;
        LOG(LOG_ERROR, rpc == NULL ? "method without handler" : "handler of other types",
                log_text("method", method->name));
        return false;
}

/* As the conventions want it: package, service and method with a slash before the last, and what went wrong named once
 * more where something did. */
static const char *labels_of(struct arena *arena, const struct schema_method *method, const char *code)
{
        const char *name = strrchr(method->name, '.') + 1;
        int package = (int)(name - 1 - method->name);
        const char *labels = arena_printf(arena, "rpc_method=\"%.*s/%s\"", package, method->name, name);
        if (code == NULL)
                return labels;
        labels = arena_printf(arena, "%s,rpc_system_name=\"sfp\",rpc_response_status_code=\"%s\"", labels, code);
        return strcmp(code, status_name(STATUS_OK)) == 0 ? labels
                                                         : arena_printf(arena, "%s,error_type=\"%s\"", labels, code);
}

static void make_histogram(
        struct served *served, struct metrics *metrics, const struct schema_method *method, status code)
{
        struct arena *arena = arena_new(0);
        metrics_histogram_at(metrics, &served->by_status[code], HISTOGRAM_FINE, "rpc_server_call_duration_seconds",
                labels_of(arena, method, status_name(code)), "Time from arrival to reply, waiting included.");
        arena_free(arena);
}

void served_observe(struct served *served, struct metrics *metrics, const struct schema_method *method, status code,
        int64_t us, const char *trace_id)
{
        if (atomic_load_explicit(&served->by_status[code], memory_order_acquire) == NULL)
                make_histogram(served, metrics, method, code);
        histogram_observe(atomic_load(&served->by_status[code]), us, trace_id);
}

static void add_metrics(
        struct metrics *metrics, struct arena *arena, const struct schema_method *method, struct served *served)
{
        served->statements = metrics_counter(metrics, "sfp_rpc_statements_total", labels_of(arena, method, NULL),
                "Statements sent to the database, without BEGIN and COMMIT.");
}

static size_t count_table(const struct rpc *const *tables)
{
        size_t count = 0;
        for (size_t t = 0; tables[t] != NULL; t++)
                for (const struct rpc *rpc = tables[t]; rpc->name != NULL; rpc++)
                        count++;
        return count;
}

static size_t count_handlers(const struct service_definition *definition)
{
        size_t count = count_table(definition->tables);
        for (const struct kit_part *part = kit_parts; part->package != NULL; part++)
                count += count_table(part->tables);
        return count;
}

struct served *served_new(struct service *service)
{
        const struct service_definition *definition = service->definition;
        size_t count = schema_method_count(service->schema), n_paired = 0;
        struct served *all = calloc(count, sizeof *all);
        struct arena *arena = arena_new(0);
        bool is_good = all != NULL;
        for (size_t i = 0; is_good && i < count; i++) {
                const struct schema_method *method = schema_method_at(service->schema, i);
                const struct rpc *const *tables = tables_for(definition, method);
                if (tables == NULL)
                        continue;
                all[i].rpc = find_handler(tables, strrchr(method->name, '.') + 1);
                is_good = fits(method, all[i].rpc);
                add_metrics(service->metrics, arena, method, &all[i]);
                all[i].shows_people = definition->knows_people && people_are_in(method->output);
                all[i].has_inner = inner_is_in(method->output);
                n_paired++;
        }
        arena_free(arena);
        if (is_good && n_paired == count_handlers(definition))
                return all;
        LOG(LOG_ERROR, "handlers and methods do not pair", log_number("methods", (int64_t)n_paired));
        free(all);
        return NULL;
}
