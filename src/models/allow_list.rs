//! What may be kept of a Work API answer: an allow-list, so that a key not on it does not pass.

use std::fmt;

use serde_json::{Map, Value};

/// The keys that pass, in the vendor's spelling: at the root, and below it one level deeper where
/// a root key holds more than may be kept. Everything else is dropped before storage, logs and
/// messages (API.md "PRIVACY"; LGPD art. 5 II, 6 III, 11).
const ALLOWED: &[(&str, Keys)] = &[
    (
        "DadosBasicos",
        Keys::Only(&[
            ("nome", Keys::Text),
            ("cpf", Keys::Text),
            ("dataNascimento", Keys::Text),
            ("sexo", Keys::Text),
            ("nomeMae", Keys::Text),
            ("nomePai", Keys::Text),
            ("escolaridade", Keys::Text),
            ("estadoCivil", Keys::Text),
            ("nacionalidade", Keys::Text),
            (
                "obito",
                Keys::Only(&[("obito", Keys::Text), ("dataObito", Keys::Text)]),
            ),
            (
                "situacaoCadastral",
                Keys::Only(&[
                    ("codigoSituacaoCadastral", Keys::Text),
                    ("descricaoSituacaoCadastral", Keys::Text),
                    ("dataSituacaoCadastral", Keys::Text),
                ]),
            ),
        ]),
    ),
    (
        "DadosEconomicos",
        Keys::Only(&[
            ("renda", Keys::Text),
            (
                "poderAquisitivo",
                Keys::Only(&[
                    ("codigoPoderAquisitivo", Keys::Text),
                    ("poderAquisitivoDescricao", Keys::Text),
                    ("rendaPoderAquisitivo", Keys::Text),
                    ("codigoFaixaRenda", Keys::Text),
                    ("faixaPoderAquisitivo", Keys::Text),
                ]),
            ),
            (
                "score",
                Keys::Only(&[
                    ("scoreCSB", Keys::Text),
                    ("scoreCSBFaixaRisco", Keys::Text),
                    ("scoreCSBA", Keys::Text),
                    ("scoreCSBAFaixaRisco", Keys::Text),
                ]),
            ),
        ]),
    ),
    (
        "profissao",
        Keys::Only(&[("cbo", Keys::Text), ("cboDescricao", Keys::Text)]),
    ),
    (
        "empresas",
        Keys::Each(&[
            ("cnpj", Keys::Text),
            ("tipoRelacao", Keys::Text),
            ("relacao", Keys::Text),
            ("admissao", Keys::Text),
            ("demissao", Keys::Text),
        ]),
    ),
    (
        "registroGeral",
        Keys::Only(&[
            ("numero", Keys::Text),
            ("orgaoEmissor", Keys::Text),
            ("dataEmissao", Keys::Text),
        ]),
    ),
    (
        "tituloEleitor",
        Keys::Only(&[
            ("tituloEleitorNumero", Keys::Text),
            ("zonaTitulo", Keys::Text),
            ("secaoTitulo", Keys::Text),
        ]),
    ),
    (
        "enderecos",
        Keys::Each(&[
            ("tipoLogradouro", Keys::Text),
            ("logradouro", Keys::Text),
            ("logradouroNumero", Keys::Text),
            ("complemento", Keys::Text),
            ("bairro", Keys::Text),
            ("cidade", Keys::Text),
            ("uf", Keys::Text),
            ("cep", Keys::Text),
        ]),
    ),
    (
        "telefones",
        Keys::Each(&[
            ("telefone", Keys::Text),
            ("status", Keys::Text),
            ("tipo", Keys::Text),
            ("operadora", Keys::Text),
            ("whatsapp", Keys::Text),
        ]),
    ),
    (
        "emails",
        Keys::Each(&[
            ("email", Keys::Text),
            ("prioridade", Keys::Text),
            ("qualidade", Keys::Text),
            ("emailPessoal", Keys::Text),
            ("blacklist", Keys::Text),
        ]),
    ),
];

enum Keys {
    /// A single value: text, number or flag. An object or a list in its place does not pass.
    Text,
    /// An object with these keys.
    Only(&'static [(&'static str, Keys)]),
    /// A list of objects with these keys.
    Each(&'static [(&'static str, Keys)]),
}

/// The allow-listed part of a Work API answer, in the vendor's shape: the only form in which an
/// answer is stored (`core.party_enrichments.raw_payload`).
#[derive(Clone, PartialEq)]
pub struct AllowedPayload(Value);

impl AllowedPayload {
    /// The part of an answer that may be kept. NUL characters, which PostgreSQL's `jsonb`
    /// refuses, are dropped from texts.
    #[must_use]
    pub fn of(answer: &Value) -> Self {
        Self(Value::Object(kept(ALLOWED, answer)))
    }

    /// The payload, for storage.
    #[must_use]
    pub const fn as_json(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for AllowedPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AllowedPayload(…)")
    }
}

fn kept(keys: &[(&str, Keys)], value: &Value) -> Map<String, Value> {
    let allowed = keys.iter().filter_map(|(key, below)| {
        let value = pass(below, value.get(key)?)?;
        Some(((*key).to_owned(), value))
    });
    allowed.collect()
}

fn pass(keys: &Keys, value: &Value) -> Option<Value> {
    match (keys, value) {
        (Keys::Text, Value::String(text)) => Some(Value::String(text.replace('\0', ""))),
        (Keys::Text, Value::Null | Value::Bool(_) | Value::Number(_)) => Some(value.clone()),
        (Keys::Only(keys), Value::Object(_)) => Some(Value::Object(kept(keys, value))),
        (Keys::Each(keys), Value::Array(items)) => {
            let items = items.iter().filter(|item| item.is_object());
            Some(items.map(|item| Value::Object(kept(keys, item))).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_listed_passes() {
        let answer = json!({
            "status": 200,
            "DadosBasicos": {"nome": "PESSOA EXEMPLO", "cor": "EXEMPLO", "cns": "000", "conjuge": [{"nome": "X"}], "obito": {"obito": "NÃO", "novo": 1}},
            "DadosEconomicos": {"renda": "1,00", "serasaMosaic": {"codigoMosaic": "X"}},
            "profissao": {"cbo": "1", "pis": 1},
            "telefones": [{"telefone": "11900000001", "vizinho": "X"}, "texto"],
            "emails": {"not": "a list"},
            "parentes": [{"nomeParente": "X"}],
            "imunoBiologicos": [{}],
            "chaveNova": {"a": 1},
        });
        let expected = json!({
            "DadosBasicos": {"nome": "PESSOA EXEMPLO", "obito": {"obito": "NÃO"}},
            "DadosEconomicos": {"renda": "1,00"},
            "profissao": {"cbo": "1"},
            "telefones": [{"telefone": "11900000001"}],
        });
        assert_eq!(AllowedPayload::of(&answer).as_json(), &expected);
    }

    #[test]
    fn a_structure_hidden_in_a_text_does_not_pass() {
        let answer = json!({"DadosBasicos": {"nome": {"cor": "EXEMPLO"}, "sexo": ["cor"]}});
        assert_eq!(
            AllowedPayload::of(&answer).as_json(),
            &json!({"DadosBasicos": {}})
        );
    }

    #[test]
    fn nul_characters_are_dropped() {
        let answer = json!({"DadosBasicos": {"nome": "A\u{0}B"}});
        assert_eq!(
            AllowedPayload::of(&answer).as_json(),
            &json!({"DadosBasicos": {"nome": "AB"}})
        );
    }
}
