//! Waits in pages without scripts: they have no timers, so that whoever waits looks again and again.

use std::time::Duration;

use super::condition::LastSeen;
use super::deadline::Deadline;
use super::error::BrowserError;
use super::inpage::{self, Settled};
use super::tab::Tab;
use crate::syntax::JsProgram;

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Waits until it is time to look again; false when the reply counts as it is.
pub(super) async fn again(settled: &Settled, deadline: Deadline) -> bool {
    if settled.decided() || deadline.passed() {
        return false;
    }
    tokio::time::sleep(LOOK_EVERY.min(deadline.left())).await;
    true
}

/// Runs the user's js condition until it is truthy; one that throws is tried again.
pub(super) async fn js_holds<T: Tab + ?Sized>(
    tab: &T,
    program: &JsProgram,
    deadline: Deadline,
) -> Result<(), BrowserError> {
    loop {
        let words = match tab.run(program, deadline).await {
            Ok(outcome) if inpage::truthy(&outcome.value) => return Ok(()),
            Ok(outcome) => format!("the last value was {}", outcome.value),
            Err(BrowserError::Js(exception)) => format!("it threw {exception}"),
            Err(error) => return Err(error),
        };
        if deadline.passed() {
            return Err(BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } });
        }
        tokio::time::sleep(LOOK_EVERY.min(deadline.left())).await;
    }
}
