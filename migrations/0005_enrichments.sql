create table core.party_enrichments (
    enrichment_id   uuid        constraint pk_party_enrichments primary key default gen_random_uuid(),
    party_id        uuid        not null
        constraint fk_party_enrichments_party references core.parties (id) on delete cascade,
    provider        text        not null,
    raw_payload     jsonb       not null,
    normalized_data jsonb       not null,
    quality_score   numeric(3, 2)
        constraint ck_party_enrichments_quality check (quality_score between 0 and 1),
    risk_score      numeric(3, 2)
        constraint ck_party_enrichments_risk check (risk_score between 0 and 1),
    payload_sha256  bytea       not null
        constraint ck_party_enrichments_sha256 check (octet_length(payload_sha256) = 32),
    enriched_at     timestamptz not null,
    expires_at      timestamptz,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    constraint uq_party_enrichments_provider unique (party_id, provider)
);
comment on column core.party_enrichments.raw_payload is 'The allow-listed part of the answer, in the vendor''s shape.';
comment on column core.party_enrichments.quality_score is 'Completeness of the profile, 0 to 1; credit risk is in risk_score.';
comment on column core.party_enrichments.risk_score is 'Credit risk, 0 to 1, 1 is the worst: 1 minus a thousandth of the credit score.';

-- What an enrichment said before it was replaced by another one.
create table core.party_enrichment_history (
    history_id      bigint      generated always as identity constraint pk_party_enrichment_history primary key,
    party_id        uuid        not null
        constraint fk_party_enrichment_history_party references core.parties (id) on delete cascade,
    provider        text        not null,
    raw_payload     jsonb       not null,
    normalized_data jsonb       not null,
    quality_score   numeric(3, 2),
    risk_score      numeric(3, 2),
    payload_sha256  bytea       not null,
    enriched_at     timestamptz not null,
    replaced_at     timestamptz not null default now()
);
create index ix_party_enrichment_history_party on core.party_enrichment_history (party_id, enriched_at);

create table core.lead_parties (
    lead_id    text        not null,
    party_id   uuid        not null
        constraint fk_lead_parties_party references core.parties (id) on delete cascade,
    run_no     bigint      not null,
    matched_by text        not null
        constraint ck_lead_parties_matched_by check (matched_by in ('phone', 'email', 'both', 'review')),
    provider   text        not null,
    confidence numeric(3, 2)
        constraint ck_lead_parties_confidence check (confidence between 0 and 1),
    evidence   jsonb       not null default '{}',
    created_at timestamptz not null default now(),
    constraint pk_lead_parties primary key (lead_id, party_id)
);
comment on column core.lead_parties.run_no is 'The last run of the lead that found this person.';
create index ix_lead_parties_party on core.lead_parties (party_id);
