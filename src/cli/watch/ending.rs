//! What signals do to watch.

use std::sync::Arc;

use super::super::machine::Machine;
use super::super::signals::Signals;
use super::keyboard::Keyboard;
use super::orders::Orders;
use crate::diag::Exit;
use crate::script::Cancel;

/// The first signal ends the run in order, the second one the process at once. At the prompt Ctrl-C ends the piece that
/// runs and nothing else.
pub fn on_signals(machine: &Machine, orders: Arc<Orders>, cancel: Cancel, keyboard: Option<Arc<Keyboard>>) {
    let browsers = Arc::clone(&machine.browsers);
    let mut signals = Signals::new(machine.runtime.handle());
    machine.runtime.spawn(async move {
        while signals.next().await && orders.at_prompt() {
            cancel.cancel();
        }
        orders.end();
        if orders.at_prompt() {
            // A read of standard input cannot be ended from here: the program ends instead.
            browsers.shutdown().await;
        } else {
            signals.pass_by().await;
            signals.next().await;
        }
        if let Some(keyboard) = keyboard {
            keyboard.single_keys(false);
        }
        std::process::exit(Exit::Interrupted as i32);
    });
}
