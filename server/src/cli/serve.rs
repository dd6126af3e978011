//! `serve`: the web pages and the API, without indexing.

use super::exit::Failure;
use super::signals;
use crate::http;
use crate::mensen::eerste::EersteCode;
use crate::mensen::organisatie::Aanbieder;
use crate::motor;
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
use zv_shared::lists::Lists;

/// Where the server listens when nobody says.
const ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 8080);

/// Does it.
pub fn run(state: &Path, chosen: Option<SocketAddr>) -> Result<ExitCode, Failure> {
    let (app, code) = server(state, chosen)?;
    app.take_up_rest()?;
    runtime()?.block_on(async {
        let address = app.settings.luister.unwrap_or(SocketAddr::from(ADDRESS));
        let listener = http::listen(address, false, &app.settings)
            .await
            .map_err(listen_failure)?;
        tell(listener.local_addr()?, state, &app)?;
        tell_code(&app, code)?;
        tell_service_manager(NotifyState::Ready);
        let (stop, stopped) = watch::channel(false);
        let jobs = tokio::spawn(rooster::work(Arc::clone(&app), stopped));
        let served = http::serve(listener, app, signals::wait_serving()).await;
        tell_service_manager(NotifyState::Stopping);
        let _ = stop.send(true);
        // A run that is busy commits first; a second Ctrl-C does not wait for it.
        tokio::select! {
            _ = jobs => {}
            () = signals::wait_serving() => {}
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
    Ok(Arc::new(made(state, ServerSettings::load(state)?)?))
}

/// The same for a server, with the code for the first account where one is needed. An address that was chosen goes before
/// the one in the settings.
pub fn server(
    state: &Path,
    chosen: Option<SocketAddr>,
) -> Result<(Arc<App>, Option<String>), Failure> {
    let mut settings = ServerSettings::load(state)?;
    settings.luister = chosen.or(settings.luister);
    let mut app = made(state, settings)?;
    if app.organisatie.as_ref().is_some_and(Aanbieder::cannot_ask) {
        return Err(Failure::usage(
            "het geheim, de sleutel of het CA-bestand van 'organisatie' in de instellingen is niet te gebruiken",
        ));
    }
    let first = app.settings.is_public() && !app.store.has_accounts()?;
    let (first, code) = first.then(EersteCode::new).unzip();
    app.eerste = first;
    Ok((Arc::new(app), code))
}

fn made(state: &Path, settings: ServerSettings) -> Result<App, Failure> {
    let store = Store::open(state)?;
    // A mistake in how is read is told now, not at the first run at night.
    Settings::load(state)?;
    let index = motor::engine(state)?.index();
    let lists = Lists::load(&state::lists_folder(state))?;
    let mut app = App::new(state.to_owned(), store, index, lists, settings);
    app.op_cluster = motor::is_cluster(state)?;
    Ok(app)
}

/// Tells how the first account is made, where others reach the server.
pub fn tell_code(app: &App, code: Option<String>) -> Result<(), Failure> {
    let Some(code) = code else {
        return Ok(());
    };
    let origin = app.settings.openbaar_adres.as_ref();
    let origin = origin.map_or_else(String::new, |origin| origin.as_str().to_owned());
    let mut out = std::io::stdout();
    writeln!(
        out,
        "Er zijn nog geen accounts. Maak de eerste beheerder op {origin}/eerste-beheerder"
    )?;
    writeln!(out, "Eenmalige code: {code}")?;
    Ok(out.flush()?)
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
        http::ListenError::NotSafe(..) | http::ListenError::Tls(_) => {
            Failure::usage(error.to_string())
        }
        http::ListenError::Busy(..) => Failure::new(error.to_string()),
    }
}

/// Tells where the pages are.
pub fn tell(address: SocketAddr, state: &Path, app: &App) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    let scheme = if app.settings.tls.is_some() {
        "https"
    } else {
        "http"
    };
    writeln!(out, "Zoek & Vind staat klaar op {scheme}://{address}")?;
    writeln!(out, "De index staat in {}", state.display())?;
    // Kept in the log of the service, outside the reach of who changes the trail.
    let head = app.store.audit_head()?;
    writeln!(out, "Hoofd van het auditspoor: {head}")?;
    writeln!(out, "Stoppen: Ctrl-C")?;
    Ok(out.flush()?)
}
