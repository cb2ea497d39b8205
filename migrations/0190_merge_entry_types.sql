-- Two customers become one, and two again. A new value of an enum can only be used after its transaction, so what uses
-- these comes in a migration of its own.

alter type ledger.entry_type add value 'merge_out';
alter type ledger.entry_type add value 'merge_in';
