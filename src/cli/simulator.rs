//! `rust-c2s-api simulator`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::{output::say, shutdown_signal};
use crate::simulator::{Latency, Simulator, SimulatorOptions};

/// How the simulator is started.
#[derive(Debug, Args)]
pub struct SimulatorArguments {
    /// Address to listen on. It checks no caller: any but loopback is for a network of your own,
    /// such as that of docker compose
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port; 0 takes any free one
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// The same seed invents the same people
    #[arg(long, default_value_t = SimulatorOptions::default().seed)]
    seed: u64,
    /// How many people to invent
    #[arg(long, default_value_t = SimulatorOptions::default().people)]
    people: usize,
    /// How long C2S takes for an answer, in milliseconds
    #[arg(long, default_value_t = 0)]
    c2s_latency_ms: u64,
    /// How long Diretrix takes for an answer, in milliseconds
    #[arg(long, default_value_t = 0)]
    diretrix_latency_ms: u64,
    /// How long Work API takes for an answer, in milliseconds
    #[arg(long, default_value_t = 0)]
    work_api_latency_ms: u64,
}

/// Serves until told to stop. The lines printed at start are the environment a service needs to
/// talk to it.
pub(super) async fn run(arguments: &SimulatorArguments) -> Result<()> {
    let shutdown = shutdown_signal()?;
    let options = SimulatorOptions {
        seed: arguments.seed,
        people: arguments.people,
        latency: Latency {
            c2s: Duration::from_millis(arguments.c2s_latency_ms),
            diretrix: Duration::from_millis(arguments.diretrix_latency_ms),
            work_api: Duration::from_millis(arguments.work_api_latency_ms),
        },
        ..SimulatorOptions::default()
    };
    let address = SocketAddr::new(arguments.host, arguments.port);
    let simulator = Simulator::start(address, options).await?;
    let options = simulator.options();
    say(&format!("C2S_BASE_URL={}", simulator.c2s_base_url()))?;
    say(&format!("C2S_TOKEN={}", options.c2s_token))?;
    say(&format!(
        "DIRETRIX_BASE_URL={}",
        simulator.diretrix_base_url()
    ))?;
    say(&format!("DIRETRIX_USER={}", options.diretrix_user))?;
    say(&format!("DIRETRIX_PASS={}", options.diretrix_pass))?;
    say(&format!(
        "WORK_API_BASE_URL={}",
        simulator.work_api_base_url()
    ))?;
    say(&format!("WORK_API={}", options.work_api_token))?;
    say(&format!("# leads: http://{}/_sim/leads", simulator.addr()))?;
    if !arguments.host.is_loopback() {
        say(&format!(
            "# from another machine: its name for this one in place of {}; whoever reaches {} is served",
            simulator.addr().ip(),
            arguments.host
        ))?;
    }
    shutdown.cancelled().await;
    simulator.stop().await;
    Ok(())
}
