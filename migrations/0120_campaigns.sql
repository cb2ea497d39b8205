-- Campaigns: their rules as versions, the log of what was done with them, what they gave, and what is left to give.

create schema campaigns;
grant usage on schema campaigns to enishi_app;

create table campaigns.campaigns (
    campaign_id uuid primary key,
    code text not null unique check (code ~ '^[a-z0-9][a-z0-9-]*$'),
    created_at timestamptz not null
);

create table campaigns.versions (
    campaign_id uuid not null references campaigns.campaigns,
    version integer not null check (version > 0),
    rules jsonb not null check (jsonb_typeof(rules) = 'object'),
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    created_at timestamptz not null,
    primary key (campaign_id, version)
);
comment on column campaigns.versions.rules is
    'enishi.campaigns.CampaignRules as JSON. Never changed: each edit is another version.';
comment on column campaigns.versions.author is 'operator:<id> or system, as in audit.events.actor.';

create table campaigns.changes (
    change_id bigint primary key check (change_id > 0),
    campaign_id uuid not null,
    version integer not null,
    action text not null check (
        action in ('create', 'edit', 'submit', 'withdraw', 'approve', 'reject', 'pause', 'resume', 'end')
    ),
    at timestamptz not null,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    diff jsonb not null check (jsonb_typeof(diff) = 'array'),
    foreign key (campaign_id, version) references campaigns.versions
);
comment on table campaigns.changes is
    'The log of all campaigns. What is draft, in review, live, paused or ended at any instant follows from it alone.';
comment on column campaigns.changes.change_id is
    'Ascends by one over all campaigns, in the order of commits: its maximum tells whether a copy is stale.';
comment on column campaigns.changes.at is 'When it takes effect, to the second and below.';
create index changes_of_campaign on campaigns.changes (campaign_id, change_id);

create table campaigns.budgets (
    campaign_id uuid not null references campaigns.campaigns,
    store text not null,
    shard smallint not null check (shard >= 0),
    points_left bigint not null,
    primary key (campaign_id, store, shard)
) with (fillfactor = 50);
comment on table campaigns.budgets is
    'What is left of budgets, in shards, so that receipts of one campaign need not wait for each other. The shards of a '
    'budget add up to what was granted less what its claims took.';
comment on column campaigns.budgets.store is 'The store whose budget it is; empty is the budget of the whole campaign.';
comment on column campaigns.budgets.points_left is
    'Negative only where a budget was lowered below what had been given; then it is the only shard that has anything.';

create table campaigns.grants (
    campaign_id uuid not null,
    version integer not null,
    store text not null,
    points bigint not null check (points >= 0),
    granted_at timestamptz not null,
    primary key (campaign_id, version, store),
    foreign key (campaign_id, version) references campaigns.versions
);
comment on table campaigns.grants is 'The budgets of each approved version; the latest version''s are what may be given.';

create table campaigns.claims (
    campaign_id uuid not null,
    version integer not null,
    customer_id uuid not null,
    purchase_id uuid,
    store text not null,
    reason text not null check (reason in ('award', 'return', 'welcome')),
    period text not null,
    points integer not null,
    times smallint not null,
    from_budget boolean not null,
    from_store_budget boolean not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    xid xid8 not null default pg_current_xact_id(),
    check ((reason = 'welcome') = (purchase_id is null)),
    check ((reason = 'return') = (points < 0))
);
comment on table campaigns.claims is
    'What campaigns gave, and what returned goods gave back to their budgets and to the ceilings of members.';
comment on column campaigns.claims.period is
    'The period of the programme''s calendar in which it counts against the member''s ceiling; empty is all time.';
comment on column campaigns.claims.times is '1 for an award, -1 for the return that took all of it back, else 0.';
create index claims_of_customer on campaigns.claims (customer_id, campaign_id);
create index claims_recorded on campaigns.claims using brin (recorded_at);

create table campaigns.segment_members (
    segment text not null,
    customer_id uuid not null,
    primary key (customer_id, segment)
);
comment on table campaigns.segment_members is 'Who is in a segment now, as far as campaigns ask for segments.';

create table campaigns.weather (
    store text not null,
    day date not null,
    hour smallint not null check (hour between -1 and 23),
    flag text not null check (flag <> ''),
    primary key (day, store, hour, flag)
);
comment on table campaigns.weather is
    'The weather as flags such as rain or heat: of a store, or of all of them where the store is empty.';
comment on column campaigns.weather.hour is 'The hour of the programme''s zone; -1 is the whole day.';

grant select, insert on campaigns.campaigns, campaigns.versions, campaigns.changes, campaigns.grants to enishi_app;
grant select, insert on campaigns.claims to enishi_app;
grant select, insert on campaigns.budgets to enishi_app;
grant update (points_left) on campaigns.budgets to enishi_app;
grant select, insert, delete on campaigns.segment_members, campaigns.weather to enishi_app;

-- Who may write campaigns, and who may approve what others wrote.
update access.roles
set permissions = permissions || array['campaigns.read']
where role in ('owner', 'marketer', 'store_manager', 'auditor') and not 'campaigns.read' = any(permissions);
update access.roles
set permissions = permissions || array['campaigns.write']
where role in ('owner', 'marketer') and not 'campaigns.write' = any(permissions);
update access.roles
set permissions = permissions || array['campaigns.review']
where role in ('owner', 'store_manager') and not 'campaigns.review' = any(permissions);
