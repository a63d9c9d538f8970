-- What arrived, as it arrived.
create table ops.webhook_events (
    event_id    uuid        constraint pk_webhook_events primary key,
    source      text        not null,
    lead_id     text        not null,
    hook_action text,
    updated_at  timestamptz,
    payload     jsonb,
    received_at timestamptz not null default now()
);
create unique index uq_webhook_events on ops.webhook_events (source, lead_id, updated_at, hook_action)
    nulls not distinct where updated_at is not null;
create index ix_webhook_events_lead on ops.webhook_events (lead_id);

-- A form filled in at Google Ads; the shared secret in its body (`google_key`) is never stored.
create table ops.google_ads_leads (
    google_ads_lead_id uuid        constraint pk_google_ads_leads primary key,
    google_lead_id     text        not null constraint uq_google_ads_leads_google_lead_id unique,
    form_id            bigint,
    campaign_id        bigint,
    adgroup_id         bigint,
    creative_id        bigint,
    asset_group_id     bigint,
    gcl_id             text,
    payload            jsonb,
    lead_id            text,
    received_at        timestamptz not null default now()
);

-- Doubtful identities, for a person to decide.
create table ops.reviews (
    review_id  uuid        constraint pk_reviews primary key,
    lead_id    text        not null
        constraint fk_reviews_lead references ops.leads (lead_id) on delete cascade,
    candidates jsonb       not null,
    decision   text        constraint ck_reviews_decision check (decision in ('choose', 'reject')),
    chosen     integer,
    decided_by text,
    decided_at timestamptz,
    created_at timestamptz not null default now(),
    constraint ck_reviews_decided check ((decision is not null) = (decided_at is not null and decided_by is not null)),
    constraint ck_reviews_chosen check ((decision is not distinct from 'choose') = (chosen is not null))
);
create unique index uq_reviews_open on ops.reviews (lead_id) where decision is null;

-- A person who was turned down for a contact is never proposed for it again.
create table ops.rejected_matches (
    contact_hash bytea       not null,
    cpf_hash     bytea       not null,
    rejected_by  text        not null,
    rejected_at  timestamptz not null default now(),
    constraint pk_rejected_matches primary key (contact_hash, cpf_hash)
);

-- Who read or exported whose data, when, why.
create table ops.access_log (
    access_id bigint      generated always as identity constraint pk_access_log primary key,
    at        timestamptz not null default now(),
    actor     text        not null,
    action    text        not null,
    party_id  uuid,
    lead_id   text,
    reason    text
);
create index ix_access_log_party on ops.access_log (party_id, at);
