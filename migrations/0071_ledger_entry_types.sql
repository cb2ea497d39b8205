-- Why points move, beyond earning and spending. A new value of an enum can only be used after its transaction, so what
-- uses these comes in a migration of its own.

alter type ledger.entry_type add value 'take_back';
alter type ledger.entry_type add value 'give_back';
alter type ledger.entry_type add value 'expire';
alter type ledger.entry_type add value 'reinstate';
alter type ledger.entry_type add value 'hold';
alter type ledger.entry_type add value 'release';
alter type ledger.entry_type add value 'adjust';
alter type ledger.entry_type add value 'transfer_out';
alter type ledger.entry_type add value 'transfer_in';
