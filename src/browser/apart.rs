//! Work of more than a moment, off the thread that serves all sockets of a run.

use tokio::runtime::{Handle, RuntimeFlavor};

/// With fewer bytes less is done than it would cost to have another thread take over: about a millisecond's work.
const LARGE: usize = 128 * 1024;

/// Does `work` on so many bytes; where that takes a while, another thread takes over what this one has to do for the
/// runtime.
pub(crate) fn apart<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    if bytes > LARGE { aside(work) } else { work() }
}

/// Does `work`, which may wait for somebody, while another thread takes over what this one has to do for the runtime.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}
