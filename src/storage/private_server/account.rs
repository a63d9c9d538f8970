use std::env;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::PrivateServerError;

/// The account PostgreSQL runs under: it refuses to run as root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// The one this process has.
    Own,
    /// We are root and drop to this one.
    Dropped {
        name: &'static str,
        uid: u32,
        gid: u32,
    },
}

impl Account {
    pub(super) fn choose() -> Result<Self, PrivateServerError> {
        if !is_root()? {
            return Ok(Self::Own);
        }
        for name in ["postgres", "nobody"] {
            if let (Some(uid), Some(gid)) = (id(&["-u", name])?, id(&["-g", name])?) {
                return Ok(Self::Dropped { name, uid, gid });
            }
        }
        Err(PrivateServerError::NoAccount)
    }

    /// Lets `command` run under this account.
    pub(super) fn apply(&self, command: &mut Command) {
        if let Self::Dropped { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
    }

    pub(super) fn own(&self, path: &Path) -> Result<(), PrivateServerError> {
        let Self::Dropped { uid, gid, .. } = self else {
            return Ok(());
        };
        chown(path, Some(*uid), Some(*gid)).map_err(PrivateServerError::file("hand over", path))
    }

    /// Refuses a place below a directory that this account may not enter, as `/root` is on Debian.
    pub(super) fn check_reach(&self, root: &Path) -> Result<(), PrivateServerError> {
        let Self::Dropped { name, uid, gid } = self else {
            return Ok(());
        };
        for directory in root.ancestors() {
            let metadata = directory
                .metadata()
                .map_err(PrivateServerError::file("look at", directory))?;
            let enter = if metadata.uid() == *uid {
                0o100
            } else if metadata.gid() == *gid {
                0o010
            } else {
                0o001
            };
            if metadata.mode() & enter == 0 {
                return Err(PrivateServerError::Unreachable {
                    directory: directory.to_path_buf(),
                    account: name,
                });
            }
        }
        Ok(())
    }
}

/// Where this user's private servers live.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests have no configuration, and a place must be found without one"
)]
pub(super) fn state_directory() -> Result<PathBuf, PrivateServerError> {
    let absolute =
        |name| Some(PathBuf::from(env::var_os(name)?)).filter(|path: &PathBuf| path.is_absolute());
    let parent = match absolute("XDG_STATE_HOME") {
        Some(directory) => directory,
        None if is_root()? => PathBuf::from("/var/lib"),
        None => absolute("HOME")
            .ok_or(PrivateServerError::NoStateDirectory)?
            .join(".local/state"),
    };
    Ok(parent.join("rust-c2s-api"))
}

fn is_root() -> Result<bool, PrivateServerError> {
    Ok(id(&["-u"])? == Some(0))
}

/// Asks the system's `id`, since the standard library cannot tell without `unsafe`; `None` for an unknown account.
fn id(arguments: &[&str]) -> Result<Option<u32>, PrivateServerError> {
    let program = Path::new("/usr/bin/id");
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(PrivateServerError::file("run", program))?;
    if !output.status.success() {
        return Ok(None);
    }
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .map(Some)
        .map_err(|error| {
            PrivateServerError::file("read the answer of", program)(io::Error::other(error))
        })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_closed_parent_is_named() {
        let place = tempfile::tempdir().unwrap();
        let closed = place.path().join("closed");
        let root = closed.join("server");
        fs::create_dir_all(&root).unwrap();
        fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
        // an account that owns nothing here
        let account = Account::Dropped {
            name: "nobody",
            uid: 4_000_000,
            gid: 4_000_000,
        };

        fs::set_permissions(&closed, Permissions::from_mode(0o711)).unwrap();
        account.check_reach(&root).unwrap();

        fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
        let refused = account.check_reach(&root).unwrap_err();
        assert!(
            matches!(&refused, PrivateServerError::Unreachable { directory, .. } if *directory == closed)
        );
        Account::Own.check_reach(&root).unwrap();
    }

    #[test]
    fn an_unknown_account_is_no_account() {
        assert_eq!(id(&["-u", "no-such-account-here"]).unwrap(), None);
        assert!(id(&["-u"]).unwrap().is_some());
    }
}
