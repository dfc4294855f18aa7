//! The one integration binary: every area hands its trials to one runner.

mod syntax;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let mut trials = Vec::new();
    trials.extend(syntax::trials());
    libtest_mimic::run(&arguments, trials).exit();
}
