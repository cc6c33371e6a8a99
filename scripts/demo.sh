#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fills a running instance through its HTTP API: two dozen people, a few hundred shared goals, and reactions to them;
# then has the long story of tests/e2e/story_test.c happen there and tells it. Called by `./sfp demo` with what tests
# find in their environment. The goals' texts and numbers come from tables and a fixed seed, so every run sends the same
# requests, with the same Idempotency-Keys; each phase is one curl process. The story is new people's each time.
set -eu

USERS=24
SHARES=300
REACTIONS=700
API=$SFP_URL/api/v1/social

work=$(mktemp -d /tmp/sfp-demo-XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# What the functions of every awk program below are: a generator of its own, for the same numbers everywhere, and the
# writing of one request into a curl configuration.
# shellcheck disable=SC2016 # awk's own
awk_library='
function random(n) { seed = (seed * 16807) % 2147483647; return int(seed / 2147483647 * n) }
function pick(list,    part) { return part[random(split(list, part, ";")) + 1] }
function quote(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }
function request(method, url, user, body, output) {
    if (requests++) print "next"
    print "no-progress-meter"
    print "url = " quote(url)
    print "request = " method
    print "header = " quote("Authorization: Bearer " token[user])
    if (body != "") {
        print "header = \"Content-Type: application/json\""
        print "data = " quote(body)
    }
    print "output = " quote(output)
    print "write-out = \"%{http_code}\\n\""
    print "max-time = 30"
}
function field(name, text) { return "\"" name "\":\"" text "\"" }
BEGIN { seed = 20240229 }
FILENAME == ARGV[1] { token[FNR] = $1; next }
'

# category | least and most in whole units | titles | why | how | lessons | tags
goals() {
    cat <<'END'
emergency_fund|2000;25000|Six months of expenses set aside;A cushion for rainy days;Three months of rent in reserve;Never again without a buffer|A broken boiler showed me how thin my margin was.;My income is seasonal and I want quiet winters.;Two of us depend on one salary.|An automatic transfer on payday into an account I do not see every day.;Every refund and bonus goes there first.;I round up each purchase and sweep the difference weekly.|Start with one month; the second is much easier.;Keep it boring and easy to reach.;Name the account after its purpose.|buffer;safety;automation
debt_payoff|1500;40000|Credit cards down to zero;Student loan gone early;Clearing the last consumer loan;Out of the overdraft for good|Interest was eating what I could have saved.;I want my next move to start without old bills.;We decided to be free of it before the baby comes.|Highest interest first, minimum on the rest.;Smallest balance first, for the feeling of winning.;I moved everything to one lower rate and kept the old payment.|Freeze the card while you pay it off.;Call the lender; they do lower rates.;Celebrate each closed account.|snowball;avalanche;interest
retirement|50000;600000|Retiring at sixty on our own terms;Catching up on my pension;A second pillar I understand;Ten years of steady contributions|I started late and want to make the years count.;Nobody in my family had a plan and I saw the result.;I would like to work less before I stop.|A fixed share of income each month, raised with every pay rise.;Broad index funds and a calendar reminder, nothing else.;The employer match first, then my own account.|Time did more than skill.;Check fees once, then stop looking daily.;Raise the rate when you get a raise.|pension;index;longterm
home|15000;180000|Down payment for a first flat;A small house with a garden;Twenty percent down in four years;Buying out of the rental spiral|Rent rises faster than my salary.;We want a place where the children can stay at one school.;I work from home and need a door to close.|Separate account, transfer on the first of the month.;We live on one income and save the other.;A cheaper flat for three years, the difference is saved.|Count the side costs from the first day.;Talk to the bank before you need it.;Look at the commute as part of the price.|deposit;housing;patience
education|1000;45000|Evening degree without a loan;Certification to change fields;A fund for the children's studies;One year of language school|My trade is changing and I want to be ahead.;I want them to choose by interest, not by price.;The course pays back in two years.|One course at a time, paid before it begins.;A standing order since the week of birth.;Half from savings, half from weekend shifts.|Ask your employer, mine paid a third.;Used books and the library go a long way.;Apply for small grants, few people do.|study;career;grants
travel|800;15000|Three weeks by train across the continent;A family trip after two years of saving;Seeing the northern lights;Walking the coast from end to end|We postponed it four times.;I promised it to my mother.;A break between two jobs is rare.|A jar per month, flights outside the season.;I sell what I no longer use.;No delivery food until the tickets are paid.|Fix the date early, it keeps you honest.;Budget the days, not only the journey.;Leave a tenth for surprises.|holiday;planning;season
vehicle|1200;35000|A used electric car, paid in full;A cargo bike instead of a second car;Replacing the van before it dies;New tyres and a repair reserve|The workshop bills come closer together.;I drive to patients and cannot be late.;One vehicle less would free a lot of money.|I keep paying the old instalment to myself.;A buyer for the old one first, then the search.;A fixed amount per kilometre driven.|Look at the insurance before the price.;Three years old is a good age to buy.;Keep the reserve after buying.|mobility;used;reserve
investment|1000;90000|First steps with a broad fund;A portfolio I can explain to my sister;Dividends that pay the phone bill;One hundred months without a gap|Savings alone lose to inflation.;I want to learn with small amounts.;My grandfather did it with patience.|Same amount each month, whatever the news says.;Two funds, rebalanced each January.;I write down why I buy, and read it before I sell.|Losses teach more than gains.;Low cost beats clever.;Decide when calm.|funds;habit;costs
business|3000;80000|Opening a small bakery;From side job to own workshop;A year of runway for my studio;Buying the equipment without a loan|I have regulars and no room for them.;I want to find out before I turn forty.;The market stall works, the winter does not.|Profits stay in the business for two years.;Equipment second hand, one piece a quarter.;A part-time job pays the rent meanwhile.|Separate the accounts on the first day.;Three months of invoices are not money yet.;Price for bad months.|selfemployed;runway;equipment
other|300;12000|A piano for the living room;Braces for my daughter;A wedding we can afford;Solar panels on the shed|It makes everyday life better.;The waiting list ends next spring.;We agreed on a limit and want to keep it.|A small amount each week, never skipped.;Birthday money goes here.;We plan backwards from the date.|Write the number on the fridge.;Ask for used ones first.;Tell a friend, it helps.|family;weekly;plan
END
}

tell() { printf '%s\n' "$*"; }

# send NAME: runs the requests of $work/NAME.curl, six at a time; says how many were answered with success.
send() {
    curl --no-progress-meter --parallel --parallel-max 6 --noproxy '*' -K "$work/$1.curl" >"$work/$1.codes" 2>"$work/$1.errors" || :
    good=$(grep -c '^2' "$work/$1.codes" || :)
    tell "  $good of $(grep -c '^url' "$work/$1.curl") $1"
    sort "$work/$1.codes" | grep -v '^2' | uniq -c | while read -r count code; do tell "  $count answered $code"; done
    sort -u "$work/$1.errors" | head -n 3 >&2
    [ "$good" -gt 0 ]
}

user_id() { printf '5fd0de30-0000-4000-8000-%012d' "$1"; }

tell "Signing in $USERS people"
user=1
while [ $user -le $USERS ]; do
    "$SFP_CMD" token --data "$SFP_DATA" --sub "$(user_id $user)"
    user=$((user + 1))
done >"$work/tokens"

tell "Who they are"
awk -v users=$USERS -v api="$API" "$awk_library"'
END {
    for (user = 1; user <= users; user++)
        request("PUT", api "/profile/demographics", user, "{\"birth_year\":" 1958 + random(46) \
            ",\"annual_income\":" (18 + random(110)) * 100000 ",\"currency\":\"USD\"," \
            field("region", pick("US-CA;US-NY;US-TX;US-WA;US-OH;US-FL;US-CO;US-MN")) "}", "/dev/null")
}' "$work/tokens" >"$work/profiles.curl"
send profiles || tell "  going on without them"

tell "What they share"
mkdir "$work/answers"
goals | awk -F '|' -v users=$USERS -v shares=$SHARES -v api="$API" -v answers="$work/answers" "$awk_library"'
{ goal[++goals] = $0 }
function tags(list,    part, n, i, text) {
    n = split(list, part, ";")
    for (i = 1; i <= n; i++) if (i == 1 || random(2)) text = text (text == "" ? "" : ",") "\"" part[i] "\""
    return "[" text "]"
}
END {
    for (share = 1; share <= shares; share++) {
        split(goal[random(goals) + 1], column, "|")
        split(column[2], range, ";")
        amount = (range[1] + random(range[2] - range[1])) * 100
        why = pick(column[4])
        if (share % 30 == 0) why = why " Write to me: saver" share "@example.com or (555) 010-4477."
        body = "{" field("goal_category", column[1]) "," field("goal_title", pick(column[3])) \
            "," field("goal_description", why) ",\"target_amount\":" sprintf("%d", amount) ",\"currency\":\"USD\"" \
            ",\"current_progress_percentage\":" (random(5) ? random(96) : 100) \
            "," field("strategy_description", pick(column[5])) "," field("tips_and_lessons", pick(column[6])) \
            ",\"tags\":" tags(column[7]) ",\"submit\":true}"
        user = random(users) + 1
        request("POST", api "/goal-sharing/", user, body, sprintf("%s/%04d-%d", answers, share, user))
        print "header = \"Idempotency-Key: demo-share-" share "\""
    }
}' "$work/tokens" - >"$work/shares.curl"
send shares || { tell "Nothing was accepted: see ./sfp logs gateway" >&2 && exit 1; }

# A line "id author" for each share that was accepted: the first id of an answer is the share's own.
grep -o '"id" *: *"[0-9a-f-]*"' "$work"/answers/* |
    sed 's/^.*-\([0-9]*\):"id" *: *"\([0-9a-f-]*\)"$/\2 \1 &/' |
    awk '{ file = $3; sub(/:.*/, "", file) } !(file in seen) { seen[file] = 1; print $1, $2 }' >"$work/ids"

tell "What they think of it"
awk -v users=$USERS -v reactions=$REACTIONS -v api="$API" "$awk_library"'
{ id[++shares] = $1; author[shares] = $2 }
END {
    for (; reactions > 0 && shares > 0; reactions--) {
        # The lower of two draws: some shares become popular.
        share = random(shares) + 1
        other = random(shares) + 1
        if (other < share) share = other
        user = random(users) + 1
        if (user != author[share])
            request("PUT", api "/goal-sharing/" id[share] "/reactions/" pick("like;like;like;inspiration"), user, "", "/dev/null")
    }
}' "$work/tokens" "$work/ids" >"$work/reactions.curl"
send reactions || :

story=$(sed -n 's/^e2e e2e\/story_test //p' "$SFP_BUILD/tests.list" 2>/dev/null || :)
if [ ! -x "$story" ]; then
    tell "The story of thirty people is not told: this build has no tests"
    exit 0
fi
tell "What thirty others do together, while each of the eight services is killed once"
{ SFP_STORY=aloud "$story" >"$work/story"; } 2>&1 && exit 0
tell "The story has not come to its end" >&2
sed -n '/^[0-9]*%: Checks/,$p' "$work/story" >&2
exit 1
