-- Who may take goods back at the counter.
update access.roles
set permissions = permissions || array['returns.record']
where role in ('owner', 'store_manager', 'staff') and not 'returns.record' = any(permissions);
