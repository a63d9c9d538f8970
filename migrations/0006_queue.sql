-- There is no table of jobs: leads and outbox are the queue.
create table ops.instances (
    id           uuid        constraint pk_instances primary key,
    started_at   timestamptz not null default now(),
    heartbeat_at timestamptz not null default now()
);

create table ops.leads (
    lead_id             text        constraint pk_leads primary key
        constraint ck_leads_lead_id check (lead_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    source              text        not null
        constraint ck_leads_source check (source in ('make', 'c2s_webhook', 'google_ads', 'backfill', 'api')),
    priority            smallint    not null default 0
        constraint ck_leads_priority check (priority in (0, 1)),
    state               text        not null
        constraint ck_leads_state check (state in (
            'accepted', 'processing', 'retrying', 'budget_hold', 'review', 'completed', 'unidentified',
            'suppressed', 'lead_missing', 'failed', 'delivery_unknown')),
    outcome             text
        constraint ck_leads_outcome check (outcome in (
            'review', 'completed', 'unidentified', 'suppressed', 'lead_missing', 'failed', 'delivery_unknown')),
    requested_no        bigint      not null default 1,
    run_no              bigint      not null default 0,
    owner               uuid,
    due_at              timestamptz,
    attempts            integer     not null default 0 constraint ck_leads_attempts check (attempts >= 0),
    crashes             integer     not null default 0 constraint ck_leads_crashes check (crashes >= 0),
    contact_fingerprint bytea,
    message_fingerprint bytea,
    message_sent        boolean     not null default false,
    timeline            jsonb       not null default '[]',
    last_error          text,
    first_seen_at       timestamptz not null default now(),
    finished_at         timestamptz,
    constraint ck_leads_owner check ((state = 'processing') = (owner is not null)),
    constraint ck_leads_due_at check (
        (state in ('accepted', 'retrying', 'budget_hold')) = (due_at is not null)),
    constraint ck_leads_finished_at check (
        (state in ('accepted', 'processing', 'retrying', 'budget_hold')) = (finished_at is null))
) with (fillfactor = 70);
comment on column ops.leads.priority is '0: somebody waits for it. 1: backfilled.';
comment on column ops.leads.run_no is 'The fence: it only ever grows, and no write of an earlier run passes.';
comment on column ops.leads.requested_no is 'The run that is asked for at least; ahead of run_no when something changed during a run.';
comment on column ops.leads.outcome is 'The last end that was reached.';
comment on column ops.leads.message_fingerprint is 'Of the message last delivered.';
comment on column ops.leads.last_error is 'A code, without personal data.';

create index ix_leads_queue on ops.leads (priority, due_at)
    where owner is null and state in ('accepted', 'retrying', 'budget_hold');
create index ix_leads_owner on ops.leads (owner) where owner is not null;
create index ix_leads_first_seen on ops.leads (first_seen_at, lead_id);

-- The wide part of a lead, as the CRM had it when it was fetched.
create table ops.lead_details (
    lead_id        text        constraint pk_lead_details primary key
        constraint fk_lead_details_lead references ops.leads (lead_id) on delete cascade,
    name           text,
    phone          text,
    email          text,
    description    text,
    product        text,
    price_centavos bigint,
    seller         text,
    campaign       text,
    source         text,
    crm_created_at timestamptz,
    crm_updated_at timestamptz,
    fetched_at     timestamptz not null default now()
);

create table ops.outbox (
    lead_id       text        not null
        constraint fk_outbox_lead references ops.leads (lead_id) on delete cascade,
    kind          text        not null constraint ck_outbox_kind check (kind in ('message')),
    body          text        not null,
    fingerprint   bytea       not null,
    state         text        not null
        constraint ck_outbox_state check (state in ('sending', 'unknown', 'sent')),
    run_no        bigint      not null,
    owner         uuid,
    sending_since timestamptz,
    attempts      integer     not null default 0 constraint ck_outbox_attempts check (attempts >= 0),
    read_back     boolean     not null default false,
    due_at        timestamptz,
    sent_at       timestamptz,
    last_error    text,
    constraint pk_outbox primary key (lead_id, kind),
    constraint ck_outbox_owner check ((state = 'sending') = (owner is not null)),
    constraint ck_outbox_sent_at check ((state = 'sent') = (sent_at is not null))
);
comment on column ops.outbox.fingerprint is 'Of the message without its last line.';
comment on column ops.outbox.attempts is 'Sends of unknown outcome.';
comment on column ops.outbox.read_back is 'An earlier run may have delivered it: the lead is read back before it is sent.';
comment on column ops.outbox.due_at is 'Not before this moment may it be read back: a late request may still land.';
