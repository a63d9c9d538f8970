-- Addresses are shared by many people: one row per place.
create function core.address_hash(
    street_type text, street text, number text, complement text,
    neighborhood text, city text, state text, zip_code text) returns text
    language sql immutable parallel safe
    return md5(
        coalesce(core.fold_text(street_type), '') || E'\x1f' || coalesce(core.fold_text(street), '') || E'\x1f' ||
        coalesce(core.fold_text(number), '') || E'\x1f' || coalesce(core.fold_text(complement), '') || E'\x1f' ||
        coalesce(core.fold_text(neighborhood), '') || E'\x1f' || coalesce(core.fold_text(city), '') || E'\x1f' ||
        coalesce(state, '') || E'\x1f' || coalesce(zip_code, ''));

create table core.addresses (
    id                uuid        constraint pk_addresses primary key,
    street_type       text,
    street            text,
    number            text,
    complement        text,
    neighborhood      text,
    city              text,
    state             text        constraint ck_addresses_state check (state ~ '^[A-Z]{2}$'),
    zip_code          text        constraint ck_addresses_zip_code check (zip_code ~ '^[0-9]{8}$'),
    formatted_address text,
    latitude          numeric(9, 6) constraint ck_addresses_latitude check (latitude between -90 and 90),
    longitude         numeric(9, 6) constraint ck_addresses_longitude check (longitude between -180 and 180),
    is_valid          boolean     not null default true,
    address_hash      text        generated always as (core.address_hash(
        street_type, street, number, complement, neighborhood, city, state, zip_code)) stored,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    constraint uq_addresses_hash unique (address_hash)
);

create table core.party_addresses (
    id               uuid        constraint pk_party_addresses primary key default gen_random_uuid(),
    party_id         uuid        not null
        constraint fk_party_addresses_party references core.parties (id) on delete cascade,
    address_id       uuid        not null
        constraint fk_party_addresses_address references core.addresses (id),
    address_type     text        not null default 'residential'
        constraint ck_party_addresses_type check (
            address_type in ('residential', 'commercial', 'billing', 'family_member', 'other')),
    is_primary       boolean     not null default false,
    is_current       boolean     not null default true,
    verified         boolean     not null default false,
    confidence_score numeric(3, 2)
        constraint ck_party_addresses_confidence check (confidence_score between 0 and 1),
    metadata         jsonb       not null default '{}',
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint uq_party_address_link unique (party_id, address_id)
);

create unique index uq_party_addresses_primary on core.party_addresses (party_id) where is_primary;
create index ix_party_addresses_address on core.party_addresses (address_id);
