-- Drafts of the configuration: documents as revisions, the log of what was done with them, and how they fared on the past.

create schema drafts;
grant usage on schema drafts to enishi_app;

create table drafts.drafts (
    draft_id integer primary key check (draft_id > 0),
    created_at timestamptz not null
);

create table drafts.revisions (
    draft_id integer not null references drafts.drafts,
    revision integer not null check (revision > 0),
    title text not null check (title <> ''),
    document json not null check (json_typeof(document) = 'object'),
    document_hash bytea not null check (octet_length(document_hash) = 32),
    effective_at timestamptz,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    created_at timestamptz not null,
    primary key (draft_id, revision)
);
comment on column drafts.revisions.document is
    'enishi.configuration.Configuration as JSON, kept as it was written. Never changed: each edit is another revision.';
comment on column drafts.revisions.document_hash is
    'SHA-256 of the document with its fields in order: two revisions of one hash ask for the same.';
comment on column drafts.revisions.effective_at is 'When programme and ladder take effect; null is at the approval.';
comment on column drafts.revisions.author is 'operator:<id>, as in audit.events.actor.';

create table drafts.changes (
    change_id bigint primary key check (change_id > 0),
    draft_id integer not null,
    revision integer not null,
    action text not null check (
        action in ('create', 'edit', 'submit', 'withdraw', 'send_back', 'approve', 'discard')
    ),
    at timestamptz not null,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    diff jsonb not null check (jsonb_typeof(diff) = 'array'),
    accepted text[] not null default '{}',
    basis json,
    foreign key (draft_id, revision) references drafts.revisions,
    check ((action in ('submit', 'approve')) = (basis is not null))
);
comment on table drafts.changes is
    'The log of all drafts. Whether a draft is being written, in review, applied or discarded follows from it alone.';
comment on column drafts.changes.change_id is 'Ascends by one over all drafts, in the order of commits.';
comment on column drafts.changes.diff is 'What an edit changed of the revision before.';
comment on column drafts.changes.accepted is 'The dangers that were accepted by their codes, by who submitted or approved.';
comment on column drafts.changes.basis is
    'What the document would change of what was in force, as seen when it was submitted; an approval does that or nothing.';
create index changes_of_draft on drafts.changes (draft_id, change_id);

create table drafts.backtests (
    backtest_id bigint generated always as identity primary key,
    draft_id integer not null,
    revision integer not null,
    requested_by text not null check (requested_by <> ''),
    requested_at timestamptz not null,
    since timestamptz,
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    runner uuid,
    heartbeat_at timestamptz,
    attempts smallint not null default 0,
    started_at timestamptz,
    finished_at timestamptz,
    history_until timestamptz,
    rules_hash bytea check (octet_length(rules_hash) = 32),
    receipts_done bigint not null default 0,
    receipts_total bigint,
    error_code text,
    error_detail text,
    result json,
    foreign key (draft_id, revision) references drafts.revisions,
    check ((state = 'done') = (result is not null)),
    check ((state = 'failed') = (error_code is not null)),
    check (state <> 'running' or (runner is not null and heartbeat_at is not null)),
    check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null))
);
comment on column drafts.backtests.since is 'From when on figures are counted; null is from the first receipt.';
comment on column drafts.backtests.runner is 'The process that works on it. It writes only while it is named here.';
comment on column drafts.backtests.heartbeat_at is
    'When that process was last heard of, by the clock of the database. Silence hands the work to another process.';
comment on column drafts.backtests.history_until is
    'Receipts that occurred before this instant were replayed; kept over attempts, so that each gives the same.';
comment on column drafts.backtests.rules_hash is 'SHA-256 of the rules of the day that the document was held against.';
comment on column drafts.backtests.result is 'enishi.flows.Backtest as JSON, by the version of Enishi that wrote it.';
create unique index backtests_running on drafts.backtests ((true)) where state = 'running';
comment on index drafts.backtests_running is 'One at a time: a back-test takes a core for as long as it lasts.';
create index backtests_waiting on drafts.backtests (backtest_id) where state in ('queued', 'running');
create unique index backtests_wanted on drafts.backtests (draft_id) where state in ('queued', 'running');
comment on index drafts.backtests_wanted is 'A draft waits for one back-test at a time.';

grant select, insert on drafts.drafts, drafts.revisions, drafts.changes, drafts.backtests to enishi_app;
grant update (
    state, runner, heartbeat_at, attempts, started_at, finished_at, history_until, rules_hash, receipts_done,
    receipts_total, error_code, error_detail, result
) on drafts.backtests to enishi_app;

-- Who may write drafts, and who may approve what others wrote.
update access.roles
set permissions = permissions || array['drafts.write']
where role in ('owner', 'marketer') and not 'drafts.write' = any(permissions);
update access.roles
set permissions = permissions || array['drafts.review']
where role in ('owner', 'store_manager', 'accountant') and not 'drafts.review' = any(permissions);
