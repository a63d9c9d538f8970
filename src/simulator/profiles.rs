//! Work API's answer to `modulo=cpf` in the vendor's shape: 25 root keys, the vendor's odd spellings,
//! and recognisable values in everything that must never be kept.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::people::{Address, Person, Sex};
use super::sensitive;

/// Every root key of the vendor's answer (UPSTREAMS.md §3).
pub const WORK_API_ROOT_KEYS: [&str; 25] = [
    "status",
    "foto",
    "DadosBasicos",
    "DadosEconomicos",
    "profissao",
    "empregos",
    "empresas",
    "registroGeral",
    "tituloEleitor",
    "enderecos",
    "telefones",
    "emails",
    "parentes",
    "DadosImposto",
    "beneficios",
    "listaDocumentos",
    "imunoBiologicos",
    "pep",
    "vizinhos",
    "internet",
    "comprasId",
    "perfilConsumo",
    "servidor_siape",
    "flags",
    "debug_info",
];

/// The whole answer for a person. One person in eight has a root key nobody has heard of, to show
/// that only what is allowed passes.
pub(super) fn answer(person: &Person) -> Value {
    let mut root = Map::new();
    match person.style % 3 {
        0 => root.insert("status".to_owned(), json!(200)),
        1 => root.insert("status".to_owned(), json!("200")),
        _ => None,
    };
    root.insert("DadosBasicos".to_owned(), basic_data(person));
    root.insert("DadosEconomicos".to_owned(), economic_data(person));
    root.insert("profissao".to_owned(), occupation(person));
    root.insert("empresas".to_owned(), companies(person));
    root.insert("registroGeral".to_owned(), registry(person));
    root.insert("tituloEleitor".to_owned(), voter(person));
    root.insert(
        "enderecos".to_owned(),
        person.addresses.iter().map(address).collect(),
    );
    root.insert("telefones".to_owned(), phones(person));
    root.insert("emails".to_owned(), emails(person));
    root.extend(sensitive::sections(person));
    Value::Object(root)
}

/// Collects the recognisable values of what must be dropped.
pub(super) fn collect_forbidden(person: &Person, values: &mut BTreeSet<String>) {
    sensitive::collect_marked(&answer(person), values);
    values.extend(sensitive::numbers(person));
}

/// One of the vendor's three ways of saying nothing.
fn absent(person: &Person) -> Value {
    match person.style % 3 {
        0 => json!(""),
        1 => Value::Null,
        _ => json!("SEM INFORMAÇÃO"),
    }
}

fn date(person: &Person, date: NaiveDate) -> String {
    let form = match person.style / 3 % 3 {
        0 => "%d/%m/%Y",
        1 => "%Y-%m-%d",
        _ => "%Y-%m-%d 00:00:00",
    };
    date.format(form).to_string()
}

fn basic_data(person: &Person) -> Value {
    let sex = match person.sex {
        Some(Sex::Female) => json!("F - FEMININO"),
        Some(Sex::Male) => json!("M - MASCULINO"),
        None => absent(person),
    };
    let (dead, death) = if person.deceased {
        ("SIM", "15/06/2020")
    } else {
        ("NÃO", "SEM INFORMAÇÃO")
    };
    let mut data = json!({
        "nome": person.provider_name(),
        "cpf": person.cpf,
        "dataNascimento": date(person, person.birth),
        "sexo": sex,
        "nomeMae": person.mother,
        "nomePai": person.father.clone().map_or_else(|| absent(person), Value::from),
        "municipioNascimento": "CIDADE EXEMPLO",
        "escolaridade": if person.style.is_multiple_of(2) { json!("SUPERIOR COMPLETO") } else { absent(person) },
        "estadoCivil": if person.style.is_multiple_of(5) { json!("CASADO(A)") } else { absent(person) },
        "nacionalidade": "BRASILEIRA",
        "obito": {"obito": dead, "dataObito": death},
        "situacaoCadastral": {
            "codigoSituacaoCadastral": "0",
            "descricaoSituacaoCadastral": "REGULAR",
            "dataSituacaoCadastral": "2020-01-01 00:00:00",
        },
    });
    if let Some(all) = data.as_object_mut() {
        all.extend(sensitive::basic_data(person));
        // The CPF is a thing the vendor leaves out at times.
        if person.style % 7 == 3 {
            all.remove("cpf");
        }
    }
    data
}

/// `"1234,56"`, or with dots for the thousands: `"1.234,56"`.
fn income(person: &Person, centavos: u64) -> String {
    let (reais, cents) = (centavos / 100, centavos % 100);
    if person.style.is_multiple_of(2) && reais >= 1000 {
        format!("{}.{:03},{cents:02}", reais / 1000, reais % 1000)
    } else {
        format!("{reais},{cents:02}")
    }
}

fn economic_data(person: &Person) -> Value {
    let Some(centavos) = person.income_centavos else {
        return json!({
            "renda": absent(person),
            "poderAquisitivo": null,
            "score": {"scoreCSB": absent(person), "scoreCSBFaixaRisco": absent(person),
                      "scoreCSBA": absent(person), "scoreCSBAFaixaRisco": absent(person)},
            "serasaMosaic": sensitive::mosaic(),
        });
    };
    let score = (300 + person.style % 600).to_string();
    json!({
        "renda": income(person, centavos),
        "poderAquisitivo": {
            "codigoPoderAquisitivo": "3",
            "poderAquisitivoDescricao": "MEDIO",
            "rendaPoderAquisitivo": income(person, centavos),
            "codigoFaixaRenda": "03",
            "faixaPoderAquisitivo": "De R$ 1630 até R$ 4082",
        },
        "score": {
            "scoreCSB": score,
            "scoreCSBFaixaRisco": "MEDIO",
            "scoreCSBA": score,
            "scoreCSBAFaixaRisco": "MEDIO RISCO",
        },
        "serasaMosaic": sensitive::mosaic(),
    })
}

fn occupation(person: &Person) -> Value {
    json!({
        "cbo": "000000",
        "cboDescricao": if person.style.is_multiple_of(4) { absent(person) } else { json!("PROFISSAO EXEMPLO") },
        "pis": sensitive::pis(person),
    })
}

fn companies(person: &Person) -> Value {
    person
        .companies
        .iter()
        .map(|cnpj| {
            json!({
                "cnpj": cnpj,
                "tipoRelacao": "QSA",
                "relacao": "SOCIO-ADMINISTRADOR",
                "admissao": "01/01/2015",
                "demissao": absent(person),
            })
        })
        .collect()
}

fn registry(person: &Person) -> Value {
    if person.style.is_multiple_of(6) {
        return Value::Null;
    }
    json!({
        "numero": format!("SP-{:08}", person.style % 100_000_000),
        "orgaoEmissor": "SSP-SP",
        "dataEmissao": "2000-01-01",
    })
}

fn voter(person: &Person) -> Value {
    json!({
        "tituloEleitorNumero": 100_000_000_000_u64 + person.style % 100_000_000_000,
        "zonaTitulo": 1,
        "secaoTitulo": 1,
    })
}

fn address(address: &Address) -> Value {
    json!({
        "tipoLogradouro": address.street_type,
        "logradouro": address.street,
        "logradouroNumero": address.number,
        "complemento": address.complement,
        "bairro": address.district,
        "cidade": address.city,
        "uf": address.state,
        "cep": address.zip_code,
    })
}

fn phones(person: &Person) -> Value {
    let listed = if person.contacts_in_profile {
        person.phones.as_slice()
    } else {
        &[]
    };
    listed
        .iter()
        .zip(0_u64..)
        .map(|(phone, position)| {
            let active = position % 4 != 3;
            json!({
                "telefone": phone,
                "status": if active { "ATIVO" } else { "NO" },
                "tipo": if position % 3 == 2 { "COMERCIAL" } else { "TELEFONE MÓVEL" },
                "operadora": if position.is_multiple_of(2) { json!("OPERADORA A") } else { absent(person) },
                "whatsapp": if position.is_multiple_of(2) { json!("SIM") } else { Value::Null },
            })
        })
        .collect()
}

fn emails(person: &Person) -> Value {
    let listed = if person.contacts_in_profile {
        person.emails.as_slice()
    } else {
        &[]
    };
    listed
        .iter()
        .zip(0_u64..)
        .map(|(email, position)| {
            json!({
                "email": if person.style.is_multiple_of(3) { email.to_uppercase() } else { email.clone() },
                "prioridade": if position == 0 { "MUITO ALTA" } else { "MEDIA" },
                "qualidade": if position.is_multiple_of(2) { "OTIMO" } else { "BOM" },
                "emailPessoal": if position == 0 { "SIM" } else { "NAO" },
                "blacklist": "NÃO",
            })
        })
        .collect()
}
