-- Messages waiting to be sent. Whom they go to and what they say is sealed.

create schema messaging;
grant usage on schema messaging to enishi_app;

create table messaging.messages (
    message_id uuid primary key,
    channel text not null check (channel in ('sms', 'email')),
    purpose text not null check (purpose <> ''),
    sealed bytea not null,
    queued_at timestamptz not null,
    useful_until timestamptz not null check (useful_until > queued_at)
);
comment on column messaging.messages.sealed is 'JSON of recipient and text, sealed under the installation''s key for messages.';
comment on column messaging.messages.useful_until is 'After this instant the message is not worth sending, and is removed.';
create index messages_queued on messaging.messages (queued_at);

grant select, insert, delete on messaging.messages to enishi_app;
