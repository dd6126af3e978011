//! `start`: the server at once, and an index run in a child process beside it, so that a bad run cannot take
//! searching down.

use super::exit::Failure;
use super::{progress, serve, signals};
use crate::http;
use crate::inlezen::{self, Ended};
use crate::rooster::{self, Soort};
use jiff::Timestamp;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use zv_indexer::account::{Account, Status};
use zv_indexer::progress::Progress;

/// Where the pages are, unless the port is taken.
const ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 8080);

/// Does it.
pub fn run(state: &Path, map: Option<&Path>) -> Result<ExitCode, Failure> {
    let (map, bron) = match map {
        Some(map) => (map.to_owned(), None),
        None => (demo(state)?, Some("demo-archief")),
    };
    // It listens on this computer alone, whatever the settings say for a server.
    let (app, code) = serve::server(state, Some(SocketAddr::from(ADDRESS)))?;
    app.take_up_rest()?;
    if let Some(bron) = bron {
        crate::demo::zaak::prepare(&app.store, bron)?;
    }
    serve::runtime()?.block_on(async {
        let listener = http::listen(SocketAddr::from(ADDRESS), true, &app.settings)
            .await
            .map_err(serve::listen_failure)?;
        let address = listener.local_addr()?;
        if address.port() != ADDRESS.1 {
            writeln!(
                std::io::stdout(),
                "Poort {} is bezet; poort {} is vrij.",
                ADDRESS.1,
                address.port()
            )?;
        }
        serve::tell(address, state, &app)?;
        serve::tell_code(&app, code)?;
        let (stop, stopped) = watch::channel(false);
        let started = Timestamp::now();
        let indexing = tokio::spawn(index(state.to_owned(), map, bron, stopped.clone()));
        until_told(state, started, &indexing).await;
        let jobs = tokio::spawn(rooster::work(Arc::clone(&app), stopped.clone()));
        let server = tokio::spawn(http::serve(listener, app, until(stopped)));
        signals::wait().await;
        let _ = stop.send(true);
        // A second Ctrl-C does not wait for open connections or for the last commit.
        tokio::select! {
            _ = async { (indexing.await, jobs.await, server.await) } => {}
            () = signals::wait() => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Waits until the run tells of itself: a page before that would show an index of nothing, or the one of the run
/// before, as if it were whole. Who connects meanwhile is answered then.
async fn until_told(state: &Path, started: Timestamp, indexing: &JoinHandle<()>) {
    let told = async {
        let tells = || Progress::load(state).is_some_and(|moment| moment.gestart >= started);
        while !tells() && !indexing.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    // A drive that hangs keeps the run silent; searching what is there goes on.
    let _ = tokio::time::timeout(Duration::from_secs(5), told).await;
}

/// The demo archive, written when it is not there yet. Beside the index, never inside it.
fn demo(state: &Path) -> Result<PathBuf, Failure> {
    let folder = state.with_file_name(match state.file_name() {
        Some(name) => format!("{}-demo-archief", name.to_string_lossy()),
        None => "zoekenvind-demo-archief".to_owned(),
    });
    crate::demo::write(&folder).map_err(|error| {
        Failure::new(format!(
            "het demo-archief {} is niet te schrijven: {error}",
            folder.display()
        ))
    })?;
    Ok(folder)
}

/// Runs the index in a child and tells how it ended. The server goes on whatever happens here.
async fn index(state: PathBuf, map: PathBuf, bron: Option<&str>, stopped: watch::Receiver<bool>) {
    let (busy, ended) = mpsc::channel::<()>();
    let shown = state.clone();
    let bar = tokio::task::spawn_blocking(move || progress::show(&shown, &ended));
    let result = inlezen::run(&state, &map, bron, Soort::Bijwerken, until(stopped)).await;
    drop(busy);
    let _ = bar.await;
    let line = match result {
        Ok(Ended::Answer(account)) => summary(&account),
        Ok(Ended::Refused { complaint, .. }) => complaint,
        Err(error) => format!("Het inlezen is niet gestart: {error}"),
    };
    // The pages tell it too.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Waits until the program is asked to end.
async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that nobody can ask any more: then it is time too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn summary(account: &Account) -> String {
    use crate::web::labels::{count, number, seconds};
    let ending = match account.status {
        Status::Voltooid => "klaar",
        Status::Afgebroken => "afgebroken",
        Status::Mislukt => "mislukt",
    };
    let mut line = format!(
        "Inlezen {ending} in {}: {} gezien ({} nieuw, {} gewijzigd, {} onleesbaar), {} in de index.",
        seconds(account.seconden),
        count(account.gezien, "bestand", "bestanden"),
        number(account.nieuw),
        number(account.gewijzigd),
        number(account.onleesbaar),
        count(account.documenten, "document", "documenten"),
    );
    if account.ingehouden > 0 {
        line.push_str("\nEr zijn veel bestanden verdwenen; ze blijven in de index. Zie: zoekenvind index --help");
    }
    line
}
