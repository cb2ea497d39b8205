-- Benefits beyond points: what is published for which rank, what a change of rank has granted, and what was given.

create schema benefits;
grant usage on schema benefits to enishi_app;

create table benefits.versions (
    version integer primary key check (version > 0),
    effective_at timestamptz not null,
    published_at timestamptz not null,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    settings jsonb not null check (jsonb_typeof(settings) = 'object'),
    constraint takes_effect_after_publication check (effective_at >= published_at)
);
comment on table benefits.versions is
    'In force at an instant is the row with the latest effective_at not after it; of several, the highest version.';
comment on column benefits.versions.settings is
    'enishi.benefits.BenefitSettings as JSON. Never changed: a correction is another version.';

create table benefits.draft (
    only_one boolean primary key default true check (only_one),
    settings jsonb not null check (jsonb_typeof(settings) = 'object'),
    based_on integer not null check (based_on >= 0),
    saved_by text not null check (saved_by <> ''),
    saved_at timestamptz not null
);
comment on table benefits.draft is 'The settings that head office works on; gone once they are published or given up.';

create table benefits.grants (
    grant_id uuid primary key,
    customer_id uuid not null,
    benefit text not null check (benefit <> ''),
    source text not null check (source <> ''),
    granted_at timestamptz not null,
    valid_until date,
    constraint grants_once unique (customer_id, source, benefit)
);
comment on table benefits.grants is
    'Benefits granted to one customer, as the reward of a change of rank. Each can be given once.';
comment on column benefits.grants.source is 'What granted it, such as the change of rank: it grants once.';

create table benefits.gives (
    give_id uuid primary key,
    source text not null,
    external_id text not null,
    customer_id uuid not null,
    benefit text not null check (benefit <> ''),
    slot text not null check (slot <> ''),
    number smallint not null check (number > 0),
    times smallint not null check (number <= times),
    version integer not null references benefits.versions,
    tier text not null,
    store text not null,
    channel text not null,
    terminal text not null,
    given_by text not null check (given_by <> ''),
    given_at timestamptz not null,
    fingerprint bytea not null,
    undone_at timestamptz,
    undone_by text,
    undo_reason text,
    constraint gives_key unique (external_id, source),
    check ((undone_at is null) = (undone_by is null) and (undone_at is null) = (undo_reason is null))
);
comment on table benefits.gives is 'Benefits that were handed over, by whom, when and where. A mark may be taken back, never removed.';
comment on column benefits.gives.slot is
    'The period in which the limit counts: ever, a day, a month, a visit (day@store), or grant:<id> for a reward.';
comment on column benefits.gives.number is
    'The how-manieth of its slot. Unique among those not taken back, so that of two tablets at once one is refused.';
comment on column benefits.gives.times is 'How often it could be given in the slot, by the version in force.';
comment on column benefits.gives.tier is 'The code of the rank that was held; empty without a ladder.';
create unique index gives_once_each on benefits.gives (customer_id, benefit, slot, number) where undone_at is null;
create index gives_by_time on benefits.gives (given_at);

grant select, insert on benefits.versions, benefits.grants, benefits.gives to enishi_app;
grant update (undone_at, undone_by, undo_reason) on benefits.gives to enishi_app;
grant select, insert, update, delete on benefits.draft to enishi_app;

-- Who may do these things.
update access.roles
set permissions = permissions || array['benefits.read', 'benefits.publish', 'benefits.give']
where role = 'owner';
update access.roles
set permissions = permissions || array['benefits.read', 'benefits.publish']
where role = 'marketer';
update access.roles
set permissions = permissions || array['benefits.read', 'benefits.give']
where role = 'store_manager';
update access.roles
set permissions = permissions || array['benefits.give']
where role = 'staff';
update access.roles
set permissions = permissions || array['benefits.read']
where role = 'auditor';
