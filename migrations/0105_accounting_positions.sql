-- Where the books' walk over the journal stood when a month was closed, so that the next reading begins there and not at
-- the first entry ever made. All of it follows from the journal: `enishi verify` derives it again and compares.

create sequence accounting.walk_numbers;
grant usage on sequence accounting.walk_numbers to enishi_app;

create table accounting.walks (
    walk bigint primary key,
    month date not null check (extract(day from month) = 1),
    newest_at timestamptz not null,
    accounts bigint not null check (accounts >= 0),
    entries bigint not null check (entries >= 0),
    balance bigint not null
);
comment on table accounting.walks is
    'A reading of the journal for the close of a month. One that no close names was cut off, and is forgotten.';
comment on column accounting.walks.newest_at is
    'When the newest entry that this walk or one before it has seen was recorded: an instant since then can begin here.';
comment on column accounting.walks.balance is 'Of all accounts together, with accounts and entries: what was seen so far.';

alter table accounting.closes add column walk bigint unique references accounting.walks;
comment on column accounting.closes.walk is 'The walk whose figures it books; null for closes made before walks were kept.';

create table accounting.positions (
    customer_id uuid not null,
    walk bigint not null,
    seq integer not null check (seq > 0),
    standing json not null,
    uses json,
    uses_whole boolean not null,
    primary key (customer_id, walk)
);
comment on table accounting.positions is
    'An account as far as a walk followed it; written by the walks that found new entries. The newest one up to a walk holds.';
comment on column accounting.positions.seq is 'The newest entry that is in it.';
comment on column accounting.positions.standing is
    'Points left by lot, on hold and owed, as [kind, last day, pieces], pieces and pieces; a piece is [month of issue, '
    'm (material right) or o (other grant), issuing store, points], first to go first.';
comment on column accounting.positions.uses is
    'Points used since the position before, for returns that give them back: [month, class, store, points, purchase, '
    'store where used]. uses_whole: all there are instead, because a return took from the middle.';

create table accounting.walked (
    walk bigint not null,
    month date not null,
    cohort date not null,
    point_class text not null check (point_class in ('material', 'other')),
    movement text not null check (movement in ('issued', 'returned', 'used', 'expired', 'adjusted')),
    points bigint not null,
    primary key (walk, month, cohort, point_class, movement)
);
comment on table accounting.walked is
    'What a walk found new, by the month it truly belongs to, whichever month books it. The estimate learns from it.';

create table accounting.ahead (
    walk bigint not null,
    month date not null,
    cohort date not null,
    point_class text not null check (point_class in ('material', 'other')),
    movement text not null check (movement in ('issued', 'returned', 'used', 'expired', 'adjusted')),
    issue_store text not null,
    at_store text not null,
    points bigint not null,
    primary key (walk, month, cohort, point_class, movement, issue_store, at_store)
);
comment on table accounting.ahead is
    'Of what a walk found new, that of months after the one it closed: of the days between its end and its close.';

create table accounting.sold (
    walk bigint not null,
    cohort date not null,
    sales_yen bigint not null,
    primary key (walk, cohort)
);
comment on table accounting.sold is 'The sales that came with the material rights a walk found new, by month of issue.';

-- What a close rests on stays, for the owner too; a walk that no close names may go.
create function accounting.refuse_closed_walk() returns trigger
language plpgsql as $$
begin
    if exists (select from accounting.closes where closes.walk = old.walk) then
        raise exception 'the books are only ever added to'
            using errcode = 'integrity_constraint_violation', constraint = 'books_are_append_only';
    end if;
    return old;
end
$$;

create trigger walks_of_closes_stay before delete on accounting.walks
for each row execute function accounting.refuse_closed_walk();
create trigger positions_of_closes_stay before delete on accounting.positions
for each row execute function accounting.refuse_closed_walk();
create trigger walked_of_closes_stays before delete on accounting.walked
for each row execute function accounting.refuse_closed_walk();
create trigger ahead_of_closes_stays before delete on accounting.ahead
for each row execute function accounting.refuse_closed_walk();
create trigger sold_of_closes_stays before delete on accounting.sold
for each row execute function accounting.refuse_closed_walk();
create trigger walks_are_append_only before update or truncate on accounting.walks
for each statement execute function accounting.refuse_change();
create trigger positions_are_append_only before update or truncate on accounting.positions
for each statement execute function accounting.refuse_change();
create trigger walked_is_append_only before update or truncate on accounting.walked
for each statement execute function accounting.refuse_change();
create trigger ahead_is_append_only before update or truncate on accounting.ahead
for each statement execute function accounting.refuse_change();
create trigger sold_is_append_only before update or truncate on accounting.sold
for each statement execute function accounting.refuse_change();

grant select, insert, delete
on accounting.walks, accounting.positions, accounting.walked, accounting.ahead, accounting.sold to enishi_app;

-- From an entry to the pending award that it confirmed.
create index pending_confirmed on ledger.pending (customer_id, entry_seq) where state = 'confirmed';
