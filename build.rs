//! A new migration counts as a change of the sources: `sqlx::migrate!` alone notices a changed file, and no new one.
#![expect(clippy::print_stdout, reason = "how a build script speaks to cargo")]

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
