-- Questions about one customer whose tables grow with all of them.

create index gives_of_customer on benefits.gives (customer_id, given_at);
create index conflicts_of_customers on customers.conflicts (customer_id, other_customer_id);
create index waits_offered on reservations.waits (booking_id) where booking_id is not null;
