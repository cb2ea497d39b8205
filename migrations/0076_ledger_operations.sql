-- Returns, holds, expiry, adjustments and transfers: the sign of each, the account that stands against it, and what is
-- kept of an operation besides its entries.

alter table ledger.journal drop constraint points_have_the_sign_of_their_type;
alter table ledger.journal add constraint points_have_the_sign_of_their_type check (
    case
        when entry_type in ('earn', 'give_back', 'reinstate', 'release', 'transfer_in') then points > 0
        when entry_type in ('spend', 'take_back', 'expire', 'hold', 'transfer_out') then points < 0
        else points <> 0
    end
);
comment on column ledger.journal.lots is
    'Arrays [kind, last valid day, points moved]. They add up to points, but for what is owed: see ledger.accounts.';
comment on column ledger.journal.basis is
    'What the entry rests on. For an earning: programme version, inputs and arithmetic; for others see enishi.flows.bases.';
comment on table ledger.accounts is
    'One row a customer: what is locked, read and written when points move. Where the lots add up to more than the '
    'balance, the difference is owed: points of returned goods that had been spent. What comes in is set against it first.';

alter table ledger.accounts add column frozen_at timestamptz;
comment on column ledger.accounts.frozen_at is
    'Since when the account is under suspicion: points may come in, and none may go out. Null: it is not.';
grant update (frozen_at) on ledger.accounts to enishi_app;

create or replace view ledger.postings as
select
    customer_id,
    seq,
    'member' as account,
    null as store,
    points
from ledger.journal
union all
select
    customer_id,
    seq,
    case
        when entry_type in ('earn', 'take_back') then 'issued'
        when entry_type in ('spend', 'give_back') then 'redeemed'
        when entry_type in ('expire', 'reinstate') then 'expired'
        when entry_type in ('hold', 'release') then 'held'
        when entry_type = 'adjust' then 'adjusted'
        when entry_type in ('transfer_out', 'transfer_in') then 'transferred'
    end as account,
    store,
    -points
from ledger.journal;

create table ledger.operations (
    operation_id uuid primary key,
    source text not null,
    external_id text not null,
    operation text not null check (operation <> ''),
    customer_id uuid not null,
    actor text not null check (actor <> ''),
    fingerprint bytea not null,
    answer json not null,
    recorded_at timestamptz not null,
    constraint operations_key unique (external_id, source)
);
comment on table ledger.operations is
    'Adjustments, transfers and the like, recorded once under (source, external_id); a repeat gets the first answer.';
comment on column ledger.operations.actor is 'As in audit.events.actor: who moved the points.';
create index operations_of_customer on ledger.operations (customer_id, recorded_at);

create table ledger.holds (
    hold_id uuid primary key,
    source text not null,
    external_id text not null,
    customer_id uuid not null,
    store text not null,
    points integer not null check (points > 0),
    lots json not null,
    fingerprint bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    state text not null default 'open' check (state in ('open', 'captured', 'released', 'lapsed')),
    captured_points integer check (captured_points between 0 and points),
    purchase_id uuid,
    settled_at timestamptz,
    constraint holds_key unique (external_id, source),
    check ((state = 'open') = (settled_at is null)),
    check ((state = 'captured') = (captured_points is not null))
);
comment on table ledger.holds is
    'Points set aside for a checkout. They have left the lots; a release puts them back, a capture releases and spends.';
comment on column ledger.holds.lots is 'The lots they came from, as in journal.lots, with positive points.';
create index holds_due on ledger.holds (expires_at) where state = 'open';
create index holds_open_of_customer on ledger.holds (customer_id) where state = 'open';

grant select, insert on ledger.operations, ledger.holds to enishi_app;
grant update (state, captured_points, purchase_id, settled_at) on ledger.holds to enishi_app;

create table purchases.returns (
    return_id uuid primary key,
    source text not null,
    external_id text not null,
    purchase_id uuid references purchases.purchases,
    position smallint check (position > 0),
    store text not null,
    terminal text not null,
    occurred_at timestamptz not null,
    offset_minutes smallint not null,
    recorded_at timestamptz not null,
    customer_id uuid,
    lines json not null,
    refund_yen bigint not null check (refund_yen >= 0),
    completes boolean not null,
    points_taken_back integer not null check (points_taken_back >= 0),
    points_absorbed integer not null check (points_absorbed >= 0),
    points_given_back integer not null check (points_given_back >= 0),
    points_lost integer not null check (points_lost >= 0),
    first_seq integer not null,
    entry_count smallint not null check (entry_count >= 0),
    month date,
    fingerprint bytea not null,
    answer json not null,
    xid xid8 not null default pg_current_xact_id(),
    constraint returns_key unique (external_id, source),
    constraint returns_in_order unique (purchase_id, position),
    check ((purchase_id is null) = (position is null))
);
comment on table purchases.returns is
    'What came back. Of one receipt the returns are numbered, so that two at once can not both see the same goods left.';
comment on column purchases.returns.lines is
    'Arrays [line of the receipt from 1, quantity, amount_yen]; without a receipt, lines as in purchases.purchases.';
comment on column purchases.returns.completes is 'Nothing of the receipt is left after it.';
comment on column purchases.returns.points_absorbed is
    'Points that the goods had earned and that were not taken back, because they had been spent and the shop bears them.';
comment on column purchases.returns.points_lost is
    'Points that the goods had been paid with and that were not given back, because their lot had expired.';
comment on column purchases.returns.month is
    'First day of the month of rank progress that it takes from; null for an anonymous sale.';
create index returns_of_customer on purchases.returns (customer_id, occurred_at) where customer_id is not null;

grant select, insert on purchases.returns to enishi_app;
