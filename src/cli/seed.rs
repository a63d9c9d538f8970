//! `rust-c2s-api seed`: a database full of invented people.

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::output::say;
use super::{on_database, require_migrated};
use crate::app::Database;
use crate::config::DatabaseConfig;
use crate::simulator::{Crowd, CrowdPerson, Sex};
use crate::storage::{CopyOfPeople, Inhabitants, PersonToCopy, StorageError};

/// How many people are held in memory at once.
const BATCH: u64 = 20_000;

/// Who is invented.
#[derive(Debug, Args)]
pub struct SeedArguments {
    /// How many people there are to be; those of an earlier run with the same seed count
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=Crowd::MOST))]
    parties: u64,
    /// The same seed invents the same people
    #[arg(long, default_value_t = 1)]
    seed: u16,
    /// Also where there are other people, real ones perhaps
    #[arg(long)]
    beside_others: bool,
}

/// Copies what is missing, in one transaction: stopped halfway, it leaves nothing.
pub(super) async fn run(arguments: &SeedArguments) -> Result<()> {
    let config = DatabaseConfig::for_invented_people()?;
    on_database(&config, async |database| seed(database, arguments).await).await
}

async fn seed(database: &Database, arguments: &SeedArguments) -> Result<()> {
    require_migrated(database).await?;
    let since = Instant::now();
    let crowd = Crowd::new(arguments.seed);
    let (first, last) = (crowd.id(0), crowd.id(Crowd::MOST - 1));
    let (mut copying, there) = CopyOfPeople::begin(&database.pool, first, last).await?;
    if there.others && !arguments.beside_others {
        bail!(
            "the database holds parties that seed {} did not invent: name an empty database in DB_URL, \
             or add --beside-others if they may stand beside invented people",
            arguments.seed
        );
    }
    if !there.others && arguments.parties > 2 * there.copied {
        copying.index_at_the_end().await?;
    }
    let rows = copy(&mut copying, &crowd, there, arguments.parties).await;
    let rows = rows.map_err(|error| told(error, arguments.seed))?;
    copying.commit().await?;
    let invented = arguments.parties.saturating_sub(there.copied);
    say(&format!(
        "{invented} people, {rows} rows in {:.1} s; {} people of seed {} are there now",
        since.elapsed().as_secs_f64(),
        arguments.parties.max(there.copied),
        arguments.seed
    ))?;
    Ok(())
}

async fn copy(
    copying: &mut CopyOfPeople,
    crowd: &Crowd,
    there: Inhabitants,
    parties: u64,
) -> Result<u64, StorageError> {
    // Drawn on a terminal only.
    let bar = ProgressBar::new(parties.saturating_sub(there.copied));
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} people, {eta}")
    {
        bar.set_style(style);
    }
    let mut rows = 0;
    let mut next = there.copied;
    while next < parties {
        let end = parties.min(next + BATCH);
        let people: Vec<Drawn> = (next..end)
            .map(|number| Drawn::of(crowd.person(number)))
            .collect();
        let people: Vec<_> = people.iter().map(Drawn::to_copy).collect();
        rows += copying.copy(&people).await?;
        bar.inc(end - next);
        next = end;
    }
    bar.finish_and_clear();
    Ok(rows)
}

fn told(error: StorageError, seed: u16) -> anyhow::Error {
    let refused = matches!(error, StorageError::Refused { .. });
    let error = anyhow::Error::from(error);
    if refused {
        return error.context(format!(
            "an invented person of seed {seed} has the id or CPF of somebody who is there: nothing was copied; \
             take another --seed, or an empty database"
        ));
    }
    error
}

struct Drawn {
    person: CrowdPerson,
    birth: String,
}

impl Drawn {
    fn of(person: CrowdPerson) -> Self {
        Self {
            birth: person.birth.to_string(),
            person,
        }
    }

    fn to_copy(&self) -> PersonToCopy<'_> {
        let person = &self.person;
        PersonToCopy {
            id: person.id,
            cpf: &person.cpf,
            name: &person.name,
            sex: match person.sex {
                Sex::Female => "F",
                Sex::Male => "M",
            },
            birth: &self.birth,
            mother: &person.mother,
            phone: &person.phone,
            email: &person.email,
        }
    }
}
