-- Referrals: the programme as published, everybody's code, who was referred by whom, and what has come of it.

create schema referrals;
grant usage on schema referrals to enishi_app;

create table referrals.versions (
    version integer primary key check (version > 0),
    effective_at timestamptz not null,
    published_at timestamptz not null,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    settings jsonb not null check (jsonb_typeof(settings) = 'object'),
    constraint takes_effect_after_publication check (effective_at >= published_at)
);
comment on table referrals.versions is
    'In force at an instant is the row with the latest effective_at not after it; of several, the highest version.';

create table referrals.codes (
    customer_id uuid primary key,
    code text not null unique check (code ~ '^[2-9A-HJ-NP-Z]{8}$'),
    created_at timestamptz not null
);
comment on table referrals.codes is 'A member''s own code, made when it is first asked for. It never changes.';

create table referrals.referrals (
    referral_id uuid primary key,
    referrer_id uuid not null,
    referee_id uuid not null check (referee_id <> referrer_id),
    code text not null,
    version integer not null references referrals.versions,
    channel text not null,
    store text not null,
    terminal text not null,
    claimed_by text not null check (claimed_by <> ''),
    claimed_at timestamptz not null,
    purchase_by timestamptz not null,
    state text not null check (state in ('open', 'held', 'waiting', 'paid', 'rejected', 'reversed', 'lapsed')),
    findings json not null,
    purchase_id uuid,
    purchase_store text,
    qualified_at timestamptz,
    due_at timestamptz,
    settled_at timestamptz,
    referrer_points integer not null default 0 check (referrer_points >= 0),
    referee_points integer not null default 0 check (referee_points >= 0),
    referrer_seq integer,
    referee_seq integer,
    capped boolean not null default false,
    decided_by text,
    decided_at timestamptz,
    decision_note text,
    revision integer not null default 1,
    constraint referred_once unique (referee_id),
    check ((purchase_id is null) = (qualified_at is null) and (purchase_id is null) = (due_at is null)),
    check ((purchase_id is null) = (purchase_store is null)),
    check (state not in ('waiting', 'paid', 'reversed') or purchase_id is not null),
    check ((decided_at is null) = (decided_by is null))
);
comment on column referrals.referrals.version is 'The version that was in force when the code was claimed: its promise holds.';
comment on column referrals.referrals.findings is 'Why somebody should look: enishi.referrals.Finding as JSON.';
comment on column referrals.referrals.purchase_id is 'The purchase that earns the rewards.';
comment on column referrals.referrals.due_at is 'When the rewards are paid; of a held referral, if it is approved.';
comment on column referrals.referrals.referrer_seq is 'The entry of the journal that paid; null when there was nothing to pay.';
comment on column referrals.referrals.capped is 'Who referred had been rewarded as often as there is.';
comment on column referrals.referrals.revision is
    'Grows with every change. A change names the revision it saw, so that of two only one is written.';
create index referrals_open on referrals.referrals (referee_id)
where state in ('open', 'held') and purchase_id is null;
create index referrals_of_referrer on referrals.referrals (referrer_id, claimed_at);
create index referrals_due on referrals.referrals (due_at) where state = 'waiting';
create index referrals_held on referrals.referrals (claimed_at) where state = 'held';
create index referrals_by_time on referrals.referrals (claimed_at, referral_id);
create index referrals_by_terminal on referrals.referrals (store, terminal, claimed_at) where terminal <> '';
create unique index referrals_by_purchase on referrals.referrals (purchase_id) where purchase_id is not null;

create table referrals.hints (
    customer_id uuid not null,
    kind text not null check (kind in ('mailbox', 'person', 'device', 'address', 'payment')),
    lookup bytea not null check (octet_length(lookup) = 32),
    noted_at timestamptz not null,
    primary key (customer_id, kind, lookup)
);
comment on table referrals.hints is
    'What people may share who are one or one household, by blind index: equality can be told and nothing else learnt.';
create index hints_by_lookup on referrals.hints (lookup);

grant select, insert on referrals.versions, referrals.codes, referrals.hints to enishi_app;
grant select, insert, update on referrals.referrals to enishi_app;

-- Who may do these things.
update access.roles
set permissions = permissions
|| array['referrals.read', 'referrals.publish', 'referrals.review', 'referrals.claim']
where role = 'owner';
update access.roles
set permissions = permissions || array['referrals.read', 'referrals.publish']
where role = 'marketer';
update access.roles
set permissions = permissions || array['referrals.read', 'referrals.review', 'referrals.claim']
where role = 'store_manager';
update access.roles
set permissions = permissions || array['referrals.claim']
where role = 'staff';
update access.roles
set permissions = permissions || array['referrals.read']
where role = 'auditor';
