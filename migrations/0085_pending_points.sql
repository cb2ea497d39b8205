-- Pending points: what a purchase has earned and its customer can not use yet. They are no points of the ledger, so no
-- account and no journal knows them, until they are confirmed and an entry says so.

create table ledger.pending (
    purchase_id uuid not null,
    award smallint not null check (award > 0),
    customer_id uuid not null,
    kind text not null check (kind in ('r', 'l')),
    points integer not null check (points > 0),
    store text not null,
    purchased_at timestamptz not null,
    month date not null check (extract(day from month) = 1),
    event text,
    days smallint not null check (days >= 0),
    due_at timestamptz,
    basis json not null,
    state text not null default 'pending' check (state in ('pending', 'confirmed', 'cancelled')),
    cancelled_points integer not null default 0 check (cancelled_points between 0 and points),
    entry_seq integer check (entry_seq > 0),
    recorded_at timestamptz not null,
    settled_at timestamptz,
    primary key (purchase_id, award),
    check ((state = 'confirmed') = (entry_seq is not null)),
    check ((state = 'pending') = (settled_at is null)),
    check ((state = 'cancelled') = (cancelled_points = points)),
    check (event is not null or due_at is not null)
);
comment on table ledger.pending is
    'Awards of purchases that become points later: when due, or after an event of the order. Confirmed once, by the entry '
    '(customer_id, entry_seq) of the journal, over points - cancelled_points.';
comment on column ledger.pending.award is 'The number of the award within its purchase, from 1.';
comment on column ledger.pending.event is
    'shipped or delivered: what is waited for; null waits for due_at alone. With days, it counts from that day on.';
comment on column ledger.pending.due_at is
    'From when on the points are available; null until the event has been reported.';
comment on column ledger.pending.month is
    'First day of the month of rank progress that the confirmed points count in: that of the purchase.';
comment on column ledger.pending.basis is
    'As in journal.basis of an earning: the version frozen at the purchase, inputs and arithmetic.';
create index pending_due on ledger.pending (due_at) where state = 'pending' and due_at is not null;
create index pending_open_of_customer on ledger.pending (customer_id) where state = 'pending';

grant select, insert on ledger.pending to enishi_app;
grant update (state, cancelled_points, entry_seq, due_at, settled_at) on ledger.pending to enishi_app;

create table purchases.events (
    purchase_id uuid not null references purchases.purchases,
    event text not null check (event in ('shipped', 'delivered')),
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    primary key (purchase_id, event)
);
comment on table purchases.events is 'What happened to an order after it was placed, each thing once.';

grant select, insert on purchases.events to enishi_app;
