//! `serve`: the web pages and the API, without indexing.

use super::exit::Failure;
use super::signals;
use crate::http;
use crate::rooster;
use crate::settings::ServerSettings;
use crate::state::{self, App};
use crate::store::Store;
use sd_notify::NotifyState;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::sync::watch;
use zv_indexer::settings::Settings;
use zv_shared::index::{Blobs, EmbeddedReader};
use zv_shared::lists::Lists;

/// Does it.
pub fn run(state: &Path, address: SocketAddr) -> Result<ExitCode, Failure> {
    let app = app(state)?;
    app.take_up_rest()?;
    runtime()?.block_on(async {
        let listener = http::listen(address, false).await.map_err(listen_failure)?;
        tell(listener.local_addr()?, state, &app)?;
        tell_service_manager(NotifyState::Ready);
        let (stop, stopped) = watch::channel(false);
        let jobs = tokio::spawn(rooster::work(Arc::clone(&app), stopped));
        let served = http::serve(listener, app, signals::wait()).await;
        tell_service_manager(NotifyState::Stopping);
        let _ = stop.send(true);
        // A run that is busy commits first; a second Ctrl-C does not wait for it.
        tokio::select! {
            _ = jobs => {}
            () = signals::wait() => {}
        }
        served?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Tells systemd, when that started the program.
fn tell_service_manager(what: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[what]) {
        tracing::warn!(%error, "the service manager was not told");
    }
}

/// What all requests share.
pub fn app(state: &Path) -> Result<Arc<App>, Failure> {
    let store = Store::open(state)?;
    let settings = ServerSettings::load(state)?;
    // A mistake in how is read is told now, not at the first run at night.
    Settings::load(state)?;
    let blobs = Blobs::open(&state::texts_folder(state))?;
    let index = EmbeddedReader::new(&state::index_folder(state), blobs);
    let lists = Lists::load(&state::lists_folder(state))?;
    Ok(Arc::new(App::new(
        state.to_owned(),
        store,
        Arc::new(index),
        lists,
        settings,
    )))
}

/// The threads of the server.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Why the server cannot listen.
pub fn listen_failure(error: http::ListenError) -> Failure {
    match error {
        http::ListenError::NotLoopback(_) => Failure::usage(error.to_string()),
        http::ListenError::Busy(..) => Failure::new(error.to_string()),
    }
}

/// Tells where the pages are.
pub fn tell(address: SocketAddr, state: &Path, app: &App) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    writeln!(out, "Zoek & Vind staat klaar op http://{address}")?;
    writeln!(out, "De index staat in {}", state.display())?;
    // Kept in the log of the service, outside the reach of who changes the trail.
    let head = app.store.audit_head()?;
    writeln!(out, "Hoofd van het auditspoor: {head}")?;
    writeln!(out, "Stoppen: Ctrl-C")?;
    Ok(out.flush()?)
}
