/* SPDX-License-Identifier: Apache-2.0 */
/* The text engine of svc-anonymize as a command: sfp-anonymize --help. It needs no service and keeps nothing. */
#include "svc-anonymize/lines.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
        "Usage: sfp-anonymize scan | redact   < lines of JSON > lines of JSON\n"
        "\n"
        "Each line in is an object {\"id\": ..., \"text\": \"...\"}; other keys are passed over.\n"
        "scan     says what identifies people: {\"id\",\"entities\":[{\"type\",\"start\",\"end\",\"score\"}]}\n"
        "redact   takes it out: {\"id\",\"text\",\"removals\":[{\"type\",\"kind\",\"start\",\"end\",\"score\"}]}\n"
        "\n"
        "start and end count Unicode code points of the text as it was, end is the one behind; score is 0 to 1.\n"
        "A line that is not such an object, or whose text is longer than 256 KiB, is told on standard error with its\n"
        "number; the others are answered all the same, and the program ends with status 1. No text is ever repeated in\n"
        "a message, and nothing is kept.\n";

int main(int argc, char **argv)
{
        const char *command = argc == 2 ? argv[1] : "";
        signal(SIGPIPE, SIG_IGN);
        if (strcmp(command, "scan") == 0)
                return lines_run(LINES_SCAN, stdin, stdout, stderr) ? EXIT_SUCCESS : EXIT_FAILURE;
        if (strcmp(command, "redact") == 0)
                return lines_run(LINES_REDACT, stdin, stdout, stderr) ? EXIT_SUCCESS : EXIT_FAILURE;
        bool is_asked = strcmp(command, "--help") == 0 || strcmp(command, "help") == 0;
        fputs(help, is_asked ? stdout : stderr);
        return is_asked ? EXIT_SUCCESS : 2;
}
