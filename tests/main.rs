//! The integration tests: one binary, one summary.

mod page;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = page::trials();
    libtest_mimic::run(&arguments, trials).exit();
}
