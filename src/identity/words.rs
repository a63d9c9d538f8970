//! Words that tell something about a name. All are folded: capitals without accents.

use std::sync::LazyLock;

use super::fold::SIGN;
use super::names;
use super::word_set::{WordSet, set_of};

/// Particles between names; they weigh nothing (API.md "Identity").
const PARTICLES: [&str; 6] = ["DE", "DA", "DO", "DAS", "DOS", AND];
/// The particle that may also join two people: "João e Maria Silva".
pub(super) const AND: &str = "E";

/// What is written before a name, and is none (API.md "Identity": how Brazilians write names).
const TITLES: &str = "
ADV ARQ CAP CAPITAO CEL CORONEL DONA DOUTOR DOUTORA DR DRA ENG ENGA ENGENHEIRA ENGENHEIRO ENGO EXMA EXMO ILMA
ILMO MAJ MAJOR MR MRS MS PADRE PASTOR PASTORA PE PR PROF PROFA PROFESSOR PROFESSORA PROFO SARGENTO SENHOR
SENHORA SEU SGT SR SRA SRTA STA TEN TENENTE TIA TIO
";

static TITLE_SET: LazyLock<WordSet> = LazyLock::new(|| set_of(TITLES));

/// A word that sets a person apart from a relative of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Suffix {
    Filho,
    Junior,
    Neto,
    Bisneto,
    Sobrinho,
    Trineto,
    Primeiro,
    Segundo,
    Terceiro,
    Quarto,
}

/// The suffixes in full, each with its words.
const SUFFIXES: [(&str, Suffix); 13] = [
    ("FILHO", Suffix::Filho),
    ("FILHA", Suffix::Filho),
    ("JUNIOR", Suffix::Junior),
    ("NETO", Suffix::Neto),
    ("NETA", Suffix::Neto),
    ("BISNETO", Suffix::Bisneto),
    ("BISNETA", Suffix::Bisneto),
    ("SOBRINHO", Suffix::Sobrinho),
    ("SOBRINHA", Suffix::Sobrinho),
    ("TRINETO", Suffix::Trineto),
    ("TRINETA", Suffix::Trineto),
    ("SEGUNDO", Suffix::Segundo),
    ("TERCEIRO", Suffix::Terceiro),
];

/// What is written for the suffixes that most people have, also cut off anywhere from the second letter on.
const CUT_OFF: [(&str, Suffix); 4] = [
    ("FILHO", Suffix::Filho),
    ("JUNIOR", Suffix::Junior),
    ("NETO", Suffix::Neto),
    ("SOBRINHO", Suffix::Sobrinho),
];

impl Suffix {
    /// The suffix a folded word is, if it is one, also with one letter wrong: a suffix that is
    /// overlooked makes the son his father. A word that is a name is none.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let found = |apart: fn(&str, &str) -> bool| {
            let found = SUFFIXES.iter().find(|(suffix, _)| apart(suffix, word));
            found.map(|(_, suffix)| *suffix)
        };
        let slip = || found(names::one_letter_apart).filter(|_| !is_name(word));
        found(|suffix, word| suffix == word)
            .or_else(|| Self::exact(word))
            .or_else(slip)
    }

    /// The suffix that the last word of a name is, also when it is cut off.
    pub(super) fn parse_last(word: &str) -> Option<Self> {
        let cut_off = || {
            let canonical = names::canonical(word).unwrap_or(word);
            let is_name = names::is_first_name(canonical) || names::is_surname(canonical);
            let mut suffixes = CUT_OFF.iter().filter(|_| word.len() > 1 && !is_name);
            let found = suffixes.find(|(suffix, _)| suffix.starts_with(word));
            found.map(|(_, suffix)| *suffix)
        };
        Self::parse(word).or_else(cut_off)
    }

    /// A single letter that may stand for a suffix as well as for a name: F, J, N.
    pub(super) fn is_letter(word: &str) -> bool {
        matches!(word, "F" | "J" | "N")
    }

    /// Those that are taken only as they stand: short, or words with other meanings.
    fn exact(word: &str) -> Option<Self> {
        match word {
            "FIL" | "FILHINHO" | "FLH" | "FO" => Some(Self::Filho),
            "JNR" | "JOR" | "JR" | "JUN" | "JUNINHO" | "JUNR" => Some(Self::Junior),
            "NETINHO" | "NT" | "NTO" => Some(Self::Neto),
            "SOB" | "SOBR" => Some(Self::Sobrinho),
            "II" => Some(Self::Segundo),
            "III" => Some(Self::Terceiro),
            "IV" | "QUARTO" => Some(Self::Quarto),
            "PRIMEIRO" | "SENIOR" => Some(Self::Primeiro),
            _ => None,
        }
    }
}

fn is_name(word: &str) -> bool {
    names::is_known(names::canonical(word).unwrap_or(word))
}

pub(super) fn is_title(word: &str) -> bool {
    TITLE_SET.contains(word)
}

pub(super) fn is_particle(word: &str) -> bool {
    word == SIGN || PARTICLES.contains(&word)
}
