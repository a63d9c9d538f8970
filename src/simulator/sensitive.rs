//! The parts of a Work API answer that must never be kept: sensitive data (LGPD art. 5 II, 11) and
//! other people. Every text in them carries the word CANARIO, every number is a person's own, so
//! that a test can search a database, a log or a message for them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::documents::invent_cpf;
use super::people::Person;
use super::random::{Random, text_number};

/// What marks a text as one that must not be found anywhere.
const MARK: &str = "CANARIO";
/// First digits of relatives', neighbours' and spouses' CPFs; the people's own begin with 0 to 7.
const FIRST_DIGITS: [u32; 2] = [8, 9];

struct Others {
    mother: String,
    brother: String,
    spouse: String,
    neighbour: String,
}

fn others(person: &Person) -> Others {
    let mut random = Random::new(text_number(&person.cpf));
    let mut cpf = || invent_cpf(&mut random, &FIRST_DIGITS);
    Others {
        mother: cpf(),
        brother: cpf(),
        spouse: cpf(),
        neighbour: cpf(),
    }
}

/// PIS of a person, a number in the JSON.
pub(super) fn pis(person: &Person) -> u64 {
    19_000_000_000 + text_number(&person.cpf) % 1_000_000_000
}

fn health_card(person: &Person) -> String {
    format!("7{:014}", text_number(&person.cpf) % 100_000_000_000_000)
}

/// The forbidden numbers of a person's answer, as text.
pub(super) fn numbers(person: &Person) -> Vec<String> {
    let others = others(person);
    vec![
        pis(person).to_string(),
        health_card(person),
        others.mother,
        others.brother,
        others.spouse,
        others.neighbour,
    ]
}

/// Collects every marked text, keys included.
pub(super) fn collect_marked(value: &Value, found: &mut BTreeSet<String>) {
    let mut keep = |text: &str| {
        if text.to_uppercase().contains(MARK) {
            found.insert(text.to_owned());
        }
    };
    match value {
        Value::String(text) => keep(text),
        Value::Array(items) => items.iter().for_each(|item| collect_marked(item, found)),
        Value::Object(entries) => {
            entries.keys().for_each(|key| keep(key));
            entries
                .values()
                .for_each(|entry| collect_marked(entry, found));
        }
        _ => {}
    }
}

/// The keys of `DadosBasicos` that are dropped.
pub(super) fn basic_data(person: &Person) -> Map<String, Value> {
    object(json!({
        "cns": health_card(person),
        "cor": "CANARIO COR",
        "conjuge": [{"nome": "CONJUGE CANARIO", "cpf": others(person).spouse}],
    }))
}

pub(super) fn mosaic() -> Value {
    json!({
        "codigoMosaic": "CANARIO-MOSAIC-1",
        "descricaoMosaic": "CANARIO MOSAIC DESCRICAO",
        "classeMosaic": "CANARIO MOSAIC CLASSE",
        "codigoMosaicNovo": "CANARIO-MOSAIC-2",
        "descricaoMosaicNovo": "CANARIO MOSAIC DESCRICAO NOVA",
        "classeMosaicNovo": "CANARIO MOSAIC CLASSE NOVA",
        "codigoMosaicSecundario": "CANARIO-MOSAIC-3",
        "descricaoMosaicSecundario": "CANARIO MOSAIC DESCRICAO SECUNDARIA",
        "classeMosaicSecundario": "CANARIO MOSAIC CLASSE SECUNDARIA",
        "observação": "CANARIO MOSAIC OBSERVACAO",
    })
}

/// The root keys that are dropped as a whole.
pub(super) fn sections(person: &Person) -> Map<String, Value> {
    let mut sections = object(json!({
        "foto": {"foto": "CANARIO-FOTO-BASE64", "assinatura": "CANARIO-ASSINATURA",
                 "caracteristicas": ["CANARIO CARACTERISTICA"]},
        "empregos": [{"empregador": "EMPREGADOR CANARIO", "salario": "9.876,54"}],
        "DadosImposto": [{"cpf": person.cpf, "banco": "CANARIO-BANCO", "agencia": "CANARIO-AGENCIA",
                          "lote": "CANARIO-LOTE", "ano": "2020", "dataLote": "2020-05-29",
                          "status": "CANARIO IMPOSTO A RESTITUIR"}],
        "beneficios": [{"tipo": "canarioAuxilio", "beneficio": "CANARIO AUXILIO", "totalParcelasRecebidas": 3,
                        "totalRecebido": "CANARIO R$ 1.800", "parcelasRecebidas": ["CANARIO PARCELA"]}],
        "listaDocumentos": {
            "CNS": {"numeroCNS": health_card(person), "dataAtribuicao": "2010-01-01T00:00:00-03:00",
                    "tipoCartao": "CANARIO-CARTAO", "manual": "false", "justificativaManual": {}},
            "outros": "CANARIO OUTRO DOCUMENTO",
        },
        "imunoBiologicos": [vaccine(person)],
        "pep": [{"descricao": "CANARIO PEP"}],
        "internet": {"www.loja-canario.example": {"id": 1, "telefone": person.phone(), "email": person.email()}},
        "comprasId": [{"produto": "CANARIO PRODUTO COMPRADO", "detalhe": "CANARIO DETALHE", "quantidade": "1",
                       "preco": "1000.00"}],
        "perfilConsumo": {"possui_luxo": false, "possui_cartao_black": true,
                          "credito_pessoal": "CANARIO CONSUMO 10% de probabilidade positiva."},
        "servidor_siape": {"ID_Servidor": "CANARIO-SIAPE", "Registros_Servidor": [], "Remuneracoes_Servidor": [],
                           "Afastamentos_Servidor": [], "Observacoes_Servidor": ["CANARIO OBSERVACAO SIAPE"]},
        "flags": {"__pessoa_exposta_politicamente__": false, "__beneficiario_auxilios__": true,
                  "__servidor_publico_siape__": false, "__canario__": true},
        "debug_info": ["CANARIO DEBUG"],
    }));
    sections.extend(other_people(person));
    if person.style % 8 == 5 {
        sections.insert(
            "secaoNova".to_owned(),
            json!({"texto": "CANARIO SECAO NOVA"}),
        );
    }
    sections
}

fn other_people(person: &Person) -> Map<String, Value> {
    let others = others(person);
    object(json!({
        "parentes": [
            {"nomeParente": person.mother, "cpfParente": others.mother, "grauParentesco": "MAE"},
            {"nomeParente": "IRMAO CANARIO", "cpfParente": others.brother, "grauParentesco": "IRMAO"},
        ],
        "vizinhos": [{"nome": "VIZINHO CANARIO", "cpf": others.neighbour, "dataNascimento": "02/02/1970",
                      "idade": 55, "sexo": "M - MASCULINO", "nomeMae": "MAE DO VIZINHO CANARIO"}],
    }))
}

fn vaccine(person: &Person) -> Value {
    json!({
        "VacinaNumDose": "1",
        "VacinaNome": "CANARIO VACINA",
        "VacinaFabricanteNome": "CANARIO FABRICANTE",
        "VacinaLote": "CANARIO-LOTE-VACINA",
        "VacinaDataAplicacao": "2021-01-01T00:00:00.000Z",
        "VacinaGrupoAtendimentoNome": "CANARIO GRUPO",
        "VacinaProfissionalAplicadorNome": "CANARIO PROFISSIONAL",
        "EstabelecimentoRazaoSocial": "CANARIO UNIDADE DE SAUDE",
        "PacienteNome": person.provider_name(),
        "PacienteCpf": person.cpf,
        "PacienteCns": health_card(person),
        "PacienteNomeMae": person.mother,
        "PacienteRacaCorValor": "CANARIO RACA",
        "PacienteEmail": null,
        "Status": "CANARIO STATUS VACINA",
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(entries) => entries,
        _ => Map::new(),
    }
}
