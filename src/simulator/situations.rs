//! The named situations that the leads of the world show.

use serde::Serialize;

macro_rules! situations {
    ($($(#[doc = $about:literal])+ $name:ident,)+) => {
        /// What a lead of the world shows. Each has one lead with a stable id
        /// ([`Situation::lead_id`]); further people's leads repeat the simple ones.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Situation {
            $($(#[doc = $about])+ $name,)+
        }

        impl Situation {
            /// All of them, in the order of their lead ids.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// One line for a person who looks for a lead to try.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($about),+).trim_ascii(),)+
                }
            }
        }
    };
}

situations! {
    /// Name, phone and e-mail agree on one person.
    Plain,
    /// The lead has no e-mail; its phone leads to the person.
    NullEmail,
    /// The lead has no phone; its e-mail leads to the person.
    NullPhone,
    /// Two different people with the same name stand behind the phone and the e-mail: doubtful.
    Namesake,
    /// Phone and e-mail belong to different people; the name agrees with the phone's.
    TwoPeople,
    /// The lead is called "Unknown"; phone and e-mail agree on one person.
    NoName,
    /// Nobody knows the phone or the e-mail.
    UnknownContact,
    /// The CPF is found, but Work API has no profile of it.
    ProfileMissing,
    /// Diretrix knows nobody; Work API's phone module does.
    WorkPhoneOnly,
    /// The lead lacks the candidate's FILHO: another person.
    Suffix,
    /// The lead says FILHO, and father and son share the phone.
    FatherAndSon,
    /// The person is dead: a recycled number.
    Deceased,
    /// The person is under 18: nothing financial is shown.
    Minor,
    /// Many phones, e-mails, addresses and companies.
    LongLists,
    /// An income of 5.432,10, for tests of INCOME_MULTIPLIER.
    EstimatedIncome,
    /// No e-mail, no seller, price a number, tags plain strings, description null, naive dates.
    OddShapes,
    /// Product, seller, phone, tags, log and messages are null.
    NullProduct,
    /// Phone and e-mail are malformed: nothing must be looked up.
    BadContacts,
    /// The lead is called "Cliente"; phone and e-mail agree on one person.
    ClientName,
    /// Phone and e-mail agree on one person, of whom the lead says only the first name.
    FirstNameOnly,
    /// Five people share the phone, and there is no e-mail: doubtful.
    SharedPhone,
    /// The e-mail is written in capitals with spaces around it.
    CapitalEmail,
    /// The profile has no phones and no e-mails.
    NoContacts,
    /// The profile has no income, purchasing power or score.
    NoFinances,
    /// The provider does not know the person's sex.
    UnknownSex,
    /// The profile has an address with a malformed CEP, a state "XX9" and the number "S/N".
    BadAddress,
    /// The phone is written with the country code twice.
    PhoneDoubleCountryCode,
    /// The phone is written with brackets and a hyphen.
    PhoneFormatted,
    /// The phone is written with a trunk zero.
    PhoneTrunkZero,
    /// The phone lacks its ninth digit.
    PhoneMissingNinthDigit,
    /// The area code is 55, without country code.
    PhoneAreaCode55,
    /// The area code is 55, after the country code 55.
    PhoneAreaCode55CountryCode,
}

impl Situation {
    /// `00000000000000000000000000000a01` for the first, and so on in the order of [`Situation::ALL`].
    #[must_use]
    pub fn lead_id(self) -> String {
        format!("{:032x}", 0xa01 + self as usize)
    }
}
