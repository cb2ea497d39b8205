-- What each customer bought, by month: the facts that rank criteria count.

create schema ranks;
grant usage on schema ranks to enishi_app;

create table ranks.progress (
    customer_id uuid not null,
    month date not null check (extract(day from month) = 1),
    amount_yen bigint not null,
    purchases integer not null,
    points_earned bigint not null,
    primary key (customer_id, month)
) with (fillfactor = 80);
comment on column ranks.progress.month is 'First day of the month in which the purchases occurred, in the programme''s zone.';

grant select, insert, update on ranks.progress to enishi_app;
