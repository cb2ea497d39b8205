-- The whole schema, as the migrations make it. Written by `python -m enishi.kit.database.schema_dump`;
-- tests/migrations compares it with what the migrations give.

CREATE SCHEMA access;

CREATE SCHEMA accounting;

CREATE SCHEMA audit;

CREATE SCHEMA benefits;

CREATE SCHEMA campaigns;

CREATE SCHEMA catalog;

CREATE SCHEMA connectors;

CREATE SCHEMA customers;

CREATE SCHEMA drafts;

CREATE SCHEMA ledger;

CREATE SCHEMA messaging;

CREATE SCHEMA outbox;

CREATE SCHEMA program;

CREATE SCHEMA purchases;

CREATE SCHEMA ranks;

CREATE SCHEMA referrals;

CREATE SCHEMA reservations;

CREATE TYPE ledger.entry_type AS ENUM (
    'earn',
    'spend',
    'take_back',
    'give_back',
    'expire',
    'reinstate',
    'hold',
    'release',
    'adjust',
    'transfer_out',
    'transfer_in',
    'merge_out',
    'merge_in'
);

CREATE FUNCTION accounting.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'the books are only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'books_are_append_only';
end
$$;

CREATE FUNCTION accounting.refuse_closed_walk() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select from accounting.closes where closes.walk = old.walk) then
        raise exception 'the books are only ever added to'
            using errcode = 'integrity_constraint_violation', constraint = 'books_are_append_only';
    end if;
    return old;
end
$$;

CREATE FUNCTION customers.refuse_changing_an_ended_identifier() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'an ended identifier stays as it ended'
        using errcode = 'integrity_constraint_violation', constraint = 'ended_identifiers_stay';
end
$$;

CREATE FUNCTION customers.refuse_changing_merges() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'merges are only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'merges_are_append_only';
end
$$;

CREATE FUNCTION ledger.assert_accounts_follow_journal() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
declare
    wrong record;
begin
    select changed.*, found.* into wrong
    from (
        select
            customer_id,
            before.seq as from_seq,
            after.seq as to_seq,
            after.balance - before.balance as moved
        from old_accounts as before
        full join new_accounts as after using (customer_id)
    ) as changed
    cross join lateral (
        select count(*) as entries, coalesce(sum(journal.points), 0) as points
        from ledger.journal
        where journal.customer_id = changed.customer_id
        and journal.seq > changed.from_seq and journal.seq <= changed.to_seq
    ) as found
    where (found.entries = changed.to_seq - changed.from_seq and found.points = changed.moved) is not true
    limit 1;
    if found then
        raise exception 'account % moved by % in % entries, its journal by % in %',
            wrong.customer_id, wrong.moved, wrong.to_seq - wrong.from_seq, wrong.points, wrong.entries
            using errcode = 'integrity_constraint_violation', constraint = 'account_follows_journal';
    end if;
    return null;
end
$$;

CREATE FUNCTION ledger.assert_journal_is_counted() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
begin
    if exists (
        select from new_entries
        left join ledger.accounts using (customer_id)
        where accounts.seq is null or new_entries.seq > accounts.seq
    ) then
        raise exception 'a journal entry is not counted by its account'
            using errcode = 'integrity_constraint_violation', constraint = 'journal_is_counted';
    end if;
    return null;
end
$$;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'the journal is only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'journal_is_append_only';
end
$$;

CREATE FUNCTION ledger.refuse_filled_account() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'an account starts at zero'
        using errcode = 'integrity_constraint_violation', constraint = 'account_starts_empty';
end
$$;

CREATE FUNCTION purchases.assert_receipt_is_nobodys() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_advisory_xact_lock(hashtextextended(new.purchase_id::text, 0));
    if exists (select from purchases.claims where claims.purchase_id = new.purchase_id) then
        raise exception 'receipt % was claimed while goods of it came back', new.purchase_id
            using errcode = 'unique_violation', constraint = 'returned_as_nobodys';
    end if;
    return new;
end
$$;

CREATE FUNCTION purchases.net_of_tax(lines json, tax_mode text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    select coalesce(sum(
        case tax_mode when 'included' then gross - gross * rate / (100 + rate) else gross end
    ), 0)::bigint
    from (
        select
            (line ->> 3)::bigint as rate,
            sum(
                coalesce((line ->> 6)::bigint, (line ->> 1)::bigint * (line ->> 2)::bigint) - (line ->> 4)::bigint
            )::bigint as gross
        from json_array_elements(lines) as line
        group by 1
    ) as by_rate
$$;

CREATE FUNCTION ranks.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'the history of ranks is only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'changes_are_append_only';
end
$$;

CREATE FUNCTION reservations.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'this is only ever added to'
        using errcode = 'integrity_constraint_violation', constraint = 'reservations_are_append_only';
end
$$;

CREATE TABLE access.api_keys (
    key_id text NOT NULL,
    name text NOT NULL,
    secret_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    store_codes text[],
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_keys_name_check CHECK ((name <> ''::text)),
    CONSTRAINT api_keys_scopes_check CHECK ((cardinality(scopes) > 0)),
    CONSTRAINT api_keys_secret_hash_check CHECK ((octet_length(secret_hash) = 32)),
    CONSTRAINT api_keys_store_codes_check CHECK (((store_codes IS NULL) OR (cardinality(store_codes) > 0)))
);

COMMENT ON COLUMN access.api_keys.secret_hash IS 'SHA-256. A secret has 256 random bits, so a slow hash would add nothing but time on the path of every purchase.';

COMMENT ON COLUMN access.api_keys.last_used_at IS 'Noted now and then by whoever served the key, not at each call.';

CREATE TABLE access.login_tries (
    login_lookup bytea NOT NULL,
    failures smallint NOT NULL,
    last_failed_at timestamp with time zone,
    locked_until timestamp with time zone,
    CONSTRAINT login_tries_failures_check CHECK ((failures >= 0)),
    CONSTRAINT login_tries_login_lookup_check CHECK ((octet_length(login_lookup) = 32))
);

COMMENT ON TABLE access.login_tries IS 'Failed log-ins by blind index of the login as typed, whether or not such an operator exists: the answer tells nothing.';

CREATE TABLE access.member_codes (
    code_id uuid NOT NULL,
    contact_lookup bytea NOT NULL,
    customer_id uuid,
    address_lookup bytea NOT NULL,
    code_hash bytea NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT member_codes_address_lookup_check CHECK ((octet_length(address_lookup) = 32)),
    CONSTRAINT member_codes_code_hash_check CHECK ((octet_length(code_hash) = 32)),
    CONSTRAINT member_codes_contact_lookup_check CHECK ((octet_length(contact_lookup) = 32)),
    CONSTRAINT member_codes_tries_check CHECK ((tries >= 0))
);

COMMENT ON COLUMN access.member_codes.contact_lookup IS 'Blind index of the phone number or e-mail address that was typed.';

COMMENT ON COLUMN access.member_codes.customer_id IS 'Null when nobody has this contact: the request counts against the limits all the same, and no code opens anything.';

COMMENT ON COLUMN access.member_codes.code_hash IS 'HMAC-SHA-256 of the code and its row under a key of the installation.';

CREATE TABLE access.member_guesses (
    customer_id uuid NOT NULL,
    what text NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    CONSTRAINT member_guesses_what_check CHECK ((what ~ '^[a-z_]{1,40}$'::text))
);

COMMENT ON TABLE access.member_guesses IS 'Tries of members that came to nothing, kept for a day; what was tried is not kept.';

CREATE TABLE access.member_sessions (
    token_hash bytea NOT NULL,
    customer_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT member_sessions_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

CREATE TABLE access.operator_sessions (
    token_hash bytea NOT NULL,
    operator_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT operator_sessions_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

COMMENT ON COLUMN access.operator_sessions.token_hash IS 'SHA-256 of the token; the token itself is only in the browser.';

CREATE TABLE access.operators (
    operator_id uuid NOT NULL,
    login text NOT NULL,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    locale text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT operators_locale_check CHECK ((locale = ANY (ARRAY['ja'::text, 'en'::text]))),
    CONSTRAINT operators_login_check CHECK (((login = lower(login)) AND (login <> ''::text)))
);

COMMENT ON COLUMN access.operators.password_hash IS 'argon2id, with its parameters and salt.';

COMMENT ON COLUMN access.operators.disabled_at IS 'From this instant the operator can not log in and open sessions end.';

CREATE TABLE access.role_grants (
    operator_id uuid NOT NULL,
    role text NOT NULL,
    store_codes text[],
    granted_at timestamp with time zone NOT NULL,
    CONSTRAINT role_grants_store_codes_check CHECK (((store_codes IS NULL) OR (cardinality(store_codes) > 0)))
);

COMMENT ON COLUMN access.role_grants.store_codes IS 'The stores for which the role is held; null is all of them.';

CREATE TABLE access.roles (
    role text NOT NULL,
    name_ja text NOT NULL,
    name_en text NOT NULL,
    permissions text[] NOT NULL,
    "position" smallint NOT NULL
);

COMMENT ON COLUMN access.roles."position" IS 'The order in which roles are shown, widest first.';

CREATE TABLE accounting.ahead (
    walk bigint NOT NULL,
    month date NOT NULL,
    cohort date NOT NULL,
    point_class text NOT NULL,
    movement text NOT NULL,
    issue_store text NOT NULL,
    at_store text NOT NULL,
    points bigint NOT NULL,
    CONSTRAINT ahead_movement_check CHECK ((movement = ANY (ARRAY['issued'::text, 'returned'::text, 'used'::text, 'expired'::text, 'adjusted'::text]))),
    CONSTRAINT ahead_point_class_check CHECK ((point_class = ANY (ARRAY['material'::text, 'other'::text])))
);

COMMENT ON TABLE accounting.ahead IS 'Of what a walk found new, that of months after the one it closed: of the days between its end and its close.';

CREATE TABLE accounting.closes (
    month date NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    closed_by text NOT NULL,
    settings_version integer NOT NULL,
    since date NOT NULL,
    estimates jsonb NOT NULL,
    kpis jsonb NOT NULL,
    walk bigint,
    settled boolean DEFAULT false NOT NULL,
    CONSTRAINT closes_check CHECK ((since <= month)),
    CONSTRAINT closes_closed_by_check CHECK ((closed_by <> ''::text)),
    CONSTRAINT closes_estimates_check CHECK ((jsonb_typeof(estimates) = 'array'::text)),
    CONSTRAINT closes_kpis_check CHECK ((jsonb_typeof(kpis) = 'object'::text)),
    CONSTRAINT closes_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);

COMMENT ON TABLE accounting.closes IS 'Months that are closed, without a gap. What they booked is in cohorts and movements.';

COMMENT ON COLUMN accounting.closes.closed_by IS 'As in audit.events.actor.';

COMMENT ON COLUMN accounting.closes.walk IS 'The walk whose figures it books; null for closes made before walks were kept.';

COMMENT ON COLUMN accounting.closes.settled IS 'Whether settlements holds who pays whom; closes made before it did are worked out from their movements.';

CREATE TABLE accounting.cohorts (
    month date NOT NULL,
    cohort date NOT NULL,
    point_class text NOT NULL,
    total jsonb NOT NULL,
    moved jsonb NOT NULL,
    late jsonb NOT NULL,
    sales_yen bigint NOT NULL,
    allocated_yen bigint NOT NULL,
    expected_points bigint NOT NULL,
    opening_yen bigint NOT NULL,
    issued_yen bigint NOT NULL,
    returned_yen bigint NOT NULL,
    used_yen bigint NOT NULL,
    expired_yen bigint NOT NULL,
    remeasured_yen bigint NOT NULL,
    closing_yen bigint NOT NULL,
    CONSTRAINT cohorts_point_class_check CHECK ((point_class = ANY (ARRAY['material'::text, 'other'::text]))),
    CONSTRAINT movements_close_the_liability CHECK ((closing_yen = (((((opening_yen + issued_yen) + returned_yen) + used_yen) + expired_yen) + remeasured_yen)))
);

COMMENT ON TABLE accounting.cohorts IS 'The movement table: one row a closed month for each month of issue and class of points.';

COMMENT ON COLUMN accounting.cohorts.total IS 'Points issued, returned, used, expired and adjusted since issue; moved: in this month; late: of those, what occurred in a month that was closed already.';

COMMENT ON COLUMN accounting.cohorts.sales_yen IS 'Sales of the cohort that this month booked, without tax and points.';

CREATE TABLE accounting.figure_definitions (
    figure text NOT NULL,
    "position" smallint NOT NULL,
    unit text NOT NULL,
    name_ja text NOT NULL,
    name_en text NOT NULL,
    definition_ja text NOT NULL,
    definition_en text NOT NULL,
    CONSTRAINT figure_definitions_definition_en_check CHECK ((definition_en <> ''::text)),
    CONSTRAINT figure_definitions_definition_ja_check CHECK ((definition_ja <> ''::text)),
    CONSTRAINT figure_definitions_figure_check CHECK ((figure ~ '^[a-z0-9_]{1,40}$'::text)),
    CONSTRAINT figure_definitions_name_en_check CHECK ((name_en <> ''::text)),
    CONSTRAINT figure_definitions_name_ja_check CHECK ((name_ja <> ''::text)),
    CONSTRAINT figure_definitions_unit_check CHECK ((unit = ANY (ARRAY['people'::text, 'receipts'::text, 'yen'::text, 'points'::text, 'percent'::text])))
);

COMMENT ON TABLE accounting.figure_definitions IS 'What the figures of a month say. A definition never changes: a figure that is worked out otherwise is another figure.';

CREATE TABLE accounting.figures (
    month date NOT NULL,
    figure text NOT NULL,
    value numeric(20,1) NOT NULL
);

COMMENT ON TABLE accounting.figures IS 'The key figures of closed months, as they were at the close.';

COMMENT ON COLUMN accounting.figures.value IS 'Percent with one digit, everything else whole.';

CREATE TABLE accounting.movements (
    month date NOT NULL,
    cohort date NOT NULL,
    point_class text NOT NULL,
    movement text NOT NULL,
    issue_store text NOT NULL,
    at_store text NOT NULL,
    points bigint NOT NULL,
    late_points bigint NOT NULL,
    CONSTRAINT movements_movement_check CHECK ((movement = ANY (ARRAY['issued'::text, 'returned'::text, 'used'::text, 'expired'::text, 'adjusted'::text]))),
    CONSTRAINT movements_point_class_check CHECK ((point_class = ANY (ARRAY['material'::text, 'other'::text])))
);

COMMENT ON TABLE accounting.movements IS 'What a closed month added to the books, by store: every month before it plus this one is all that was known then.';

COMMENT ON COLUMN accounting.movements.issue_store IS 'The store that issued the points; empty is head office.';

COMMENT ON COLUMN accounting.movements.at_store IS 'Of used points, the store that redeemed them; otherwise empty.';

CREATE TABLE accounting.positions (
    customer_id uuid NOT NULL,
    walk bigint NOT NULL,
    seq integer NOT NULL,
    standing json NOT NULL,
    uses json,
    uses_whole boolean NOT NULL,
    CONSTRAINT positions_seq_check CHECK ((seq > 0))
);

COMMENT ON TABLE accounting.positions IS 'An account as far as a walk followed it; written by the walks that found new entries. The newest one up to a walk holds.';

COMMENT ON COLUMN accounting.positions.seq IS 'The newest entry that is in it.';

COMMENT ON COLUMN accounting.positions.standing IS 'Points left by lot, on hold and owed, as [kind, last day, pieces], pieces and pieces; a piece is [month of issue, m (material right) or o (other grant), issuing store, points], first to go first.';

COMMENT ON COLUMN accounting.positions.uses IS 'Points used since the position before, for returns that give them back: [month, class, store, points, purchase, store where used]. uses_whole: all there are instead, because a return took from the middle.';

CREATE TABLE accounting.settlements (
    month date NOT NULL,
    debtor text NOT NULL,
    creditor text NOT NULL,
    debtor_points bigint NOT NULL,
    creditor_points bigint NOT NULL,
    debtor_yen bigint NOT NULL,
    creditor_yen bigint NOT NULL,
    CONSTRAINT settlements_check CHECK ((creditor <> debtor)),
    CONSTRAINT settlements_check1 CHECK ((creditor_yen <= debtor_yen))
);

COMMENT ON TABLE accounting.settlements IS 'What two stores owe each other for a month: the debtor pays debtor_yen less creditor_yen. Empty is head office.';

COMMENT ON COLUMN accounting.settlements.debtor_points IS 'Issued by the debtor and used at the creditor; creditor_points the other way round.';

CREATE TABLE accounting.sold (
    walk bigint NOT NULL,
    cohort date NOT NULL,
    sales_yen bigint NOT NULL
);

COMMENT ON TABLE accounting.sold IS 'The sales that came with the material rights a walk found new, by month of issue.';

CREATE TABLE accounting.versions (
    version integer NOT NULL,
    from_month date NOT NULL,
    published_at timestamp with time zone NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    settings jsonb NOT NULL,
    CONSTRAINT versions_author_check CHECK ((author <> ''::text)),
    CONSTRAINT versions_from_month_check CHECK ((EXTRACT(day FROM from_month) = (1)::numeric)),
    CONSTRAINT versions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT versions_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT versions_version_check CHECK ((version > 0))
);

COMMENT ON TABLE accounting.versions IS 'For a month holds the row with the latest from_month not after it; of several, the highest version.';

COMMENT ON COLUMN accounting.versions.settings IS 'enishi.accounting.AccountingSettings as JSON. Never changed: a correction is another version.';

CREATE SEQUENCE accounting.walk_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE accounting.walked (
    walk bigint NOT NULL,
    month date NOT NULL,
    cohort date NOT NULL,
    point_class text NOT NULL,
    movement text NOT NULL,
    points bigint NOT NULL,
    CONSTRAINT walked_movement_check CHECK ((movement = ANY (ARRAY['issued'::text, 'returned'::text, 'used'::text, 'expired'::text, 'adjusted'::text]))),
    CONSTRAINT walked_point_class_check CHECK ((point_class = ANY (ARRAY['material'::text, 'other'::text])))
);

COMMENT ON TABLE accounting.walked IS 'What a walk found new, by the month it truly belongs to, whichever month books it. The estimate learns from it.';

CREATE TABLE accounting.walks (
    walk bigint NOT NULL,
    month date NOT NULL,
    newest_at timestamp with time zone NOT NULL,
    accounts bigint NOT NULL,
    entries bigint NOT NULL,
    balance bigint NOT NULL,
    CONSTRAINT walks_accounts_check CHECK ((accounts >= 0)),
    CONSTRAINT walks_entries_check CHECK ((entries >= 0)),
    CONSTRAINT walks_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);

COMMENT ON TABLE accounting.walks IS 'A reading of the journal for the close of a month. One that no close names was cut off, and is forgotten.';

COMMENT ON COLUMN accounting.walks.newest_at IS 'When the newest entry that this walk or one before it has seen was recorded: an instant since then can begin here.';

COMMENT ON COLUMN accounting.walks.balance IS 'Of all accounts together, with accounts and entries: what was seen so far.';

CREATE TABLE audit.events (
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    detail jsonb NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT events_action_check CHECK ((action <> ''::text)),
    CONSTRAINT events_actor_check CHECK ((actor <> ''::text)),
    CONSTRAINT events_detail_check CHECK ((jsonb_typeof(detail) = 'object'::text)),
    CONSTRAINT events_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT events_previous_hash_check CHECK ((octet_length(previous_hash) = 32)),
    CONSTRAINT events_seq_check CHECK ((seq > 0))
);

COMMENT ON COLUMN audit.events.seq IS 'Numbered from 1 without a gap, so that a removed event leaves a hole.';

COMMENT ON COLUMN audit.events.actor IS 'operator:<id>, member:<customer id>, key:<id>, login:<start of a blind index>, visitor or system.';

COMMENT ON COLUMN audit.events.target IS 'What was acted on, as kind:<id>; empty when nothing in particular was.';

COMMENT ON COLUMN audit.events.detail IS 'Facts without personal data: kinds, counts, reasons; never a name, number or address.';

COMMENT ON COLUMN audit.events.hash IS 'SHA-256 of the previous hash and this row in canonical form (enishi.audit.rules); the first follows 32 zero bytes.';

CREATE TABLE benefits.draft (
    only_one boolean DEFAULT true NOT NULL,
    settings jsonb NOT NULL,
    based_on integer NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    CONSTRAINT draft_based_on_check CHECK ((based_on >= 0)),
    CONSTRAINT draft_only_one_check CHECK (only_one),
    CONSTRAINT draft_saved_by_check CHECK ((saved_by <> ''::text)),
    CONSTRAINT draft_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text))
);

COMMENT ON TABLE benefits.draft IS 'The settings that head office works on; gone once they are published or given up.';

CREATE TABLE benefits.gives (
    give_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    customer_id uuid NOT NULL,
    benefit text NOT NULL,
    slot text NOT NULL,
    number smallint NOT NULL,
    times smallint NOT NULL,
    version integer NOT NULL,
    tier text NOT NULL,
    store text NOT NULL,
    channel text NOT NULL,
    terminal text NOT NULL,
    given_by text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    fingerprint bytea NOT NULL,
    undone_at timestamp with time zone,
    undone_by text,
    undo_reason text,
    CONSTRAINT gives_benefit_check CHECK ((benefit <> ''::text)),
    CONSTRAINT gives_check CHECK ((number <= times)),
    CONSTRAINT gives_check1 CHECK ((((undone_at IS NULL) = (undone_by IS NULL)) AND ((undone_at IS NULL) = (undo_reason IS NULL)))),
    CONSTRAINT gives_given_by_check CHECK ((given_by <> ''::text)),
    CONSTRAINT gives_number_check CHECK ((number > 0)),
    CONSTRAINT gives_slot_check CHECK ((slot <> ''::text))
);

COMMENT ON TABLE benefits.gives IS 'Benefits that were handed over, by whom, when and where. A mark may be taken back, never removed.';

COMMENT ON COLUMN benefits.gives.slot IS 'The period in which the limit counts: ever, a day, a month, a visit (day@store), or grant:<id> for a reward.';

COMMENT ON COLUMN benefits.gives.number IS 'The how-manieth of its slot. Unique among those not taken back, so that of two tablets at once one is refused.';

COMMENT ON COLUMN benefits.gives.times IS 'How often it could be given in the slot, by the version in force.';

COMMENT ON COLUMN benefits.gives.tier IS 'The code of the rank that was held; empty without a ladder.';

CREATE TABLE benefits.grants (
    grant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    benefit text NOT NULL,
    source text NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    valid_until date,
    CONSTRAINT grants_benefit_check CHECK ((benefit <> ''::text)),
    CONSTRAINT grants_source_check CHECK ((source <> ''::text))
);

COMMENT ON TABLE benefits.grants IS 'Benefits granted to one customer, as the reward of a change of rank. Each can be given once.';

COMMENT ON COLUMN benefits.grants.source IS 'What granted it, such as the change of rank: it grants once.';

CREATE TABLE benefits.merged (
    customer_id uuid NOT NULL,
    survivor_id uuid NOT NULL
);

COMMENT ON TABLE benefits.merged IS 'Whose gives and grants count for whom, while a customer is merged into another.';

CREATE TABLE benefits.versions (
    version integer NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    settings jsonb NOT NULL,
    CONSTRAINT takes_effect_after_publication CHECK ((effective_at >= published_at)),
    CONSTRAINT versions_author_check CHECK ((author <> ''::text)),
    CONSTRAINT versions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT versions_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT versions_version_check CHECK ((version > 0))
);

COMMENT ON TABLE benefits.versions IS 'In force at an instant is the row with the latest effective_at not after it; of several, the highest version.';

COMMENT ON COLUMN benefits.versions.settings IS 'enishi.benefits.BenefitSettings as JSON. Never changed: a correction is another version.';

CREATE TABLE campaigns.budgets (
    campaign_id uuid NOT NULL,
    store text NOT NULL,
    shard smallint NOT NULL,
    points_left bigint NOT NULL,
    CONSTRAINT budgets_shard_check CHECK ((shard >= 0))
)
WITH (fillfactor='50');

COMMENT ON TABLE campaigns.budgets IS 'What is left of budgets, in shards, so that receipts of one campaign need not wait for each other. The shards of a budget add up to what was granted less what its claims took.';

COMMENT ON COLUMN campaigns.budgets.store IS 'The store whose budget it is; empty is the budget of the whole campaign.';

COMMENT ON COLUMN campaigns.budgets.points_left IS 'Negative only where a budget was lowered below what had been given; then it is the only shard that has anything.';

CREATE TABLE campaigns.campaigns (
    campaign_id uuid NOT NULL,
    code text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT campaigns_code_check CHECK ((code ~ '^[a-z0-9][a-z0-9-]*$'::text))
);

CREATE TABLE campaigns.changes (
    change_id bigint NOT NULL,
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    action text NOT NULL,
    at timestamp with time zone NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    diff jsonb NOT NULL,
    CONSTRAINT changes_action_check CHECK ((action = ANY (ARRAY['create'::text, 'edit'::text, 'submit'::text, 'withdraw'::text, 'approve'::text, 'reject'::text, 'pause'::text, 'resume'::text, 'end'::text]))),
    CONSTRAINT changes_author_check CHECK ((author <> ''::text)),
    CONSTRAINT changes_change_id_check CHECK ((change_id > 0)),
    CONSTRAINT changes_diff_check CHECK ((jsonb_typeof(diff) = 'array'::text)),
    CONSTRAINT changes_reason_check CHECK ((reason <> ''::text))
);

COMMENT ON TABLE campaigns.changes IS 'The log of all campaigns. What is draft, in review, live, paused or ended at any instant follows from it alone.';

COMMENT ON COLUMN campaigns.changes.change_id IS 'Ascends by one over all campaigns, in the order of commits: its maximum tells whether a copy is stale.';

COMMENT ON COLUMN campaigns.changes.at IS 'When it takes effect, to the second and below.';

CREATE TABLE campaigns.claims (
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    customer_id uuid NOT NULL,
    purchase_id uuid,
    store text NOT NULL,
    reason text NOT NULL,
    period text NOT NULL,
    points integer NOT NULL,
    times smallint NOT NULL,
    from_budget boolean NOT NULL,
    from_store_budget boolean NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT claims_check CHECK (((reason = ANY (ARRAY['welcome'::text, 'merge'::text])) = (purchase_id IS NULL))),
    CONSTRAINT claims_check1 CHECK (((reason = 'merge'::text) OR ((reason = 'return'::text) = (points < 0)))),
    CONSTRAINT claims_reason_check CHECK ((reason = ANY (ARRAY['award'::text, 'return'::text, 'welcome'::text, 'merge'::text])))
);

COMMENT ON TABLE campaigns.claims IS 'What campaigns gave, and what returned goods gave back to their budgets and to the ceilings of members.';

COMMENT ON COLUMN campaigns.claims.reason IS 'merge moves what counts towards ceilings from one member to another; both rows together are nothing.';

COMMENT ON COLUMN campaigns.claims.period IS 'The period of the programme''s calendar in which it counts against the member''s ceiling; empty is all time.';

COMMENT ON COLUMN campaigns.claims.times IS '1 for an award, -1 for the return that took all of it back, else 0.';

CREATE TABLE campaigns.grants (
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    store text NOT NULL,
    points bigint NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    CONSTRAINT grants_points_check CHECK ((points >= 0))
);

COMMENT ON TABLE campaigns.grants IS 'The budgets of each approved version; the latest version''s are what may be given.';

CREATE TABLE campaigns.segment_members (
    segment text NOT NULL,
    customer_id uuid NOT NULL
);

COMMENT ON TABLE campaigns.segment_members IS 'Who is in a segment now, as far as campaigns ask for segments.';

CREATE TABLE campaigns.versions (
    campaign_id uuid NOT NULL,
    version integer NOT NULL,
    rules jsonb NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT versions_author_check CHECK ((author <> ''::text)),
    CONSTRAINT versions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT versions_rules_check CHECK ((jsonb_typeof(rules) = 'object'::text)),
    CONSTRAINT versions_version_check CHECK ((version > 0))
);

COMMENT ON COLUMN campaigns.versions.rules IS 'enishi.campaigns.CampaignRules as JSON. Never changed: each edit is another version.';

COMMENT ON COLUMN campaigns.versions.author IS 'operator:<id> or system, as in audit.events.actor.';

CREATE TABLE campaigns.weather (
    store text NOT NULL,
    day date NOT NULL,
    hour smallint NOT NULL,
    flag text NOT NULL,
    CONSTRAINT weather_flag_check CHECK ((flag <> ''::text)),
    CONSTRAINT weather_hour_check CHECK (((hour >= '-1'::integer) AND (hour <= 23)))
);

COMMENT ON TABLE campaigns.weather IS 'The weather as flags such as rain or heat: of a store, or of all of them where the store is empty.';

COMMENT ON COLUMN campaigns.weather.hour IS 'The hour of the programme''s zone; -1 is the whole day.';

CREATE TABLE catalog.stores (
    code text NOT NULL,
    name text NOT NULL,
    zone text DEFAULT 'Asia/Tokyo'::text NOT NULL,
    invented boolean DEFAULT false NOT NULL,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON COLUMN catalog.stores.invented IS 'Made up for the demo; said so wherever it is shown.';

CREATE TABLE connectors.replays (
    name text NOT NULL,
    shift_days integer NOT NULL,
    chosen_at timestamp with time zone NOT NULL
);

COMMENT ON COLUMN connectors.replays.shift_days IS 'By how many days the dates of the data set were moved; chosen once, since receipts can not change afterwards.';

CREATE TABLE connectors.runs (
    run_key bytea NOT NULL,
    kind text NOT NULL,
    label text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    "position" bigint DEFAULT 0 NOT NULL,
    rejects_bytes bigint DEFAULT 0 NOT NULL,
    recorded bigint DEFAULT 0 NOT NULL,
    repeated bigint DEFAULT 0 NOT NULL,
    refused bigint DEFAULT 0 NOT NULL,
    CONSTRAINT runs_kind_check CHECK ((kind = ANY (ARRAY['replay'::text, 'import'::text]))),
    CONSTRAINT runs_position_check CHECK (("position" >= 0)),
    CONSTRAINT runs_recorded_check CHECK ((recorded >= 0)),
    CONSTRAINT runs_refused_check CHECK ((refused >= 0)),
    CONSTRAINT runs_rejects_bytes_check CHECK ((rejects_bytes >= 0)),
    CONSTRAINT runs_repeated_check CHECK ((repeated >= 0))
);

COMMENT ON COLUMN connectors.runs.run_key IS 'Digest of what is run over and how: the same data under the same settings is the same run.';

COMMENT ON COLUMN connectors.runs."position" IS 'Receipts from the beginning whose outcome is on disk; those after it may be, and are sent again.';

COMMENT ON COLUMN connectors.runs.rejects_bytes IS 'Length of the rejects file that belongs to position.';

CREATE TABLE customers.card_issues (
    lookup bytea NOT NULL,
    customer_id uuid NOT NULL,
    replaces bytea,
    request_key text,
    issued_at timestamp with time zone NOT NULL,
    CONSTRAINT card_issues_request_key_check CHECK (((length(request_key) >= 1) AND (length(request_key) <= 128)))
);

COMMENT ON TABLE customers.card_issues IS 'The cards whose numbers are our own. A card is replaced once at most: whoever asks again gets the card that took its place.';

COMMENT ON COLUMN customers.card_issues.replaces IS 'The ended card in whose place this one was issued; null for a further card.';

COMMENT ON COLUMN customers.card_issues.request_key IS 'What the caller named the request, so that its repeat is answered with the same card.';

CREATE TABLE customers.conflicts (
    conflict_id uuid NOT NULL,
    purchase_source text NOT NULL,
    purchase_external_id text NOT NULL,
    customer_id uuid NOT NULL,
    other_customer_id uuid NOT NULL,
    kind text NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE customers.conflicts IS 'A receipt named two customers: the stronger identifier decided and the other stays where it was, for a person to review.';

CREATE TABLE customers.customers (
    customer_id uuid NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    bucket smallint NOT NULL,
    wrapped_key bytea,
    profile bytea,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    merged_into uuid,
    CONSTRAINT customers_bucket_check CHECK (((bucket >= 0) AND (bucket <= 9999))),
    CONSTRAINT nobody_is_merged_into_themselves CHECK ((merged_into <> customer_id))
);

COMMENT ON COLUMN customers.customers.bucket IS 'Fixed and random: sampled previews and control groups are drawn from it.';

COMMENT ON COLUMN customers.customers.wrapped_key IS 'The data key of this customer, wrapped by the master key. Null after erasure: nothing sealed under it can be read again.';

COMMENT ON COLUMN customers.customers.profile IS 'JSON sealed with AES-256-GCM under the data key.';

COMMENT ON COLUMN customers.customers.merged_into IS 'The customer who goes on in this one''s place; null for who stands for themselves. The ID stays and leads there.';

CREATE TABLE customers.identifiers (
    lookup bytea NOT NULL,
    kind text NOT NULL,
    customer_id uuid NOT NULL,
    sealed bytea NOT NULL,
    linked_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_reason text,
    merged_from uuid,
    CONSTRAINT identifiers_ended CHECK ((((ended_at IS NULL) AND (ended_reason IS NULL)) OR ((ended_at IS NOT NULL) AND (ended_reason = ANY (ARRAY['lost'::text, 'stolen'::text, 'damaged'::text, 'replaced'::text, 'withdrawn'::text]))))),
    CONSTRAINT identifiers_lookup_check CHECK ((octet_length(lookup) = 32))
);

COMMENT ON COLUMN customers.identifiers.lookup IS 'Blind index: HMAC-SHA-256 of kind and normalised value. The value itself is in sealed, under the customer''s key.';

COMMENT ON COLUMN customers.identifiers.ended_at IS 'From this instant the identifier names nobody. It is never linked, issued or brought back again.';

COMMENT ON COLUMN customers.identifiers.merged_from IS 'The customer who held the identifier first, where a merge has brought it to another.';

CREATE TABLE customers.key_check (
    singleton boolean DEFAULT true NOT NULL,
    value bytea NOT NULL,
    CONSTRAINT key_check_singleton_check CHECK (singleton)
);

COMMENT ON TABLE customers.key_check IS 'A keyed digest of a constant: tells a wrong master key at start, before anything is written under it.';

CREATE TABLE customers.merges (
    merge_id uuid NOT NULL,
    action text NOT NULL,
    undoes uuid,
    survivor_id uuid NOT NULL,
    absorbed_id uuid NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    request_key text,
    fingerprint bytea NOT NULL,
    moved json NOT NULL,
    answer json NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT merges_action_check CHECK ((action = ANY (ARRAY['merge'::text, 'undo'::text]))),
    CONSTRAINT merges_actor_check CHECK ((actor <> ''::text)),
    CONSTRAINT merges_check CHECK (((action = 'undo'::text) = (undoes IS NOT NULL))),
    CONSTRAINT merges_check1 CHECK ((survivor_id <> absorbed_id)),
    CONSTRAINT merges_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT merges_request_key_check CHECK (((length(request_key) >= 1) AND (length(request_key) <= 128)))
);

COMMENT ON TABLE customers.merges IS 'Every merge and every undo, only added to.';

COMMENT ON COLUMN customers.merges.moved IS 'Of a merge, what its undo must know: identifiers, how both stood, and what went along. Blind indexes, never values.';

CREATE TABLE drafts.backtests (
    backtest_id bigint NOT NULL,
    draft_id integer NOT NULL,
    revision integer NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    since timestamp with time zone,
    state text DEFAULT 'queued'::text NOT NULL,
    runner uuid,
    heartbeat_at timestamp with time zone,
    attempts smallint DEFAULT 0 NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    history_until timestamp with time zone,
    rules_hash bytea,
    receipts_done bigint DEFAULT 0 NOT NULL,
    receipts_total bigint,
    error_code text,
    error_detail text,
    result json,
    CONSTRAINT backtests_check CHECK (((state = 'done'::text) = (result IS NOT NULL))),
    CONSTRAINT backtests_check1 CHECK (((state = 'failed'::text) = (error_code IS NOT NULL))),
    CONSTRAINT backtests_check2 CHECK (((state <> 'running'::text) OR ((runner IS NOT NULL) AND (heartbeat_at IS NOT NULL)))),
    CONSTRAINT backtests_check3 CHECK (((state = ANY (ARRAY['done'::text, 'failed'::text, 'cancelled'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT backtests_requested_by_check CHECK ((requested_by <> ''::text)),
    CONSTRAINT backtests_rules_hash_check CHECK ((octet_length(rules_hash) = 32)),
    CONSTRAINT backtests_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

COMMENT ON COLUMN drafts.backtests.since IS 'From when on figures are counted; null is from the first receipt.';

COMMENT ON COLUMN drafts.backtests.runner IS 'The process that works on it. It writes only while it is named here.';

COMMENT ON COLUMN drafts.backtests.heartbeat_at IS 'When that process was last heard of, by the clock of the database. Silence hands the work to another process.';

COMMENT ON COLUMN drafts.backtests.history_until IS 'Receipts that occurred before this instant were replayed; kept over attempts, so that each gives the same.';

COMMENT ON COLUMN drafts.backtests.rules_hash IS 'SHA-256 of the rules of the day that the document was held against.';

COMMENT ON COLUMN drafts.backtests.result IS 'enishi.flows.Backtest as JSON, by the version of Enishi that wrote it.';

ALTER TABLE drafts.backtests ALTER COLUMN backtest_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME drafts.backtests_backtest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE drafts.changes (
    change_id bigint NOT NULL,
    draft_id integer NOT NULL,
    revision integer NOT NULL,
    action text NOT NULL,
    at timestamp with time zone NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    diff jsonb NOT NULL,
    accepted text[] DEFAULT '{}'::text[] NOT NULL,
    basis json,
    CONSTRAINT changes_action_check CHECK ((action = ANY (ARRAY['create'::text, 'edit'::text, 'submit'::text, 'withdraw'::text, 'send_back'::text, 'approve'::text, 'discard'::text]))),
    CONSTRAINT changes_author_check CHECK ((author <> ''::text)),
    CONSTRAINT changes_change_id_check CHECK ((change_id > 0)),
    CONSTRAINT changes_check CHECK (((action = ANY (ARRAY['submit'::text, 'approve'::text])) = (basis IS NOT NULL))),
    CONSTRAINT changes_diff_check CHECK ((jsonb_typeof(diff) = 'array'::text)),
    CONSTRAINT changes_reason_check CHECK ((reason <> ''::text))
);

COMMENT ON TABLE drafts.changes IS 'The log of all drafts. Whether a draft is being written, in review, applied or discarded follows from it alone.';

COMMENT ON COLUMN drafts.changes.change_id IS 'Ascends by one over all drafts, in the order of commits.';

COMMENT ON COLUMN drafts.changes.diff IS 'What an edit changed of the revision before.';

COMMENT ON COLUMN drafts.changes.accepted IS 'The dangers that were accepted by their codes, by who submitted or approved.';

COMMENT ON COLUMN drafts.changes.basis IS 'What the document would change of what was in force, as seen when it was submitted; an approval does that or nothing.';

CREATE TABLE drafts.drafts (
    draft_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT drafts_draft_id_check CHECK ((draft_id > 0))
);

CREATE TABLE drafts.revisions (
    draft_id integer NOT NULL,
    revision integer NOT NULL,
    title text NOT NULL,
    document json NOT NULL,
    document_hash bytea NOT NULL,
    effective_at timestamp with time zone,
    author text NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT revisions_author_check CHECK ((author <> ''::text)),
    CONSTRAINT revisions_document_check CHECK ((json_typeof(document) = 'object'::text)),
    CONSTRAINT revisions_document_hash_check CHECK ((octet_length(document_hash) = 32)),
    CONSTRAINT revisions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT revisions_revision_check CHECK ((revision > 0)),
    CONSTRAINT revisions_title_check CHECK ((title <> ''::text))
);

COMMENT ON COLUMN drafts.revisions.document IS 'enishi.configuration.Configuration as JSON, kept as it was written. Never changed: each edit is another revision.';

COMMENT ON COLUMN drafts.revisions.document_hash IS 'SHA-256 of the document with its fields in order: two revisions of one hash ask for the same.';

COMMENT ON COLUMN drafts.revisions.effective_at IS 'When programme and ladder take effect; null is at the approval.';

COMMENT ON COLUMN drafts.revisions.author IS 'operator:<id>, as in audit.events.actor.';

CREATE TABLE ledger.accounts (
    customer_id uuid NOT NULL,
    seq integer DEFAULT 0 NOT NULL,
    balance bigint DEFAULT 0 NOT NULL,
    lots jsonb DEFAULT '[]'::jsonb NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    frozen_at timestamp with time zone,
    merged_into uuid,
    CONSTRAINT accounts_seq_check CHECK ((seq >= 0)),
    CONSTRAINT lots_are_not_negative CHECK ((NOT jsonb_path_exists(lots, '$[*][2]?(@ <= 0)'::jsonpath)))
)
WITH (fillfactor='70');

COMMENT ON TABLE ledger.accounts IS 'One row a customer: what is locked, read and written when points move. Where the lots add up to more than the balance, the difference is owed: points of returned goods that had been spent. What comes in is set against it first.';

COMMENT ON COLUMN ledger.accounts.seq IS 'The newest journal entry of this account; entries are numbered from 1 without a gap.';

COMMENT ON COLUMN ledger.accounts.balance IS 'Sum of the lots, expired ones included until they are swept.';

COMMENT ON COLUMN ledger.accounts.lots IS 'Arrays [kind, last valid day, points], soonest to expire first; kind r = regular, l = limited. No empty lots.';

COMMENT ON COLUMN ledger.accounts.frozen_at IS 'Since when the account is under suspicion: points may come in, and none may go out. Null: it is not.';

COMMENT ON COLUMN ledger.accounts.merged_into IS 'Whose account goes on in this one''s place. Read with the lock, so that whoever waited for a merge notices it.';

CREATE TABLE ledger.adjusted_days (
    actor text NOT NULL,
    day date NOT NULL,
    points bigint NOT NULL,
    CONSTRAINT adjusted_days_points_check CHECK ((points >= 0))
);

COMMENT ON TABLE ledger.adjusted_days IS 'Points that somebody has adjusted in a day, without their signs, those waiting or refused included. Locked while an adjustment is decided, so that two at once can not both fit under the limit.';

CREATE TABLE ledger.adjustment_limits (
    role text NOT NULL,
    points_each integer NOT NULL,
    points_a_day integer NOT NULL,
    alone_up_to integer NOT NULL,
    CONSTRAINT adjustment_limits_check CHECK (((alone_up_to >= 0) AND (alone_up_to <= points_each))),
    CONSTRAINT adjustment_limits_points_a_day_check CHECK ((points_a_day > 0)),
    CONSTRAINT adjustment_limits_points_each_check CHECK ((points_each > 0)),
    CONSTRAINT adjustment_limits_role_check CHECK ((role <> ''::text))
);

COMMENT ON TABLE ledger.adjustment_limits IS 'How many points, of either sign, a role may adjust at once and in a day of the programme''s zone. A role that is not here may adjust none; of several roles the widest counts. Role api is that of every API key.';

COMMENT ON COLUMN ledger.adjustment_limits.alone_up_to IS 'Above this another operator has to approve.';

CREATE TABLE ledger.adjustment_requests (
    request_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    customer_id uuid NOT NULL,
    points integer NOT NULL,
    kind text NOT NULL,
    expires_on date,
    reason text NOT NULL,
    note text NOT NULL,
    store text NOT NULL,
    allow_owing boolean NOT NULL,
    fingerprint bytea NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    decision_note text,
    CONSTRAINT adjustment_requests_check CHECK (((state = 'waiting'::text) = (decided_at IS NULL))),
    CONSTRAINT adjustment_requests_check1 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
    CONSTRAINT adjustment_requests_kind_check CHECK ((kind = ANY (ARRAY['r'::text, 'l'::text]))),
    CONSTRAINT adjustment_requests_points_check CHECK ((points <> 0)),
    CONSTRAINT adjustment_requests_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'refused'::text]))),
    CONSTRAINT decided_by_somebody_else CHECK ((decided_by <> requested_by))
);

COMMENT ON TABLE ledger.adjustment_requests IS 'Adjustments above what their author may do alone. Points move when somebody else approves, under the same key.';

CREATE TABLE ledger.families (
    member_id uuid NOT NULL,
    head_id uuid NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    CONSTRAINT families_check CHECK ((head_id <> member_id))
);

COMMENT ON TABLE ledger.families IS 'Whose points may be pooled with whom: a member''s points may be moved to the head of the family. A head is no member of another family.';

CREATE TABLE ledger.holds (
    hold_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    customer_id uuid NOT NULL,
    store text NOT NULL,
    points integer NOT NULL,
    lots json NOT NULL,
    fingerprint bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    captured_points integer,
    purchase_id uuid,
    settled_at timestamp with time zone,
    CONSTRAINT holds_check CHECK ((expires_at > created_at)),
    CONSTRAINT holds_check1 CHECK (((captured_points >= 0) AND (captured_points <= points))),
    CONSTRAINT holds_check2 CHECK (((state = 'open'::text) = (settled_at IS NULL))),
    CONSTRAINT holds_check3 CHECK (((state = 'captured'::text) = (captured_points IS NOT NULL))),
    CONSTRAINT holds_points_check CHECK ((points > 0)),
    CONSTRAINT holds_state_check CHECK ((state = ANY (ARRAY['open'::text, 'captured'::text, 'released'::text, 'lapsed'::text])))
);

COMMENT ON TABLE ledger.holds IS 'Points set aside for a checkout. They have left the lots; a release puts them back, a capture releases and spends.';

COMMENT ON COLUMN ledger.holds.lots IS 'The lots they came from, as in journal.lots, with positive points.';

CREATE TABLE ledger.journal (
    customer_id uuid NOT NULL,
    seq integer NOT NULL,
    entry_type ledger.entry_type NOT NULL,
    points integer NOT NULL,
    balance_after bigint NOT NULL,
    lots json NOT NULL,
    store text NOT NULL,
    purchase_id uuid,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    basis json,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT journal_seq_check CHECK ((seq > 0)),
    CONSTRAINT points_have_the_sign_of_their_type CHECK (
CASE
    WHEN (entry_type = ANY (ARRAY['earn'::ledger.entry_type, 'give_back'::ledger.entry_type, 'reinstate'::ledger.entry_type, 'release'::ledger.entry_type, 'transfer_in'::ledger.entry_type])) THEN (points > 0)
    WHEN (entry_type = ANY (ARRAY['spend'::ledger.entry_type, 'take_back'::ledger.entry_type, 'expire'::ledger.entry_type, 'hold'::ledger.entry_type, 'transfer_out'::ledger.entry_type])) THEN (points < 0)
    WHEN (entry_type = ANY (ARRAY['merge_out'::ledger.entry_type, 'merge_in'::ledger.entry_type])) THEN true
    ELSE (points <> 0)
END)
);

COMMENT ON TABLE ledger.journal IS 'Transfers between a member and the programme, both legs in one row: the member gets points, and the account named by entry_type and store gives them. ledger.postings shows the two legs.';

COMMENT ON COLUMN ledger.journal.lots IS 'Arrays [kind, last valid day, points moved]. They add up to points, but for what is owed: see ledger.accounts.';

COMMENT ON COLUMN ledger.journal.basis IS 'What the entry rests on. For an earning: programme version, inputs and arithmetic; for others see enishi.flows.bases.';

CREATE TABLE ledger.offline_terminals (
    store text NOT NULL,
    terminal text NOT NULL,
    on_day date NOT NULL,
    spent bigint DEFAULT 0 NOT NULL,
    CONSTRAINT offline_terminals_spent_check CHECK ((spent >= 0))
)
WITH (fillfactor='80');

COMMENT ON TABLE ledger.offline_terminals IS 'Points that a terminal has spent offline on a day of the programme''s zone. The programme''s cap is held against it.';

CREATE TABLE ledger.operations (
    operation_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    operation text NOT NULL,
    customer_id uuid NOT NULL,
    actor text NOT NULL,
    fingerprint bytea NOT NULL,
    answer json NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT operations_actor_check CHECK ((actor <> ''::text)),
    CONSTRAINT operations_operation_check CHECK ((operation <> ''::text))
);

COMMENT ON TABLE ledger.operations IS 'Adjustments, transfers and the like, recorded once under (source, external_id); a repeat gets the first answer.';

COMMENT ON COLUMN ledger.operations.actor IS 'As in audit.events.actor: who moved the points.';

COMMENT ON COLUMN ledger.operations.note IS 'For colleagues: why, besides the reason. Members never see it.';

CREATE TABLE ledger.overspends (
    purchase_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    store text NOT NULL,
    terminal text NOT NULL,
    on_day date NOT NULL,
    points integer NOT NULL,
    owed integer NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT overspends_check CHECK (((owed >= 1) AND (owed <= points))),
    CONSTRAINT overspends_points_check CHECK ((points > 0))
);

COMMENT ON TABLE ledger.overspends IS 'Offline receipts that used more points than their customer had: the goods had left the shop, so the rest is owed.';

CREATE TABLE ledger.pending (
    purchase_id uuid NOT NULL,
    award smallint NOT NULL,
    customer_id uuid NOT NULL,
    kind text NOT NULL,
    points integer NOT NULL,
    store text NOT NULL,
    purchased_at timestamp with time zone NOT NULL,
    month date NOT NULL,
    event text,
    days smallint NOT NULL,
    due_at timestamp with time zone,
    basis json NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    cancelled_points integer DEFAULT 0 NOT NULL,
    entry_seq integer,
    recorded_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    booked_id uuid,
    owner_id uuid,
    CONSTRAINT pending_award_check CHECK ((award > 0)),
    CONSTRAINT pending_check CHECK (((cancelled_points >= 0) AND (cancelled_points <= points))),
    CONSTRAINT pending_check1 CHECK (((state = 'confirmed'::text) = (entry_seq IS NOT NULL))),
    CONSTRAINT pending_check2 CHECK (((state = 'pending'::text) = (settled_at IS NULL))),
    CONSTRAINT pending_check3 CHECK (((state = 'cancelled'::text) = (cancelled_points = points))),
    CONSTRAINT pending_check4 CHECK (((event IS NOT NULL) OR (due_at IS NOT NULL))),
    CONSTRAINT pending_days_check CHECK ((days >= 0)),
    CONSTRAINT pending_entry_seq_check CHECK ((entry_seq > 0)),
    CONSTRAINT pending_kind_check CHECK ((kind = ANY (ARRAY['r'::text, 'l'::text]))),
    CONSTRAINT pending_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT pending_points_check CHECK ((points > 0)),
    CONSTRAINT pending_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'confirmed'::text, 'cancelled'::text])))
);

COMMENT ON TABLE ledger.pending IS 'Awards of purchases that become points later: when due, or after an event of the order. Confirmed once, by the entry (customer_id, entry_seq) of the journal, over points - cancelled_points.';

COMMENT ON COLUMN ledger.pending.award IS 'The number of the award within its purchase, from 1.';

COMMENT ON COLUMN ledger.pending.month IS 'First day of the month of rank progress that the confirmed points count in: that of the purchase.';

COMMENT ON COLUMN ledger.pending.event IS 'shipped or delivered: what is waited for; null waits for due_at alone. With days, it counts from that day on.';

COMMENT ON COLUMN ledger.pending.due_at IS 'From when on the points are available; null until the event has been reported.';

COMMENT ON COLUMN ledger.pending.basis IS 'As in journal.basis of an earning: the version frozen at the purchase, inputs and arithmetic.';

COMMENT ON COLUMN ledger.pending.booked_id IS 'The customer of the purchase when it was booked, where a merge or its undo has brought the award to another.';

COMMENT ON COLUMN ledger.pending.owner_id IS 'Whose confirmed points these are, where that is not the account they were confirmed on.';

CREATE VIEW ledger.postings AS
 SELECT journal.customer_id,
    journal.seq,
    'member'::text AS account,
    NULL::text AS store,
    journal.points
   FROM ledger.journal
UNION ALL
 SELECT journal.customer_id,
    journal.seq,
        CASE
            WHEN (journal.entry_type = ANY (ARRAY['earn'::ledger.entry_type, 'take_back'::ledger.entry_type])) THEN 'issued'::text
            WHEN (journal.entry_type = ANY (ARRAY['spend'::ledger.entry_type, 'give_back'::ledger.entry_type])) THEN 'redeemed'::text
            WHEN (journal.entry_type = ANY (ARRAY['expire'::ledger.entry_type, 'reinstate'::ledger.entry_type])) THEN 'expired'::text
            WHEN (journal.entry_type = ANY (ARRAY['hold'::ledger.entry_type, 'release'::ledger.entry_type])) THEN 'held'::text
            WHEN (journal.entry_type = 'adjust'::ledger.entry_type) THEN 'adjusted'::text
            WHEN (journal.entry_type = ANY (ARRAY['transfer_out'::ledger.entry_type, 'transfer_in'::ledger.entry_type])) THEN 'transferred'::text
            WHEN (journal.entry_type = ANY (ARRAY['merge_out'::ledger.entry_type, 'merge_in'::ledger.entry_type])) THEN 'merged'::text
            ELSE NULL::text
        END AS account,
    journal.store,
    (- journal.points) AS points
   FROM ledger.journal;

COMMENT ON VIEW ledger.postings IS 'The journal as double entry: the postings of every entry sum to zero.';

CREATE TABLE ledger.reasons (
    reason text NOT NULL,
    name_ja text NOT NULL,
    name_en text NOT NULL,
    "position" smallint NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT reasons_name_en_check CHECK ((name_en <> ''::text)),
    CONSTRAINT reasons_name_ja_check CHECK ((name_ja <> ''::text)),
    CONSTRAINT reasons_reason_check CHECK ((reason ~ '^[a-z0-9_-]{1,40}$'::text))
);

COMMENT ON TABLE ledger.reasons IS 'Why points may be adjusted. A reason is never deleted; once ended it can not be chosen.';

CREATE TABLE messaging.messages (
    message_id uuid NOT NULL,
    channel text NOT NULL,
    purpose text NOT NULL,
    sealed bytea NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    useful_until timestamp with time zone NOT NULL,
    CONSTRAINT messages_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'email'::text]))),
    CONSTRAINT messages_check CHECK ((useful_until > queued_at)),
    CONSTRAINT messages_purpose_check CHECK ((purpose <> ''::text))
);

COMMENT ON COLUMN messaging.messages.sealed IS 'JSON of recipient and text, sealed under the installation''s key for messages.';

COMMENT ON COLUMN messaging.messages.useful_until IS 'After this instant the message is not worth sending, and is removed.';

CREATE TABLE outbox.events (
    event_id bigint NOT NULL,
    topic text NOT NULL,
    subject_id uuid NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL
);

COMMENT ON COLUMN outbox.events.subject_id IS 'The row the event is about, by its own identifier; no personal data travels here.';

COMMENT ON COLUMN outbox.events.xid IS 'A reader takes rows with xid below pg_snapshot_xmin(pg_current_snapshot()), so that no event is passed over.';

ALTER TABLE outbox.events ALTER COLUMN event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outbox.events_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE program.versions (
    version integer NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    settings jsonb NOT NULL,
    CONSTRAINT the_past_keeps_its_version CHECK (((version = 1) OR (effective_at >= published_at))),
    CONSTRAINT versions_author_check CHECK ((author <> ''::text)),
    CONSTRAINT versions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT versions_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT versions_version_check CHECK ((version > 0))
);

COMMENT ON TABLE program.versions IS 'In force at an instant is the row with the latest effective_at not after it; of several, the highest version.';

COMMENT ON COLUMN program.versions.effective_at IS 'Only the first version may take effect before it was published: it prices what happened before Enishi came.';

COMMENT ON COLUMN program.versions.author IS 'operator:<id> or system, as in audit.events.actor.';

COMMENT ON COLUMN program.versions.settings IS 'enishi.program.ProgramSettings as JSON. Never changed: a correction is another version.';

CREATE TABLE public.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT schema_migrations_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT schema_migrations_version_check CHECK ((version > 0))
);

CREATE TABLE purchases.claims (
    purchase_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    source text NOT NULL,
    actor text NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    total_yen bigint NOT NULL,
    first_seq integer NOT NULL,
    entry_count smallint NOT NULL,
    points_earned integer NOT NULL,
    answer json NOT NULL,
    net_yen bigint DEFAULT 0 NOT NULL,
    CONSTRAINT claims_actor_check CHECK ((actor <> ''::text)),
    CONSTRAINT claims_entry_count_check CHECK ((entry_count >= 0)),
    CONSTRAINT claims_points_earned_check CHECK ((points_earned >= 0))
);

COMMENT ON TABLE purchases.claims IS 'Anonymous sales that a customer claimed later. The key lets it happen once, however many ask at the same time.';

COMMENT ON COLUMN purchases.claims.occurred_at IS 'As in purchases.purchases: it decides the month of rank progress.';

COMMENT ON COLUMN purchases.claims.first_seq IS 'As in purchases.purchases, for the entries of the claim.';

COMMENT ON COLUMN purchases.claims.net_yen IS 'total_yen without consumption tax.';

CREATE TABLE purchases.events (
    purchase_id uuid NOT NULL,
    event text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT events_event_check CHECK ((event = ANY (ARRAY['shipped'::text, 'delivered'::text])))
);

COMMENT ON TABLE purchases.events IS 'What happened to an order after it was placed, each thing once.';

CREATE TABLE purchases.moves (
    merge_id uuid NOT NULL,
    fact_id uuid NOT NULL
);

COMMENT ON TABLE purchases.moves IS 'What a merge has brought to the survivor, and an undo back; only added to.';

CREATE TABLE purchases.owners (
    fact_id uuid NOT NULL,
    customer_id uuid NOT NULL
);

COMMENT ON TABLE purchases.owners IS 'Whose a receipt, or a return without one, is by now, where that is not the customer it was booked on. A return of a receipt is whose the receipt is.';

CREATE TABLE purchases.purchases (
    purchase_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    channel text NOT NULL,
    store text NOT NULL,
    terminal text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    offset_minutes smallint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    customer_id uuid,
    identifiers bytea[] NOT NULL,
    tax_mode text NOT NULL,
    lines json NOT NULL,
    payments json NOT NULL,
    points_to_use integer NOT NULL,
    coupon_codes text[] NOT NULL,
    total_yen bigint NOT NULL,
    fingerprint bytea NOT NULL,
    first_seq integer NOT NULL,
    entry_count smallint NOT NULL,
    points_earned integer NOT NULL,
    answer json NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT purchases_check CHECK (((customer_id IS NOT NULL) OR (entry_count = 0))),
    CONSTRAINT purchases_entry_count_check CHECK ((entry_count >= 0)),
    CONSTRAINT purchases_points_earned_check CHECK ((points_earned >= 0)),
    CONSTRAINT purchases_points_to_use_check CHECK ((points_to_use >= 0)),
    CONSTRAINT purchases_total_yen_check CHECK ((total_yen >= 0))
);

COMMENT ON COLUMN purchases.purchases.purchase_id IS 'UUIDv7 derived from occurred_at, source and external_id.';

COMMENT ON COLUMN purchases.purchases.offset_minutes IS 'The offset from UTC that the sender wrote occurred_at with.';

COMMENT ON COLUMN purchases.purchases.customer_id IS 'Whom the identifiers named when the purchase was recorded; null is an anonymous sale.';

COMMENT ON COLUMN purchases.purchases.identifiers IS 'Blind indexes of the identifiers as they arrived, so that a merge of customers can be taken apart again.';

COMMENT ON COLUMN purchases.purchases.lines IS 'Arrays [sku, quantity, unit_price_yen, tax_rate_percent, discount_yen, category, amount_yen | null].';

COMMENT ON COLUMN purchases.purchases.fingerprint IS 'Keyed digest of the canonical body: tells a repeat from another body under the same key.';

COMMENT ON COLUMN purchases.purchases.first_seq IS 'With entry_count: the journal entries of this purchase are (customer_id, first_seq … first_seq + entry_count - 1).';

COMMENT ON COLUMN purchases.purchases.answer IS 'What the first answer said besides the entries, so that a repeat says the same: balance by kind, next expiry, notices.';

CREATE TABLE purchases.returns (
    return_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    purchase_id uuid,
    "position" smallint,
    store text NOT NULL,
    terminal text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    offset_minutes smallint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    customer_id uuid,
    lines json NOT NULL,
    refund_yen bigint NOT NULL,
    completes boolean NOT NULL,
    points_taken_back integer NOT NULL,
    points_absorbed integer NOT NULL,
    points_given_back integer NOT NULL,
    points_lost integer NOT NULL,
    first_seq integer NOT NULL,
    entry_count smallint NOT NULL,
    month date,
    fingerprint bytea NOT NULL,
    answer json NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    refund_net_yen bigint DEFAULT 0 NOT NULL,
    CONSTRAINT returns_check CHECK (((purchase_id IS NULL) = ("position" IS NULL))),
    CONSTRAINT returns_entry_count_check CHECK ((entry_count >= 0)),
    CONSTRAINT returns_points_absorbed_check CHECK ((points_absorbed >= 0)),
    CONSTRAINT returns_points_given_back_check CHECK ((points_given_back >= 0)),
    CONSTRAINT returns_points_lost_check CHECK ((points_lost >= 0)),
    CONSTRAINT returns_points_taken_back_check CHECK ((points_taken_back >= 0)),
    CONSTRAINT returns_position_check CHECK (("position" > 0)),
    CONSTRAINT returns_refund_yen_check CHECK ((refund_yen >= 0))
);

COMMENT ON TABLE purchases.returns IS 'What came back. Of one receipt the returns are numbered, so that two at once can not both see the same goods left.';

COMMENT ON COLUMN purchases.returns.lines IS 'Arrays [line of the receipt from 1, quantity, amount_yen]; without a receipt, lines as in purchases.purchases.';

COMMENT ON COLUMN purchases.returns.completes IS 'Nothing of the receipt is left after it.';

COMMENT ON COLUMN purchases.returns.points_absorbed IS 'Points that the goods had earned and that were not taken back, because they had been spent and the shop bears them.';

COMMENT ON COLUMN purchases.returns.points_lost IS 'Points that the goods had been paid with and that were not given back, because their lot had expired.';

COMMENT ON COLUMN purchases.returns.month IS 'First day of the month of rank progress that it takes from; null for an anonymous sale.';

COMMENT ON COLUMN purchases.returns.refund_net_yen IS 'refund_yen without consumption tax: what the goods left of the receipt cost before it, less what they cost after it.';

CREATE TABLE ranks.changes (
    customer_id uuid NOT NULL,
    seq integer NOT NULL,
    from_tier text NOT NULL,
    from_level smallint NOT NULL,
    to_tier text NOT NULL,
    to_level smallint NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    cause text NOT NULL,
    ladder_version integer NOT NULL,
    subject_id uuid,
    keep_until date,
    actor text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    basis json NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT changes_seq_check CHECK ((seq > 0))
);

COMMENT ON TABLE ranks.changes IS 'Every change of a rank, and nothing else. A member held from_tier until effective_at, and to_tier from then on. An override that changes no tier is here too, so that its reason is.';

COMMENT ON COLUMN ranks.changes.effective_at IS 'When the change was recorded; when history is replayed, when it occurred. Ascends with seq.';

COMMENT ON COLUMN ranks.changes.cause IS 'purchase, claim, points, return, evaluation, override or override_ended.';

COMMENT ON COLUMN ranks.changes.subject_id IS 'The purchase or return that caused it.';

COMMENT ON COLUMN ranks.changes.basis IS 'enishi.ranks.ChangeBasis: the day looked at, and by each alternative what was found and needed.';

CREATE TABLE ranks.evaluations (
    evaluation_on date NOT NULL,
    looks_at date NOT NULL,
    ladder_version integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    members bigint DEFAULT 0 NOT NULL,
    risen bigint DEFAULT 0 NOT NULL,
    fallen bigint DEFAULT 0 NOT NULL,
    confirmed bigint DEFAULT 0 NOT NULL
);

COMMENT ON TABLE ranks.evaluations IS 'Evaluations of all members. One that was cut off has no finished_at and is run again.';

CREATE TABLE ranks.ladders (
    version integer NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    ladder jsonb NOT NULL,
    CONSTRAINT ladders_author_check CHECK ((author <> ''::text)),
    CONSTRAINT ladders_ladder_check CHECK ((jsonb_typeof(ladder) = 'object'::text)),
    CONSTRAINT ladders_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT ladders_version_check CHECK ((version > 0)),
    CONSTRAINT the_past_keeps_its_ladder CHECK (((version = 1) OR (effective_at >= published_at)))
);

COMMENT ON TABLE ranks.ladders IS 'In force at an instant is the row with the latest effective_at not after it; of several, the highest version.';

COMMENT ON COLUMN ranks.ladders.author IS 'operator:<id> or system, as in audit.events.actor.';

COMMENT ON COLUMN ranks.ladders.ladder IS 'enishi.ranks.Ladder as JSON. Never changed: a correction is another version.';

CREATE TABLE ranks.notices (
    customer_id uuid NOT NULL,
    keep_until date NOT NULL,
    tier text NOT NULL,
    falls_on date NOT NULL,
    falls_to text NOT NULL,
    basis json NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    consumed_at timestamp with time zone
);

COMMENT ON TABLE ranks.notices IS 'A message to be sent ahead of a downgrade: that the rank ends after keep_until, and what is missing to keep it. One for each end of a rank.';

CREATE TABLE ranks.progress (
    customer_id uuid NOT NULL,
    month date NOT NULL,
    amount_yen bigint NOT NULL,
    purchases integer NOT NULL,
    points_earned bigint NOT NULL,
    net_yen bigint DEFAULT 0 NOT NULL,
    days integer DEFAULT 0 NOT NULL,
    CONSTRAINT progress_days_check CHECK ((days >= 0)),
    CONSTRAINT progress_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
)
WITH (fillfactor='80');

COMMENT ON COLUMN ranks.progress.month IS 'First day of the month in which the purchases occurred, in the programme''s zone.';

COMMENT ON COLUMN ranks.progress.net_yen IS 'amount_yen without consumption tax.';

COMMENT ON COLUMN ranks.progress.days IS 'Bit d - 1 stands for day d of the month: there is a purchase that has not come back whole. Their number is the visits. Setting bits needs no order, so receipts may arrive in any.';

CREATE TABLE ranks.rewards (
    customer_id uuid NOT NULL,
    seq integer NOT NULL,
    tier text NOT NULL,
    code text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    points integer,
    entry_seq integer,
    given_at timestamp with time zone NOT NULL,
    consumed_at timestamp with time zone,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT rewards_check CHECK (((kind = 'points'::text) = (points IS NOT NULL))),
    CONSTRAINT rewards_check1 CHECK (((kind = 'points'::text) = (entry_seq IS NOT NULL))),
    CONSTRAINT rewards_entry_seq_check CHECK ((entry_seq > 0)),
    CONSTRAINT rewards_kind_check CHECK ((kind = ANY (ARRAY['points'::text, 'coupon'::text, 'message'::text, 'benefit'::text]))),
    CONSTRAINT rewards_points_check CHECK ((points > 0))
);

COMMENT ON TABLE ranks.rewards IS 'What a change of rank gave, written in its transaction, once. Points are the entry (customer_id, entry_seq) of the journal; coupons, messages and benefits wait here for the capability that consumes them.';

COMMENT ON COLUMN ranks.rewards.name IS 'The coupon, the template of the message, or the benefit.';

CREATE TABLE ranks.standing (
    customer_id uuid NOT NULL,
    tier text NOT NULL,
    level smallint NOT NULL,
    since timestamp with time zone NOT NULL,
    keep_until date,
    permanent_tier text,
    override_tier text,
    override_exact boolean DEFAULT false NOT NULL,
    override_until date,
    changes integer NOT NULL,
    noticed_for date,
    rewarded text[] DEFAULT '{}'::text[] NOT NULL,
    earned_tier text,
    earned_until date,
    CONSTRAINT earned_behind_an_override CHECK ((((earned_tier IS NULL) OR (override_tier IS NOT NULL)) AND ((earned_until IS NULL) OR (earned_tier IS NOT NULL)))),
    CONSTRAINT standing_changes_check CHECK ((changes > 0)),
    CONSTRAINT standing_check CHECK (((override_tier IS NOT NULL) OR ((override_until IS NULL) AND (NOT override_exact)))),
    CONSTRAINT standing_level_check CHECK ((level >= 0))
)
WITH (fillfactor='70');

COMMENT ON TABLE ranks.standing IS 'The rank that a member holds. Who never had another than the lowest has no row. Written behind the lock of the member''s account, as progress is; provable from changes.';

COMMENT ON COLUMN ranks.standing.level IS 'The level of the tier in the ladder by which it was given.';

COMMENT ON COLUMN ranks.standing.since IS 'From when on the tier is held: when the change was recorded.';

COMMENT ON COLUMN ranks.standing.keep_until IS 'The last day through which the tier is kept whatever is bought; null does not end.';

COMMENT ON COLUMN ranks.standing.permanent_tier IS 'The highest permanent tier that was ever reached: never below it again. What is given by hand reaches none.';

COMMENT ON COLUMN ranks.standing.override_tier IS 'Given by hand through override_until (null: until ended): never below it, or exactly it.';

COMMENT ON COLUMN ranks.standing.changes IS 'The number of the newest change; they count from 1 without a gap.';

COMMENT ON COLUMN ranks.standing.noticed_for IS 'The keep_until for which a notice of the coming downgrade was requested.';

COMMENT ON COLUMN ranks.standing.rewarded IS 'tier/code of the rewards that are given once in a life and were.';

COMMENT ON COLUMN ranks.standing.earned_tier IS 'While a rank is given by hand: what figures had given before it or since, kept through earned_until.';

CREATE TABLE referrals.codes (
    customer_id uuid NOT NULL,
    code text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT codes_code_check CHECK ((code ~ '^[2-9A-HJ-NP-Z]{8}$'::text))
);

COMMENT ON TABLE referrals.codes IS 'A member''s own code, made when it is first asked for. It never changes.';

CREATE TABLE referrals.hints (
    customer_id uuid NOT NULL,
    kind text NOT NULL,
    lookup bytea NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT hints_kind_check CHECK ((kind = ANY (ARRAY['mailbox'::text, 'person'::text, 'device'::text, 'address'::text, 'payment'::text]))),
    CONSTRAINT hints_lookup_check CHECK ((octet_length(lookup) = 32))
);

COMMENT ON TABLE referrals.hints IS 'What people may share who are one or one household, by blind index: equality can be told and nothing else learnt.';

CREATE TABLE referrals.referrals (
    referral_id uuid NOT NULL,
    referrer_id uuid NOT NULL,
    referee_id uuid NOT NULL,
    code text NOT NULL,
    version integer NOT NULL,
    channel text NOT NULL,
    store text NOT NULL,
    terminal text NOT NULL,
    claimed_by text NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    purchase_by timestamp with time zone NOT NULL,
    state text NOT NULL,
    findings json NOT NULL,
    purchase_id uuid,
    purchase_store text,
    qualified_at timestamp with time zone,
    due_at timestamp with time zone,
    settled_at timestamp with time zone,
    referrer_points integer DEFAULT 0 NOT NULL,
    referee_points integer DEFAULT 0 NOT NULL,
    referrer_seq integer,
    referee_seq integer,
    capped boolean DEFAULT false NOT NULL,
    decided_by text,
    decided_at timestamp with time zone,
    decision_note text,
    revision integer DEFAULT 1 NOT NULL,
    CONSTRAINT referrals_check CHECK ((referee_id <> referrer_id)),
    CONSTRAINT referrals_check1 CHECK ((((purchase_id IS NULL) = (qualified_at IS NULL)) AND ((purchase_id IS NULL) = (due_at IS NULL)))),
    CONSTRAINT referrals_check2 CHECK (((purchase_id IS NULL) = (purchase_store IS NULL))),
    CONSTRAINT referrals_check3 CHECK (((state <> ALL (ARRAY['waiting'::text, 'paid'::text, 'reversed'::text])) OR (purchase_id IS NOT NULL))),
    CONSTRAINT referrals_check4 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
    CONSTRAINT referrals_claimed_by_check CHECK ((claimed_by <> ''::text)),
    CONSTRAINT referrals_referee_points_check CHECK ((referee_points >= 0)),
    CONSTRAINT referrals_referrer_points_check CHECK ((referrer_points >= 0)),
    CONSTRAINT referrals_state_check CHECK ((state = ANY (ARRAY['open'::text, 'held'::text, 'waiting'::text, 'paid'::text, 'rejected'::text, 'reversed'::text, 'lapsed'::text])))
);

COMMENT ON COLUMN referrals.referrals.version IS 'The version that was in force when the code was claimed: its promise holds.';

COMMENT ON COLUMN referrals.referrals.findings IS 'Why somebody should look: enishi.referrals.Finding as JSON.';

COMMENT ON COLUMN referrals.referrals.purchase_id IS 'The purchase that earns the rewards.';

COMMENT ON COLUMN referrals.referrals.due_at IS 'When the rewards are paid; of a held referral, if it is approved.';

COMMENT ON COLUMN referrals.referrals.referrer_seq IS 'The entry of the journal that paid; null when there was nothing to pay.';

COMMENT ON COLUMN referrals.referrals.capped IS 'Who referred had been rewarded as often as there is.';

COMMENT ON COLUMN referrals.referrals.revision IS 'Grows with every change. A change names the revision it saw, so that of two only one is written.';

CREATE TABLE referrals.versions (
    version integer NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    settings jsonb NOT NULL,
    CONSTRAINT takes_effect_after_publication CHECK ((effective_at >= published_at)),
    CONSTRAINT versions_author_check CHECK ((author <> ''::text)),
    CONSTRAINT versions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT versions_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT versions_version_check CHECK ((version > 0))
);

COMMENT ON TABLE referrals.versions IS 'In force at an instant is the row with the latest effective_at not after it; of several, the highest version.';

CREATE TABLE reservations.bookings (
    booking_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    fingerprint bytea NOT NULL,
    customer_id uuid NOT NULL,
    store text NOT NULL,
    service text NOT NULL,
    name_ja text NOT NULL,
    name_en text NOT NULL,
    price_yen bigint NOT NULL,
    on_day date NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    free_at timestamp with time zone NOT NULL,
    resources text[] NOT NULL,
    choice text NOT NULL,
    state text NOT NULL,
    tier text NOT NULL,
    level smallint,
    settings_version integer NOT NULL,
    quotas jsonb NOT NULL,
    face text NOT NULL,
    booked_by text NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    revision integer NOT NULL,
    offer_until timestamp with time zone,
    CONSTRAINT bookings_booked_by_check CHECK ((booked_by <> ''::text)),
    CONSTRAINT bookings_check CHECK (((starts_at < ends_at) AND (ends_at <= free_at))),
    CONSTRAINT bookings_check1 CHECK (((state = 'offered'::text) = (offer_until IS NOT NULL))),
    CONSTRAINT bookings_face_check CHECK ((face = ANY (ARRAY['mypage'::text, 'counter'::text, 'console'::text, 'api'::text, 'waiting_list'::text]))),
    CONSTRAINT bookings_price_yen_check CHECK ((price_yen >= 0)),
    CONSTRAINT bookings_quotas_check CHECK ((jsonb_typeof(quotas) = 'array'::text)),
    CONSTRAINT bookings_resources_check CHECK ((cardinality(resources) > 0)),
    CONSTRAINT bookings_revision_check CHECK ((revision >= 0)),
    CONSTRAINT bookings_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'booked'::text, 'arrived'::text, 'done'::text, 'cancelled'::text, 'late_cancelled'::text, 'no_show'::text, 'lapsed'::text])))
)
WITH (fillfactor='80');

COMMENT ON COLUMN reservations.bookings.tier IS 'The member''s rank when the booking was made, and its level; empty and null without one.';

COMMENT ON COLUMN reservations.bookings.quotas IS 'How the booking stood to each quota then in force for its member: slots in all, held, used before it, its own.';

COMMENT ON COLUMN reservations.bookings.revision IS 'Counts changes: SEQUENCE of its calendar event.';

CREATE TABLE reservations.days (
    store text NOT NULL,
    on_day date NOT NULL
);

COMMENT ON TABLE reservations.days IS 'Locked by whoever books on this day of the store, so that quotas are counted by one at a time.';

CREATE TABLE reservations.events (
    event_id bigint NOT NULL,
    booking_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    event text NOT NULL,
    detail jsonb NOT NULL,
    CONSTRAINT events_actor_check CHECK ((actor <> ''::text)),
    CONSTRAINT events_detail_check CHECK ((jsonb_typeof(detail) = 'object'::text)),
    CONSTRAINT events_event_check CHECK ((event <> ''::text))
);

ALTER TABLE reservations.events ALTER COLUMN event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reservations.events_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE reservations.feeds (
    feed_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    store text NOT NULL,
    resource text NOT NULL,
    label text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT feeds_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

COMMENT ON COLUMN reservations.feeds.token_hash IS 'SHA-256 of the token in the address, which is shown once.';

CREATE TABLE reservations.lanes (
    lane integer NOT NULL,
    store text NOT NULL,
    resource text NOT NULL,
    seat smallint NOT NULL,
    CONSTRAINT lanes_lane_check CHECK ((lane > 0)),
    CONSTRAINT lanes_seat_check CHECK (((seat >= 1) AND (seat <= 200)))
);

COMMENT ON TABLE reservations.lanes IS 'One row for each place of each resource: a stylist is one, a class of eight is eight. Never removed.';

ALTER TABLE reservations.lanes ALTER COLUMN lane ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reservations.lanes_lane_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE reservations.members (
    customer_id uuid NOT NULL
);

COMMENT ON TABLE reservations.members IS 'Locked by whoever books for this customer, before any day.';

CREATE TABLE reservations.occupied (
    booking_id uuid NOT NULL,
    lane integer NOT NULL,
    from_minute bigint NOT NULL,
    until_minute bigint NOT NULL,
    place int8range GENERATED ALWAYS AS (int8range((((lane)::bigint << 32) + from_minute), (((lane)::bigint << 32) + until_minute))) STORED NOT NULL,
    CONSTRAINT occupied_check CHECK ((from_minute < until_minute)),
    CONSTRAINT occupied_from_minute_check CHECK ((from_minute >= 0)),
    CONSTRAINT occupied_until_minute_check CHECK ((until_minute < '4294967296'::bigint))
);

COMMENT ON TABLE reservations.occupied IS 'What bookings occupy, in minutes since 1970 UTC. Removed when a booking is cancelled or changed.';

COMMENT ON COLUMN reservations.occupied.place IS 'Each lane has a stretch of 2^32 minutes of one number line to itself, so ranges of two lanes never meet, and the exclusion constraint needs no other operator than that of ranges (btree_gist is not everywhere).';

CREATE TABLE reservations.versions (
    store text NOT NULL,
    version integer NOT NULL,
    published_at timestamp with time zone NOT NULL,
    author text NOT NULL,
    reason text NOT NULL,
    settings jsonb NOT NULL,
    CONSTRAINT versions_author_check CHECK ((author <> ''::text)),
    CONSTRAINT versions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT versions_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT versions_store_check CHECK ((store <> ''::text)),
    CONSTRAINT versions_version_check CHECK ((version > 0))
);

COMMENT ON TABLE reservations.versions IS 'In force in a store is its highest version. Only ever added to.';

COMMENT ON COLUMN reservations.versions.settings IS 'enishi.reservations.BookingSettings as JSON. Never changed: a correction is another version.';

CREATE TABLE reservations.waits (
    wait_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    store text NOT NULL,
    service text NOT NULL,
    on_day date NOT NULL,
    opens smallint NOT NULL,
    closes smallint NOT NULL,
    choice text NOT NULL,
    state text NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    booking_id uuid,
    CONSTRAINT waits_check CHECK ((closes > opens)),
    CONSTRAINT waits_check1 CHECK (((state <> ALL (ARRAY['offered'::text, 'taken'::text])) OR (booking_id IS NOT NULL))),
    CONSTRAINT waits_opens_check CHECK ((opens >= 0)),
    CONSTRAINT waits_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'offered'::text, 'taken'::text, 'left'::text, 'lapsed'::text])))
);

COMMENT ON COLUMN reservations.waits.opens IS 'Starts from this minute of the store''s day up to ``closes`` are wanted.';

ALTER TABLE ONLY access.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY access.login_tries
    ADD CONSTRAINT login_tries_pkey PRIMARY KEY (login_lookup);

ALTER TABLE ONLY access.member_codes
    ADD CONSTRAINT member_codes_pkey PRIMARY KEY (code_id);

ALTER TABLE ONLY access.member_sessions
    ADD CONSTRAINT member_sessions_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY access.operator_sessions
    ADD CONSTRAINT operator_sessions_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY access.operators
    ADD CONSTRAINT operators_login_key UNIQUE (login);

ALTER TABLE ONLY access.operators
    ADD CONSTRAINT operators_pkey PRIMARY KEY (operator_id);

ALTER TABLE ONLY access.role_grants
    ADD CONSTRAINT role_grants_pkey PRIMARY KEY (operator_id, role);

ALTER TABLE ONLY access.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (role);

ALTER TABLE ONLY access.roles
    ADD CONSTRAINT roles_position_key UNIQUE ("position");

ALTER TABLE ONLY accounting.ahead
    ADD CONSTRAINT ahead_pkey PRIMARY KEY (walk, month, cohort, point_class, movement, issue_store, at_store);

ALTER TABLE ONLY accounting.closes
    ADD CONSTRAINT closes_pkey PRIMARY KEY (month);

ALTER TABLE ONLY accounting.closes
    ADD CONSTRAINT closes_walk_key UNIQUE (walk);

ALTER TABLE ONLY accounting.cohorts
    ADD CONSTRAINT cohorts_pkey PRIMARY KEY (month, cohort, point_class);

ALTER TABLE ONLY accounting.figure_definitions
    ADD CONSTRAINT figure_definitions_pkey PRIMARY KEY (figure);

ALTER TABLE ONLY accounting.figure_definitions
    ADD CONSTRAINT figure_definitions_position_key UNIQUE ("position");

ALTER TABLE ONLY accounting.figures
    ADD CONSTRAINT figures_pkey PRIMARY KEY (month, figure);

ALTER TABLE ONLY accounting.movements
    ADD CONSTRAINT movements_pkey PRIMARY KEY (month, cohort, point_class, movement, issue_store, at_store);

ALTER TABLE ONLY accounting.positions
    ADD CONSTRAINT positions_pkey PRIMARY KEY (customer_id, walk);

ALTER TABLE ONLY accounting.settlements
    ADD CONSTRAINT settlements_pkey PRIMARY KEY (month, debtor, creditor);

ALTER TABLE ONLY accounting.sold
    ADD CONSTRAINT sold_pkey PRIMARY KEY (walk, cohort);

ALTER TABLE ONLY accounting.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (version);

ALTER TABLE ONLY accounting.walked
    ADD CONSTRAINT walked_pkey PRIMARY KEY (walk, month, cohort, point_class, movement);

ALTER TABLE ONLY accounting.walks
    ADD CONSTRAINT walks_pkey PRIMARY KEY (walk);

ALTER TABLE ONLY audit.events
    ADD CONSTRAINT events_event_id_key UNIQUE (event_id);

ALTER TABLE ONLY audit.events
    ADD CONSTRAINT events_hash_key UNIQUE (hash);

ALTER TABLE ONLY audit.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY audit.events
    ADD CONSTRAINT events_previous_hash_key UNIQUE (previous_hash);

ALTER TABLE ONLY benefits.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY benefits.gives
    ADD CONSTRAINT gives_key UNIQUE (external_id, source);

ALTER TABLE ONLY benefits.gives
    ADD CONSTRAINT gives_pkey PRIMARY KEY (give_id);

ALTER TABLE ONLY benefits.grants
    ADD CONSTRAINT grants_once UNIQUE (customer_id, source, benefit);

ALTER TABLE ONLY benefits.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (grant_id);

ALTER TABLE ONLY benefits.merged
    ADD CONSTRAINT merged_pkey PRIMARY KEY (customer_id);

ALTER TABLE ONLY benefits.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (version);

ALTER TABLE ONLY campaigns.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (campaign_id, store, shard);

ALTER TABLE ONLY campaigns.campaigns
    ADD CONSTRAINT campaigns_code_key UNIQUE (code);

ALTER TABLE ONLY campaigns.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (campaign_id);

ALTER TABLE ONLY campaigns.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (change_id);

ALTER TABLE ONLY campaigns.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (campaign_id, version, store);

ALTER TABLE ONLY campaigns.segment_members
    ADD CONSTRAINT segment_members_pkey PRIMARY KEY (customer_id, segment);

ALTER TABLE ONLY campaigns.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (campaign_id, version);

ALTER TABLE ONLY campaigns.weather
    ADD CONSTRAINT weather_pkey PRIMARY KEY (day, store, hour, flag);

ALTER TABLE ONLY catalog.stores
    ADD CONSTRAINT stores_pkey PRIMARY KEY (code);

ALTER TABLE ONLY connectors.replays
    ADD CONSTRAINT replays_pkey PRIMARY KEY (name);

ALTER TABLE ONLY connectors.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (run_key);

ALTER TABLE ONLY customers.card_issues
    ADD CONSTRAINT card_issues_customer_id_request_key_key UNIQUE (customer_id, request_key);

ALTER TABLE ONLY customers.card_issues
    ADD CONSTRAINT card_issues_pkey PRIMARY KEY (lookup);

ALTER TABLE ONLY customers.card_issues
    ADD CONSTRAINT card_issues_replaces_key UNIQUE (replaces);

ALTER TABLE ONLY customers.conflicts
    ADD CONSTRAINT conflicts_pkey PRIMARY KEY (conflict_id);

ALTER TABLE ONLY customers.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (customer_id);

ALTER TABLE ONLY customers.identifiers
    ADD CONSTRAINT identifiers_pkey PRIMARY KEY (lookup);

ALTER TABLE ONLY customers.key_check
    ADD CONSTRAINT key_check_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY customers.merges
    ADD CONSTRAINT merges_pkey PRIMARY KEY (merge_id);

ALTER TABLE ONLY customers.merges
    ADD CONSTRAINT merges_request_key_key UNIQUE (request_key);

ALTER TABLE ONLY customers.merges
    ADD CONSTRAINT merges_undoes_key UNIQUE (undoes);

ALTER TABLE ONLY drafts.backtests
    ADD CONSTRAINT backtests_pkey PRIMARY KEY (backtest_id);

ALTER TABLE ONLY drafts.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (change_id);

ALTER TABLE ONLY drafts.drafts
    ADD CONSTRAINT drafts_pkey PRIMARY KEY (draft_id);

ALTER TABLE ONLY drafts.revisions
    ADD CONSTRAINT revisions_pkey PRIMARY KEY (draft_id, revision);

ALTER TABLE ONLY ledger.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (customer_id);

ALTER TABLE ONLY ledger.adjusted_days
    ADD CONSTRAINT adjusted_days_pkey PRIMARY KEY (actor, day);

ALTER TABLE ONLY ledger.adjustment_limits
    ADD CONSTRAINT adjustment_limits_pkey PRIMARY KEY (role);

ALTER TABLE ONLY ledger.adjustment_requests
    ADD CONSTRAINT adjustment_requests_key UNIQUE (external_id, source);

ALTER TABLE ONLY ledger.adjustment_requests
    ADD CONSTRAINT adjustment_requests_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY ledger.families
    ADD CONSTRAINT families_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY ledger.holds
    ADD CONSTRAINT holds_key UNIQUE (external_id, source);

ALTER TABLE ONLY ledger.holds
    ADD CONSTRAINT holds_pkey PRIMARY KEY (hold_id);

ALTER TABLE ONLY ledger.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (customer_id, seq);

ALTER TABLE ONLY ledger.offline_terminals
    ADD CONSTRAINT offline_terminals_pkey PRIMARY KEY (store, terminal, on_day);

ALTER TABLE ONLY ledger.operations
    ADD CONSTRAINT operations_key UNIQUE (external_id, source);

ALTER TABLE ONLY ledger.operations
    ADD CONSTRAINT operations_pkey PRIMARY KEY (operation_id);

ALTER TABLE ONLY ledger.overspends
    ADD CONSTRAINT overspends_pkey PRIMARY KEY (purchase_id);

ALTER TABLE ONLY ledger.pending
    ADD CONSTRAINT pending_pkey PRIMARY KEY (purchase_id, award);

ALTER TABLE ONLY ledger.reasons
    ADD CONSTRAINT reasons_pkey PRIMARY KEY (reason);

ALTER TABLE ONLY messaging.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY outbox.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY program.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY purchases.claims
    ADD CONSTRAINT claims_pkey PRIMARY KEY (purchase_id);

ALTER TABLE ONLY purchases.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (purchase_id, event);

ALTER TABLE ONLY purchases.moves
    ADD CONSTRAINT moves_pkey PRIMARY KEY (merge_id, fact_id);

ALTER TABLE ONLY purchases.owners
    ADD CONSTRAINT owners_pkey PRIMARY KEY (fact_id);

ALTER TABLE ONLY purchases.purchases
    ADD CONSTRAINT purchases_key UNIQUE (external_id, source);

ALTER TABLE ONLY purchases.purchases
    ADD CONSTRAINT purchases_pkey PRIMARY KEY (purchase_id);

ALTER TABLE ONLY purchases.returns
    ADD CONSTRAINT returns_in_order UNIQUE (purchase_id, "position");

ALTER TABLE ONLY purchases.returns
    ADD CONSTRAINT returns_key UNIQUE (external_id, source);

ALTER TABLE ONLY purchases.returns
    ADD CONSTRAINT returns_pkey PRIMARY KEY (return_id);

ALTER TABLE ONLY ranks.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (customer_id, seq);

ALTER TABLE ONLY ranks.evaluations
    ADD CONSTRAINT evaluations_pkey PRIMARY KEY (evaluation_on);

ALTER TABLE ONLY ranks.ladders
    ADD CONSTRAINT ladders_pkey PRIMARY KEY (version);

ALTER TABLE ONLY ranks.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (customer_id, keep_until);

ALTER TABLE ONLY ranks.progress
    ADD CONSTRAINT progress_pkey PRIMARY KEY (customer_id, month);

ALTER TABLE ONLY ranks.rewards
    ADD CONSTRAINT rewards_pkey PRIMARY KEY (customer_id, seq, tier, code);

ALTER TABLE ONLY ranks.standing
    ADD CONSTRAINT standing_pkey PRIMARY KEY (customer_id);

ALTER TABLE ONLY referrals.codes
    ADD CONSTRAINT codes_code_key UNIQUE (code);

ALTER TABLE ONLY referrals.codes
    ADD CONSTRAINT codes_pkey PRIMARY KEY (customer_id);

ALTER TABLE ONLY referrals.hints
    ADD CONSTRAINT hints_pkey PRIMARY KEY (customer_id, kind, lookup);

ALTER TABLE ONLY referrals.referrals
    ADD CONSTRAINT referrals_pkey PRIMARY KEY (referral_id);

ALTER TABLE ONLY referrals.referrals
    ADD CONSTRAINT referred_once UNIQUE (referee_id);

ALTER TABLE ONLY referrals.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (version);

ALTER TABLE ONLY reservations.bookings
    ADD CONSTRAINT bookings_pkey PRIMARY KEY (booking_id);

ALTER TABLE ONLY reservations.bookings
    ADD CONSTRAINT bookings_source_external_id_key UNIQUE (source, external_id);

ALTER TABLE ONLY reservations.days
    ADD CONSTRAINT days_pkey PRIMARY KEY (store, on_day);

ALTER TABLE ONLY reservations.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY reservations.feeds
    ADD CONSTRAINT feeds_pkey PRIMARY KEY (feed_id);

ALTER TABLE ONLY reservations.feeds
    ADD CONSTRAINT feeds_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY reservations.lanes
    ADD CONSTRAINT lanes_pkey PRIMARY KEY (lane);

ALTER TABLE ONLY reservations.lanes
    ADD CONSTRAINT lanes_store_resource_seat_key UNIQUE (store, resource, seat);

ALTER TABLE ONLY reservations.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (customer_id);

ALTER TABLE ONLY reservations.occupied
    ADD CONSTRAINT no_place_is_taken_twice EXCLUDE USING gist (place WITH &&);

ALTER TABLE ONLY reservations.occupied
    ADD CONSTRAINT occupied_pkey PRIMARY KEY (booking_id, lane);

ALTER TABLE ONLY reservations.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (store, version);

ALTER TABLE ONLY reservations.waits
    ADD CONSTRAINT waits_pkey PRIMARY KEY (wait_id);

CREATE INDEX member_codes_of_address ON access.member_codes USING btree (address_lookup, requested_at);

CREATE INDEX member_codes_of_contact ON access.member_codes USING btree (contact_lookup, requested_at);

CREATE INDEX member_guesses_of_customer ON access.member_guesses USING btree (customer_id, what, tried_at);

CREATE INDEX member_sessions_of_customer ON access.member_sessions USING btree (customer_id);

CREATE INDEX operator_sessions_of_operator ON access.operator_sessions USING btree (operator_id);

CREATE INDEX audit_events_of_target ON audit.events USING btree (target, seq) WHERE (target <> ''::text);

CREATE INDEX gives_by_time ON benefits.gives USING btree (given_at);

CREATE INDEX gives_of_customer ON benefits.gives USING btree (customer_id, given_at);

CREATE UNIQUE INDEX gives_once_each ON benefits.gives USING btree (customer_id, benefit, slot, number) WHERE (undone_at IS NULL);

CREATE INDEX merged_into ON benefits.merged USING btree (survivor_id);

CREATE INDEX changes_of_campaign ON campaigns.changes USING btree (campaign_id, change_id);

CREATE INDEX claims_of_customer ON campaigns.claims USING btree (customer_id, campaign_id);

CREATE INDEX claims_recorded ON campaigns.claims USING brin (recorded_at);

CREATE INDEX card_issues_of_customer ON customers.card_issues USING btree (customer_id, issued_at);

CREATE INDEX conflicts_of_customers ON customers.conflicts USING btree (customer_id, other_customer_id);

CREATE INDEX customers_merged ON customers.customers USING btree (merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX identifiers_of_customer ON customers.identifiers USING btree (customer_id);

CREATE INDEX merges_of_absorbed ON customers.merges USING btree (absorbed_id, recorded_at);

CREATE INDEX merges_of_survivor ON customers.merges USING btree (survivor_id, recorded_at);

CREATE UNIQUE INDEX backtests_running ON drafts.backtests USING btree ((true)) WHERE (state = 'running'::text);

COMMENT ON INDEX drafts.backtests_running IS 'One at a time: a back-test takes a core for as long as it lasts.';

CREATE INDEX backtests_waiting ON drafts.backtests USING btree (backtest_id) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE UNIQUE INDEX backtests_wanted ON drafts.backtests USING btree (draft_id) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

COMMENT ON INDEX drafts.backtests_wanted IS 'A draft waits for one back-test at a time.';

CREATE INDEX changes_of_draft ON drafts.changes USING btree (draft_id, change_id);

CREATE INDEX adjustment_requests_decided ON ledger.adjustment_requests USING btree (decided_at DESC, request_id DESC) WHERE (state <> 'waiting'::text);

CREATE INDEX adjustment_requests_waiting ON ledger.adjustment_requests USING btree (requested_at) WHERE (state = 'waiting'::text);

CREATE INDEX adjustment_requests_waiting_of_customer ON ledger.adjustment_requests USING btree (customer_id) WHERE (state = 'waiting'::text);

CREATE INDEX families_of_head ON ledger.families USING btree (head_id);

CREATE INDEX holds_due ON ledger.holds USING btree (expires_at) WHERE (state = 'open'::text);

CREATE INDEX holds_open_of_customer ON ledger.holds USING btree (customer_id) WHERE (state = 'open'::text);

CREATE INDEX journal_recorded ON ledger.journal USING brin (recorded_at);

CREATE INDEX offline_terminals_by_day ON ledger.offline_terminals USING btree (on_day DESC, store, terminal);

CREATE INDEX operations_of_customer ON ledger.operations USING btree (customer_id, recorded_at);

CREATE INDEX overspends_by_day ON ledger.overspends USING btree (on_day, store, terminal);

CREATE INDEX pending_confirmed ON ledger.pending USING btree (customer_id, entry_seq) WHERE (state = 'confirmed'::text);

CREATE INDEX pending_due ON ledger.pending USING btree (due_at) WHERE ((state = 'pending'::text) AND (due_at IS NOT NULL));

CREATE INDEX pending_open_of_customer ON ledger.pending USING btree (customer_id) WHERE (state = 'pending'::text);

CREATE INDEX pending_owned ON ledger.pending USING btree (owner_id) WHERE (owner_id IS NOT NULL);

CREATE INDEX messages_queued ON messaging.messages USING btree (queued_at);

CREATE INDEX claims_of_customer ON purchases.claims USING btree (customer_id, occurred_at);

CREATE INDEX owners_of_customer ON purchases.owners USING btree (customer_id);

CREATE INDEX purchases_of_customer ON purchases.purchases USING btree (customer_id, occurred_at) WHERE (customer_id IS NOT NULL);

CREATE INDEX purchases_recorded ON purchases.purchases USING brin (recorded_at);

CREATE INDEX returns_of_customer ON purchases.returns USING btree (customer_id, occurred_at) WHERE (customer_id IS NOT NULL);

CREATE INDEX changes_recorded ON ranks.changes USING brin (recorded_at);

CREATE INDEX notices_to_consume ON ranks.notices USING btree (requested_at) WHERE (consumed_at IS NULL);

CREATE INDEX rewards_to_consume ON ranks.rewards USING btree (kind, given_at) WHERE ((consumed_at IS NULL) AND (kind <> 'points'::text));

CREATE INDEX standing_ends ON ranks.standing USING btree (override_until) WHERE (override_until IS NOT NULL);

CREATE INDEX standing_of_tier ON ranks.standing USING btree (tier, customer_id);

CREATE INDEX hints_by_lookup ON referrals.hints USING btree (lookup);

CREATE UNIQUE INDEX referrals_by_purchase ON referrals.referrals USING btree (purchase_id) WHERE (purchase_id IS NOT NULL);

CREATE INDEX referrals_by_terminal ON referrals.referrals USING btree (store, terminal, claimed_at) WHERE (terminal <> ''::text);

CREATE INDEX referrals_by_time ON referrals.referrals USING btree (claimed_at, referral_id);

CREATE INDEX referrals_due ON referrals.referrals USING btree (due_at) WHERE (state = 'waiting'::text);

CREATE INDEX referrals_held ON referrals.referrals USING btree (claimed_at) WHERE (state = 'held'::text);

CREATE INDEX referrals_of_referrer ON referrals.referrals USING btree (referrer_id, claimed_at);

CREATE INDEX referrals_open ON referrals.referrals USING btree (referee_id) WHERE ((state = ANY (ARRAY['open'::text, 'held'::text])) AND (purchase_id IS NULL));

CREATE INDEX bookings_of_customer ON reservations.bookings USING btree (customer_id, starts_at);

CREATE INDEX bookings_of_day ON reservations.bookings USING btree (store, on_day, starts_at);

CREATE INDEX bookings_offered ON reservations.bookings USING btree (offer_until) WHERE (state = 'offered'::text);

CREATE INDEX events_of_booking ON reservations.events USING btree (booking_id, event_id);

CREATE INDEX waits_of_customer ON reservations.waits USING btree (customer_id, on_day);

CREATE INDEX waits_of_day ON reservations.waits USING btree (store, on_day, joined_at) WHERE (state = ANY (ARRAY['waiting'::text, 'offered'::text]));

CREATE INDEX waits_offered ON reservations.waits USING btree (booking_id) WHERE (booking_id IS NOT NULL);

CREATE UNIQUE INDEX waits_once ON reservations.waits USING btree (customer_id, store, service, on_day) WHERE (state = ANY (ARRAY['waiting'::text, 'offered'::text]));

CREATE TRIGGER ahead_is_append_only BEFORE UPDATE OR TRUNCATE ON accounting.ahead FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER ahead_of_closes_stays BEFORE DELETE ON accounting.ahead FOR EACH ROW EXECUTE FUNCTION accounting.refuse_closed_walk();

CREATE TRIGGER closes_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON accounting.closes FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER cohorts_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON accounting.cohorts FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER figure_definitions_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON accounting.figure_definitions FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER figures_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON accounting.figures FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER movements_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON accounting.movements FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER positions_are_append_only BEFORE UPDATE OR TRUNCATE ON accounting.positions FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER positions_of_closes_stay BEFORE DELETE ON accounting.positions FOR EACH ROW EXECUTE FUNCTION accounting.refuse_closed_walk();

CREATE TRIGGER settlements_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON accounting.settlements FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER sold_is_append_only BEFORE UPDATE OR TRUNCATE ON accounting.sold FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER sold_of_closes_stays BEFORE DELETE ON accounting.sold FOR EACH ROW EXECUTE FUNCTION accounting.refuse_closed_walk();

CREATE TRIGGER versions_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON accounting.versions FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER walked_is_append_only BEFORE UPDATE OR TRUNCATE ON accounting.walked FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER walked_of_closes_stays BEFORE DELETE ON accounting.walked FOR EACH ROW EXECUTE FUNCTION accounting.refuse_closed_walk();

CREATE TRIGGER walks_are_append_only BEFORE UPDATE OR TRUNCATE ON accounting.walks FOR EACH STATEMENT EXECUTE FUNCTION accounting.refuse_change();

CREATE TRIGGER walks_of_closes_stay BEFORE DELETE ON accounting.walks FOR EACH ROW EXECUTE FUNCTION accounting.refuse_closed_walk();

CREATE TRIGGER ended_identifiers_stay BEFORE UPDATE ON customers.identifiers FOR EACH ROW WHEN (((old.ended_at IS NOT NULL) AND ((old.ended_at IS DISTINCT FROM new.ended_at) OR (old.ended_reason IS DISTINCT FROM new.ended_reason)))) EXECUTE FUNCTION customers.refuse_changing_an_ended_identifier();

CREATE TRIGGER merges_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON customers.merges FOR EACH STATEMENT EXECUTE FUNCTION customers.refuse_changing_merges();

CREATE TRIGGER account_follows_journal AFTER UPDATE ON ledger.accounts REFERENCING OLD TABLE AS old_accounts NEW TABLE AS new_accounts FOR EACH STATEMENT EXECUTE FUNCTION ledger.assert_accounts_follow_journal();

CREATE TRIGGER account_starts_empty BEFORE INSERT ON ledger.accounts FOR EACH ROW WHEN (((new.seq <> 0) OR (new.balance <> 0) OR (new.lots <> '[]'::jsonb))) EXECUTE FUNCTION ledger.refuse_filled_account();

CREATE TRIGGER journal_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.journal FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER journal_is_counted AFTER INSERT ON ledger.journal REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger.assert_journal_is_counted();

CREATE TRIGGER returned_as_nobodys BEFORE INSERT ON purchases.returns FOR EACH ROW WHEN (((new.customer_id IS NULL) AND (new.purchase_id IS NOT NULL))) EXECUTE FUNCTION purchases.assert_receipt_is_nobodys();

CREATE TRIGGER changes_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ranks.changes FOR EACH STATEMENT EXECUTE FUNCTION ranks.refuse_change();

CREATE TRIGGER events_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON reservations.events FOR EACH STATEMENT EXECUTE FUNCTION reservations.refuse_change();

CREATE TRIGGER versions_are_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON reservations.versions FOR EACH STATEMENT EXECUTE FUNCTION reservations.refuse_change();

ALTER TABLE ONLY access.operator_sessions
    ADD CONSTRAINT operator_sessions_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES access.operators(operator_id);

ALTER TABLE ONLY access.role_grants
    ADD CONSTRAINT role_grants_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES access.operators(operator_id);

ALTER TABLE ONLY access.role_grants
    ADD CONSTRAINT role_grants_role_fkey FOREIGN KEY (role) REFERENCES access.roles(role);

ALTER TABLE ONLY accounting.closes
    ADD CONSTRAINT closes_settings_version_fkey FOREIGN KEY (settings_version) REFERENCES accounting.versions(version);

ALTER TABLE ONLY accounting.closes
    ADD CONSTRAINT closes_walk_fkey FOREIGN KEY (walk) REFERENCES accounting.walks(walk);

ALTER TABLE ONLY accounting.cohorts
    ADD CONSTRAINT cohorts_month_fkey FOREIGN KEY (month) REFERENCES accounting.closes(month);

ALTER TABLE ONLY accounting.figures
    ADD CONSTRAINT figures_figure_fkey FOREIGN KEY (figure) REFERENCES accounting.figure_definitions(figure);

ALTER TABLE ONLY accounting.figures
    ADD CONSTRAINT figures_month_fkey FOREIGN KEY (month) REFERENCES accounting.closes(month);

ALTER TABLE ONLY accounting.movements
    ADD CONSTRAINT movements_month_fkey FOREIGN KEY (month) REFERENCES accounting.closes(month);

ALTER TABLE ONLY accounting.settlements
    ADD CONSTRAINT settlements_month_fkey FOREIGN KEY (month) REFERENCES accounting.closes(month);

ALTER TABLE ONLY benefits.gives
    ADD CONSTRAINT gives_version_fkey FOREIGN KEY (version) REFERENCES benefits.versions(version);

ALTER TABLE ONLY campaigns.budgets
    ADD CONSTRAINT budgets_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(campaign_id);

ALTER TABLE ONLY campaigns.changes
    ADD CONSTRAINT changes_campaign_id_version_fkey FOREIGN KEY (campaign_id, version) REFERENCES campaigns.versions(campaign_id, version);

ALTER TABLE ONLY campaigns.grants
    ADD CONSTRAINT grants_campaign_id_version_fkey FOREIGN KEY (campaign_id, version) REFERENCES campaigns.versions(campaign_id, version);

ALTER TABLE ONLY campaigns.versions
    ADD CONSTRAINT versions_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaigns(campaign_id);

ALTER TABLE ONLY customers.card_issues
    ADD CONSTRAINT card_issues_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers.customers(customer_id);

ALTER TABLE ONLY customers.card_issues
    ADD CONSTRAINT card_issues_lookup_fkey FOREIGN KEY (lookup) REFERENCES customers.identifiers(lookup);

ALTER TABLE ONLY customers.card_issues
    ADD CONSTRAINT card_issues_replaces_fkey FOREIGN KEY (replaces) REFERENCES customers.identifiers(lookup);

ALTER TABLE ONLY customers.conflicts
    ADD CONSTRAINT conflicts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers.customers(customer_id);

ALTER TABLE ONLY customers.conflicts
    ADD CONSTRAINT conflicts_other_customer_id_fkey FOREIGN KEY (other_customer_id) REFERENCES customers.customers(customer_id);

ALTER TABLE ONLY customers.customers
    ADD CONSTRAINT customers_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES customers.customers(customer_id);

ALTER TABLE ONLY customers.identifiers
    ADD CONSTRAINT identifiers_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers.customers(customer_id);

ALTER TABLE ONLY customers.identifiers
    ADD CONSTRAINT identifiers_merged_from_fkey FOREIGN KEY (merged_from) REFERENCES customers.customers(customer_id);

ALTER TABLE ONLY customers.merges
    ADD CONSTRAINT merges_absorbed_id_fkey FOREIGN KEY (absorbed_id) REFERENCES customers.customers(customer_id);

ALTER TABLE ONLY customers.merges
    ADD CONSTRAINT merges_survivor_id_fkey FOREIGN KEY (survivor_id) REFERENCES customers.customers(customer_id);

ALTER TABLE ONLY customers.merges
    ADD CONSTRAINT merges_undoes_fkey FOREIGN KEY (undoes) REFERENCES customers.merges(merge_id);

ALTER TABLE ONLY drafts.backtests
    ADD CONSTRAINT backtests_draft_id_revision_fkey FOREIGN KEY (draft_id, revision) REFERENCES drafts.revisions(draft_id, revision);

ALTER TABLE ONLY drafts.changes
    ADD CONSTRAINT changes_draft_id_revision_fkey FOREIGN KEY (draft_id, revision) REFERENCES drafts.revisions(draft_id, revision);

ALTER TABLE ONLY drafts.revisions
    ADD CONSTRAINT revisions_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES drafts.drafts(draft_id);

ALTER TABLE ONLY ledger.adjustment_requests
    ADD CONSTRAINT adjustment_requests_reason_fkey FOREIGN KEY (reason) REFERENCES ledger.reasons(reason);

ALTER TABLE ONLY purchases.claims
    ADD CONSTRAINT claims_purchase_id_fkey FOREIGN KEY (purchase_id) REFERENCES purchases.purchases(purchase_id);

ALTER TABLE ONLY purchases.events
    ADD CONSTRAINT events_purchase_id_fkey FOREIGN KEY (purchase_id) REFERENCES purchases.purchases(purchase_id);

ALTER TABLE ONLY purchases.returns
    ADD CONSTRAINT returns_purchase_id_fkey FOREIGN KEY (purchase_id) REFERENCES purchases.purchases(purchase_id);

ALTER TABLE ONLY ranks.changes
    ADD CONSTRAINT changes_ladder_version_fkey FOREIGN KEY (ladder_version) REFERENCES ranks.ladders(version);

ALTER TABLE ONLY ranks.evaluations
    ADD CONSTRAINT evaluations_ladder_version_fkey FOREIGN KEY (ladder_version) REFERENCES ranks.ladders(version);

ALTER TABLE ONLY ranks.rewards
    ADD CONSTRAINT rewards_customer_id_seq_fkey FOREIGN KEY (customer_id, seq) REFERENCES ranks.changes(customer_id, seq);

ALTER TABLE ONLY referrals.referrals
    ADD CONSTRAINT referrals_version_fkey FOREIGN KEY (version) REFERENCES referrals.versions(version);

ALTER TABLE ONLY reservations.bookings
    ADD CONSTRAINT bookings_store_settings_version_fkey FOREIGN KEY (store, settings_version) REFERENCES reservations.versions(store, version);

ALTER TABLE ONLY reservations.events
    ADD CONSTRAINT events_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES reservations.bookings(booking_id);

ALTER TABLE ONLY reservations.occupied
    ADD CONSTRAINT occupied_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES reservations.bookings(booking_id);

ALTER TABLE ONLY reservations.occupied
    ADD CONSTRAINT occupied_lane_fkey FOREIGN KEY (lane) REFERENCES reservations.lanes(lane);

ALTER TABLE ONLY reservations.waits
    ADD CONSTRAINT waits_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES reservations.bookings(booking_id);

GRANT USAGE ON SCHEMA access TO enishi_app;

GRANT USAGE ON SCHEMA accounting TO enishi_app;

GRANT USAGE ON SCHEMA audit TO enishi_app;

GRANT USAGE ON SCHEMA benefits TO enishi_app;

GRANT USAGE ON SCHEMA campaigns TO enishi_app;

GRANT USAGE ON SCHEMA catalog TO enishi_app;

GRANT USAGE ON SCHEMA connectors TO enishi_app;

GRANT USAGE ON SCHEMA customers TO enishi_app;

GRANT USAGE ON SCHEMA drafts TO enishi_app;

GRANT USAGE ON SCHEMA ledger TO enishi_app;

GRANT USAGE ON SCHEMA messaging TO enishi_app;

GRANT USAGE ON SCHEMA outbox TO enishi_app;

GRANT USAGE ON SCHEMA program TO enishi_app;

GRANT USAGE ON SCHEMA purchases TO enishi_app;

GRANT USAGE ON SCHEMA ranks TO enishi_app;

GRANT USAGE ON SCHEMA referrals TO enishi_app;

GRANT USAGE ON SCHEMA reservations TO enishi_app;

GRANT ALL ON FUNCTION purchases.net_of_tax(lines json, tax_mode text) TO enishi_app;

GRANT SELECT,INSERT ON TABLE access.api_keys TO enishi_app;

GRANT UPDATE(last_used_at) ON TABLE access.api_keys TO enishi_app;

GRANT UPDATE(revoked_at) ON TABLE access.api_keys TO enishi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE access.login_tries TO enishi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE access.member_codes TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE access.member_guesses TO enishi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE access.member_sessions TO enishi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE access.operator_sessions TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE access.operators TO enishi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE access.role_grants TO enishi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE access.roles TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE accounting.ahead TO enishi_app;

GRANT SELECT,INSERT ON TABLE accounting.closes TO enishi_app;

GRANT SELECT,INSERT ON TABLE accounting.cohorts TO enishi_app;

GRANT SELECT ON TABLE accounting.figure_definitions TO enishi_app;

GRANT SELECT,INSERT ON TABLE accounting.figures TO enishi_app;

GRANT SELECT,INSERT ON TABLE accounting.movements TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE accounting.positions TO enishi_app;

GRANT SELECT,INSERT ON TABLE accounting.settlements TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE accounting.sold TO enishi_app;

GRANT SELECT,INSERT ON TABLE accounting.versions TO enishi_app;

GRANT USAGE ON SEQUENCE accounting.walk_numbers TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE accounting.walked TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE accounting.walks TO enishi_app;

GRANT SELECT,INSERT ON TABLE audit.events TO enishi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE benefits.draft TO enishi_app;

GRANT SELECT,INSERT ON TABLE benefits.gives TO enishi_app;

GRANT UPDATE(undone_at) ON TABLE benefits.gives TO enishi_app;

GRANT UPDATE(undone_by) ON TABLE benefits.gives TO enishi_app;

GRANT UPDATE(undo_reason) ON TABLE benefits.gives TO enishi_app;

GRANT SELECT,INSERT ON TABLE benefits.grants TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE benefits.merged TO enishi_app;

GRANT UPDATE(survivor_id) ON TABLE benefits.merged TO enishi_app;

GRANT SELECT,INSERT ON TABLE benefits.versions TO enishi_app;

GRANT SELECT,INSERT ON TABLE campaigns.budgets TO enishi_app;

GRANT UPDATE(points_left) ON TABLE campaigns.budgets TO enishi_app;

GRANT SELECT,INSERT ON TABLE campaigns.campaigns TO enishi_app;

GRANT SELECT,INSERT ON TABLE campaigns.changes TO enishi_app;

GRANT SELECT,INSERT ON TABLE campaigns.claims TO enishi_app;

GRANT SELECT,INSERT ON TABLE campaigns.grants TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE campaigns.segment_members TO enishi_app;

GRANT SELECT,INSERT ON TABLE campaigns.versions TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE campaigns.weather TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE catalog.stores TO enishi_app;

GRANT SELECT,INSERT ON TABLE connectors.replays TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE connectors.runs TO enishi_app;

GRANT SELECT,INSERT ON TABLE customers.card_issues TO enishi_app;

GRANT SELECT,INSERT ON TABLE customers.conflicts TO enishi_app;

GRANT SELECT,INSERT ON TABLE customers.customers TO enishi_app;

GRANT UPDATE(profile) ON TABLE customers.customers TO enishi_app;

GRANT UPDATE(merged_into) ON TABLE customers.customers TO enishi_app;

GRANT SELECT,INSERT ON TABLE customers.identifiers TO enishi_app;

GRANT UPDATE(customer_id) ON TABLE customers.identifiers TO enishi_app;

GRANT UPDATE(sealed) ON TABLE customers.identifiers TO enishi_app;

GRANT UPDATE(ended_at) ON TABLE customers.identifiers TO enishi_app;

GRANT UPDATE(ended_reason) ON TABLE customers.identifiers TO enishi_app;

GRANT UPDATE(merged_from) ON TABLE customers.identifiers TO enishi_app;

GRANT SELECT,INSERT ON TABLE customers.key_check TO enishi_app;

GRANT SELECT,INSERT ON TABLE customers.merges TO enishi_app;

GRANT SELECT,INSERT ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(state) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(runner) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(heartbeat_at) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(attempts) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(started_at) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(finished_at) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(history_until) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(rules_hash) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(receipts_done) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(receipts_total) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(error_code) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(error_detail) ON TABLE drafts.backtests TO enishi_app;

GRANT UPDATE(result) ON TABLE drafts.backtests TO enishi_app;

GRANT SELECT,INSERT ON TABLE drafts.changes TO enishi_app;

GRANT SELECT,INSERT ON TABLE drafts.drafts TO enishi_app;

GRANT SELECT,INSERT ON TABLE drafts.revisions TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.accounts TO enishi_app;

GRANT UPDATE(seq) ON TABLE ledger.accounts TO enishi_app;

GRANT UPDATE(balance) ON TABLE ledger.accounts TO enishi_app;

GRANT UPDATE(lots) ON TABLE ledger.accounts TO enishi_app;

GRANT UPDATE(frozen_at) ON TABLE ledger.accounts TO enishi_app;

GRANT UPDATE(merged_into) ON TABLE ledger.accounts TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.adjusted_days TO enishi_app;

GRANT UPDATE(points) ON TABLE ledger.adjusted_days TO enishi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ledger.adjustment_limits TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.adjustment_requests TO enishi_app;

GRANT UPDATE(state) ON TABLE ledger.adjustment_requests TO enishi_app;

GRANT UPDATE(decided_by) ON TABLE ledger.adjustment_requests TO enishi_app;

GRANT UPDATE(decided_at) ON TABLE ledger.adjustment_requests TO enishi_app;

GRANT UPDATE(decision_note) ON TABLE ledger.adjustment_requests TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE ledger.families TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.holds TO enishi_app;

GRANT UPDATE(state) ON TABLE ledger.holds TO enishi_app;

GRANT UPDATE(captured_points) ON TABLE ledger.holds TO enishi_app;

GRANT UPDATE(purchase_id) ON TABLE ledger.holds TO enishi_app;

GRANT UPDATE(settled_at) ON TABLE ledger.holds TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.journal TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.offline_terminals TO enishi_app;

GRANT UPDATE(spent) ON TABLE ledger.offline_terminals TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.operations TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.overspends TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.pending TO enishi_app;

GRANT UPDATE(customer_id) ON TABLE ledger.pending TO enishi_app;

GRANT UPDATE(due_at) ON TABLE ledger.pending TO enishi_app;

GRANT UPDATE(state) ON TABLE ledger.pending TO enishi_app;

GRANT UPDATE(cancelled_points) ON TABLE ledger.pending TO enishi_app;

GRANT UPDATE(entry_seq) ON TABLE ledger.pending TO enishi_app;

GRANT UPDATE(settled_at) ON TABLE ledger.pending TO enishi_app;

GRANT UPDATE(booked_id) ON TABLE ledger.pending TO enishi_app;

GRANT UPDATE(owner_id) ON TABLE ledger.pending TO enishi_app;

GRANT SELECT ON TABLE ledger.postings TO enishi_app;

GRANT SELECT,INSERT ON TABLE ledger.reasons TO enishi_app;

GRANT UPDATE(name_ja) ON TABLE ledger.reasons TO enishi_app;

GRANT UPDATE(name_en) ON TABLE ledger.reasons TO enishi_app;

GRANT UPDATE("position") ON TABLE ledger.reasons TO enishi_app;

GRANT UPDATE(ended_at) ON TABLE ledger.reasons TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE messaging.messages TO enishi_app;

GRANT SELECT,INSERT ON TABLE outbox.events TO enishi_app;

GRANT SELECT,INSERT ON TABLE program.versions TO enishi_app;

GRANT SELECT ON TABLE public.schema_migrations TO enishi_app;

GRANT SELECT,INSERT ON TABLE purchases.claims TO enishi_app;

GRANT SELECT,INSERT ON TABLE purchases.events TO enishi_app;

GRANT SELECT,INSERT ON TABLE purchases.moves TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE purchases.owners TO enishi_app;

GRANT UPDATE(customer_id) ON TABLE purchases.owners TO enishi_app;

GRANT SELECT,INSERT ON TABLE purchases.purchases TO enishi_app;

GRANT SELECT,INSERT ON TABLE purchases.returns TO enishi_app;

GRANT SELECT,INSERT ON TABLE ranks.changes TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE ranks.evaluations TO enishi_app;

GRANT SELECT,INSERT ON TABLE ranks.ladders TO enishi_app;

GRANT SELECT,INSERT ON TABLE ranks.notices TO enishi_app;

GRANT UPDATE(consumed_at) ON TABLE ranks.notices TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE ranks.progress TO enishi_app;

GRANT SELECT,INSERT ON TABLE ranks.rewards TO enishi_app;

GRANT UPDATE(consumed_at) ON TABLE ranks.rewards TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE ranks.standing TO enishi_app;

GRANT SELECT,INSERT ON TABLE referrals.codes TO enishi_app;

GRANT SELECT,INSERT ON TABLE referrals.hints TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE referrals.referrals TO enishi_app;

GRANT SELECT,INSERT ON TABLE referrals.versions TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE reservations.bookings TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE reservations.days TO enishi_app;

GRANT SELECT,INSERT ON TABLE reservations.events TO enishi_app;

GRANT SELECT,INSERT ON TABLE reservations.feeds TO enishi_app;

GRANT UPDATE(revoked_at) ON TABLE reservations.feeds TO enishi_app;

GRANT SELECT,INSERT ON TABLE reservations.lanes TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE reservations.members TO enishi_app;

GRANT SELECT,INSERT,DELETE ON TABLE reservations.occupied TO enishi_app;

GRANT SELECT,INSERT ON TABLE reservations.versions TO enishi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE reservations.waits TO enishi_app;
