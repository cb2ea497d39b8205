-- A receipt that nobody's customer was on may be claimed while goods of it come back. A return that took it for nobody's
-- must not stand beside the claim: its points would never be taken back. Both take the receipt's advisory lock, claims
-- before they look; so the later of the two sees the earlier, and runs again.

create function purchases.assert_receipt_is_nobodys() returns trigger
language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(new.purchase_id::text, 0));
    if exists (select from purchases.claims where claims.purchase_id = new.purchase_id) then
        raise exception 'receipt % was claimed while goods of it came back', new.purchase_id
            using errcode = 'unique_violation', constraint = 'returned_as_nobodys';
    end if;
    return new;
end
$$;

create trigger returned_as_nobodys
before insert on purchases.returns
for each row when (new.customer_id is null and new.purchase_id is not null)
execute function purchases.assert_receipt_is_nobodys();
