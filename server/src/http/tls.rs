//! TLS: the certificate of this server, read again when its files change, and the cryptography of all that is asked of
//! others. Never falls back to plain HTTP: with a new certificate that cannot be used the old one stays.

use crate::settings::Tls;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::sync::{Arc, Once};
use std::time::{Duration, SystemTime};

/// Time between two looks at the files.
const LOOK: Duration = Duration::from_secs(10);

/// Why the certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or is no PEM.
    #[error("{0} is niet te gebruiken: {1}")]
    File(String, #[source] PemError),
    /// Certificate and key do not fit.
    #[error("het certificaat en de sleutel horen niet bij elkaar: {0}")]
    Pair(#[from] rustls::Error),
}

/// Chooses the cryptography for the whole program: ring.
pub fn provide() {
    static CHOSEN: Once = Once::new();
    // An error means that it was chosen already, which the first call makes sure of.
    CHOSEN.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// The certificate of now, as the server uses it.
pub fn config(settings: &Tls) -> Result<RustlsConfig, TlsError> {
    Ok(RustlsConfig::from_config(Arc::new(read(settings)?)))
}

fn read(settings: &Tls) -> Result<ServerConfig, TlsError> {
    provide();
    let wrong = |path: &Path, error| TlsError::File(path.display().to_string(), error);
    let chain = CertificateDer::pem_file_iter(&settings.certificaat)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(&settings.certificaat, error))?;
    let key = PrivateKeyDer::from_pem_file(&settings.sleutel)
        .map_err(|error| wrong(&settings.sleutel, error))?;
    // By themselves TLS 1.2 and 1.3, with the ciphers that are sound.
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Takes up a new certificate when the files change, for ever.
pub async fn follow(settings: Tls, used: RustlsConfig) {
    let mut seen = state(&settings);
    loop {
        tokio::time::sleep(LOOK).await;
        let now = state(&settings);
        if now == seen {
            continue;
        }
        match read(&settings) {
            Ok(config) => {
                used.reload_from_config(Arc::new(config));
                seen = now;
                tracing::info!("the certificate was read again");
            }
            // One of the two files may just be written; the next look tries again.
            Err(error) => tracing::warn!(%error, "the new certificate cannot be used yet"),
        }
    }
}

/// What changes with the files.
fn state(settings: &Tls) -> [Option<(SystemTime, u64)>; 2] {
    [&settings.certificaat, &settings.sleutel].map(|path| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    })
}
