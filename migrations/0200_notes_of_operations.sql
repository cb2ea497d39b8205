-- The note that colleagues leave with an adjustment or a reinstatement stays with what was done.

alter table ledger.operations add column note text not null default '';
comment on column ledger.operations.note is 'For colleagues: why, besides the reason. Members never see it.';

update ledger.operations as done
set note = asked.note
from ledger.adjustment_requests as asked
where done.external_id = asked.external_id and done.source = asked.source and asked.note <> '';
