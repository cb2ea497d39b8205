-- The books of points: settings by version, and what each closed month booked. Only ever added to.

create schema accounting;
grant usage on schema accounting to enishi_app;

create table accounting.versions (
    version integer primary key check (version > 0),
    from_month date not null check (extract(day from from_month) = 1),
    published_at timestamptz not null,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    settings jsonb not null check (jsonb_typeof(settings) = 'object')
);
comment on table accounting.versions is
    'For a month holds the row with the latest from_month not after it; of several, the highest version.';
comment on column accounting.versions.settings is
    'enishi.accounting.AccountingSettings as JSON. Never changed: a correction is another version.';

create table accounting.closes (
    month date primary key check (extract(day from month) = 1),
    closed_at timestamptz not null,
    closed_by text not null check (closed_by <> ''),
    settings_version integer not null references accounting.versions,
    since date not null check (since <= month),
    estimates jsonb not null check (jsonb_typeof(estimates) = 'array'),
    kpis jsonb not null check (jsonb_typeof(kpis) = 'object')
);
comment on table accounting.closes is 'Months that are closed, without a gap. What they booked is in cohorts and movements.';
comment on column accounting.closes.closed_by is 'As in audit.events.actor.';

create table accounting.cohorts (
    month date not null references accounting.closes,
    cohort date not null,
    point_class text not null check (point_class in ('material', 'other')),
    total jsonb not null,
    moved jsonb not null,
    late jsonb not null,
    sales_yen bigint not null,
    allocated_yen bigint not null,
    expected_points bigint not null,
    opening_yen bigint not null,
    issued_yen bigint not null,
    returned_yen bigint not null,
    used_yen bigint not null,
    expired_yen bigint not null,
    remeasured_yen bigint not null,
    closing_yen bigint not null,
    primary key (month, cohort, point_class),
    constraint movements_close_the_liability check (
        closing_yen = opening_yen + issued_yen + returned_yen + used_yen + expired_yen + remeasured_yen
    )
);
comment on table accounting.cohorts is 'The movement table: one row a closed month for each month of issue and class of points.';
comment on column accounting.cohorts.total is
    'Points issued, returned, used, expired and adjusted since issue; moved: in this month; late: of those, what '
    'occurred in a month that was closed already.';
comment on column accounting.cohorts.sales_yen is 'Sales of the cohort that this month booked, without tax and points.';

create table accounting.movements (
    month date not null references accounting.closes,
    cohort date not null,
    point_class text not null check (point_class in ('material', 'other')),
    movement text not null check (movement in ('issued', 'returned', 'used', 'expired', 'adjusted')),
    issue_store text not null,
    at_store text not null,
    points bigint not null,
    late_points bigint not null,
    primary key (month, cohort, point_class, movement, issue_store, at_store)
);
comment on table accounting.movements is
    'What a closed month added to the books, by store: every month before it plus this one is all that was known then.';
comment on column accounting.movements.issue_store is 'The store that issued the points; empty is head office.';
comment on column accounting.movements.at_store is 'Of used points, the store that redeemed them; otherwise empty.';

create function accounting.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'the books are only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'books_are_append_only';
end
$$;

-- The product's role has no such grant; this stops the owner's hand as well.
create trigger versions_are_append_only before update or delete or truncate on accounting.versions
for each statement execute function accounting.refuse_change();
create trigger closes_are_append_only before update or delete or truncate on accounting.closes
for each statement execute function accounting.refuse_change();
create trigger cohorts_are_append_only before update or delete or truncate on accounting.cohorts
for each statement execute function accounting.refuse_change();
create trigger movements_are_append_only before update or delete or truncate on accounting.movements
for each statement execute function accounting.refuse_change();

grant select, insert on accounting.versions, accounting.closes, accounting.cohorts, accounting.movements to enishi_app;

-- Who reads the books and who closes them.
update access.roles set permissions = permissions || array['accounting.read', 'accounting.close'] where role = 'owner';
update access.roles set permissions = permissions || array['accounting.read'] where role = 'auditor';
insert into access.roles (role, name_ja, name_en, permissions, position) values
(
    'accountant', '経理担当', 'Accountant',
    array['home.read', 'purchases.read', 'points.read', 'program.read', 'accounting.read', 'accounting.close'],
    6
);
