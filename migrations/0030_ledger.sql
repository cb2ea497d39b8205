-- The points ledger. The journal is the truth; an account is its sum, kept beside it and provable from it.

create schema ledger;
grant usage on schema ledger to enishi_app;

create type ledger.entry_type as enum ('earn', 'spend');

create table ledger.accounts (
    customer_id uuid primary key,
    seq integer not null default 0 check (seq >= 0),
    balance bigint not null default 0,
    lots jsonb not null default '[]',
    opened_at timestamptz not null default now(),
    constraint lots_are_not_negative check (not jsonb_path_exists(lots, '$[*][2] ? (@ <= 0)'))
) with (fillfactor = 70);
comment on table ledger.accounts is 'One row a customer: what is locked, read and written when points move.';
comment on column ledger.accounts.seq is 'The newest journal entry of this account; entries are numbered from 1 without a gap.';
comment on column ledger.accounts.balance is 'Sum of the lots, expired ones included until they are swept.';
comment on column ledger.accounts.lots is
    'Arrays [kind, last valid day, points], soonest to expire first; kind r = regular, l = limited. No empty lots.';

create table ledger.journal (
    customer_id uuid not null,
    seq integer not null check (seq > 0),
    entry_type ledger.entry_type not null,
    points integer not null,
    balance_after bigint not null,
    lots json not null,
    store text not null,
    purchase_id uuid,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    basis json,
    xid xid8 not null default pg_current_xact_id(),
    primary key (customer_id, seq),
    constraint points_have_the_sign_of_their_type check (
        case entry_type when 'earn' then points > 0 when 'spend' then points < 0 end
    )
);
comment on table ledger.journal is
    'Transfers between a member and the programme, both legs in one row: the member gets points, and the account named by '
    'entry_type and store gives them. ledger.postings shows the two legs.';
comment on column ledger.journal.lots is 'Arrays [kind, last valid day, points moved], whose points add up to points.';
comment on column ledger.journal.basis is 'For an earning: programme version, inputs and arithmetic.';
-- These documents are written once and read whole: json costs a third of jsonb to write and half its room.
create index journal_recorded on ledger.journal using brin (recorded_at);

create view ledger.postings as
select
    customer_id,
    seq,
    'member' as account,
    null as store,
    points
from ledger.journal
union all
select
    customer_id,
    seq,
    case entry_type when 'earn' then 'issued' when 'spend' then 'redeemed' end as account,
    store,
    -points
from ledger.journal;
comment on view ledger.postings is 'The journal as double entry: the postings of every entry sum to zero.';

-- Zero-sum at commit: whatever an account's row moved by, its new entries moved by, none missing and none extra.
create function ledger.assert_account_follows_journal() returns trigger
language plpgsql as $$
declare
    entries integer;
    moved bigint;
begin
    select count(*), coalesce(sum(journal.points), 0) into entries, moved
    from ledger.journal as journal
    where journal.customer_id = new.customer_id and journal.seq > old.seq and journal.seq <= new.seq;
    if entries <> new.seq - old.seq or moved <> new.balance - old.balance then
        raise exception 'account % moved by % in % entries, its journal by % in %',
            new.customer_id, new.balance - old.balance, new.seq - old.seq, moved, entries
            using errcode = 'integrity_constraint_violation', constraint = 'account_follows_journal';
    end if;
    return null;
end
$$;

create constraint trigger account_follows_journal
after update on ledger.accounts
deferrable initially deferred
for each row execute function ledger.assert_account_follows_journal();

-- The other direction: no entry without an account that counts it. Accounts are written first, in the same transaction.
create function ledger.assert_journal_is_counted() returns trigger
language plpgsql as $$
begin
    if exists (
        select from new_entries
        left join ledger.accounts using (customer_id)
        where accounts.seq is null or new_entries.seq > accounts.seq
    ) then
        raise exception 'a journal entry is not counted by its account'
            using errcode = 'integrity_constraint_violation', constraint = 'journal_is_counted';
    end if;
    return null;
end
$$;

create trigger journal_is_counted
after insert on ledger.journal
referencing new table as new_entries
for each statement execute function ledger.assert_journal_is_counted();

create function ledger.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'the journal is only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'journal_is_append_only';
end
$$;

-- The product's role has no such grant; this stops the owner's hand as well.
create trigger journal_is_append_only
before update or delete or truncate on ledger.journal
for each statement execute function ledger.refuse_change();

-- A new account starts empty; everything after that goes through the journal.
create function ledger.refuse_filled_account() returns trigger
language plpgsql as $$
begin
    raise exception 'an account starts at zero'
        using errcode = 'integrity_constraint_violation', constraint = 'account_starts_empty';
end
$$;

create trigger account_starts_empty
before insert on ledger.accounts
for each row when (new.seq <> 0 or new.balance <> 0 or new.lots <> '[]')
execute function ledger.refuse_filled_account();

grant select, insert on ledger.journal, ledger.accounts to enishi_app;
grant update (seq, balance, lots) on ledger.accounts to enishi_app;
grant select on ledger.postings to enishi_app;
