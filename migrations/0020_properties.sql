-- Real estate and who owns it: what the analytics layer counts as assets.

create table core.real_estate_properties (
    property_id      uuid        constraint pk_real_estate_properties primary key default gen_random_uuid(),
    address_id       uuid
        constraint fk_real_estate_properties_address references core.addresses (id),
    property_code    text        constraint uq_real_estate_properties_code unique
        constraint ck_real_estate_properties_code check (property_code ~ '\S'),
    iptu_code        text        constraint ck_real_estate_properties_iptu_code check (iptu_code ~ '\S'),
    property_type    text        constraint ck_real_estate_properties_type check (property_type ~ '\S'),
    land_area_sqm    numeric(14, 2)
        constraint ck_real_estate_properties_land_area check (land_area_sqm >= 0 and land_area_sqm <> 'NaN'),
    built_area_sqm   numeric(14, 2)
        constraint ck_real_estate_properties_built_area check (built_area_sqm >= 0 and built_area_sqm <> 'NaN'),
    rooms_count      integer     constraint ck_real_estate_properties_rooms check (rooms_count >= 0),
    bathrooms_count  integer     constraint ck_real_estate_properties_bathrooms check (bathrooms_count >= 0),
    parking_spaces   integer     constraint ck_real_estate_properties_parking check (parking_spaces >= 0),
    market_value_brl numeric(15, 2)
        constraint ck_real_estate_properties_market_value check (market_value_brl >= 0 and market_value_brl <> 'NaN'),
    tax_value_brl    numeric(15, 2)
        constraint ck_real_estate_properties_tax_value check (tax_value_brl >= 0 and tax_value_brl <> 'NaN'),
    monthly_tax_brl  numeric(15, 2)
        constraint ck_real_estate_properties_monthly_tax check (monthly_tax_brl >= 0 and monthly_tax_brl <> 'NaN')
);
create index ix_real_estate_properties_address on core.real_estate_properties (address_id);

-- Somebody may sell a property and buy it again, and sources disagree about dates: periods of one party and
-- property may overlap, and whoever counts, counts the property once.
create table core.ownerships (
    ownership_id uuid        constraint pk_ownerships primary key default gen_random_uuid(),
    party_id     uuid        not null
        constraint fk_ownerships_party references core.parties (id) on delete cascade,
    property_id  uuid        not null
        constraint fk_ownerships_property references core.real_estate_properties (property_id) on delete cascade,
    start_date   date,
    end_date     date,
    is_current   boolean     generated always as (end_date is null) stored,
    confidence   numeric(3, 2)
        constraint ck_ownerships_confidence check (confidence between 0 and 1),
    constraint ck_ownerships_period check (end_date >= start_date),
    constraint uq_ownerships_period unique nulls not distinct (party_id, property_id, start_date, end_date)
);
create index ix_ownerships_property on core.ownerships (property_id);

comment on table core.real_estate_properties is 'A property, once. The service does not write it: the brokerage imports what it has. Personal data: where somebody may live, by way of ownerships. Kept: until deleted; it stays when its owners go.';
comment on column core.real_estate_properties.address_id is 'Where it is; null when that is not known.';
comment on column core.real_estate_properties.property_code is 'The importer''s own key of the property.';
comment on column core.real_estate_properties.iptu_code is 'The municipal tax register''s number.';
comment on column core.real_estate_properties.property_type is 'In the importer''s words, such as apartamento.';
comment on column core.real_estate_properties.market_value_brl is 'In reais: what it may be sold for. What it sums up to is total_assets_brl of the views.';
comment on column core.real_estate_properties.tax_value_brl is 'In reais: the valor venal.';
comment on column core.real_estate_properties.monthly_tax_brl is 'In reais: the IPTU of a month.';

comment on table core.ownerships is 'Who owns a property, and since when. The service does not write it: the brokerage imports what it has. Personal data: what somebody owns. Kept: as long as its party and its property.';
comment on column core.ownerships.start_date is 'Null: not known.';
comment on column core.ownerships.end_date is 'Null while it holds.';
comment on column core.ownerships.is_current is 'Exactly when there is no end_date.';
comment on column core.ownerships.confidence is 'How sure the source is, 0 to 1.';
