//! A new migration counts as a change of the sources: `sqlx::migrate!` alone notices a changed file, and no new one.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
