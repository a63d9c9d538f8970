create table core.parties (
    id                       uuid        constraint pk_parties primary key,
    party_type               text        not null
        constraint ck_parties_party_type check (party_type in ('person', 'company')),
    cpf_cnpj                 text,
    full_name                text        not null
        constraint ck_parties_full_name check (full_name ~ '\S' and length(full_name) <= 400),
    normalized_name          text        generated always as (core.fold_text(full_name)) stored,
    sex                      text        constraint ck_parties_sex check (sex in ('M', 'F')),
    birth_date               date,
    mother_name              text,
    father_name              text,
    rg                       text,
    fantasy_name             text,
    normalized_fantasy_name  text        generated always as (core.fold_text(fantasy_name)) stored,
    opening_date             date,
    registration_status_date date,
    company_type             text,
    company_size             text,
    enriched                 boolean     not null default false,
    enriched_at              timestamptz,
    created_at               timestamptz not null default now(),
    updated_at               timestamptz not null default now(),
    constraint ck_parties_cpf_cnpj check (
        case party_type when 'person' then cpf_cnpj ~ '^[0-9]{11}$' else cpf_cnpj ~ '^[0-9]{14}$' end),
    constraint ck_parties_enriched check (enriched = (enriched_at is not null)),
    constraint uq_parties_id_type unique (id, party_type)
);
comment on column core.parties.sex is 'As the registry has it; never guessed from the name.';

create unique index uq_parties_cpf_cnpj on core.parties (cpf_cnpj) where cpf_cnpj is not null;
create index ix_parties_normalized_name on core.parties using gin (normalized_name gin_trgm_ops);
create index ix_parties_normalized_fantasy_name on core.parties using gin (normalized_fantasy_name gin_trgm_ops)
    where normalized_fantasy_name is not null;

-- The party's type is part of the key, so that a company cannot get a row of people, nor a person one
-- of companies.
create table core.people (
    party_id       uuid        constraint pk_people primary key,
    party_type     text        not null default 'person'
        constraint ck_people_party_type check (party_type = 'person'),
    full_name      text        not null constraint ck_people_full_name check (full_name ~ '\S'),
    mothers_name   text,
    birth_date     date,
    sex            text        constraint ck_people_sex check (sex in ('M', 'F')),
    marital_status text,
    document_cpf   text        constraint ck_people_document_cpf check (document_cpf ~ '^[0-9]{11}$'),
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    constraint fk_people_party foreign key (party_id, party_type)
        references core.parties (id, party_type) on delete cascade
);

create table core.companies (
    party_id        uuid        constraint pk_companies primary key,
    party_type      text        not null default 'company'
        constraint ck_companies_party_type check (party_type = 'company'),
    legal_name      text,
    trade_name      text,
    cnpj            text        constraint ck_companies_cnpj check (cnpj ~ '^[0-9]{14}$'),
    company_size    text,
    industry        text,
    foundation_date date,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    constraint fk_companies_party foreign key (party_id, party_type)
        references core.parties (id, party_type) on delete cascade
);
