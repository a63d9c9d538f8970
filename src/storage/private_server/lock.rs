use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use super::PrivateServerError;

/// How long a test waits for one that is just stopping the server.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who uses a root directory. The kernel frees it however its holder ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// For one alone.
    pub(super) fn exclusive(root: &Path) -> Result<Self, PrivateServerError> {
        Self::in_use_by(root)?.ok_or_else(|| PrivateServerError::InUse {
            root: root.to_path_buf(),
        })
    }

    /// For one alone; `None` while somebody uses it.
    pub(super) fn in_use_by(root: &Path) -> Result<Option<Self>, PrivateServerError> {
        let file = open(root, "in-use.lock")?;
        taken(file.try_lock(), root).map(|taken| taken.then_some(Self { _file: file }))
    }

    /// For many at once. Waits for one that holds it alone, which among these lasts as long as stopping a server.
    pub(super) fn shared(root: &Path) -> Result<Self, PrivateServerError> {
        let file = open(root, "in-use.lock")?;
        let deadline = Instant::now() + PATIENCE;
        while !taken(file.try_lock_shared(), root)? {
            if Instant::now() > deadline {
                return Err(PrivateServerError::InUse {
                    root: root.to_path_buf(),
                });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Self { _file: file })
    }

    /// Makes those that share the directory start its server one after the other.
    pub(super) fn starting(root: &Path) -> Result<Self, PrivateServerError> {
        let file = open(root, "starting.lock")?;
        file.lock()
            .map_err(PrivateServerError::file("lock a file in", root))?;
        Ok(Self { _file: file })
    }
}

fn open(root: &Path, name: &str) -> Result<File, PrivateServerError> {
    let path = root.join(name);
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(PrivateServerError::file("open", &path))
}

fn taken(answer: Result<(), TryLockError>, root: &Path) -> Result<bool, PrivateServerError> {
    match answer {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => Err(PrivateServerError::File {
            action: "lock a file in",
            path: root.to_path_buf(),
            source,
        }),
    }
}
