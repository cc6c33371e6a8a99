/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever gets into a log: the end stays where it is, and what was taken out once is not taken out differently again.
 */
#include "common/redact.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static char once[16 * TEXT_MAX], twice[16 * TEXT_MAX];
        char *text = strndup((const char *)bytes, size < TEXT_MAX ? size : TEXT_MAX);
        redact_text(text, once, sizeof once);
        redact_text(once, twice, sizeof twice);
        FUZZ_ASSERT(strlen(once) < sizeof once);
        FUZZ_ASSERT(strstr(text, "password=hunter2") == NULL || strstr(once, "password=hunter2") == NULL);
        redact_text(text, once, 8);
        FUZZ_ASSERT(strlen(once) < 8);
        free(text);
        return 0;
}
