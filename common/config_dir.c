/* SPDX-License-Identifier: Apache-2.0 */
/* A value that was a file lives on in the environment, which owns it as it does all others. */
#include "common/config_dir.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_given(const char *text)
{
        return text != NULL && *text != '\0';
}

static status complain(const char *path, const char *what)
{
        fprintf(stderr, "%s %s\n", path, what);
        return STATUS_INVALID_ARGUMENT;
}

/* The value, NUL behind it; NULL when there is none or it is no value, with what is wrong in `wrong`. */
static char *read_value(FILE *file, const char **wrong)
{
        char *value = malloc(CONFIG_DIR_VALUE_MAX + 2);
        size_t length = fread(value, 1, CONFIG_DIR_VALUE_MAX + 1, file);
        if (ferror(file))
                *wrong = strerror(errno);
        else if (length > CONFIG_DIR_VALUE_MAX)
                *wrong = "is longer than a value may be";
        else if (memchr(value, '\0', length) != NULL)
                *wrong = "holds a NUL";
        while (length > 0 && (value[length - 1] == '\n' || value[length - 1] == '\r'))
                length--;
        value[length] = '\0';
        return value;
}

status config_dir_take(const char *name)
{
        char path[PATH_MAX];
        const char *directory = getenv("CONFIG_DIR");
        if (!is_given(directory) || is_given(getenv(name)))
                return STATUS_OK;
        if (snprintf(path, sizeof path, "%s/%s", directory, name) >= PATH_MAX)
                return complain(directory, "is too long a path");
        FILE *file = fopen(path, "re");
        if (file == NULL)
                return errno == ENOENT ? STATUS_OK : complain(path, strerror(errno));
        const char *wrong = NULL;
        char *value = read_value(file, &wrong);
        fclose(file);
        status result = wrong == NULL ? STATUS_OK : complain(path, wrong);
        if (result == STATUS_OK && setenv(name, value, 1) != 0)
                result = complain(path, strerror(errno));
        free(value);
        return result;
}
