-- What releases have cost people. Everybody with figures in a month is in one finest cell of it, and all in a cell pay the same,
-- so a debit is a row a cell, and a person's account is that of their cell.

-- Months of which something was released: the row is the right to do so, and there is one.
CREATE TABLE release_months (
        period        text PRIMARY KEY, -- "2026-11"
        epsilon_micro bigint NOT NULL,  -- at most for a person, in millionths
        min_size      integer NOT NULL,
        n_cells       integer NOT NULL,
        n_released    integer NOT NULL, -- cohorts of which something was released
        is_refused    boolean NOT NULL DEFAULT false, -- the budget was spent: nothing was drawn
        released_at   timestamptz NOT NULL DEFAULT now()
);

-- A finest cell and its account: "25-29/50k-100k/Pacific", with "-" for what is not known.
CREATE TABLE budget_cells (
        id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        period      text NOT NULL,
        cell        text NOT NULL,
        total_micro bigint NOT NULL,
        spent_micro bigint NOT NULL DEFAULT 0,
        UNIQUE (period, cell),
        CHECK (spent_micro BETWEEN 0 AND total_micro)
);

-- Who is in which: one cell a person and month. People are known by a keyed tag; their rows go with them, the accounts stay. A
-- month's rows are written together, and stand together in the index.
CREATE TABLE budget_people (
        owner_tag bytea NOT NULL,
        period    text NOT NULL,
        cell_id   integer NOT NULL,
        PRIMARY KEY (period, owner_tag)
);

-- What was debited, for what.
CREATE TABLE budget_charges (
        cell_id       integer NOT NULL REFERENCES budget_cells,
        metric        text NOT NULL,
        mechanism     text NOT NULL,
        cohort        text NOT NULL, -- in which the cell was counted
        epsilon_micro bigint NOT NULL,
        at            timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (cell_id, metric)
);

-- Groups of cells that were noised as one, and wider groups as their sums.
ALTER TABLE releases ADD COLUMN n_parts integer NOT NULL DEFAULT 1; -- noised histograms summed in it
