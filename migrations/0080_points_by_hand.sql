-- Points that move by hand: reasons and limits of adjustments, those that wait for a second pair of eyes, families that
-- pool their points, and receipts that are claimed after the sale.

create table ledger.reasons (
    reason text primary key check (reason ~ '^[a-z0-9_-]{1,40}$'),
    name_ja text not null check (name_ja <> ''),
    name_en text not null check (name_en <> ''),
    position smallint not null,
    ended_at timestamptz
);
comment on table ledger.reasons is 'Why points may be adjusted. A reason is never deleted; once ended it can not be chosen.';

insert into ledger.reasons (reason, name_ja, name_en, position) values
('apology', 'お詫び', 'Apology', 1),
('missing-points', '付与漏れの補填', 'Points that were not credited', 2),
('wrong-points', '誤付与の訂正', 'Points credited by mistake', 3),
('gift', '進呈', 'Present', 4),
('visit', '来店', 'Visit', 5),
('system-failure', 'システム障害の補填', 'Made up for a failure of the system', 6),
('misuse', '不正利用の取消', 'Misuse undone', 7),
('other', 'その他', 'Other', 8);

create table ledger.adjustment_limits (
    role text primary key check (role <> ''),
    points_each integer not null check (points_each > 0),
    points_a_day integer not null check (points_a_day > 0),
    alone_up_to integer not null check (alone_up_to between 0 and points_each)
);
comment on table ledger.adjustment_limits is
    'How many points, of either sign, a role may adjust at once and in a day of the programme''s zone. A role that is not '
    'here may adjust none; of several roles the widest counts. Role api is that of every API key.';
comment on column ledger.adjustment_limits.alone_up_to is 'Above this another operator has to approve.';

insert into ledger.adjustment_limits (role, points_each, points_a_day, alone_up_to) values
('owner', 100000, 1000000, 10000),
('store_manager', 10000, 50000, 3000),
('api', 10000, 1000000, 10000);

create table ledger.adjusted_days (
    actor text not null,
    day date not null,
    points bigint not null check (points >= 0),
    primary key (actor, day)
);
comment on table ledger.adjusted_days is
    'Points that somebody has adjusted in a day, without their signs, those waiting or refused included. Locked while an '
    'adjustment is decided, so that two at once can not both fit under the limit.';

create table ledger.adjustment_requests (
    request_id uuid primary key,
    source text not null,
    external_id text not null,
    customer_id uuid not null,
    points integer not null check (points <> 0),
    kind text not null check (kind in ('r', 'l')),
    expires_on date,
    reason text not null references ledger.reasons,
    note text not null,
    store text not null,
    allow_owing boolean not null,
    fingerprint bytea not null,
    requested_by text not null,
    requested_at timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'approved', 'refused')),
    decided_by text,
    decided_at timestamptz,
    decision_note text,
    constraint adjustment_requests_key unique (external_id, source),
    check ((state = 'waiting') = (decided_at is null)),
    check ((decided_at is null) = (decided_by is null)),
    constraint decided_by_somebody_else check (decided_by <> requested_by)
);
comment on table ledger.adjustment_requests is
    'Adjustments above what their author may do alone. Points move when somebody else approves, under the same key.';
create index adjustment_requests_waiting on ledger.adjustment_requests (requested_at) where state = 'waiting';

create table ledger.families (
    member_id uuid primary key,
    head_id uuid not null check (head_id <> member_id),
    joined_at timestamptz not null
);
comment on table ledger.families is
    'Whose points may be pooled with whom: a member''s points may be moved to the head of the family. A head is no '
    'member of another family.';
create index families_of_head on ledger.families (head_id);

create table purchases.claims (
    purchase_id uuid primary key references purchases.purchases,
    customer_id uuid not null,
    source text not null,
    actor text not null check (actor <> ''),
    claimed_at timestamptz not null,
    occurred_at timestamptz not null,
    total_yen bigint not null,
    first_seq integer not null,
    entry_count smallint not null check (entry_count >= 0),
    points_earned integer not null check (points_earned >= 0),
    answer json not null
);
comment on table purchases.claims is
    'Anonymous sales that a customer claimed later. The key lets it happen once, however many ask at the same time.';
comment on column purchases.claims.occurred_at is 'As in purchases.purchases: it decides the month of rank progress.';
comment on column purchases.claims.first_seq is 'As in purchases.purchases, for the entries of the claim.';
create index claims_of_customer on purchases.claims (customer_id, occurred_at);

grant select on ledger.reasons, ledger.adjustment_limits, ledger.adjustment_requests to enishi_app;
grant insert, update (name_ja, name_en, position, ended_at) on ledger.reasons to enishi_app;
grant insert, update, delete on ledger.adjustment_limits to enishi_app;
grant select, insert, update (points) on ledger.adjusted_days to enishi_app;
grant insert, update (state, decided_by, decided_at, decision_note) on ledger.adjustment_requests to enishi_app;
grant select, insert, delete on ledger.families to enishi_app;
grant select, insert on purchases.claims to enishi_app;

-- Who may do these things.
update access.roles
set permissions = permissions
|| array['points.adjust', 'points.approve', 'points.limits', 'points.freeze', 'points.transfer', 'purchases.claim']
where role = 'owner';
update access.roles
set permissions = permissions || array['points.adjust', 'points.approve', 'points.transfer', 'purchases.claim']
where role = 'store_manager';
update access.roles
set permissions = permissions || array['purchases.claim']
where role = 'staff';
