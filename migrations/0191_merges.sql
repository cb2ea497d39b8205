-- Merging two customers by hand, and undoing it. ADR 16 says what becomes of each table.

alter table customers.customers
    add column merged_into uuid references customers.customers,
    add constraint nobody_is_merged_into_themselves check (merged_into <> customer_id);
comment on column customers.customers.merged_into is
    'The customer who goes on in this one''s place; null for who stands for themselves. The ID stays and leads there.';
create index customers_merged on customers.customers (merged_into) where merged_into is not null;
grant update (merged_into) on customers.customers to enishi_app;

alter table customers.identifiers add column merged_from uuid references customers.customers;
comment on column customers.identifiers.merged_from is
    'The customer who held the identifier first, where a merge has brought it to another.';
grant update (customer_id, sealed, merged_from) on customers.identifiers to enishi_app;

create table customers.merges (
    merge_id uuid primary key,
    action text not null check (action in ('merge', 'undo')),
    undoes uuid unique references customers.merges,
    survivor_id uuid not null references customers.customers,
    absorbed_id uuid not null references customers.customers,
    reason text not null check (length(reason) between 1 and 500),
    actor text not null check (actor <> ''),
    request_key text unique check (length(request_key) between 1 and 128),
    fingerprint bytea not null,
    moved json not null,
    answer json not null,
    recorded_at timestamptz not null,
    check ((action = 'undo') = (undoes is not null)),
    check (survivor_id <> absorbed_id)
);
comment on table customers.merges is 'Every merge and every undo, only added to.';
comment on column customers.merges.moved is
    'Of a merge, what its undo must know: identifiers, how both stood, and what went along. Blind indexes, never values.';
create index merges_of_absorbed on customers.merges (absorbed_id, recorded_at);
create index merges_of_survivor on customers.merges (survivor_id, recorded_at);

create function customers.refuse_changing_merges() returns trigger
language plpgsql
as $$
begin
    raise exception 'merges are only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'merges_are_append_only';
end
$$;

create trigger merges_are_append_only before update or delete or truncate on customers.merges
for each statement execute function customers.refuse_changing_merges();
grant select, insert on customers.merges to enishi_app;

alter table ledger.accounts add column merged_into uuid;
comment on column ledger.accounts.merged_into is
    'Whose account goes on in this one''s place. Read with the lock, so that whoever waited for a merge notices it.';
grant update (merged_into) on ledger.accounts to enishi_app;

alter table ledger.journal drop constraint points_have_the_sign_of_their_type;
alter table ledger.journal add constraint points_have_the_sign_of_their_type check (
    case
        when entry_type in ('earn', 'give_back', 'reinstate', 'release', 'transfer_in') then points > 0
        when entry_type in ('spend', 'take_back', 'expire', 'hold', 'transfer_out') then points < 0
        when entry_type in ('merge_out', 'merge_in') then true
        else points <> 0
    end
) not valid;
alter table ledger.journal validate constraint points_have_the_sign_of_their_type;

create or replace view ledger.postings as
select customer_id, seq, 'member' as account, null::text as store, points
from ledger.journal
union all
select
    customer_id, seq,
    case
        when entry_type in ('earn', 'take_back') then 'issued'
        when entry_type in ('spend', 'give_back') then 'redeemed'
        when entry_type in ('expire', 'reinstate') then 'expired'
        when entry_type in ('hold', 'release') then 'held'
        when entry_type = 'adjust' then 'adjusted'
        when entry_type in ('transfer_out', 'transfer_in') then 'transferred'
        when entry_type in ('merge_out', 'merge_in') then 'merged'
    end,
    store, -points
from ledger.journal;

alter table ledger.pending add column booked_id uuid, add column owner_id uuid;
comment on column ledger.pending.booked_id is
    'The customer of the purchase when it was booked, where a merge or its undo has brought the award to another.';
comment on column ledger.pending.owner_id is
    'Whose confirmed points these are, where that is not the account they were confirmed on.';
grant update (customer_id, booked_id, owner_id) on ledger.pending to enishi_app;
create index pending_owned on ledger.pending (owner_id) where owner_id is not null;

create table purchases.owners (
    fact_id uuid primary key,
    customer_id uuid not null
);
comment on table purchases.owners is
    'Whose a receipt, or a return without one, is by now, where that is not the customer it was booked on. A return of a receipt is whose the receipt is.';
create index owners_of_customer on purchases.owners (customer_id);
grant select, insert, update (customer_id), delete on purchases.owners to enishi_app;

create table purchases.moves (
    merge_id uuid not null,
    fact_id uuid not null,
    primary key (merge_id, fact_id)
);
comment on table purchases.moves is 'What a merge has brought to the survivor, and an undo back; only added to.';
grant select, insert on purchases.moves to enishi_app;

alter table campaigns.claims drop constraint claims_reason_check;
alter table campaigns.claims drop constraint claims_check;
alter table campaigns.claims drop constraint claims_check1;
alter table campaigns.claims
    add constraint claims_reason_check check (reason in ('award', 'return', 'welcome', 'merge')) not valid,
    add constraint claims_check check ((reason in ('welcome', 'merge')) = (purchase_id is null)) not valid,
    add constraint claims_check1 check (reason = 'merge' or (reason = 'return') = (points < 0)) not valid;
alter table campaigns.claims validate constraint claims_reason_check;
alter table campaigns.claims validate constraint claims_check;
alter table campaigns.claims validate constraint claims_check1;
comment on column campaigns.claims.reason is
    'merge moves what counts towards ceilings from one member to another; both rows together are nothing.';

create table benefits.merged (
    customer_id uuid primary key,
    survivor_id uuid not null
);
comment on table benefits.merged is 'Whose gives and grants count for whom, while a customer is merged into another.';
create index merged_into on benefits.merged (survivor_id);
grant select, insert, update (survivor_id), delete on benefits.merged to enishi_app;

-- Whoever may freeze an account may say that two customers are one.
update access.roles
set permissions = permissions || array['customers.merge']
where 'points.freeze' = any(permissions) and not 'customers.merge' = any(permissions);
