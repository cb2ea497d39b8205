-- Stores. A store that only a receipt has named is registered under its code until head office gives it a name.

create schema catalog;
grant usage on schema catalog to enishi_app;

create table catalog.stores (
    code text primary key,
    name text not null,
    zone text not null default 'Asia/Tokyo',
    invented boolean not null default false,
    first_seen_at timestamptz not null default now()
);
comment on column catalog.stores.invented is 'Made up for the demo; said so wherever it is shown.';

grant select, insert, update on catalog.stores to enishi_app;
