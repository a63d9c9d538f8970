-- What everything means, where every reader of the database finds it; docs/database is generated from here.
-- Each table says which personal data its rows hold, and how long they are kept.

comment on schema core is 'The party model: people, their contacts, addresses and enrichments. Dashboards and SQL of the brokerage read it too.';
comment on schema ops is 'The machinery of the service: leads as the queue, lookups, the ledger, the outbox.';

-- core

comment on table core.parties is 'A person or a company as known best: one row per CPF or CNPJ, the newest non-empty value of each column. The service writes people only. Personal data: name, CPF, RG, birth, sex, parents. Kept: until deleted; nothing deletes rows of its own accord yet.';
comment on column core.parties.id is 'UUID v7, made by the service.';
comment on column core.parties.cpf_cnpj is 'Digits only: 11 of a person, 14 of a company.';
comment on column core.parties.normalized_name is 'full_name folded by core.fold_text, for searches by trigrams.';
comment on column core.parties.mother_name is 'As the provider writes it.';
comment on column core.parties.normalized_fantasy_name is 'fantasy_name folded by core.fold_text.';
comment on column core.parties.registration_status_date is 'Since when the registration of the CPF or CNPJ has its present status.';
comment on column core.parties.enriched is 'Whether a provider''s profile was stored: exactly when enriched_at is set.';
comment on column core.parties.enriched_at is 'When the newest stored profile was answered by its provider.';

comment on table core.people is 'The part of a party that only people have; one row per party of type person, written together with it. Personal data: name, CPF, birth, sex, mother, marital status. Kept: as long as its party.';
comment on column core.people.party_type is 'Always person: part of the key to parties, so that a company cannot have a row here.';
comment on column core.people.document_cpf is 'Digits only; the same as cpf_cnpj of the party.';
comment on column core.people.mothers_name is 'The same as mother_name of the party.';

comment on table core.companies is 'The part of a party that only companies have. The service does not write it: companies named in a profile stay in party_enrichments.normalized_data. Personal data: none, unless a company bears a person''s name. Kept: as long as its party.';
comment on column core.companies.party_type is 'Always company: part of the key to parties, so that a person cannot have a row here.';
comment on column core.companies.cnpj is 'Digits only.';

comment on type core.contact_type_enum is 'Kinds of contacts. The service writes email and phone; whether a phone has WhatsApp is said by is_whatsapp.';

comment on table core.party_contacts is 'A phone or an e-mail of a party, once per party. One that its source no longer names is closed by valid_to and not deleted. Personal data: phones, e-mails. Kept: as long as its party.';
comment on column core.party_contacts.contact_id is 'UUID v7, made by the service.';
comment on column core.party_contacts.value is 'An e-mail in lower case, a phone as national digits; other writers may spell it otherwise.';
comment on column core.party_contacts.kind is 'email or phone: what contact_type is when WhatsApp counts as a phone.';
comment on column core.party_contacts.value_normalized is 'What contacts are compared by: the e-mail trimmed and in lower case; the phone''s national digits, without 55.';
comment on column core.party_contacts.is_primary is 'The first one of its kind in the newest profile; one at most per party and kind.';
comment on column core.party_contacts.is_verified is 'The service never sets it.';
comment on column core.party_contacts.is_whatsapp is 'As the provider says.';
comment on column core.party_contacts.confidence is 'How likely it still reaches the person, 0 to 1, from the provider''s labels by a table of our own (src/storage/person_json.rs).';
comment on column core.party_contacts.metadata is 'The provider''s labels: of an e-mail priority, quality, personal; of a phone active, type, operator.';

comment on table core.addresses is 'A place, once, however many people live there; never updated. Personal data: where somebody lives, by way of party_addresses. Kept: until deleted; it stays when its last party goes.';
comment on column core.addresses.id is 'UUID v7, made by the service.';
comment on column core.addresses.state is 'Two capitals; null when the provider''s value is none.';
comment on column core.addresses.zip_code is 'CEP, eight digits; null when the provider''s value is none.';
comment on column core.addresses.formatted_address is 'The known parts in one line, without the CEP.';
comment on column core.addresses.latitude is 'The service never sets it.';
comment on column core.addresses.longitude is 'The service never sets it.';
comment on column core.addresses.address_hash is 'core.address_hash of the parts: what makes a place the same place.';

comment on table core.party_addresses is 'That a party has an address. Personal data: where somebody lives. Kept: as long as its party.';
comment on column core.party_addresses.address_type is 'The service writes residential: the provider does not say.';
comment on column core.party_addresses.is_primary is 'The first one in the newest profile; one at most per party.';
comment on column core.party_addresses.is_current is 'False once its source no longer names it.';
comment on column core.party_addresses.verified is 'The service never sets it.';
comment on column core.party_addresses.confidence_score is 'The service never sets it.';
comment on column core.party_addresses.metadata is 'source: the provider that said so.';

comment on table core.party_enrichments is 'The newest profile of a party from a provider; a later lookup is answered from it while it is fresh. Personal data: the whole profile, income and credit score included; only the allow-listed part of the answer (src/models/allow_list.rs). Kept: as long as its party; replaced by a newer one.';
comment on column core.party_enrichments.provider is 'work_api.';
comment on column core.party_enrichments.normalized_data is 'The profile as the service reads it (src/models/person.rs); money in centavos.';
comment on column core.party_enrichments.payload_sha256 is 'Of raw_payload: another hash means that something changed.';
comment on column core.party_enrichments.enriched_at is 'When the provider answered.';
comment on column core.party_enrichments.expires_at is 'Until when the answer is used again without asking (FRESH_DAYS); the row stays after it.';

comment on table core.party_enrichment_history is 'What an enrichment said before a different one replaced it; only ever appended to. Personal data: as in party_enrichments. Kept: as long as its party.';
comment on column core.party_enrichment_history.enriched_at is 'When the provider had answered so.';
comment on column core.party_enrichment_history.replaced_at is 'When a different answer replaced it.';

comment on table core.lead_parties is 'Whom a lead was taken for: one row per accepted lead, the person of its last run that found one. Personal data: ties a lead to a person. Kept: as long as its party; removed when the lead ends suppressed.';
comment on column core.lead_parties.lead_id is 'The lead in ops.leads and in the CRM; no foreign key, so that core stands alone.';
comment on column core.lead_parties.matched_by is 'Which of the lead''s contacts led to the person; review: a person decided.';
comment on column core.lead_parties.provider is 'Who named the person for the contact: diretrix or work_api.';
comment on column core.lead_parties.confidence is 'The score of the decision, 0 to 1: an order, not a probability.';
comment on column core.lead_parties.evidence is 'The reasons, as codes: decided by the contacts, confirmed by the profile (src/identity/reason.rs).';

comment on function core.fold_text(text) is 'Accents stripped, capitals, blanks squeezed. Immutable, which unaccent is not, so that it can stand in generated columns.';
comment on function core.national_digits(text) is 'The national digits of a Brazilian number: without trunk zeros and country code.';
comment on function core.newest(boolean, anyelement, anyelement) is 'Of two values the newer one, unless it is null.';
comment on function core.address_hash(text, text, text, text, text, text, text, text) is 'What makes an address the same place: a hash of its folded parts.';
comment on function core.listed_contacts(jsonb) is 'The contacts of a profile, best first, each once.';
comment on function core.store_contacts(uuid, text, jsonb) is 'Stores the contacts of a profile; closes what this provider no longer names.';
comment on function core.listed_addresses(jsonb) is 'The addresses of a profile, each once.';
comment on function core.store_addresses(uuid, text, jsonb) is 'Stores the addresses of a profile; existing places are linked and not touched.';
comment on function core.store_enrichment(uuid, text, jsonb, timestamptz, timestamptz) is 'Stores a profile, and in the history the different one it replaces.';
comment on function core.store_person(text, jsonb, timestamptz) is 'Stores a bought person: party, people, contacts, addresses, enrichment. Answers the id of the party, which is an earlier one''s where the CPF is known.';

-- ops

comment on table ops.instances is 'A running process of the service. Silent for LEASE_SECS, it counts as dead and loses its leads. Personal data: none.';
comment on column ops.instances.heartbeat_at is 'Renewed every third of LEASE_SECS; rows silent for seven days are removed.';

comment on table ops.leads is 'A lead and how it stands: the queue, one narrow row per lead. Personal data: none but the lead''s id, and a keyed hash of its contacts. Kept: until deleted; nothing deletes rows of its own accord yet.';
comment on column ops.leads.lead_id is 'As the CRM names it; opaque.';
comment on column ops.leads.source is 'Who told us of it first. make: GET leads/process; api: the command line; the others are not written yet.';
comment on column ops.leads.state is 'retrying: an upstream failed, next run at due_at. unidentified: nobody who may be named. suppressed: the person objected or was erased. lead_missing: the CRM does not know it. delivery_unknown: three sends of unknown outcome, a person has to look. budget_hold and review are not written yet.';
comment on column ops.leads.owner is 'The instance at work on it (ops.instances), while processing.';
comment on column ops.leads.due_at is 'When the next run is due, while one is.';
comment on column ops.leads.attempts is 'Failures of this lead since it last began anew; an outage of an upstream spends none.';
comment on column ops.leads.crashes is 'Takeovers from a dead instance since a run last ended in order.';
comment on column ops.leads.contact_fingerprint is 'Keyed hash of name and contacts as last fetched: tells whether they changed.';
comment on column ops.leads.message_sent is 'Whether the last finished run has a message posted; false when it was unchanged since the last delivery.';
comment on column ops.leads.timeline is 'The steps of the last run: name, outcome (a code), latency_ms, cost_centavos.';
comment on column ops.leads.first_seen_at is 'When it was first accepted.';
comment on column ops.leads.finished_at is 'When it reached an end state, while it is in one.';

comment on table ops.lead_details is 'What the CRM said of a lead when it was last fetched. Personal data: name, phone, e-mail, what the lead wrote. Kept: until deleted; removed when the lead ends suppressed.';
comment on column ops.lead_details.phone is 'National digits; null when there is none that can exist.';
comment on column ops.lead_details.email is 'In lower case; null when there is none that can exist.';
comment on column ops.lead_details.description is 'Free text of the lead.';
comment on column ops.lead_details.product is 'The property asked about.';
comment on column ops.lead_details.price_centavos is 'The price of that property.';
comment on column ops.lead_details.source is 'Where the CRM has it from; ops.leads.source says who triggered it.';

comment on table ops.outbox is 'The message to the broker: one per lead, written as sending before it is posted. Personal data: the message with its profile. Kept: until deleted; removed when the lead ends suppressed.';
comment on column ops.outbox.kind is 'message; others come later.';
comment on column ops.outbox.body is 'The whole text, as the broker reads it.';
comment on column ops.outbox.state is 'sending: posted now, or to be read back when its run died. unknown: it may have arrived. sent: it stands in the CRM.';
comment on column ops.outbox.run_no is 'The run of the lead that sends it.';
comment on column ops.outbox.owner is 'The instance that sends it (ops.instances).';
comment on column ops.outbox.sending_since is 'When the request that may last have reached the CRM was sent; null when none is on its way.';
comment on column ops.outbox.last_error is 'A code, without personal data.';

comment on table ops.lookups is 'A question to a provider and its answer, once per contact or CPF: intent before the call, cache after it. Personal data: the CPFs and names of the candidates for a contact; keyed hashes. Kept: until the same question is asked again after expires_at; removed when the lead that asked ends suppressed.';
comment on column ops.lookups.kind is 'By phone or e-mail: who has this contact. profile: of a CPF.';
comment on column ops.lookups.state is 'pending: being asked. found, absent: the provider''s answer. A failed call leaves no row.';
comment on column ops.lookups.owner is 'The instance that asks (ops.instances), while pending.';
comment on column ops.lookups.lead_id is 'The lead whose run asked last.';
comment on column ops.lookups.run_no is 'The run of that lead.';
comment on column ops.lookups.purpose is 'LGPD_PURPOSE when it was asked.';
comment on column ops.lookups.legal_basis is 'LGPD_LEGAL_BASIS when it was asked.';

comment on table ops.provider_calls is 'The ledger: one row when a call settles, and one when a stored answer was used instead; only ever appended to. Personal data: none but the lead''s id. Kept: until deleted; nothing deletes rows of its own accord yet.';
comment on column ops.provider_calls.operation is 'What was asked: phone, email or profile.';
comment on column ops.provider_calls.outcome is 'hit, miss: the provider''s answer. cached: answered from what is stored. denied: refused, nothing to pay. error: surely no answer. unknown: may have been answered, counts as spent.';
comment on column ops.provider_calls.cost_centavos is 'The configured price (PRICE_…_CENTAVOS) of a hit, a miss or an unknown; else 0.';
comment on column ops.provider_calls.latency_ms is 'How long the call took; 0 of a stored answer.';
comment on column ops.provider_calls.purpose is 'LGPD_PURPOSE when it was asked.';
comment on column ops.provider_calls.legal_basis is 'LGPD_LEGAL_BASIS when it was asked.';

comment on table ops.budgets is 'What may be spent and was spent in a day or a month. Not written yet. Personal data: none.';
comment on column ops.budgets.starts_on is 'The first day of the period.';

comment on table ops.suppressions is 'Contacts and CPFs of people who objected or were erased, as keyed hashes: a lead on one ends suppressed. Read by every run; not written yet. Personal data: keyed hashes, which only PRIVACY_KEY ties to a person. Kept: nothing is stored yet.';
comment on column ops.suppressions.key_hash is 'HMAC-SHA-256 under PRIVACY_KEY, as in ops.lookups.';

comment on table ops.privacy_key is 'The key of all keyed hashes, made once when PRIVACY_KEY is not set; one row at most. Personal data: none, but it is a secret.';
comment on column ops.privacy_key.id is 'Always true: one row at most.';

comment on table ops.webhook_events is 'An event of the CRM as it arrived. Not written yet. Personal data: the payload''s name, phone, e-mail. Kept: nothing is stored yet.';
comment on column ops.webhook_events.updated_at is 'Of the lead, as the event says.';

comment on table ops.google_ads_leads is 'A form filled in at Google Ads, without its google_key. Not written yet. Personal data: the form''s name, phone, e-mail. Kept: nothing is stored yet.';
comment on column ops.google_ads_leads.lead_id is 'The lead made of it in the CRM.';

comment on table ops.reviews is 'A doubtful identity, for a person to decide. Not written yet. Personal data: CPFs and names of the candidates. Kept: nothing is stored yet.';
comment on column ops.reviews.candidates is 'The candidates with their evidence.';
comment on column ops.reviews.chosen is 'Which of the candidates, when the decision is choose.';

comment on table ops.rejected_matches is 'A person turned down for a contact, not to be proposed for it again. Not written yet. Personal data: keyed hashes, which only PRIVACY_KEY ties to a person. Kept: nothing is stored yet.';

comment on table ops.access_log is 'Who read or exported whose data, when, why. Not written yet. Personal data: who was looked up, by id. Kept: nothing is stored yet.';
comment on column ops.access_log.actor is 'The name of the key or the login.';

comment on function ops.is_alive(uuid, interval) is 'Whether an instance''s heartbeat is younger than the lease.';
comment on function ops.hold_claim(text, uuid, bigint) is 'The fence: refuses (LC001) whoever lost the lead, and locks its row until the transaction ends.';
comment on function ops.lead_result(text) is 'How a lead stands, with the CPFs of its last run''s people.';
comment on function ops.accept_lead(text, text, uuid, interval, interval) is 'T1: a trigger. Answers run, join, waiting or duplicate, and how the lead stands.';
comment on function ops.record_unknown_call(ops.lookups) is 'A row of the ledger for a call whose end nobody learns: it counts as spent.';
comment on function ops.cached_lookup(text, text, text, bytea) is 'A stored answer that is still fresh, else no row.';
comment on function ops.is_asked(ops.lookups, text, jsonb) is 'Whether the run of another lead, on a living instance, is asking this question.';
comment on function ops.acquire_lookup(text, uuid, bigint, text, text, bytea, jsonb) is 'One question: answered from what is stored, pending with somebody else, suppressed, or mine to ask.';
comment on function ops.acquire_lookups(text, uuid, bigint, jsonb, jsonb) is 'Several questions, locked in the order of their keys, answered by position.';
comment on function ops.settle_lookups(text, uuid, jsonb, double precision, uuid) is 'Writes what came back over the pending rows of this claim, and into the ledger.';
comment on function ops.abandon_lookups(text) is 'Ends the questions of a lead that nobody will answer any more; their calls count as unknown.';
comment on function ops.acquire_contacts(text, uuid, bigint, jsonb, bytea, bytea[], jsonb, jsonb) is 'T2: the fetched lead''s details, the suppression check, and its contacts'' questions.';
comment on function ops.settle_and_acquire(text, uuid, bigint, jsonb, double precision, jsonb, jsonb) is 'T3: settles what came back and acquires the next questions.';
comment on function ops.poll_lookup(text, uuid, bigint, text, text, bytea, jsonb) is 'Looks again at a question somebody else is asking; takes it over when they are gone.';
comment on function ops.queue_message(text, uuid, bigint, text, bytea) is 'Puts the message into the outbox as sending. Answers send, read_back or unchanged.';
comment on function ops.persist_profile(text, uuid, bigint, bytea[], jsonb, jsonb, text, bytea, jsonb) is 'T4: settles the profile, stores the person, ties the lead to them, queues the message. Answers suppressed, send, read_back or unchanged.';
comment on function ops.finish_lead(text, text, text, boolean, jsonb) is 'Ends the run of a lead; one that changed meanwhile starts again.';
comment on function ops.complete_delivery(text, uuid, bigint, boolean, jsonb) is 'T5: the message stands in the CRM; message and lead are done.';
comment on function ops.end_run(text, uuid, bigint, text, text, interval, boolean, jsonb, double precision, jsonb, integer, integer) is 'The end of a run that delivered nothing, or does not know whether it did: an end state, or a retry.';
comment on function ops.send_again(text, uuid, bigint) is 'Notes that a message is sent again, after it was read back and found absent.';
comment on function ops.hand_back_leads(uuid) is 'Gives back all leads of an instance that stops: due at once, nothing spent. Answers how many.';
