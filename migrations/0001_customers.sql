-- The master customer: who someone is, by exact identifiers, with personal data sealed under a key of their own.

create schema customers;
grant usage on schema customers to enishi_app;

create table customers.customers (
    customer_id uuid primary key,
    joined_at timestamptz not null,
    recorded_at timestamptz not null default now(),
    bucket smallint not null check (bucket between 0 and 9999),
    wrapped_key bytea,
    profile bytea,
    xid xid8 not null default pg_current_xact_id()
);
comment on column customers.customers.bucket is
    'Fixed and random: sampled previews and control groups are drawn from it.';
comment on column customers.customers.wrapped_key is
    'The data key of this customer, wrapped by the master key. Null after erasure: nothing sealed under it can be read again.';
comment on column customers.customers.profile is 'JSON sealed with AES-256-GCM under the data key.';

create table customers.identifiers (
    lookup bytea primary key check (octet_length(lookup) = 32),
    kind text not null,
    customer_id uuid not null references customers.customers,
    sealed bytea not null,
    linked_at timestamptz not null
);
comment on column customers.identifiers.lookup is
    'Blind index: HMAC-SHA-256 of kind and normalised value. The value itself is in sealed, under the customer''s key.';
create index identifiers_of_customer on customers.identifiers (customer_id);

create table customers.conflicts (
    conflict_id uuid primary key,
    purchase_source text not null,
    purchase_external_id text not null,
    customer_id uuid not null references customers.customers,
    other_customer_id uuid not null references customers.customers,
    kind text not null,
    found_at timestamptz not null default now()
);
comment on table customers.conflicts is
    'A receipt named two customers: the stronger identifier decided and the other stays where it was, for a person to review.';

create table customers.key_check (
    singleton boolean primary key default true check (singleton),
    value bytea not null
);
comment on table customers.key_check is
    'A keyed digest of a constant: tells a wrong master key at start, before anything is written under it.';

grant select, insert on customers.customers, customers.identifiers, customers.conflicts, customers.key_check to enishi_app;
grant update (profile) on customers.customers to enishi_app;
