-- Connectors: how far a run over somebody else's data has come, so that a run that was killed goes on where it was.
-- What was recorded is known by the purchases themselves; this is only where to look next.

create schema connectors;
grant usage on schema connectors to enishi_app;

create table connectors.runs (
    run_key bytea primary key,
    kind text not null check (kind in ('replay', 'import')),
    label text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    position bigint not null default 0 check (position >= 0),
    rejects_bytes bigint not null default 0 check (rejects_bytes >= 0),
    recorded bigint not null default 0 check (recorded >= 0),
    repeated bigint not null default 0 check (repeated >= 0),
    refused bigint not null default 0 check (refused >= 0)
);
comment on column connectors.runs.run_key is
    'Digest of what is run over and how: the same data under the same settings is the same run.';
comment on column connectors.runs.position is
    'Receipts from the beginning whose outcome is on disk; those after it may be, and are sent again.';
comment on column connectors.runs.rejects_bytes is 'Length of the rejects file that belongs to position.';

create table connectors.replays (
    name text primary key,
    shift_days integer not null,
    chosen_at timestamptz not null
);
comment on column connectors.replays.shift_days is
    'By how many days the dates of the data set were moved; chosen once, since receipts can not change afterwards.';

grant select, insert, update on connectors.runs to enishi_app;
grant select, insert on connectors.replays to enishi_app;
