//! Work of more than a moment, off the one thread that serves all sockets of a run.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Does `work` while another thread takes over what the runtime's thread has to do; elsewhere it is simply done.
pub(crate) fn apart<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}
