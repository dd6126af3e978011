//! `start`: the server at once, and an index run in a child process beside it, so that a bad run cannot take
//! searching down.

use super::exit::Failure;
use super::{progress, serve, signals};
use crate::http;
use jiff::Timestamp;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
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
    let app = serve::app(state)?;
    app.take_up_rest()?;
    if let Some(bron) = bron {
        crate::demo::zaak::prepare(&app.store, bron)?;
    }
    serve::runtime()?.block_on(async {
        let listener = http::listen(SocketAddr::from(ADDRESS), true)
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
        let (stop, stopped) = watch::channel(false);
        let started = Timestamp::now();
        let indexing = tokio::spawn(index(state.to_owned(), map, bron, stopped.clone()));
        until_told(state, started, &indexing).await;
        let server = tokio::spawn(http::serve(listener, app, until(stopped)));
        signals::wait().await;
        let _ = stop.send(true);
        // A second Ctrl-C does not wait for open connections or for the last commit.
        tokio::select! {
            _ = async { (indexing.await, server.await) } => {}
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
    let result = child(&state, &map, bron, stopped).await;
    drop(busy);
    let _ = bar.await;
    let line = match result {
        Ok(line) => line,
        Err(error) => format!("Het inlezen is niet gestart: {error}"),
    };
    // The pages tell it too.
    let _ = writeln!(std::io::stderr(), "{line}");
}

async fn child(
    state: &Path,
    map: &Path,
    bron: Option<&str>,
    stopped: watch::Receiver<bool>,
) -> std::io::Result<String> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("--staat")
        .arg(state)
        .args(["index", "--json"])
        .args(bron.into_iter().flat_map(|bron| ["--bron", bron]))
        .arg("--")
        .arg(map)
        // Ctrl-C in a terminal reaches all of its group at once; the child hears it from us, and only once.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (mut answer, mut complaint) = (String::new(), String::new());
    let (mut out, mut errors) = (child.stdout.take(), child.stderr.take());
    let reading = async {
        if let Some(out) = &mut out {
            out.read_to_string(&mut answer).await?;
        }
        std::io::Result::Ok(())
    };
    let complaining = async {
        if let Some(errors) = &mut errors {
            errors.read_to_string(&mut complaint).await?;
        }
        std::io::Result::Ok(())
    };
    let ending = async {
        tokio::select! {
            status = child.wait() => status,
            () = until(stopped) => {
                terminate(&child);
                child.wait().await
            }
        }
    };
    let (status, _, _) = tokio::join!(ending, reading, complaining);
    status?;
    Ok(match serde_json::from_str::<Account>(&answer) {
        Ok(account) => summary(&account),
        Err(_) => match complaint.trim() {
            "" => "Het inlezen is onverwacht gestopt.".to_owned(),
            complaint => complaint.to_owned(),
        },
    })
}

/// Waits until the program is asked to end.
async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that nobody can ask any more: then it is time too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Asks the child to end cleanly: it commits what it has.
fn terminate(child: &Child) {
    let pid = child
        .id()
        .and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
    if let Some(pid) = pid {
        // When it is gone already there is nothing to ask.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
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
