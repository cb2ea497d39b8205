-- The peer: one receipt a transaction, the same rows, written by one function in the server and driven by pgbench.
-- It does what the bench's receipts need and nothing more; the unique key of purchases is its idempotency.
-- `enishi verify` finds nothing wrong with what it writes.
create function bench.record(number bigint, receipt text, price integer, used integer) returns bigint
language plpgsql as $$
declare
    wanted bytea := bench.blind(number);
    at timestamptz := now();
    today date := (at at time zone 'Asia/Tokyo')::date;
    until date := (date_trunc('month', today) + interval '13 months')::date - 1;
    purchase uuid := uuidv7();
    -- Points used are spread over the rates of tax; what is left of each is taxed, rounded down once per rate.
    food integer := price + 300;
    food_points integer := used * food / (food + 880);
    food_net integer := food - food_points - (food - food_points) * 8 / 108;
    other_net integer := 880 - (used - food_points) - (880 - (used - food_points)) * 10 / 110;
    earned integer := (food_net + other_net) / 100;
    entries smallint := case when used > 0 then 2 else 1 end;
    account ledger.accounts;
    lot jsonb;
    taken bigint;
    missing bigint := used;
    moves text := '';
begin
    select customer_id into strict account.customer_id from customers.identifiers where lookup = wanted;
    select seq, balance, lots into account.seq, account.balance, account.lots
    from ledger.accounts where customer_id = account.customer_id for no key update;
    while missing > 0 loop
        lot := account.lots -> 0;
        if lot is null then raise exception 'insufficient points'; end if;
        taken := least(missing, (lot ->> 2)::bigint);
        account.lots := case
            when taken = (lot ->> 2)::bigint then account.lots - 0
            else jsonb_set(account.lots, '{0,2}', to_jsonb((lot ->> 2)::bigint - taken))
        end;
        moves := moves || ',' || format('["%s","%s",%s]', lot ->> 0, lot ->> 1, -taken);
        missing := missing - taken;
    end loop;
    account.seq := account.seq + entries;
    account.balance := account.balance - used + earned;
    account.lots := case
        when account.lots -> 0 ->> 1 = until::text
            then jsonb_set(account.lots, '{0,2}', to_jsonb((account.lots -> 0 ->> 2)::bigint + earned))
        else jsonb_build_array(jsonb_build_array('r', until, earned)) || account.lots
    end;
    with written as (
        update ledger.accounts set seq = account.seq, balance = account.balance, lots = account.lots
        where customer_id = account.customer_id
    )
    insert into ledger.journal (
        customer_id, seq, entry_type, points, balance_after, lots, store, purchase_id, occurred_at, recorded_at, basis
    )
    select account.customer_id, entry.seq, entry.entry_type, entry.points, entry.balance_after, entry.lots::json, 'S1',
        purchase, at, at, entry.basis::json
    from (values
        (account.seq - 1, 'spend'::ledger.entry_type, -used, account.balance - earned,
            '[' || substring(moves from 2) || ']', null),
        (account.seq, 'earn', earned, account.balance, format('[["r","%s",%s]]', until, earned),
            format(
                '{"v":1,"u":100,"k":1,"a":[[8,%s,%s,%s,0,0],[10,880,%s,%s,0,0]]%s,"x":"%s/100","p":%s}',
                food, food_points, food_net, used - food_points, other_net,
                case when used > 0 then format(',"d":[["points",%s]]', used) end, food_net + other_net, earned
            ))
    ) as entry (seq, entry_type, points, balance_after, lots, basis)
    where entry.points <> 0;
    insert into purchases.purchases (
        purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, recorded_at,
        customer_id, identifiers, tax_mode, lines, payments, points_to_use, coupon_codes, total_yen, fingerprint,
        first_seq, entry_count, points_earned, answer
    ) values (
        purchase, 'pgbench', receipt, 'pos', 'S1', 'T1', at, 540, at,
        account.customer_id, array[wanted], 'included',
        format(
            '[["4901234567894",1,%s,8,0,"GROCERY",null],["4909876543210",2,150,8,0,"PRODUCE",null],'
            '["4901111111116",1,980,10,100,"DRUG GM",null]]', price
        )::json,
        '[{"method":"cash","amount_yen":1000}]', used, '{}', price + 1180, substring(wanted for 16),
        account.seq - entries + 1, entries, earned,
        format('[%s,%s,0,"regular",%s,"%s",[],0,null]', account.balance, account.balance, account.lots -> 0 ->> 2, until)::json
    );
    insert into ranks.progress as held (customer_id, month, amount_yen, net_yen, purchases, points_earned, days)
    values (
        account.customer_id, date_trunc('month', today)::date, price + 1180, food - food * 8 / 108 + 800, 1, earned,
        1 << (extract(day from today)::integer - 1)
    )
    on conflict (customer_id, month) do update set
        amount_yen = held.amount_yen + excluded.amount_yen, net_yen = held.net_yen + excluded.net_yen,
        purchases = held.purchases + 1, points_earned = held.points_earned + excluded.points_earned,
        days = held.days | excluded.days;
    insert into outbox.events (topic, subject_id, recorded_at) values ('purchase.recorded', purchase, at);
    return account.balance;
end
$$;
grant execute on function bench.record to enishi_app;
