//! Where the provider is and which keys it has: its discovery document and key set, fetched when they are needed and kept
//! for an hour. Follows no redirect, waits no longer than ten seconds and reads no answer without end.

use super::Fout;
use crate::settings::Organisatie;
use crate::uitgaand;
use openidconnect::core::CoreClientAuthMethod;
use openidconnect::{
    AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl, ProviderMetadataWithLogout,
};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long what the provider says of itself is believed.
const KEPT: Duration = Duration::from_secs(3600);
/// How long it is believed when the provider is silent.
const KEPT_AT_MOST: Duration = Duration::from_secs(24 * 3600);
/// Time between two times that keys are fetched because one was not known: anybody can name one.
const AGAIN: Duration = Duration::from_secs(30);
const ANSWER: Duration = Duration::from_secs(10);
/// The largest answer. Somebody may be in thousands of groups.
const LARGEST: usize = 4 * 1024 * 1024;

/// What is known of the provider.
#[derive(Default)]
pub struct Provider {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    /// When keys were last fetched because one was not known.
    forced: Option<Instant>,
}

/// The provider as it described itself.
#[derive(Clone)]
pub struct Known {
    pub metadata: Arc<ProviderMetadataWithLogout>,
    pub http: Http,
    at: Instant,
}

impl Known {
    /// Whether the provider takes our secret in the body only.
    pub fn posts_secret(&self) -> bool {
        let ways = self.metadata.token_endpoint_auth_methods_supported();
        ways.is_some_and(|ways| {
            !ways.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && ways.contains(&CoreClientAuthMethod::ClientSecretPost)
        })
    }
}

impl Provider {
    /// What is known, fetched when it is too old, or when `newer` keys are wanted and that was not just tried.
    pub async fn known(&self, settings: &Organisatie, newer: bool) -> Result<Known, Fout> {
        let mut state = self.state.lock().await;
        let forced = newer && state.forced.is_none_or(|at| at.elapsed() > AGAIN);
        if let Some(known) = &state.known
            && known.at.elapsed() < KEPT
            && !forced
        {
            return Ok(known.clone());
        }
        if forced {
            state.forced = Some(Instant::now());
        }
        match fetch(settings).await {
            Ok(known) => {
                state.known = Some(known.clone());
                Ok(known)
            }
            Err(fault) => {
                let old = state.known.clone();
                old.filter(|known| known.at.elapsed() < KEPT_AT_MOST)
                    .ok_or(fault)
            }
        }
    }
}

async fn fetch(settings: &Organisatie) -> Result<Known, Fout> {
    let http = http(settings)?;
    let issuer = IssuerUrl::new(settings.uitgever.clone()).map_err(|_| Fout::Instelling)?;
    let found = ProviderMetadataWithLogout::discover_async(issuer, &http).await;
    let metadata = found.map_err(|error| {
        tracing::warn!(%error, "the login provider does not describe itself");
        Fout::Onbereikbaar
    })?;
    Ok(Known {
        metadata: Arc::new(metadata),
        http,
        at: Instant::now(),
    })
}

/// What asks the provider.
pub fn http(settings: &Organisatie) -> Result<Http, Fout> {
    let found = uitgaand::client(settings.ca_bestand.as_deref(), ANSWER);
    found.map(Http).map_err(|error| {
        tracing::warn!(%error, "the login provider cannot be asked");
        Fout::Instelling
    })
}

/// An HTTP client for `openidconnect`.
#[derive(Clone)]
pub struct Http(reqwest::Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// It did not come, or not in time.
    #[error(transparent)]
    Ask(#[from] reqwest::Error),
    /// It is no answer over HTTP.
    #[error(transparent)]
    Shape(#[from] openidconnect::http::Error),
    /// The provider says that something is wrong with itself.
    #[error("the provider answers with {0}")]
    Down(reqwest::StatusCode),
    /// It does not end.
    #[error("the answer is too large")]
    TooLarge,
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request)?;
            let mut answer = self.0.execute(request).await?;
            if answer.status().is_server_error() {
                return Err(HttpError::Down(answer.status()));
            }
            let mut body = Vec::new();
            while let Some(part) = answer.chunk().await? {
                if body.len() + part.len() > LARGEST {
                    return Err(HttpError::TooLarge);
                }
                body.extend_from_slice(&part);
            }
            let mut built = openidconnect::http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                built = built.header(name, value);
            }
            Ok(built.body(body)?)
        })
    }
}
