//! Where it listens, and when it does not.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;

use super::tests::{loopback, small};
use super::*;

#[tokio::test]
async fn it_refuses_too_few_people_and_a_taken_port_and_stops() {
    let few = SimulatorOptions {
        people: 3,
        ..small()
    };
    assert!(matches!(
        Simulator::start(loopback(), few).await,
        Err(SimulatorError::TooFewPeople { .. })
    ));
    let simulator = Simulator::start(loopback(), small()).await.unwrap();
    let addr = simulator.addr();
    assert!(matches!(
        Simulator::start(addr, small()).await,
        Err(SimulatorError::Listen { .. })
    ));
    simulator.stop().await;
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn on_every_address_it_tells_one_that_can_be_called() {
    let every = SocketAddr::from(([0, 0, 0, 0], 0));
    let simulator = Simulator::start(every, small()).await.unwrap();
    let addr = simulator.addr();
    assert_eq!(addr.ip().to_string(), "127.0.0.1");
    assert!(tokio::net::TcpStream::connect(addr).await.is_ok());
    simulator.stop().await;

    for (bound, told) in [
        ("[::]:8090", "[::1]:8090"),
        ("192.0.2.1:8090", "192.0.2.1:8090"),
    ] {
        assert_eq!(reachable_here(bound.parse().unwrap()).to_string(), told);
    }
}
