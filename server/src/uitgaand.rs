//! The one client with which this program asks others over HTTP: no redirects, no waiting without end. Never decides whom it
//! asks.

use std::path::Path;
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(5);

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file with certificates cannot be read.
    #[error("the certificates cannot be read: {0}")]
    Certificates(#[from] std::io::Error),
    /// Something else.
    #[error(transparent)]
    Client(#[from] reqwest::Error),
}

/// A client that waits at most `answer` for a whole answer, and trusts the authorities in the file `ca` only, if given.
///
/// # Errors
/// [`ClientError`].
pub fn client(ca: Option<&Path>, answer: Duration) -> Result<reqwest::Client, ClientError> {
    crate::http::tls::provide();
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(answer)
        .user_agent("zoekenvind");
    if let Some(path) = ca {
        let known = reqwest::Certificate::from_pem_bundle(&std::fs::read(path)?)?;
        builder = builder.tls_certs_only(known);
    }
    Ok(builder.build()?)
}
