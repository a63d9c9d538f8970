//! `rust-c2s-api`: see `rust-c2s-api --help`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use rust_c2s_api::cli::{self, Arguments, Command};
use rust_c2s_api::config;

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Serve);
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    if command.reads_environment() {
        config::load_dotenv()?;
    }
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    runtime.block_on(cli::run(command))
}

#[expect(
    clippy::print_stderr,
    reason = "the last word of a command that failed"
)]
fn report(error: &anyhow::Error) {
    eprintln!("rust-c2s-api: {}", cli::told(error));
}
