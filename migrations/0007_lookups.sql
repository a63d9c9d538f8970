-- Checkpoint, shared cache, single flight and record of intent in one: one row per question.
create table ops.lookups (
    provider       text        not null
        constraint ck_lookups_provider check (provider in ('diretrix', 'work_api')),
    kind           text        not null
        constraint ck_lookups_kind check (kind in ('phone', 'email', 'profile')),
    key_hash       bytea       not null
        constraint ck_lookups_key_hash check (octet_length(key_hash) = 32),
    state          text        not null
        constraint ck_lookups_state check (state in ('pending', 'found', 'absent')),
    value          jsonb,
    owner          uuid,
    lead_id        text        not null,
    run_no         bigint      not null,
    price_centavos bigint      not null,
    purpose        text        not null,
    legal_basis    text        not null,
    started_at     timestamptz not null default now(),
    expires_at     timestamptz not null,
    constraint pk_lookups primary key (provider, kind, key_hash),
    constraint ck_lookups_owner check ((state = 'pending') = (owner is not null)),
    constraint ck_lookups_value check ((state = 'found') = (value is not null))
);
comment on column ops.lookups.key_hash is 'Keyed hash of the contact or the CPF.';
comment on column ops.lookups.value is 'The candidates; of a profile only its party_id; of an answer that may not be kept only why.';
comment on column ops.lookups.price_centavos is 'What the call is expected to cost: what is charged if nobody learns how it ended.';
comment on column ops.lookups.expires_at is 'Of a pending row: until when an answer, should one be found, may be used.';
create index ix_lookups_lead on ops.lookups (lead_id);

-- The ledger: one row when a call settles.
create table ops.provider_calls (
    call_id       bigint      generated always as identity constraint pk_provider_calls primary key,
    provider      text        not null
        constraint ck_provider_calls_provider check (provider in ('diretrix', 'work_api')),
    operation     text        not null
        constraint ck_provider_calls_operation check (operation in ('phone', 'email', 'profile')),
    lead_id       text        not null,
    outcome       text        not null
        constraint ck_provider_calls_outcome check (
            outcome in ('hit', 'miss', 'error', 'denied', 'unknown', 'cached')),
    cost_centavos bigint      not null constraint ck_provider_calls_cost check (cost_centavos >= 0),
    latency_ms    bigint      not null constraint ck_provider_calls_latency check (latency_ms >= 0),
    purpose       text        not null,
    legal_basis   text        not null,
    at            timestamptz not null default now()
);
create index ix_provider_calls_lead on ops.provider_calls (lead_id);
create index ix_provider_calls_at on ops.provider_calls (at);

-- Written only while a cap is set.
create table ops.budgets (
    period         text   not null constraint ck_budgets_period check (period in ('day', 'month')),
    starts_on      date   not null,
    cap_centavos   bigint not null constraint ck_budgets_cap check (cap_centavos >= 0),
    spent_centavos bigint not null default 0 constraint ck_budgets_spent check (spent_centavos >= 0),
    constraint pk_budgets primary key (period, starts_on)
);

-- Keyed hashes of contacts and CPFs of people who objected or were erased.
create table ops.suppressions (
    key_hash   bytea       constraint pk_suppressions primary key
        constraint ck_suppressions_key_hash check (octet_length(key_hash) = 32),
    kind       text        not null constraint ck_suppressions_kind check (kind in ('cpf', 'phone', 'email')),
    reason     text        not null constraint ck_suppressions_reason check (reason in ('objection', 'erasure')),
    created_at timestamptz not null default now()
);

-- The key of the keyed hashes, when the operator gave none.
create table ops.privacy_key (
    id         boolean     constraint pk_privacy_key primary key default true
        constraint ck_privacy_key_one_row check (id),
    key        bytea       not null constraint ck_privacy_key_length check (octet_length(key) >= 16),
    created_at timestamptz not null default now()
);
