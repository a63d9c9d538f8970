//! Words that tell something about a name. All are folded: capitals without accents.

/// Particles between names; they weigh nothing (API.md "Identity").
const PARTICLES: [&str; 6] = ["DE", "DA", "DO", "DAS", "DOS", "E"];

/// Words that are typed in place of a name, by people, portals and imports.
const PLACEHOLDERS: [&str; 29] = [
    "ADMIN",
    "ANONIMO",
    "CLIENTE",
    "COMPRADOR",
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
    "LOCATARIO",
    "NAME",
    "NOME",
    "NULL",
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
const COMPANY_WORDS: [&str; 24] = [
    "ADVOCACIA",
    "ASSOCIACAO",
    "COMERCIO",
    "CONDOMINIO",
    "CONSTRUTORA",
    "CONSULTORIA",
    "CORRETORA",
    "EIRELI",
    "EMPREENDIMENTOS",
    "EMPRESA",
    "ENGENHARIA",
    "EPP",
    "HOLDING",
    "IMOBILIARIA",
    "IMOBILIARIO",
    "IMOVEIS",
    "INCORPORADORA",
    "INDUSTRIA",
    "LIMITADA",
    "LTDA",
    "MEI",
    "NEGOCIOS",
    "PARTICIPACOES",
    "SERVICOS",
];

/// Frequent given names that also stand second ("Ana Paula", "João Pedro"): such a second name is
/// no surname, and such a first one shows that a name is not written surname first. From the most
/// frequent names of the census of 2010 (IBGE, "Nomes no Brasil").
const GIVEN_NAMES: [&str; 84] = [
    "ADRIANA",
    "ALESSANDRA",
    "ALEXANDRE",
    "ALINE",
    "AMANDA",
    "ANA",
    "ANDRE",
    "ANDREA",
    "ANTONIA",
    "ANTONIO",
    "APARECIDA",
    "AUGUSTO",
    "BEATRIZ",
    "BRUNA",
    "BRUNO",
    "CAMILA",
    "CARLA",
    "CARLOS",
    "CAROLINA",
    "CECILIA",
    "CESAR",
    "CLARA",
    "CLAUDIA",
    "CRISTIANE",
    "CRISTINA",
    "DANIEL",
    "DANIELA",
    "EDSON",
    "EDUARDA",
    "EDUARDO",
    "FABIO",
    "FATIMA",
    "FELIPE",
    "FERNANDA",
    "FERNANDO",
    "FRANCISCA",
    "FRANCISCO",
    "GABRIEL",
    "GABRIELA",
    "GUILHERME",
    "GUSTAVO",
    "HELENA",
    "HENRIQUE",
    "ISABEL",
    "JOAO",
    "JOSE",
    "JULIA",
    "JULIANA",
    "JULIO",
    "LAURA",
    "LEONARDO",
    "LUCAS",
    "LUCIA",
    "LUCIANA",
    "LUIS",
    "LUIZ",
    "LUIZA",
    "MARCELO",
    "MARCIA",
    "MARCIO",
    "MARCO",
    "MARCOS",
    "MARIA",
    "MATEUS",
    "MIGUEL",
    "PATRICIA",
    "PAULA",
    "PAULO",
    "PEDRO",
    "RAFAEL",
    "RAFAELA",
    "REGINA",
    "RENATA",
    "RENATO",
    "RICARDO",
    "RITA",
    "ROBERTO",
    "RODRIGO",
    "ROSA",
    "SERGIO",
    "SILVIA",
    "TEREZA",
    "VICTOR",
    "VINICIUS",
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

impl Suffix {
    /// The suffix a folded word is, if it is one.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "FILHO" | "FILHA" => Some(Self::Filho),
            "JUNIOR" | "JR" => Some(Self::Junior),
            "NETO" | "NETA" => Some(Self::Neto),
            "BISNETO" | "BISNETA" => Some(Self::Bisneto),
            "SOBRINHO" | "SOBRINHA" => Some(Self::Sobrinho),
            "SEGUNDO" | "II" => Some(Self::Segundo),
            "TERCEIRO" | "III" => Some(Self::Terceiro),
            _ => None,
        }
    }
}

pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

pub(super) fn is_given_name(word: &str) -> bool {
    GIVEN_NAMES.contains(&word)
}

/// Whether folded words name nobody: a placeholder or a company's word among them, `ME` or `S A`
/// at the end, or no word longer than an initial.
pub(super) fn name_nobody(words: &[&str]) -> bool {
    let telling = |word: &&str| PLACEHOLDERS.contains(word) || COMPANY_WORDS.contains(word);
    let company_ending = matches!(words, [_, .., "ME"] | [_, .., "S", "A"]);
    company_ending || words.iter().any(telling) || words.iter().all(|word| word.len() < 2)
}
