//! The terminal's settings as they were when the program began, to be given back on every way out.

use std::io::IsTerminal;

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};

/// What standard input's terminal was set to.
pub(super) struct TerminalState(Termios);

impl TerminalState {
    /// The settings now, if standard input is a terminal and ours to read.
    pub fn now() -> Option<Self> {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() || tcgetpgrp(&stdin).ok()? != getpgrp() {
            return None;
        }
        tcgetattr(&stdin).ok().map(Self)
    }

    /// Sets the terminal to what it was.
    pub fn restore(&self) {
        set(&self.0);
    }

    /// Sets it to give single keys, unseen; signals and the treatment of output stay.
    pub fn single_keys(&self) {
        let mut modes = self.0.clone();
        modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        set(&modes);
    }
}

fn set(modes: &Termios) {
    // A terminal that went away needs no settings.
    let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, modes);
}
