//! Exchanges as rows of a cassette.

use serde::Deserialize;

use crate::browser::{Came, Exchanged};
use crate::store::ExchangeRow;

/// A session's exchange as a row.
#[must_use]
pub fn to_row(session: &str, mut exchanged: Exchanged) -> ExchangeRow {
    let request_body = exchanged.asked.body.take();
    let response_body = match &mut exchanged.came {
        Came::Response { body, .. } => body.take(),
        Came::Failed(_) => None,
    };
    ExchangeRow {
        session: session.to_owned(),
        method: exchanged.asked.method.clone(),
        url: exchanged.asked.url.clone(),
        // Names are texts and nothing in it fails: it has a JSON form.
        head: serde_json::to_value(&exchanged).unwrap_or_default(),
        request_body,
        response_body,
    }
}

/// A row as its session and exchange.
///
/// # Errors
/// When the head is not one of [`to_row`].
pub fn from_row(row: ExchangeRow) -> Result<(String, Exchanged), serde_json::Error> {
    let mut exchanged = Exchanged::deserialize(row.head)?;
    exchanged.asked.method = row.method;
    exchanged.asked.url = row.url;
    exchanged.asked.body = row.request_body;
    if let Came::Response { body, .. } = &mut exchanged.came {
        *body = row.response_body;
    }
    Ok((row.session, exchanged))
}
