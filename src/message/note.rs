//! Notes without personal data: that nobody was accepted, or that an earlier message was about somebody else.

use super::Message;

/// What a note says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It is doubtful who the lead is, and a person of the brokerage will look.
    UnderReview,
    /// Nobody is known behind the lead's contacts, or nobody who may be shown.
    NobodyFound,
    /// The message before was about somebody who is not this lead.
    Correction,
}

/// The note: short, and of nobody.
#[must_use]
pub fn compose_note(note: Note) -> Message {
    let sections = match note {
        Note::UnderReview => {
            "🔎 IDENTIFICAÇÃO EM CONFERÊNCIA\n\
             Ainda não há certeza de quem é este lead, por isso nenhum perfil é mostrado. \
             Uma pessoa da equipe vai conferir; até lá, atenda com os dados que ele informou."
        }
        Note::NobodyFound => {
            "🔎 LEAD NÃO IDENTIFICADO\n\
             O telefone e o e-mail deste lead não levam com segurança a uma pessoa, por isso nenhum \
             perfil é mostrado. Atenda com os dados que ele informou."
        }
        Note::Correction => {
            "⚠️ CORREÇÃO\n\
             Uma mensagem anterior com o perfil de uma pessoa, neste lead, era sobre outra pessoa. \
             Desconsidere-a, não use aqueles dados e atenda com o que o lead informou."
        }
    };
    Message {
        preface: None,
        sections: sections.to_owned(),
        origin: "Mensagem automática".to_owned(),
    }
}
