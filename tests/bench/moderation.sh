# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The part `moderation` of run.sh: how well texts are classified, and how fast.

# Labelled texts that do not belong to this project are looked for beside the checkout.
moderation_data=${SFP_MODERATION_DATA:-$here/../../../shared/data/moderation}
moderation_model=$here/../../svc-moderation/model/shipped.model

moderation_score() { # model, what it is
    echo "  $2, on labelled texts it has not seen:"
    "$SFP_BUILD/bin/sfp-moderation" eval "$1" "$moderation_data/dev.jsonl.gz" | sed 's/^/    /'
    echo "  $2, on the functional suites:"
    "$SFP_BUILD/bin/sfp-moderation" eval "$1" "$moderation_data/functional_dev.jsonl.gz" | grep passes | sed 's/^/    /'
}
moderation_column() { column "$work/moderation" "$1"; }
moderation() {
    echo "texts classified"
    if [ -r "$moderation_data/dev.jsonl.gz" ] && [ -r "$moderation_data/train.jsonl.gz" ]; then
        moderation_score "$moderation_model" 'the model that ships'
        "$SFP_BUILD/bin/sfp-moderation" train "$work/all.model" "$moderation_data/train.jsonl.gz" 2>/dev/null
        moderation_score "$work/all.model" 'a model of all rows, which may not ship'
    else
        echo "  not scored: there is no dev.jsonl.gz with a train.jsonl.gz in $moderation_data"
    fi
    for round in $(seq "$rounds"); do
        "$SFP_BUILD/bench/moderation_bench" "$moderation_model" "$seconds" >>"$work/moderation"
    done
    echo "  of 100 characters: $(moderation_column 1) a second on one core (aim 50,000)"
    echo "  load $(moderation_column 2) ms (aim 100), resident $(moderation_column 3) KiB (aim 65,536), file $(stat -c %s "$moderation_model") bytes (aim 8,388,608)"
    echo "  not compared with fastText, and Check under load not measured"
}
