-- Who may do what: operators with roles, API keys with scopes, members with one-time codes.

create schema access;
grant usage on schema access to enishi_app;

create table access.operators (
    operator_id uuid primary key,
    login text not null unique check (login = lower(login) and login <> ''),
    display_name text not null,
    password_hash text not null,
    locale text not null check (locale in ('ja', 'en')),
    created_at timestamptz not null,
    disabled_at timestamptz
);
comment on column access.operators.password_hash is 'argon2id, with its parameters and salt.';
comment on column access.operators.disabled_at is 'From this instant the operator can not log in and open sessions end.';

create table access.roles (
    role text primary key,
    name_ja text not null,
    name_en text not null,
    permissions text [] not null,
    position smallint not null unique
);
comment on column access.roles.position is 'The order in which roles are shown, widest first.';

insert into access.roles (role, name_ja, name_en, permissions, position) values
(
    'owner', 'オーナー', 'Owner',
    array[
        'home.read', 'customers.read', 'customers.read_personal', 'customers.export', 'purchases.read', 'points.read',
        'program.read', 'audit.read', 'counter.use'
    ],
    1
),
(
    'marketer', 'マーケティング担当', 'Marketer',
    array['home.read', 'customers.read', 'customers.export', 'purchases.read', 'points.read', 'program.read'],
    2
),
(
    'store_manager', '店長', 'Store manager',
    array[
        'home.read', 'customers.read', 'customers.read_personal', 'purchases.read', 'points.read', 'program.read',
        'counter.use'
    ],
    3
),
('staff', '店舗スタッフ', 'Store staff', array['counter.use'], 4),
(
    'auditor', '監査担当', 'Auditor',
    array['home.read', 'customers.read', 'purchases.read', 'points.read', 'program.read', 'audit.read'],
    5
);

create table access.role_grants (
    operator_id uuid not null references access.operators,
    role text not null references access.roles,
    store_codes text [],
    granted_at timestamptz not null,
    primary key (operator_id, role),
    check (store_codes is null or cardinality(store_codes) > 0)
);
comment on column access.role_grants.store_codes is 'The stores for which the role is held; null is all of them.';

create table access.login_tries (
    login_lookup bytea primary key check (octet_length(login_lookup) = 32),
    failures smallint not null check (failures >= 0),
    last_failed_at timestamptz,
    locked_until timestamptz
);
comment on table access.login_tries is
    'Failed log-ins by blind index of the login as typed, whether or not such an operator exists: the answer tells nothing.';

create table access.operator_sessions (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    operator_id uuid not null references access.operators,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null
);
comment on column access.operator_sessions.token_hash is 'SHA-256 of the token; the token itself is only in the browser.';
create index operator_sessions_of_operator on access.operator_sessions (operator_id);

create table access.api_keys (
    key_id text primary key,
    name text not null check (name <> ''),
    secret_hash bytea not null check (octet_length(secret_hash) = 32),
    scopes text [] not null check (cardinality(scopes) > 0),
    store_codes text [],
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    check (store_codes is null or cardinality(store_codes) > 0)
);
comment on column access.api_keys.secret_hash is
    'SHA-256. A secret has 256 random bits, so a slow hash would add nothing but time on the path of every purchase.';
comment on column access.api_keys.last_used_at is 'Noted now and then by whoever served the key, not at each call.';

create table access.member_codes (
    code_id uuid primary key,
    contact_lookup bytea not null check (octet_length(contact_lookup) = 32),
    customer_id uuid,
    address_lookup bytea not null check (octet_length(address_lookup) = 32),
    code_hash bytea not null check (octet_length(code_hash) = 32),
    requested_at timestamptz not null,
    expires_at timestamptz not null,
    tries smallint not null default 0 check (tries >= 0),
    used_at timestamptz
);
comment on column access.member_codes.contact_lookup is 'Blind index of the phone number or e-mail address that was typed.';
comment on column access.member_codes.customer_id is
    'Null when nobody has this contact: the request counts against the limits all the same, and no code opens anything.';
comment on column access.member_codes.code_hash is 'HMAC-SHA-256 of the code and its row under a key of the installation.';
create index member_codes_of_contact on access.member_codes (contact_lookup, requested_at);
create index member_codes_of_address on access.member_codes (address_lookup, requested_at);

create table access.member_sessions (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    customer_id uuid not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null
);
create index member_sessions_of_customer on access.member_sessions (customer_id);

grant select, insert, update on access.operators to enishi_app;
grant select, insert, update, delete on access.roles, access.role_grants to enishi_app;
grant select, insert, update, delete on access.login_tries, access.operator_sessions to enishi_app;
grant select, insert on access.api_keys to enishi_app;
grant update (last_used_at, revoked_at) on access.api_keys to enishi_app;
grant select, insert, update, delete on access.member_codes, access.member_sessions to enishi_app;
