create type core.contact_type_enum as enum ('email', 'phone', 'whatsapp');

create table core.party_contacts (
    contact_id       uuid        constraint pk_party_contacts primary key,
    party_id         uuid        not null
        constraint fk_party_contacts_party references core.parties (id) on delete cascade,
    contact_type     core.contact_type_enum not null,
    value            text        not null constraint ck_party_contacts_value check (value ~ '\S'),
    kind             text        generated always as (case contact_type when 'email' then 'email' else 'phone' end) stored,
    value_normalized text        generated always as (
        case contact_type when 'email' then lower(btrim(value)) else core.national_digits(value) end) stored,
    is_primary       boolean     not null default false,
    is_verified      boolean     not null default false,
    is_whatsapp      boolean     not null default false,
    source           text        not null
        constraint ck_party_contacts_source check (source in ('work_api', 'diretrix', 'c2s')),
    confidence       numeric(3, 2)
        constraint ck_party_contacts_confidence check (confidence between 0 and 1),
    metadata         jsonb       not null default '{}',
    valid_from       timestamptz not null default now(),
    valid_to         timestamptz,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint uq_party_contact_unique unique (party_id, contact_type, value),
    constraint uq_party_contacts_normalized unique (party_id, kind, value_normalized),
    constraint ck_party_contacts_primary check (not is_primary or valid_to is null)
);
comment on column core.party_contacts.source is 'Who said so; the provider''s labels are in metadata.';
comment on column core.party_contacts.valid_to is 'When it vanished from what its source says; null while it holds.';

create unique index uq_party_contacts_primary on core.party_contacts (party_id, kind)
    where is_primary and valid_to is null;
create index ix_party_contacts_lookup on core.party_contacts (kind, value_normalized) where valid_to is null;
