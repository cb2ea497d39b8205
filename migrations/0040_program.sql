-- The earning programme: its settings as published, version by version.

create schema program;
grant usage on schema program to enishi_app;

create table program.versions (
    version integer primary key check (version > 0),
    effective_at timestamptz not null,
    published_at timestamptz not null,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    settings jsonb not null check (jsonb_typeof(settings) = 'object'),
    constraint the_past_keeps_its_version check (version = 1 or effective_at >= published_at)
);
comment on table program.versions is
    'In force at an instant is the row with the latest effective_at not after it; of several, the highest version.';
comment on column program.versions.effective_at is
    'Only the first version may take effect before it was published: it prices what happened before Enishi came.';
comment on column program.versions.author is 'operator:<id> or system, as in audit.events.actor.';
comment on column program.versions.settings is
    'enishi.program.ProgramSettings as JSON. Never changed: a correction is another version.';

grant select, insert on program.versions to enishi_app;
