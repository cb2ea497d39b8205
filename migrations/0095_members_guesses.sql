-- What members have tried in vain on My page: receipts that are not as they said, numbers that are nobody's. A limit on
-- these keeps anybody from finding receipts or members by trying one number after the other.

create table access.member_guesses (
    customer_id uuid not null,
    what text not null check (what ~ '^[a-z_]{1,40}$'),
    tried_at timestamptz not null
);
comment on table access.member_guesses is
    'Tries of members that came to nothing, kept for a day; what was tried is not kept.';
create index member_guesses_of_customer on access.member_guesses (customer_id, what, tried_at);

grant select, insert, delete on access.member_guesses to enishi_app;
