//! Who is asking.

use super::KEY_NEEDED;
use crate::config::Scope;
use crate::errors::AppError;
use crate::services::lead_processing::NamedCaller;

/// Who is asking, in the extensions of a request that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A developer on his own machine.
    Developer,
    /// The holder of a key.
    Key {
        /// The key's name.
        name: String,
        /// What it opens.
        scopes: Vec<Scope>,
    },
    /// Somebody without a key: sees no personal data.
    Anonymous,
}

impl Caller {
    /// Whether this caller may do what a scope opens.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        match self {
            Self::Developer => true,
            Self::Key { scopes, .. } => scopes.contains(&scope),
            Self::Anonymous => false,
        }
    }

    /// Asks for a scope besides the route's own.
    ///
    /// # Errors
    /// 403 for a key without it, 401 without a key.
    pub fn must(&self, scope: Scope) -> Result<(), AppError> {
        match self {
            _ if self.may(scope) => Ok(()),
            Self::Anonymous => Err(KEY_NEEDED),
            Self::Developer | Self::Key { .. } => Err(AppError::Forbidden(scope.as_str())),
        }
    }

    /// Who triggers by this route, for the record.
    pub(in crate::handlers) fn named(&self, action: &'static str) -> NamedCaller {
        NamedCaller {
            actor: self.actor().to_owned(),
            action,
        }
    }

    /// Who this is, for the record of who looked: the key's name, never the key.
    #[must_use]
    pub fn actor(&self) -> &str {
        match self {
            Self::Developer => "developer",
            Self::Key { name, .. } => name,
            Self::Anonymous => "anonymous",
        }
    }
}
