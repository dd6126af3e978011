//! The server: from a socket to the routes of `api` and `web`, with the same protection for both. Binds to
//! this machine only. Never writes a question, a document or an id to the log.

mod guard;
mod headers;
pub mod metingen;
mod weigering;

pub use headers::API_VERSION;
pub use weigering::Wie;
#[cfg(test)]
pub mod tests;

use crate::onderhoud::Onderhoud;
use crate::state::App;
use crate::{api, problem::Problem, web};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

/// The largest request.
const BODY_LIMIT: usize = 1024 * 1024;

/// How long an answer may take to begin. A text of 200 MB is analysed within it.
const TIMEOUT: Duration = Duration::from_secs(120);

/// How long an export may take before it can be sent: originals of hundreds of gigabytes are read for it.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// How long answers may go on when the server stops.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Not an address of this machine alone.
    #[error(
        "{0} is ook vanaf andere computers te bereiken; dat kan pas als er toegangsbeheer is. Kies 127.0.0.1 of [::1]"
    )]
    NotLoopback(IpAddr),
    /// The address cannot be used.
    #[error("{0} is niet te gebruiken: {1}")]
    Busy(SocketAddr, #[source] std::io::Error),
}

/// Listens on `address`. With `or_next`, a busy port gives way to the next free one.
pub async fn listen(address: SocketAddr, or_next: bool) -> Result<TcpListener, ListenError> {
    if !address.ip().is_loopback() {
        return Err(ListenError::NotLoopback(address.ip()));
    }
    let mut attempt = address;
    loop {
        match TcpListener::bind(attempt).await {
            Ok(listener) => return Ok(listener),
            Err(error) => {
                let next = attempt.port().checked_add(1);
                match next {
                    Some(port) if or_next && error.kind() == std::io::ErrorKind::AddrInUse => {
                        attempt.set_port(port);
                    }
                    _ => return Err(ListenError::Busy(attempt, error)),
                }
            }
        }
    }
}

/// Serves until `stop` completes. Answers that are under way then get a moment; a page that follows the
/// progress of a run would hold the program for ever.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let port = listener.local_addr()?.port();
    let upkeep = Onderhoud::start(&app);
    // It records what it still has to before the rest goes.
    let _kept = Arc::clone(&app);
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, router(app, port)).with_graceful_shutdown(async move {
        stop.await;
        drop(stopping);
    });
    let patience = async {
        let _ = stopped.await;
        tokio::time::sleep(PATIENCE).await;
    };
    let ended = tokio::select! {
        result = async { server.await } => result,
        () = patience => Ok(()),
    };
    drop(upkeep);
    ended
}

/// All routes, behind the protection that every request passes.
pub fn router(app: Arc<App>, port: u16) -> Router {
    let counted = Arc::clone(&app);
    api::router()
        .merge(web::router())
        .fallback(|| async { Problem::not_found("Dit adres bestaat niet.") })
        .with_state(Arc::clone(&app))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            weigering::record,
        ))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn(guard::check))
        .layer(Extension(guard::Port(port)))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app, present))
        .merge(metingen::router().with_state(Arc::clone(&counted)))
        .layer(middleware::from_fn(headers::add))
        .layer(middleware::from_fn_with_state(counted, metingen::count))
}

/// Ends an answer that does not begin in time.
async fn in_time(request: Request, next: Next) -> Response {
    let limit = match api::takes_long(request.uri().path()) {
        true => EXPORT_TIMEOUT,
        false => TIMEOUT,
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

fn panicked(_cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Problem::fault("a handler panicked").into_response()
}

/// Gives every error its form: problem+json below `/v1`, a page elsewhere.
async fn present(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let for_api = headers::is_api(request.uri().path());
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let known = response.extensions().get::<Problem>().cloned();
    let problem = known.unwrap_or_else(|| Problem::from_status(status));
    if for_api {
        problem.into_response()
    } else {
        web::error_page(&app, &problem)
    }
}
