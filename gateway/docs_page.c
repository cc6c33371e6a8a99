/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/docs_page.h"

#include "gateway/respond.h"

#include <string.h>

/* Scripts and styles are files of ours; swagger-ui sets styles of its own and shows pictures it carries with it. */
static const char policy[] =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#define EMBEDDED(symbol)                                                                                               \
        extern const unsigned char symbol[];                                                                           \
        extern const size_t symbol##_size;

#define HTML "text/html; charset=utf-8"
#define CSS  "text/css; charset=utf-8"
#define JS   "text/javascript; charset=utf-8"

#ifdef SFP_SWAGGER_UI
#define FILES(FILE)                                                                                                    \
        FILE("", HTML, docs_swagger_html)                                                                              \
        FILE("swagger.js", JS, docs_swagger_js)                                                                        \
        FILE("swagger-ui-bundle.js", JS, docs_swagger_ui_bundle_js)                                                    \
        FILE("swagger-ui.css", CSS, docs_swagger_ui_css)
#else
#define FILES(FILE)                                                                                                    \
        FILE("", HTML, docs_index_html)                                                                                \
        FILE("docs.js", JS, docs_docs_js)                                                                              \
        FILE("docs.css", CSS, docs_docs_css)
#endif

#define DECLARE(name, type, symbol) EMBEDDED(symbol)
FILES(DECLARE)

#define ROW(name, type, symbol) {name, type, symbol, &symbol##_size},
static const struct file {
        const char *name; /* behind /docs/; "": the page itself */
        const char *type;
        const unsigned char *bytes;
        const size_t *size;
} files[] = {FILES(ROW)};

static const struct file *find(const char *name)
{
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
                if (strcmp(files[i].name, name) == 0)
                        return &files[i];
        return NULL;
}

void answer_docs(struct exchange *exchange)
{
        const struct route_match *match = &exchange->match;
        const struct file *file = find(match->route->n_params == 0 ? "" : match->values[0]);
        if (file == NULL) {
                respond_problem(exchange, PROBLEM_NOT_FOUND, NULL);
                return;
        }
        exchange->response = (struct response){
                .code = 200,
                .content_type = file->type,
                .body = (const char *)file->bytes,
                .body_size = *file->size,
                .content_policy = policy,
        };
}
