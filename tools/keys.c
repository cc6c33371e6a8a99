/* SPDX-License-Identifier: Apache-2.0 */
/* sfp-keys: what operators need to hand out the keys of the mesh. Keys are read from standard input, never from
 * arguments, which everybody on the host can read.
 *   sfp-keys public          a gateway's PRINCIPAL_KEY in, the public key for PRINCIPAL_KEYS out
 *   sfp-keys callers TARGET  lines "NAME BASE64" in, each a caller and its MESH_KEY; TARGET's MESH_CALLERS out */
#include "common/hop.h"
#include "common/principal.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 512 };

static const char usage[] =
        "usage: sfp-keys public          < file with a PRINCIPAL_KEY      prints its public key, for PRINCIPAL_KEYS\n"
        "       sfp-keys callers TARGET  < lines \"NAME MESH_KEY\"          prints TARGET's MESH_CALLERS\n"
        "Keys are base64, as made by: head -c 32 /dev/urandom | base64\n";

static bool read_line(char line[LINE_SIZE])
{
        if (fgets(line, LINE_SIZE, stdin) == NULL)
                return false;
        line[strcspn(line, "\r\n")] = '\0';
        return true;
}

static int complain(const char *what)
{
        fprintf(stderr, "sfp-keys: %s\n", what);
        return EXIT_FAILURE;
}

static int print_public(struct arena *arena)
{
        char line[LINE_SIZE];
        const char *key = read_line(line) ? principal_public_key(arena, line) : NULL;
        if (key == NULL)
                return complain("standard input is not the base64 of 32 bytes");
        return puts(key) >= 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int print_callers(struct arena *arena, const char *target)
{
        char line[LINE_SIZE];
        const char *separator = "";
        while (read_line(line)) {
                char *space = strchr(line, ' ');
                const char *derived = space == NULL ? NULL : hop_derive(arena, space + 1, target);
                if (derived == NULL)
                        return complain("a line is not NAME and the base64 of at least 32 bytes");
                printf("%s%.*s=%s", separator, (int)(space - line), line, derived);
                separator = ",";
        }
        return puts("") >= 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
        struct arena *arena = arena_new(0);
        int code = EXIT_FAILURE;
        if (argc == 2 && strcmp(argv[1], "public") == 0)
                code = print_public(arena);
        else if (argc == 3 && strcmp(argv[1], "callers") == 0)
                code = print_callers(arena, argv[2]);
        else if (argc == 2 && strcmp(argv[1], "--help") == 0)
                code = fputs(usage, stdout) >= 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        else
                fputs(usage, stderr);
        arena_free(arena);
        return code;
}
