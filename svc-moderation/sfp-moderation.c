/* SPDX-License-Identifier: Apache-2.0 */
/* The classifier of svc-moderation as a command: sfp-moderation --help. It needs no service and keeps no text. */
#include "svc-moderation/classified.h"
#include "svc-moderation/training/evaluation.h"
#include "svc-moderation/training/learner.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
        "Usage: sfp-moderation train OUT.model TRAIN.jsonl[.gz]... [--sources a,b,c] [--texts FOLDER]\n"
        "       sfp-moderation classify MODEL  < lines of JSON > lines of JSON\n"
        "       sfp-moderation eval MODEL TRUTH.jsonl[.gz]...\n"
        "\n"
        "train     makes a model of lines {\"text\",\"labels\":[...],\"unk\":[...],\"source\"}; with --sources only of those\n"
        "          whose source is listed. --texts adds texts made of the grammars FOLDER/*.texts, 40 of a sentence, each\n"
        "          with less weight than a line. Equal input gives an equal file.\n"
        "classify  answers each line {\"id\": ..., \"text\": \"...\"} with {\"id\",\"scores\":{category: probability}}; these\n"
        "          are the model's own scores: rules are looked for by the service only.\n"
        "eval      says how well a model does on labelled lines: per category, per suite, under each disguise.\n"
        "\n"
        "A line that is not such an object is told on standard error with its number; the others are answered all the\n"
        "same, and the program ends with status 1. No text is ever repeated in a message, and nothing is kept.\n";

enum { TEXTS_OF_A_SENTENCE = 40 };
static const float TEXTS_WEIGHT = 0.4F;

static int complain(const char *path, const char *why)
{
        fprintf(stderr, "%s: %s\n", path, why); /* allow(fprintf): a program for people */
        return EXIT_FAILURE;
}

static const char *option(int *argc, char **argv, const char *name)
{
        for (int i = 2; i + 1 < *argc; i++)
                if (strcmp(argv[i], name) == 0) {
                        const char *value = argv[i + 1];
                        memmove(argv + i, argv + i + 2, (size_t)(*argc - i - 1) * sizeof *argv);
                        *argc -= 2;
                        return value;
                }
        return NULL;
}

static bool load_all(struct corpus *corpus, int count, char **paths, const char *sources)
{
        for (int i = 0; i < count; i++)
                if (corpus_load(corpus, paths[i], sources) != STATUS_OK)
                        return false;
        return true;
}

static int train(int argc, char **argv)
{
        const char *sources = option(&argc, argv, "--sources"), *texts = option(&argc, argv, "--texts");
        struct corpus corpus;
        struct model *model = NULL;
        corpus_init(&corpus);
        bool is_good =
                load_all(&corpus, argc - 3, argv + 3, sources) &&
                (texts == NULL || corpus_load_texts(&corpus, texts, TEXTS_OF_A_SENTENCE, TEXTS_WEIGHT) == STATUS_OK) &&
                corpus.count > 0 && learner_train(&corpus, &model) == STATUS_OK &&
                model_save(model, argv[2]) == STATUS_OK;
        fprintf(stderr, "%zu texts\n", corpus.count); /* allow(fprintf): a program for people */
        model_free(model);
        corpus_fini(&corpus);
        return is_good ? EXIT_SUCCESS : complain(argv[2], "no model was made");
}

static int classify(const struct model *model)
{
        return classified_run(model, stdin, stdout, stderr) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int evaluate(const struct model *model, int count, char **paths)
{
        struct corpus corpus;
        corpus_init(&corpus);
        bool is_good = load_all(&corpus, count, paths, NULL);
        if (is_good)
                evaluation_print(model, &corpus, stdout);
        corpus_fini(&corpus);
        return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int with_model(int argc, char **argv)
{
        struct model *model;
        const char *why;
        if (model_load(argv[2], &model, &why) != STATUS_OK)
                return complain(argv[2], why);
        int ended = argv[1][0] == 'c' ? classify(model) : evaluate(model, argc - 3, argv + 3);
        model_free(model);
        return ended;
}

int main(int argc, char **argv)
{
        const char *command = argc >= 2 ? argv[1] : "";
        signal(SIGPIPE, SIG_IGN);
        if (argc >= 4 && strcmp(command, "train") == 0)
                return train(argc, argv);
        if ((argc == 3 && strcmp(command, "classify") == 0) || (argc >= 4 && strcmp(command, "eval") == 0))
                return with_model(argc, argv);
        bool is_asked = strcmp(command, "--help") == 0 || strcmp(command, "help") == 0;
        fputs(help, is_asked ? stdout : stderr);
        return is_asked ? EXIT_SUCCESS : 2;
}
