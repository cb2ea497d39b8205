-- Points spent at terminals without a connection: what each has spent a day, which bounds what may be owed, and where
-- more was spent than there was.

create table ledger.offline_terminals (
    store text not null,
    terminal text not null,
    on_day date not null,
    spent bigint not null default 0 check (spent >= 0),
    primary key (store, terminal, on_day)
) with (fillfactor = 80);
comment on table ledger.offline_terminals is
    'Points that a terminal has spent offline on a day of the programme''s zone. The programme''s cap is held against it.';

create table ledger.overspends (
    purchase_id uuid primary key,
    customer_id uuid not null,
    store text not null,
    terminal text not null,
    on_day date not null,
    points integer not null check (points > 0),
    owed integer not null check (owed between 1 and points),
    occurred_at timestamptz not null,
    recorded_at timestamptz not null
);
comment on table ledger.overspends is
    'Offline receipts that used more points than their customer had: the goods had left the shop, so the rest is owed.';
create index overspends_by_day on ledger.overspends (on_day, store, terminal);

grant select, insert on ledger.offline_terminals, ledger.overspends to enishi_app;
grant update (spent) on ledger.offline_terminals to enishi_app;
