-- What follows from a committed change: rows written in its transaction, read behind the oldest running one.

create schema outbox;
grant usage on schema outbox to enishi_app;

create table outbox.events (
    event_id bigint generated always as identity primary key,
    topic text not null,
    subject_id uuid not null,
    recorded_at timestamptz not null,
    xid xid8 not null default pg_current_xact_id()
);
comment on column outbox.events.xid is
    'A reader takes rows with xid below pg_snapshot_xmin(pg_current_snapshot()), so that no event is passed over.';
comment on column outbox.events.subject_id is 'The row the event is about, by its own identifier; no personal data travels here.';

grant select, insert on outbox.events to enishi_app;
