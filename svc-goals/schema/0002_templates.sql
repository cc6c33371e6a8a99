-- Goals to start from. `position` orders the list, highest first.
CREATE TABLE goal_templates (
        id                    uuid PRIMARY KEY,
        position              bigint NOT NULL,
        goal_category         text NOT NULL,
        title                 text NOT NULL,
        description           text NOT NULL,
        default_target_range  text,
        milestone_percentages integer[] NOT NULL DEFAULT '{25,50,75,100}',
        suggested_strategy    text,
        tags                  text[] NOT NULL DEFAULT '{}',
        version               bigint NOT NULL DEFAULT 1
);
CREATE INDEX goal_templates_position ON goal_templates (position DESC, id DESC);

INSERT INTO goal_templates (id, position, goal_category, title, description, default_target_range, suggested_strategy, tags) VALUES
('6f1d3c52-0a51-4b6e-9a1e-000000000001', 120, 'emergency_fund', 'Three months of expenses',
 'A cushion for a lost job or a broken boiler, kept where you can reach it within a day.', 'USD 5,000-10,000',
 'Move a fixed amount on payday, before anything else; stop at the target and only refill.', '{safety,automatic}'),
('6f1d3c52-0a51-4b6e-9a1e-000000000002', 110, 'emergency_fund', 'The first thousand',
 'The smallest fund that keeps a flat tyre from becoming a loan.', 'USD 1,000-2,000',
 'Round up every purchase and sell two things you do not use.', '{starter}'),
('6f1d3c52-0a51-4b6e-9a1e-000000000003', 100, 'debt_payoff', 'Cards paid in full',
 'No balance carried on any card, and none after that.', 'USD 2,000-5,000',
 'Pay the smallest balance first if you need wins, the dearest first if you need the interest.', '{snowball,avalanche}'),
('6f1d3c52-0a51-4b6e-9a1e-000000000004', 90, 'debt_payoff', 'Student loan, five years early',
 'Extra payments against the principal, every month, however small.', 'USD 20,000-50,000',
 'Put half of every raise on the loan before you get used to it.', '{education,loan}'),
('6f1d3c52-0a51-4b6e-9a1e-000000000005', 80, 'retirement', 'Fifteen per cent for later',
 'A saving rate that lets time do the work.', NULL,
 'Raise the rate by one point each half-year until it hurts, then step back one.', '{longterm,automatic}'),
('6f1d3c52-0a51-4b6e-9a1e-000000000006', 70, 'home', 'Down payment',
 'A fifth of the price, so that the bank bears less of the risk and you less of the fee.', 'USD 50,000-100,000',
 'Live one month as if the mortgage were already due, and save the difference ever after.', '{family,longterm}'),
('6f1d3c52-0a51-4b6e-9a1e-000000000007', 60, 'education', 'A degree without a loan',
 'Fees and books for four years, saved before they are due.', 'USD 20,000-50,000',
 'Start with the grandparents'' gifts and add a fixed amount a week.', '{family}'),
('6f1d3c52-0a51-4b6e-9a1e-000000000008', 50, 'travel', 'The long journey',
 'A month away that nobody pays for afterwards.', 'USD 2,000-5,000',
 'Price it first, divide by the weeks left, and keep it in an account of its own.', '{fun}'),
('6f1d3c52-0a51-4b6e-9a1e-000000000009', 40, 'vehicle', 'Next car in cash',
 'Pay yourself the instalment now and the dealer the price later.', 'USD 10,000-20,000',
 'Keep paying the old instalment into savings when the old loan ends.', '{automatic}'),
('6f1d3c52-0a51-4b6e-9a1e-00000000000a', 30, 'investment', 'The first index fund',
 'A broad, cheap fund, bought every month whatever the news.', 'USD 1,000-2,000',
 'Choose the day after payday and let it run.', '{starter,longterm}'),
('6f1d3c52-0a51-4b6e-9a1e-00000000000b', 20, 'business', 'Six months of runway',
 'Enough to leave the job and not the flat.', 'USD 20,000-50,000',
 'Earn the first customers in the evenings and save all of it.', '{independence}'),
('6f1d3c52-0a51-4b6e-9a1e-00000000000c', 10, 'other', 'A gift that matters',
 'For a wedding, a cause or a person.', 'USD 200-500',
 'A jar still works.', '{fun,starter}');

ALTER TABLE anonymous_goal_shares ADD FOREIGN KEY (template_id) REFERENCES goal_templates ON DELETE SET NULL;
