//! The floor: the same work over raw CDP, one evaluation a step, with nothing between it and the browser.

mod browser;
mod page;
mod work;

use super::{BenchError, Workload};

/// Does a workload on the site and returns what was extracted, as JSON, with the line `bench BEGIN END COUNT` last.
///
/// # Errors
/// [`BenchError::Floor`] when the browser is missing or refuses something.
pub async fn floor(workload: Workload, site: &str) -> Result<String, BenchError> {
    let browser = browser::Browser::launch().await?;
    let done = work::perform(&browser, workload, site).await;
    browser.end().await;
    done
}
