use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::PrivateServerError;
use super::error::OLDEST_MAJOR;

const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where packagers put a version each: below the first, in directories whose name begins with the second, the third.
const USUAL: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"), // the PostgreSQL project's own packages for Fedora and its kin
    ("/opt/homebrew/opt", "postgresql", "bin"), // Homebrew on Apple's processors
    ("/usr/local/opt", "postgresql", "bin"), // Homebrew on Intel's
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// Where to search, in this order.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// PG_BIN_DIR: this one and no other. Empty, it counts as unset.
    pub(super) only: Option<PathBuf>,
    /// The directories of PATH, first of all the one that `pg_config` there names.
    pub(super) path: Vec<PathBuf>,
}

impl Places {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests have no configuration, and the programs must be found without one"
    )]
    pub(super) fn from_environment() -> Self {
        Self {
            only: env::var_os("PG_BIN_DIR")
                .filter(|directory| !directory.is_empty())
                .map(PathBuf::from),
            path: env::var_os("PATH")
                .map(|path| env::split_paths(&path).collect())
                .unwrap_or_default(),
        }
    }

    fn all(&self) -> Vec<PathBuf> {
        let configured = self.path.iter().find_map(|directory| bin_dir(directory));
        let usual = USUAL
            .iter()
            .flat_map(|(base, prefix, tail)| versions(Path::new(base), prefix, tail));
        configured
            .into_iter()
            .chain(self.path.iter().cloned())
            .chain(usual)
            .filter(|directory| missing(directory).is_none())
            .collect()
    }
}

/// The server programs of one installed PostgreSQL.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    directory: PathBuf,
    major: u32,
}

impl Binaries {
    /// The first installed version that is new enough. With `made_by`, the version that made the data at `data`, only
    /// that one will do: PostgreSQL does not open another's data.
    pub(super) fn find(
        places: &Places,
        data: &Path,
        made_by: Option<u32>,
    ) -> Result<Self, PrivateServerError> {
        let candidates = match &places.only {
            Some(directory) => vec![Self::only(directory)?],
            None => places
                .all()
                .into_iter()
                .map(Self::of)
                .collect::<Result<_, _>>()?,
        };
        Self::choose(candidates, data, made_by)
    }

    fn choose(
        candidates: Vec<Self>,
        data: &Path,
        made_by: Option<u32>,
    ) -> Result<Self, PrivateServerError> {
        let (usable, too_old): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|binaries| binaries.major >= OLDEST_MAJOR);
        let wanted = usable
            .into_iter()
            .find(|binaries| made_by.is_none_or(|major| binaries.major == major));
        match (wanted, made_by) {
            (Some(binaries), _) => Ok(binaries),
            (None, Some(major)) => Err(PrivateServerError::OtherVersion {
                data: data.to_path_buf(),
                major,
            }),
            (None, None) => Err(PrivateServerError::NotInstalled {
                too_old: too_old
                    .into_iter()
                    .map(|binaries| binaries.directory)
                    .collect(),
            }),
        }
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn only(directory: &Path) -> Result<Self, PrivateServerError> {
        if let Some(missing) = missing(directory) {
            return Err(PrivateServerError::WrongBinDirectory {
                directory: directory.to_path_buf(),
                missing,
            });
        }
        Self::of(directory.to_path_buf())
    }

    fn of(directory: PathBuf) -> Result<Self, PrivateServerError> {
        let program = directory.join("postgres");
        let output = Command::new(&program)
            .arg("--version")
            .output()
            .map_err(PrivateServerError::file("run", &program))?;
        let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match major_of(&answer) {
            Some(major) => Ok(Self { directory, major }),
            None => Err(PrivateServerError::UnreadableVersion { program, answer }),
        }
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → 15; `postgres (PostgreSQL) 18beta1` → 18.
fn major_of(answer: &str) -> Option<u32> {
    let version = answer.strip_prefix("postgres (PostgreSQL) ")?;
    let digits = version
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    digits.parse().ok()
}

fn missing(directory: &Path) -> Option<&'static str> {
    PROGRAMS
        .into_iter()
        .find(|program| !directory.join(program).is_file())
}

/// What `pg_config` says. One that cannot run or says nothing is no reason to stop searching.
fn bin_dir(directory: &Path) -> Option<PathBuf> {
    let output = Command::new(directory.join("pg_config"))
        .arg("--bindir")
        .output()
        .ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(said.trim())).filter(|path| path.is_absolute())
}

/// The newest first. A place that does not exist on this system holds none.
fn versions(base: &Path, prefix: &str, tail: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(base)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let digits = name
                .strip_prefix(prefix)?
                .trim_start_matches('@')
                .parse()
                .unwrap_or(0);
            Some((digits, entry.path().join(tail)))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(15))]
    #[case("postgres (PostgreSQL) 17.2", Some(17))]
    #[case("postgres (PostgreSQL) 18beta1", Some(18))]
    #[case("postgres (PostgreSQL) 9.6.24", Some(9))]
    #[case("postgres (PostgreSQL) devel", None)]
    #[case("", None)]
    fn the_major_version_is_read(#[case] answer: &str, #[case] major: Option<u32>) {
        assert_eq!(major_of(answer), major);
    }

    fn choose(installed: &[(&str, u32)], made_by: Option<u32>) -> Result<u32, String> {
        let candidates = installed
            .iter()
            .map(|(directory, major)| Binaries {
                directory: PathBuf::from(directory),
                major: *major,
            })
            .collect();
        Binaries::choose(candidates, Path::new("/the/data"), made_by)
            .map(|binaries| binaries.major)
            .map_err(|refused| refused.to_string())
    }

    #[test]
    fn the_first_that_is_new_enough_is_taken() {
        assert_eq!(choose(&[("/a", 14), ("/b", 16), ("/c", 17)], None), Ok(16));
        let refused = choose(&[("/a", 14)], None).unwrap_err();
        assert!(refused.contains("(older: /a)"), "{refused}");
    }

    #[test]
    fn only_the_version_that_made_the_data_will_do() {
        assert_eq!(choose(&[("/b", 16), ("/c", 17)], Some(17)), Ok(17));
        let refused = choose(&[("/b", 16)], Some(17)).unwrap_err();
        assert!(
            refused.contains("/the/data was made by PostgreSQL 17"),
            "{refused}"
        );
    }

    #[test]
    fn nothing_installed_names_the_three_ways_out() {
        let refused = PrivateServerError::NotInstalled {
            too_old: vec![PathBuf::from("/old/bin")],
        };
        let said = refused.to_string();
        for part in ["DB_URL", "PG_BIN_DIR", "install", "/old/bin"] {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
    }

    #[test]
    fn the_newest_comes_first() {
        let place = tempfile::tempdir().unwrap();
        for name in ["postgresql@9", "postgresql@17", "postgresql", "redis"] {
            fs::create_dir(place.path().join(name)).unwrap();
        }
        let found = versions(place.path(), "postgresql", "bin");
        let expected: Vec<_> = ["postgresql@17", "postgresql@9", "postgresql"]
            .map(|name| place.path().join(name).join("bin"))
            .into();
        assert_eq!(found, expected);
    }
}
