-- Ranks: published ladders, the rank that each member holds, and every change of it with its reason.

-- What a receipt's goods cost without consumption tax, which is rounded down once per rate as on the receipt itself: the
-- sums of months are proven by it. enishi.purchases.taxes says the same in Python.
create function purchases.net_of_tax(lines json, tax_mode text) returns bigint
language sql immutable strict parallel safe
as $$
    select coalesce(sum(
        case tax_mode when 'included' then gross - gross * rate / (100 + rate) else gross end
    ), 0)::bigint
    from (
        select
            (line ->> 3)::bigint as rate,
            sum(
                coalesce((line ->> 6)::bigint, (line ->> 1)::bigint * (line ->> 2)::bigint) - (line ->> 4)::bigint
            )::bigint as gross
        from json_array_elements(lines) as line
        group by 1
    ) as by_rate
$$;
grant execute on function purchases.net_of_tax to enishi_app;

alter table purchases.returns add column refund_net_yen bigint not null default 0;
comment on column purchases.returns.refund_net_yen is
    'refund_yen without consumption tax: what the goods left of the receipt cost before it, less what they cost after it.';
alter table purchases.claims add column net_yen bigint not null default 0;
comment on column purchases.claims.net_yen is 'total_yen without consumption tax.';

-- Returns and claims from before this column: in the proportion of their receipt, rounded down; from then on a fact.
update purchases.returns as held
set refund_net_yen = case
    when purchase.purchase_id is null then held.refund_yen * 10 / 11
    when purchase.total_yen = 0 then 0
    else held.refund_yen * purchases.net_of_tax(purchase.lines, purchase.tax_mode) / purchase.total_yen
end
from purchases.returns as own
left join purchases.purchases as purchase using (purchase_id)
where own.return_id = held.return_id;
update purchases.claims as held
set net_yen = case
    when purchase.total_yen = 0 then 0
    else held.total_yen * purchases.net_of_tax(purchase.lines, purchase.tax_mode) / purchase.total_yen
end
from purchases.purchases as purchase
where purchase.purchase_id = held.purchase_id;

alter table ranks.progress
add column net_yen bigint not null default 0,
add column days integer not null default 0 check (days >= 0);
comment on column ranks.progress.net_yen is 'amount_yen without consumption tax.';
comment on column ranks.progress.days is
    'Bit d - 1 stands for day d of the month: there is a purchase that has not come back whole. Their number is the visits. '
    'Setting bits needs no order, so receipts may arrive in any.';

-- The first version of the programme is in force for whatever came before it, so its zone is that of the first months.
with zone as (
    select coalesce(
        (select settings ->> 'zone' from program.versions order by effective_at desc, version desc limit 1), 'Asia/Tokyo'
    ) as name
),

facts as (
    select
        customer_id, occurred_at at time zone zone.name as local_at, purchases.net_of_tax(lines, tax_mode) as net_yen,
        not exists (
            select from purchases.returns
            where returns.purchase_id = purchases.purchase_id and returns.completes
        ) as stands
    from purchases.purchases, zone
    where customer_id is not null
    union all
    select
        claims.customer_id, claims.occurred_at at time zone zone.name, claims.net_yen,
        not exists (
            select from purchases.returns
            where returns.purchase_id = claims.purchase_id and returns.customer_id is not null and returns.completes
        )
    from purchases.claims, zone
    union all
    select returns.customer_id, returns.month::timestamp, -returns.refund_net_yen, false
    from purchases.returns
    where returns.month is not null
),

sums as (
    select
        customer_id, date_trunc('month', local_at)::date as month, sum(net_yen) as net_yen,
        coalesce(bit_or(1 << (extract(day from local_at)::integer - 1)) filter (where stands), 0) as days
    from facts
    group by 1, 2
)

update ranks.progress as held
set net_yen = sums.net_yen, days = sums.days
from sums
where sums.customer_id = held.customer_id and sums.month = held.month;

create table ranks.ladders (
    version integer primary key check (version > 0),
    effective_at timestamptz not null,
    published_at timestamptz not null,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    ladder jsonb not null check (jsonb_typeof(ladder) = 'object'),
    constraint the_past_keeps_its_ladder check (version = 1 or effective_at >= published_at)
);
comment on table ranks.ladders is
    'In force at an instant is the row with the latest effective_at not after it; of several, the highest version.';
comment on column ranks.ladders.author is 'operator:<id> or system, as in audit.events.actor.';
comment on column ranks.ladders.ladder is 'enishi.ranks.Ladder as JSON. Never changed: a correction is another version.';
grant select, insert on ranks.ladders to enishi_app;

create table ranks.standing (
    customer_id uuid primary key,
    tier text not null,
    level smallint not null check (level >= 0),
    since timestamptz not null,
    keep_until date,
    permanent_tier text,
    override_tier text,
    override_exact boolean not null default false,
    override_until date,
    changes integer not null check (changes > 0),
    noticed_for date,
    rewarded text [] not null default '{}',
    check (override_tier is not null or (override_until is null and not override_exact))
) with (fillfactor = 70);
comment on table ranks.standing is
    'The rank that a member holds. Who never had another than the lowest has no row. Written behind the lock of the '
    'member''s account, as progress is; provable from changes.';
comment on column ranks.standing.level is 'The level of the tier in the ladder by which it was given.';
comment on column ranks.standing.since is 'From when on the tier is held: when the change was recorded.';
comment on column ranks.standing.keep_until is 'The last day through which the tier is kept whatever is bought; null does not end.';
comment on column ranks.standing.permanent_tier is 'The highest permanent tier that was ever reached: never below it again.';
comment on column ranks.standing.override_tier is
    'Given by hand through override_until (null: until ended): never below it, or exactly it.';
comment on column ranks.standing.changes is 'The number of the newest change; they count from 1 without a gap.';
comment on column ranks.standing.noticed_for is 'The keep_until for which a notice of the coming downgrade was requested.';
comment on column ranks.standing.rewarded is 'tier/code of the rewards that are given once in a life and were.';
create index standing_of_tier on ranks.standing (tier, customer_id);
create index standing_ends on ranks.standing (override_until) where override_until is not null;
grant select, insert, update on ranks.standing to enishi_app;

create table ranks.changes (
    customer_id uuid not null,
    seq integer not null check (seq > 0),
    from_tier text not null,
    from_level smallint not null,
    to_tier text not null,
    to_level smallint not null,
    effective_at timestamptz not null,
    recorded_at timestamptz not null,
    cause text not null,
    ladder_version integer not null references ranks.ladders,
    subject_id uuid,
    keep_until date,
    actor text not null,
    reason text not null default '',
    basis json not null,
    xid xid8 not null default pg_current_xact_id(),
    primary key (customer_id, seq)
);
comment on table ranks.changes is
    'Every change of a rank, and nothing else. A member held from_tier until effective_at, and to_tier from then on. '
    'An override that changes no tier is here too, so that its reason is.';
comment on column ranks.changes.effective_at is
    'When the change was recorded; when history is replayed, when it occurred. Ascends with seq.';
comment on column ranks.changes.cause is
    'purchase, claim, points, return, evaluation, override or override_ended.';
comment on column ranks.changes.subject_id is 'The purchase or return that caused it.';
comment on column ranks.changes.basis is
    'enishi.ranks.ChangeBasis: the day looked at, and by each alternative what was found and needed.';
create index changes_recorded on ranks.changes using brin (recorded_at);
grant select, insert on ranks.changes to enishi_app;

create function ranks.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'the history of ranks is only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'changes_are_append_only';
end
$$;

create trigger changes_are_append_only
before update or delete or truncate on ranks.changes
for each statement execute function ranks.refuse_change();

create table ranks.rewards (
    customer_id uuid not null,
    seq integer not null,
    tier text not null,
    code text not null,
    kind text not null check (kind in ('points', 'coupon', 'message', 'benefit')),
    name text not null,
    points integer check (points > 0),
    entry_seq integer check (entry_seq > 0),
    given_at timestamptz not null,
    consumed_at timestamptz,
    xid xid8 not null default pg_current_xact_id(),
    primary key (customer_id, seq, tier, code),
    foreign key (customer_id, seq) references ranks.changes,
    check ((kind = 'points') = (points is not null)),
    check ((kind = 'points') = (entry_seq is not null))
);
comment on table ranks.rewards is
    'What a change of rank gave, written in its transaction, once. Points are the entry (customer_id, entry_seq) of the '
    'journal; coupons, messages and benefits wait here for the capability that consumes them.';
comment on column ranks.rewards.name is 'The coupon, the template of the message, or the benefit.';
create index rewards_to_consume on ranks.rewards (kind, given_at) where consumed_at is null and kind <> 'points';
grant select, insert on ranks.rewards to enishi_app;
grant update (consumed_at) on ranks.rewards to enishi_app;

create table ranks.notices (
    customer_id uuid not null,
    keep_until date not null,
    tier text not null,
    falls_on date not null,
    falls_to text not null,
    basis json not null,
    requested_at timestamptz not null,
    consumed_at timestamptz,
    primary key (customer_id, keep_until)
);
comment on table ranks.notices is
    'A message to be sent ahead of a downgrade: that the rank ends after keep_until, and what is missing to keep it. One '
    'for each end of a rank.';
create index notices_to_consume on ranks.notices (requested_at) where consumed_at is null;
grant select, insert on ranks.notices to enishi_app;
grant update (consumed_at) on ranks.notices to enishi_app;

create table ranks.evaluations (
    evaluation_on date primary key,
    looks_at date not null,
    ladder_version integer not null references ranks.ladders,
    started_at timestamptz not null,
    finished_at timestamptz,
    members bigint not null default 0,
    risen bigint not null default 0,
    fallen bigint not null default 0,
    confirmed bigint not null default 0
);
comment on table ranks.evaluations is 'Evaluations of all members. One that was cut off has no finished_at and is run again.';
grant select, insert, update on ranks.evaluations to enishi_app;

update access.roles
set permissions = permissions || array['ranks.read']
where 'program.read' = any(permissions) and not 'ranks.read' = any(permissions);
update access.roles
set permissions = permissions || array['ranks.publish', 'ranks.override']
where role = 'owner' and not 'ranks.publish' = any(permissions);
