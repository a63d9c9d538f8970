//! Words that tell something about a name. All are folded: capitals without accents.

use super::fold::SIGN;
use super::names;

/// Particles between names; they weigh nothing (API.md "Identity").
const PARTICLES: [&str; 6] = ["DE", "DA", "DO", "DAS", "DOS", AND];
/// The particle that may also join two people: "João e Maria Silva".
pub(super) const AND: &str = "E";

/// What is written before a name, and is none (API.md "Identity": how Brazilians write names).
const TITLES: [&str; 26] = [
    "ADV",
    "DONA",
    "DOUTOR",
    "DOUTORA",
    "DR",
    "DRA",
    "ENG",
    "ENGENHEIRA",
    "ENGENHEIRO",
    "EXMA",
    "EXMO",
    "ILMA",
    "ILMO",
    "MR",
    "MRS",
    "MS",
    "PROF",
    "PROFA",
    "PROFESSOR",
    "PROFESSORA",
    "SENHOR",
    "SENHORA",
    "SEU",
    "SR",
    "SRA",
    "SRTA",
];

/// Words that are typed in place of a name, by people, portals and imports.
const PLACEHOLDERS: [&str; 36] = [
    "ADMIN",
    "ANONIMA",
    "ANONIMO",
    "CLIENTE",
    "CLIENTES",
    "COMPRADOR",
    "COMPRADORA",
    "CONTATO",
    "CUSTOMER",
    "DESCONHECIDA",
    "DESCONHECIDO",
    "FACEBOOK",
    "IDENTIFICADO",
    "INFORMADO",
    "INSTAGRAM",
    "INTERESSADA",
    "INTERESSADO",
    "LEAD",
    "LEADS",
    "LOCATARIA",
    "LOCATARIO",
    "NAME",
    "NOME",
    "NULL",
    "PORTAL",
    "PROPRIETARIA",
    "PROPRIETARIO",
    "SITE",
    "TEST",
    "TESTE",
    "UNDEFINED",
    "UNKNOWN",
    "USER",
    "USUARIO",
    "VISITANTE",
    "WHATSAPP",
];

/// Words of a company's name. `SA` is not among them: it is the surname Sá.
const COMPANY_WORDS: [&str; 64] = [
    "ADMINISTRADORA",
    "ADVOCACIA",
    "ARQUITETURA",
    "ASSOCIACAO",
    "AUTOPECAS",
    "BARBEARIA",
    "CLINICA",
    "COLEGIO",
    "COMERCIO",
    "CONDOMINIO",
    "CONSTRUCOES",
    "CONSTRUTORA",
    "CONSULTORIA",
    "CONTABILIDADE",
    "COOPERATIVA",
    "CORRETORA",
    "DISTRIBUIDORA",
    "DROGARIA",
    "EIRELI",
    "EMPREENDIMENTOS",
    "EMPRESA",
    "ENGENHARIA",
    "EPP",
    "ESCOLA",
    "ESCRITORIO",
    "FARMACIA",
    "FUNDACAO",
    "GRUPO",
    "HOLDING",
    "HOTEL",
    "IGREJA",
    "IMOBILIARIA",
    "IMOBILIARIO",
    "IMOVEIS",
    "INCORPORADORA",
    "INDUSTRIA",
    "INFORMATICA",
    "INSTITUTO",
    "LANCHONETE",
    "LIMITADA",
    "LOGISTICA",
    "LOJA",
    "LOJAS",
    "LTDA",
    "MARCENARIA",
    "MEI",
    "MERCADINHO",
    "METALURGICA",
    "NEGOCIOS",
    "ODONTOLOGIA",
    "OFICINA",
    "PADARIA",
    "PAPELARIA",
    "PARTICIPACOES",
    "PIZZARIA",
    "POUSADA",
    "RESTAURANTE",
    "SALAO",
    "SERVICOS",
    "SINDICATO",
    "SUPERMERCADO",
    "TECNOLOGIA",
    "TRANSPORTADORA",
    "TRANSPORTES",
];

/// A word that sets a person apart from a relative of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Suffix {
    Filho,
    Junior,
    Neto,
    Bisneto,
    Sobrinho,
    Segundo,
    Terceiro,
}

/// The suffixes in full, each with its words.
const SUFFIXES: [(&str, Suffix); 11] = [
    ("FILHO", Suffix::Filho),
    ("FILHA", Suffix::Filho),
    ("JUNIOR", Suffix::Junior),
    ("NETO", Suffix::Neto),
    ("NETA", Suffix::Neto),
    ("BISNETO", Suffix::Bisneto),
    ("BISNETA", Suffix::Bisneto),
    ("SOBRINHO", Suffix::Sobrinho),
    ("SOBRINHA", Suffix::Sobrinho),
    ("SEGUNDO", Suffix::Segundo),
    ("TERCEIRO", Suffix::Terceiro),
];

impl Suffix {
    /// The suffix a folded word is, if it is one, also with one letter wrong: a suffix that is
    /// overlooked makes the son his father. A word that is a name is none.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "JR" => return Some(Self::Junior),
            "II" => return Some(Self::Segundo),
            "III" => return Some(Self::Terceiro),
            _ => {}
        }
        let found = |apart: fn(&str, &str) -> bool| {
            let found = SUFFIXES.iter().find(|(suffix, _)| apart(suffix, word));
            found.map(|(_, suffix)| *suffix)
        };
        let is_name = || names::is_known(names::canonical(word).unwrap_or(word));
        let slip = || found(names::one_letter_apart).filter(|_| !is_name());
        found(|suffix, word| suffix == word).or_else(slip)
    }
}

pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(&word)
}

pub(super) fn is_particle(word: &str) -> bool {
    word == SIGN || PARTICLES.contains(&word)
}

/// Whether folded words name nobody: a placeholder or a company's word among them, `ME` or `S A`
/// at the end, or no word of two different letters.
pub(super) fn name_nobody(words: &[String]) -> bool {
    let telling = |word: &str| PLACEHOLDERS.contains(&word) || COMPANY_WORDS.contains(&word);
    let ends_with = |ending: &[&str]| {
        let last = words.iter().rev().map(String::as_str);
        words.len() > ending.len() && last.take(ending.len()).eq(ending.iter().rev().copied())
    };
    let one_letter = |word: &String| {
        word.bytes()
            .all(|letter| word.bytes().next() == Some(letter))
    };
    ends_with(&["ME"])
        || ends_with(&["S", "A"])
        || ends_with(&["S", SIGN, "A"])
        || words.iter().any(|word| telling(word))
        || words
            .iter()
            .filter(|word| !is_particle(word))
            .all(one_letter)
}
