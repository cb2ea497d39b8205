-- Cards that end: lost, stolen, worn out or replaced. An identifier is ended and never deleted, because its number stays
-- in somebody's pocket: it must go on naming nobody for ever.

alter table customers.identifiers
    add column ended_at timestamptz,
    add column ended_reason text,
    add constraint identifiers_ended check (
        (ended_at is null and ended_reason is null)
        or (ended_at is not null and ended_reason in ('lost', 'stolen', 'damaged', 'replaced', 'withdrawn'))
    );
comment on column customers.identifiers.ended_at is
    'From this instant the identifier names nobody. It is never linked, issued or brought back again.';
grant update (ended_at, ended_reason) on customers.identifiers to enishi_app;

create function customers.refuse_changing_an_ended_identifier() returns trigger
language plpgsql
as $$
begin
    raise exception 'an ended identifier stays as it ended'
        using errcode = 'integrity_constraint_violation', constraint = 'ended_identifiers_stay';
end
$$;

create trigger ended_identifiers_stay before update on customers.identifiers
for each row when (
    old.ended_at is not null
    and (old.ended_at is distinct from new.ended_at or old.ended_reason is distinct from new.ended_reason)
)
execute function customers.refuse_changing_an_ended_identifier();

create table customers.card_issues (
    lookup bytea primary key references customers.identifiers,
    customer_id uuid not null references customers.customers,
    replaces bytea unique references customers.identifiers,
    request_key text check (length(request_key) between 1 and 128),
    issued_at timestamptz not null,
    unique (customer_id, request_key)
);
comment on table customers.card_issues is
    'The cards whose numbers are our own. A card is replaced once at most: whoever asks again gets the card that took its place.';
comment on column customers.card_issues.replaces is 'The ended card in whose place this one was issued; null for a further card.';
comment on column customers.card_issues.request_key is
    'What the caller named the request, so that its repeat is answered with the same card.';
create index card_issues_of_customer on customers.card_issues (customer_id, issued_at);
grant select, insert on customers.card_issues to enishi_app;

-- Whoever may look customers up at a counter may give them a new card.
update access.roles
set permissions = permissions || array['cards.reissue']
where 'counter.use' = any(permissions) and not 'cards.reissue' = any(permissions);
