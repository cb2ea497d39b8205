-- The peer: one receipt a transaction, the same rows, written by one function in the server and driven by pgbench.
create schema if not exists bench;
grant usage on schema bench to enishi_app;

create or replace function bench.hmac(key bytea, message bytea) returns bytea
language sql immutable parallel safe as $$
    select sha256(
        (select string_agg(set_byte('\x00'::bytea, 0, get_byte(padded, n) # 92), '' order by n)
         from generate_series(0, 63) as n)
        || sha256((select string_agg(set_byte('\x00'::bytea, 0, get_byte(padded, n) # 54), '' order by n)
         from generate_series(0, 63) as n) || message))
    from (select key || decode(repeat('00', 64 - length(key)), 'hex') as padded) as key_block
$$;

create table if not exists bench.pads (inner_pad bytea not null, outer_pad bytea not null);

create or replace function bench.record(number bigint, receipt text, price integer, used integer) returns bigint
language plpgsql as $$
declare
    pads bench.pads;
    wanted bytea;
    owner uuid;
    account ledger.accounts;
    entries smallint := 1;
    earned integer;
    until date := (date_trunc('month', now()) + interval '13 months')::date - 1;
    purchase uuid := uuidv7();
    at timestamptz := now();
    line jsonb := jsonb_build_array(
        jsonb_build_array('4901234567894', 1, price, 8, 0, 'GROCERY', null),
        jsonb_build_array('4909876543210', 2, 150, 8, 0, 'PRODUCE', null),
        jsonb_build_array('4901111111116', 1, 980, 10, 100, 'DRUG GM', null)
    );
    rest jsonb;
begin
    select * into pads from bench.pads;
    wanted := sha256(pads.outer_pad || sha256(pads.inner_pad || convert_to('card' || chr(31) || 'BENCH' || lpad(number::text, 10, '0'), 'UTF8')));
    perform from purchases.purchases where source = 'pgbench' and external_id = receipt;
    if found then return null; end if;
    select customer_id into owner from customers.identifiers where lookup = wanted;
    select * into account from ledger.accounts where customer_id = owner for no key update;
    earned := ((price + 300 - (price + 300) * 8 / 108) + (880 - 880 * 10 / 110) - used) / 100;
    if used > 0 then
        entries := 2;
        account.seq := account.seq + 1;
        account.balance := account.balance - used;
        account.lots := jsonb_set(account.lots, '{0,2}', to_jsonb((account.lots -> 0 ->> 2)::bigint - used));
    end if;
    account.seq := account.seq + 1;
    account.balance := account.balance + earned;
    select jsonb_agg(lot) into rest from jsonb_array_elements(account.lots) as lot where lot ->> 1 <> until::text;
    account.lots := jsonb_build_array(jsonb_build_array('r', until, earned + coalesce(
        (select (lot ->> 2)::bigint from jsonb_array_elements(account.lots) as lot where lot ->> 1 = until::text), 0)))
        || coalesce(rest, '[]');
    update ledger.accounts set seq = account.seq, balance = account.balance, lots = account.lots
    where customer_id = owner;
    if used > 0 then
        insert into ledger.journal values (
            owner, account.seq - 1, 'spend', -used, account.balance - earned, jsonb_build_array(jsonb_build_array('r', '2099-12-31', -used)),
            'S1', purchase, at, at, null
        );
    end if;
    insert into ledger.journal values (
        owner, account.seq, 'earn', earned, account.balance, jsonb_build_array(jsonb_build_array('r', until, earned)),
        'S1', purchase, at, at,
        jsonb_build_object('v', 1, 'u', 100, 'k', 1, 'a', jsonb_build_array(
            jsonb_build_array(8, price + 300, 0, price + 300 - (price + 300) * 8 / 108), jsonb_build_array(10, 880, 0, 800)),
            'x', ((price + 300 - (price + 300) * 8 / 108) + 800)::text || '/100', 'p', earned)
    );
    insert into purchases.purchases values (
        purchase, 'pgbench', receipt, 'pos', 'S1', 'T1', at, 540, at, owner, array[wanted], 'included', line,
        '[{"method":"cash","amount_yen":1000}]', used, '{}', price + 1180, substring(wanted for 16),
        account.seq - entries + 1, entries, earned,
        json_build_array(account.balance, account.balance, 0, 'regular', earned, until, '[]'::json)
    );
    insert into ranks.progress as held values (owner, date_trunc('month', at)::date, price + 1180, 1, earned)
    on conflict (customer_id, month) do update set
        amount_yen = held.amount_yen + excluded.amount_yen, purchases = held.purchases + 1,
        points_earned = held.points_earned + excluded.points_earned;
    insert into outbox.events (topic, subject_id, recorded_at) values ('purchase.recorded', purchase, at);
    return account.balance;
end
$$;
grant execute on all functions in schema bench to enishi_app;
grant select on bench.pads to enishi_app;
