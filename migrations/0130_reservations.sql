-- Reservations: what a store offers, who has booked what, and a constraint that no two bookings share a place.

create schema reservations;
grant usage on schema reservations to enishi_app;

create table reservations.versions (
    store text not null check (store <> ''),
    version integer not null check (version > 0),
    published_at timestamptz not null,
    author text not null check (author <> ''),
    reason text not null check (reason <> ''),
    settings jsonb not null check (jsonb_typeof(settings) = 'object'),
    primary key (store, version)
);
comment on table reservations.versions is 'In force in a store is its highest version. Only ever added to.';
comment on column reservations.versions.settings is
    'enishi.reservations.BookingSettings as JSON. Never changed: a correction is another version.';

create table reservations.lanes (
    lane integer generated always as identity primary key check (lane > 0),
    store text not null,
    resource text not null,
    seat smallint not null check (seat between 1 and 200),
    unique (store, resource, seat)
);
comment on table reservations.lanes is
    'One row for each place of each resource: a stylist is one, a class of eight is eight. Never removed.';

create table reservations.days (
    store text not null,
    on_day date not null,
    primary key (store, on_day)
);
comment on table reservations.days is 'Locked by whoever books on this day of the store, so that quotas are counted by one at a time.';

create table reservations.members (
    customer_id uuid primary key
);
comment on table reservations.members is 'Locked by whoever books for this customer, before any day.';

create table reservations.bookings (
    booking_id uuid primary key,
    source text not null,
    external_id text not null,
    fingerprint bytea not null,
    customer_id uuid not null,
    store text not null,
    service text not null,
    name_ja text not null,
    name_en text not null,
    price_yen bigint not null check (price_yen >= 0),
    on_day date not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    free_at timestamptz not null,
    resources text [] not null,
    choice text not null,
    state text not null check (
        state in ('offered', 'booked', 'arrived', 'done', 'cancelled', 'late_cancelled', 'no_show', 'lapsed')
    ),
    tier text not null,
    level smallint,
    settings_version integer not null,
    quotas jsonb not null check (jsonb_typeof(quotas) = 'array'),
    face text not null check (face in ('mypage', 'counter', 'console', 'api', 'waiting_list')),
    booked_by text not null check (booked_by <> ''),
    booked_at timestamptz not null,
    changed_at timestamptz not null,
    revision integer not null check (revision >= 0),
    offer_until timestamptz,
    unique (source, external_id),
    foreign key (store, settings_version) references reservations.versions,
    check (starts_at < ends_at and ends_at <= free_at),
    check (cardinality(resources) > 0),
    check ((state = 'offered') = (offer_until is not null))
) with (fillfactor = 80);
comment on column reservations.bookings.tier is 'The member''s rank when the booking was made, and its level; empty and null without one.';
comment on column reservations.bookings.quotas is
    'How the booking stood to each quota then in force for its member: slots in all, held, used before it, its own.';
comment on column reservations.bookings.revision is 'Counts changes: SEQUENCE of its calendar event.';
create index bookings_of_day on reservations.bookings (store, on_day, starts_at);
create index bookings_of_customer on reservations.bookings (customer_id, starts_at);
create index bookings_offered on reservations.bookings (offer_until) where state = 'offered';

create table reservations.occupied (
    booking_id uuid not null references reservations.bookings,
    lane integer not null references reservations.lanes,
    from_minute bigint not null check (from_minute >= 0),
    until_minute bigint not null check (until_minute < 4294967296),
    place int8range not null generated always as (
        int8range((lane::bigint << 32) + from_minute, (lane::bigint << 32) + until_minute)
    ) stored,
    primary key (booking_id, lane),
    check (from_minute < until_minute),
    constraint no_place_is_taken_twice exclude using gist (place with &&)
);
comment on table reservations.occupied is
    'What bookings occupy, in minutes since 1970 UTC. Removed when a booking is cancelled or changed.';
comment on column reservations.occupied.place is
    'Each lane has a stretch of 2^32 minutes of one number line to itself, so ranges of two lanes never meet, and the '
    'exclusion constraint needs no other operator than that of ranges (btree_gist is not everywhere).';

create table reservations.events (
    event_id bigint generated always as identity primary key,
    booking_id uuid not null references reservations.bookings,
    at timestamptz not null,
    actor text not null check (actor <> ''),
    event text not null check (event <> ''),
    detail jsonb not null check (jsonb_typeof(detail) = 'object')
);
create index events_of_booking on reservations.events (booking_id, event_id);

create table reservations.waits (
    wait_id uuid primary key,
    customer_id uuid not null,
    store text not null,
    service text not null,
    on_day date not null,
    opens smallint not null check (opens >= 0),
    closes smallint not null check (closes > opens),
    choice text not null,
    state text not null check (state in ('waiting', 'offered', 'taken', 'left', 'lapsed')),
    joined_at timestamptz not null,
    changed_at timestamptz not null,
    booking_id uuid references reservations.bookings,
    check (state not in ('offered', 'taken') or booking_id is not null)
);
comment on column reservations.waits.opens is 'Starts from this minute of the store''s day up to ``closes`` are wanted.';
create unique index waits_once on reservations.waits (customer_id, store, service, on_day)
where state in ('waiting', 'offered');
create index waits_of_day on reservations.waits (store, on_day, joined_at) where state in ('waiting', 'offered');
create index waits_of_customer on reservations.waits (customer_id, on_day);

create table reservations.feeds (
    feed_id uuid primary key,
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    store text not null,
    resource text not null,
    label text not null,
    created_at timestamptz not null,
    created_by text not null,
    revoked_at timestamptz
);
comment on column reservations.feeds.token_hash is 'SHA-256 of the token in the address, which is shown once.';

create function reservations.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'this is only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'reservations_are_append_only';
end
$$;

-- The product's role has no such grant; this stops the owner's hand as well.
create trigger versions_are_append_only before update or delete or truncate on reservations.versions
for each statement execute function reservations.refuse_change();
create trigger events_are_append_only before update or delete or truncate on reservations.events
for each statement execute function reservations.refuse_change();

grant select, insert on reservations.versions, reservations.lanes, reservations.days, reservations.members to enishi_app;
-- Locking a row takes the right to update it.
grant update on reservations.days, reservations.members to enishi_app;
grant select, insert, update on reservations.bookings, reservations.waits to enishi_app;
grant select, insert, delete on reservations.occupied to enishi_app;
grant select, insert on reservations.events, reservations.feeds to enishi_app;
grant update (revoked_at) on reservations.feeds to enishi_app;

-- Who sees bookings, who makes them for customers, and who publishes a store's settings.
update access.roles set permissions = permissions || array['reservations.read']
where role in ('owner', 'store_manager', 'staff', 'marketer', 'auditor') and not 'reservations.read' = any(permissions);
update access.roles set permissions = permissions || array['reservations.write']
where role in ('owner', 'store_manager', 'staff') and not 'reservations.write' = any(permissions);
update access.roles set permissions = permissions || array['reservations.settings']
where role in ('owner', 'store_manager') and not 'reservations.settings' = any(permissions);
