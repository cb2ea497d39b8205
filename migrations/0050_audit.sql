-- Who did what: only ever added to, and chained so that a change, a removal or an insertion in the middle shows.

create schema audit;
grant usage on schema audit to enishi_app;

create table audit.events (
    seq bigint primary key check (seq > 0),
    event_id uuid not null unique,
    at timestamptz not null,
    actor text not null check (actor <> ''),
    action text not null check (action <> ''),
    target text not null,
    detail jsonb not null check (jsonb_typeof(detail) = 'object'),
    previous_hash bytea not null unique check (octet_length(previous_hash) = 32),
    hash bytea not null unique check (octet_length(hash) = 32)
);
comment on column audit.events.seq is 'Numbered from 1 without a gap, so that a removed event leaves a hole.';
comment on column audit.events.actor is 
    'operator:<id>, member:<customer id>, key:<id>, login:<start of a blind index>, visitor or system.';
comment on column audit.events.target is 'What was acted on, as kind:<id>; empty when nothing in particular was.';
comment on column audit.events.detail is 'Facts without personal data: kinds, counts, reasons; never a name, number or address.';
comment on column audit.events.hash is
    'SHA-256 of the previous hash and this row in canonical form (enishi.audit.rules); the first follows 32 zero bytes.';
create index audit_events_of_target on audit.events (target, seq) where target <> '';

grant select, insert on audit.events to enishi_app;
