//! Work of more than a moment, off the few threads that serve all sockets of a run.

use tokio::runtime::{Handle, RuntimeFlavor};

/// With fewer bytes less is done than it would cost to have another thread take over: about a millisecond's work.
const LARGE: usize = 128 * 1024;

/// Does `work` on so many bytes while another thread takes over what this one has to do for the runtime; elsewhere, and where
/// there is little to do, it is simply done.
pub(crate) fn apart<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(runtime) if bytes > LARGE && runtime.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(work)
        }
        _ => work(),
    }
}
