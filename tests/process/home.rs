//! A directory in which a process of a test lives, with private servers of its own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Working directory and `XDG_STATE_HOME`. Private servers that are still running when it is
/// dropped, because a test failed, are stopped.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // run by root, PostgreSQL has another account, which must be able to come in
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
        Self(directory)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    /// Whether the private server of this name runs, as its own file says.
    pub(crate) fn server_runs(&self, name: &str) -> bool {
        self.pid_file(name).exists()
    }

    fn pid_file(&self, name: &str) -> PathBuf {
        let servers = self.path().join("rust-c2s-api");
        servers.join(name).join("data/postmaster.pid")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        for name in ["demo", "service", "tests"] {
            let file = self.pid_file(name);
            let Ok(text) = fs::read_to_string(&file) else {
                continue;
            };
            if let Some(pid) = text.lines().next() {
                signal(pid, "INT");
            }
            let patience = Instant::now() + Duration::from_secs(10);
            while file.exists() && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// Sends a signal by the shell's own `kill`: the standard library has none but KILL.
pub(crate) fn signal(pid: &str, name: &str) {
    let kill = format!("kill -{name} {pid}");
    let sent = Command::new("/bin/sh").args(["-c", &kill]).status();
    assert!(sent.unwrap().success() || std::thread::panicking());
}
