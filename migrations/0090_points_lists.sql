-- The lists of head office: requests as they were decided, and what terminals spent offline by day.

create index adjustment_requests_decided on ledger.adjustment_requests (decided_at desc, request_id desc)
where state <> 'waiting';
create index adjustment_requests_waiting_of_customer on ledger.adjustment_requests (customer_id) where state = 'waiting';
create index offline_terminals_by_day on ledger.offline_terminals (on_day desc, store, terminal);
