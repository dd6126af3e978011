//! The server: from a socket to the routes of `api` and `web`, with the same protection for both. Listens on this machine
//! alone, unless the settings make it safe to do more. Never writes a question, a document or an id to the log.
//!
//! | file | owns |
//! |---|---|
//! | `guard` | which host, and whose pages |
//! | `headers` | what every answer carries |
//! | `koekje` | cookies |
//! | `tls` | the certificate |
//! | `vanaf` | from which address, and not too often |
//! | `weigering` | recording what was refused |

mod guard;
mod headers;
pub mod koekje;
pub mod metingen;
pub mod tls;
mod vanaf;
mod weigering;

pub use guard::Port;
pub use headers::API_VERSION;
pub use vanaf::Vanaf;
pub use weigering::Wie;
#[cfg(test)]
pub mod tests;

use crate::onderhoud::Onderhoud;
use crate::settings::ServerSettings;
use crate::state::App;
use crate::{api, problem::Problem, web};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use axum_server::{Handle, Server};
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

/// How long the head of a request may take, and a connection may be silent: slow ones must not use up all there are.
const HEAD: Duration = Duration::from_secs(20);

/// How long the body of a request may take.
const BODY: Duration = Duration::from_secs(60);

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Others reach that address, and the settings do not make that safe.
    #[error("{0} is ook vanaf andere computers te bereiken; {1}. Of kies 127.0.0.1 of [::1]")]
    NotSafe(IpAddr, &'static str),
    /// The address cannot be used.
    #[error("{0} is niet te gebruiken: {1}")]
    Busy(SocketAddr, #[source] std::io::Error),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
}

/// Listens on `address`. With `or_next`, a busy port gives way to the next free one.
pub async fn listen(
    address: SocketAddr,
    or_next: bool,
    settings: &ServerSettings,
) -> Result<TcpListener, ListenError> {
    if let Some(why) = settings.why_not_on(address) {
        return Err(ListenError::NotSafe(address.ip(), why));
    }
    if let Some(files) = &settings.tls {
        tls::config(files)?;
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
    let listener = listener.into_std()?;
    let upkeep = Onderhoud::start(&app);
    // It records what it still has to before the rest goes.
    let kept = Arc::clone(&app);
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        stop.await;
        stopping.graceful_shutdown(Some(PATIENCE));
    });
    let service = router(app, port).into_make_service_with_connect_info::<SocketAddr>();
    let ended = match &kept.settings.tls {
        None => {
            let server = patient(axum_server::from_tcp(listener)?);
            server.handle(handle).serve(service).await
        }
        Some(files) => {
            let config = tls::config(files).map_err(std::io::Error::other)?;
            let follows = tokio::spawn(tls::follow(files.clone(), config.clone()));
            let server = patient(axum_server::from_tcp_rustls(listener, config)?);
            let ended = server.handle(handle).serve(service).await;
            follows.abort();
            ended
        }
    };
    drop(upkeep);
    ended
}

/// A server that waits for nobody who sends a byte now and then.
fn patient<A>(mut server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    server.http_builder().http1().header_read_timeout(HEAD);
    server.http1_only().first_request_timeout(HEAD)
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
        .layer(middleware::from_fn(whole_body))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            guard::check,
        ))
        .layer(Extension(guard::Port(port)))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            vanaf::note,
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app, present))
        .merge(metingen::router().with_state(Arc::clone(&counted)))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&counted),
            headers::add,
        ))
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

/// Takes in the body before anything else is done: who sends it slowly holds up nothing but his own connection.
async fn whole_body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let taken = tokio::time::timeout(BODY, Bytes::from_request(Request::new(body), &()));
    match taken.await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, bytes.into())).await,
        Ok(Err(rejection)) => rejection.status().into_response(),
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
