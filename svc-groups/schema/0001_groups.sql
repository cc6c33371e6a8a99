-- Groups that save for one goal, their members, their books. Where somebody has left the platform the user id is NULL:
-- what was booked stays booked, by nobody.

CREATE TABLE group_savings_goals (
        id                  uuid PRIMARY KEY,
        created_by_user_id  uuid,
        title               text NOT NULL,
        description         text,
        -- Words that wait for a ruling while the old ones stay to be read; those of a draft wait where they stand.
        pending_title       text,
        pending_description text,
        text_state          text NOT NULL CHECK (text_state IN ('approved', 'pending_review', 'rejected')),
        is_hidden           boolean NOT NULL DEFAULT false, -- by a moderator: members alone see it
        goal_type           text NOT NULL,
        target_amount       bigint NOT NULL CHECK (target_amount > 0),
        current_amount      bigint NOT NULL DEFAULT 0 CHECK (current_amount >= 0),
        closing_amount      bigint, -- what was there when it was paid out
        currency            text NOT NULL,
        target_date         date,
        visibility          text NOT NULL CHECK (visibility IN ('open', 'request', 'private')),
        invite_token        uuid NOT NULL,
        max_participants    integer NOT NULL CHECK (max_participants BETWEEN 2 AND 100),
        total_participants  integer NOT NULL DEFAULT 0 CHECK (total_participants BETWEEN 0 AND max_participants),
        status              text NOT NULL CHECK (status IN ('draft', 'open', 'active', 'paused', 'reached', 'disbursing',
                                                            'completed', 'cancelling', 'cancelled')),
        pause_reason        text CHECK (pause_reason IN ('gadmin', 'deadline', 'frozen')),
        paused_at           timestamptz,
        version             bigint NOT NULL DEFAULT 1,
        last_seq            bigint NOT NULL DEFAULT 0, -- of its transfers
        new_key             bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
) WITH (fillfactor = 80);
CREATE INDEX groups_new ON group_savings_goals (new_key DESC, id DESC)
        WHERE NOT is_hidden AND visibility <> 'private' AND status IN ('open', 'active', 'reached');
CREATE INDEX groups_type_new ON group_savings_goals (goal_type, new_key DESC, id DESC)
        WHERE NOT is_hidden AND visibility <> 'private' AND status IN ('open', 'active', 'reached');
CREATE INDEX groups_creator ON group_savings_goals (created_by_user_id);
CREATE INDEX groups_deadline ON group_savings_goals (target_date) WHERE status IN ('active', 'paused');

CREATE TABLE group_goal_participations (
        id                uuid PRIMARY KEY,
        group_goal_id     uuid NOT NULL REFERENCES group_savings_goals ON DELETE CASCADE,
        user_id           uuid,
        role              text NOT NULL CHECK (role IN ('gadmin', 'treasurer', 'member')),
        state             text NOT NULL CHECK (state IN ('requested', 'active', 'delinquent', 'suspended', 'leaving',
                                                         'left', 'removed', 'declined')),
        is_removal        boolean NOT NULL DEFAULT false, -- leaving, because removed
        is_approved       boolean GENERATED ALWAYS AS (state IN ('active', 'delinquent', 'suspended', 'leaving')) STORED,
        display_as        text NOT NULL CHECK (display_as IN ('profile', 'pseudonym')),
        personal_target   bigint CHECK (personal_target > 0),
        total_contributed bigint NOT NULL DEFAULT 0 CHECK (total_contributed >= 0),
        schedule_base     bigint NOT NULL DEFAULT 0, -- of total_contributed: what the schedule as it is now takes for granted
        joined_at         timestamptz NOT NULL DEFAULT now(),
        version           bigint NOT NULL DEFAULT 1
) WITH (fillfactor = 80);
-- Nobody is in a group twice.
CREATE UNIQUE INDEX participations_live ON group_goal_participations (user_id, group_goal_id)
        WHERE state IN ('requested', 'active', 'delinquent', 'suspended', 'leaving');
CREATE INDEX participations_group ON group_goal_participations (group_goal_id, joined_at, id);
CREATE INDEX participations_user ON group_goal_participations (user_id, group_goal_id);

CREATE TABLE contribution_plans (
        group_goal_id         uuid PRIMARY KEY REFERENCES group_savings_goals ON DELETE CASCADE,
        model                 text NOT NULL CHECK (model IN ('equal', 'percentage', 'flexible', 'round_robin',
                                                             'income_weighted', 'matching')),
        amount                bigint CHECK (amount > 0),
        cadence               text NOT NULL CHECK (cadence IN ('once', 'weekly', 'biweekly', 'monthly')),
        grace_days            integer NOT NULL CHECK (grace_days BETWEEN 0 AND 60),
        late_policy           text NOT NULL CHECK (late_policy IN ('remind', 'delinquent')),
        matching_rate_percent integer,
        matching_cap_amount   bigint,
        version               bigint NOT NULL DEFAULT 1
);

CREATE TABLE plan_shares (
        group_goal_id    uuid NOT NULL REFERENCES group_savings_goals ON DELETE CASCADE,
        participation_id uuid NOT NULL REFERENCES group_goal_participations ON DELETE CASCADE,
        weight           bigint NOT NULL CHECK (weight > 0),
        PRIMARY KEY (group_goal_id, participation_id)
);

CREATE TABLE schedule_entries (
        id                         uuid PRIMARY KEY,
        group_goal_id              uuid NOT NULL REFERENCES group_savings_goals ON DELETE CASCADE,
        participation_id           uuid NOT NULL REFERENCES group_goal_participations ON DELETE CASCADE,
        due_on                     date NOT NULL,
        amount                     bigint NOT NULL CHECK (amount > 0),
        state                      text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'contributed', 'overdue', 'waived')),
        is_told                    boolean NOT NULL DEFAULT false, -- that it is due
        recipient_participation_id uuid,
        UNIQUE (participation_id, due_on)
);
CREATE INDEX schedule_group ON schedule_entries (group_goal_id, due_on, participation_id);
CREATE INDEX schedule_due ON schedule_entries (due_on) WHERE state = 'due';

-- The books. An account's balance is what its credits are above its debits; a transfer moves from one account to another,
-- so that all balances of a group are zero together, whatever happens.
CREATE TABLE ledger_accounts (
        id               uuid PRIMARY KEY,
        group_goal_id    uuid NOT NULL REFERENCES group_savings_goals ON DELETE CASCADE,
        participation_id uuid REFERENCES group_goal_participations ON DELETE CASCADE, -- NULL: the pot
        UNIQUE NULLS NOT DISTINCT (group_goal_id, participation_id)
);

CREATE TABLE ledger_transfers (
        id            uuid PRIMARY KEY,
        group_goal_id uuid NOT NULL REFERENCES group_savings_goals ON DELETE CASCADE,
        seq           bigint NOT NULL,
        debit         uuid NOT NULL REFERENCES ledger_accounts ON DELETE CASCADE,
        credit        uuid NOT NULL REFERENCES ledger_accounts ON DELETE CASCADE,
        amount        bigint NOT NULL CHECK (amount > 0),
        kind          text NOT NULL CHECK (kind IN ('contribution', 'reversal', 'refund', 'payout')),
        reverses      uuid UNIQUE REFERENCES ledger_transfers ON DELETE CASCADE,
        reason        bytea, -- sealed
        posted_at     timestamptz NOT NULL DEFAULT now(),
        UNIQUE (group_goal_id, seq),
        CHECK (debit <> credit),
        CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
);
CREATE INDEX transfers_debit ON ledger_transfers (debit);
CREATE INDEX transfers_credit ON ledger_transfers (credit);

CREATE TABLE contributions (
        id               uuid PRIMARY KEY REFERENCES ledger_transfers ON DELETE CASCADE,
        group_goal_id    uuid NOT NULL REFERENCES group_savings_goals ON DELETE CASCADE,
        participation_id uuid NOT NULL REFERENCES group_goal_participations ON DELETE CASCADE,
        amount           bigint NOT NULL CHECK (amount > 0),
        source_ref       text,
        state            text NOT NULL DEFAULT 'posted' CHECK (state IN ('posted', 'reversed')),
        posted_at        timestamptz NOT NULL DEFAULT now(),
        new_key          bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
);
CREATE INDEX contributions_group ON contributions (group_goal_id, new_key DESC, id DESC);
CREATE INDEX contributions_participation ON contributions (participation_id);

CREATE TABLE milestones (
        id            uuid PRIMARY KEY,
        group_goal_id uuid NOT NULL REFERENCES group_savings_goals ON DELETE CASCADE,
        title         text NOT NULL,
        at_percentage integer CHECK (at_percentage BETWEEN 1 AND 100),
        at_amount     bigint CHECK (at_amount > 0),
        reached_at    timestamptz,
        CHECK (num_nonnulls(at_percentage, at_amount) = 1),
        UNIQUE (group_goal_id, at_percentage),
        UNIQUE (group_goal_id, at_amount)
);

CREATE TABLE milestone_celebrations (
        id            uuid PRIMARY KEY,
        milestone_id  uuid NOT NULL REFERENCES milestones ON DELETE CASCADE,
        user_id       uuid,
        is_pseudonym  boolean NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('confetti', 'thanks', 'high_five')),
        message       text,
        status        text NOT NULL CHECK (status IN ('published', 'pending_review', 'hidden', 'removed')),
        version       bigint NOT NULL DEFAULT 1,
        created_at    timestamptz NOT NULL DEFAULT now(),
        new_key       bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
        UNIQUE (milestone_id, user_id, kind)
);
CREATE INDEX celebrations_milestone ON milestone_celebrations (milestone_id, new_key DESC, id DESC);
CREATE INDEX celebrations_user ON milestone_celebrations (user_id);
