-- Purchases: facts, written once under the key that their sender chose.

create schema purchases;
grant usage on schema purchases to enishi_app;

create table purchases.purchases (
    purchase_id uuid primary key,
    source text not null,
    external_id text not null,
    channel text not null,
    store text not null,
    terminal text not null,
    occurred_at timestamptz not null,
    offset_minutes smallint not null,
    recorded_at timestamptz not null,
    customer_id uuid,
    identifiers bytea [] not null,
    tax_mode text not null,
    lines json not null,
    payments json not null,
    points_to_use integer not null check (points_to_use >= 0),
    coupon_codes text [] not null,
    total_yen bigint not null check (total_yen >= 0),
    fingerprint bytea not null,
    first_seq integer not null,
    entry_count smallint not null check (entry_count >= 0),
    points_earned integer not null check (points_earned >= 0),
    answer json not null,
    xid xid8 not null default pg_current_xact_id(),
    constraint purchases_key unique (external_id, source),
    check (customer_id is not null or entry_count = 0)
);
comment on column purchases.purchases.purchase_id is 'UUIDv7 derived from occurred_at, source and external_id.';
comment on column purchases.purchases.offset_minutes is 'The offset from UTC that the sender wrote occurred_at with.';
comment on column purchases.purchases.customer_id is
    'Whom the identifiers named when the purchase was recorded; null is an anonymous sale.';
comment on column purchases.purchases.identifiers is
    'Blind indexes of the identifiers as they arrived, so that a merge of customers can be taken apart again.';
comment on column purchases.purchases.lines is
    'Arrays [sku, quantity, unit_price_yen, tax_rate_percent, discount_yen, category, amount_yen | null].';
comment on column purchases.purchases.fingerprint is
    'Keyed digest of the canonical body: tells a repeat from another body under the same key.';
comment on column purchases.purchases.first_seq is
    'With entry_count: the journal entries of this purchase are (customer_id, first_seq … first_seq + entry_count - 1).';
comment on column purchases.purchases.answer is
    'What the first answer said besides the entries, so that a repeat says the same: balance by kind, next expiry, notices.';
create index purchases_of_customer on purchases.purchases (customer_id, occurred_at) where customer_id is not null;
create index purchases_recorded on purchases.purchases using brin (recorded_at);

grant select, insert on purchases.purchases to enishi_app;
