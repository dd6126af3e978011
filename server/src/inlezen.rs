//! An index run, or the index made anew, in a child process of the same program, so that it cannot take searching down. Owns starting it,
//! ending it, and what it says in the end. Never decides when a source is read.

use crate::rooster::Soort;
use crate::verwijderen::Uitgevoerd;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use zv_indexer::account::Account;
use zv_indexer::rebuild::Rebuilt;

/// What a child process leaves.
pub enum Ended<T> {
    /// It gave its answer.
    Answer(T),
    /// It could not begin; in Dutch.
    Refused {
        /// Another run had the index.
        locked: bool,
        /// What it said.
        complaint: String,
    },
}

/// Exit code of a run that found another one busy (DESIGN section 8).
const LOCKED: i32 = 5;

/// Reads the folder `map` as `bron`, or else under its own name. Once `stop` is ready the run commits what it has and
/// ends.
pub async fn run(
    state: &Path,
    map: &Path,
    bron: Option<&str>,
    soort: Soort,
    stop: impl Future<Output = ()>,
) -> std::io::Result<Ended<Box<Account>>> {
    let mut command = index(state)?;
    command
        .args(match soort {
            Soort::Bijwerken | Soort::Opnieuw => None,
            Soort::Volledig => Some("--volledig"),
            Soort::Onleesbaar => Some("--probeer-opnieuw"),
        })
        .args(bron.into_iter().flat_map(|bron| ["--bron", bron]))
        .arg("--")
        .arg(map);
    run_to_end(command, stop).await
}

/// Makes the index anew for job `id`. Once `stop` is ready it ends, and everything stays as it was.
pub async fn rebuild(
    state: &Path,
    id: u32,
    stop: impl Future<Output = ()>,
) -> std::io::Result<Ended<Rebuilt>> {
    let mut command = index(state)?;
    command.args(["--opnieuw", "--opdracht", &id.to_string()]);
    run_to_end(command, stop).await
}

/// Carries out the orders to remove documents. It is not ended halfway: what was not done is done again.
pub async fn remove(state: &Path) -> std::io::Result<Ended<Vec<Uitgevoerd>>> {
    let mut command = index(state)?;
    command.arg("--verwijder");
    run_to_end(command, std::future::pending()).await
}

fn index(state: &Path) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("--staat")
        .arg(state)
        .args(["index", "--json"])
        // Ctrl-C in a terminal reaches all of its group at once; the child hears it from us, and only once.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(command)
}

async fn run_to_end<T: DeserializeOwned>(
    mut command: Command,
    stop: impl Future<Output = ()>,
) -> std::io::Result<Ended<T>> {
    let mut child = command.spawn()?;
    let (out, errors) = (child.stdout.take(), child.stderr.take());
    let ending = async {
        tokio::select! {
            status = child.wait() => status,
            () = stop => {
                terminate(&child);
                child.wait().await
            }
        }
    };
    let (status, answer, complaint) = tokio::join!(ending, all(out), all(errors));
    let (status, answer, complaint) = (status?, answer?, complaint?);
    Ok(match serde_json::from_str(&answer) {
        Ok(answer) => Ended::Answer(answer),
        Err(_) => Ended::Refused {
            locked: status.code() == Some(LOCKED),
            complaint: match complaint.trim() {
                "" => "Het inlezen is onverwacht gestopt.".to_owned(),
                complaint => complaint.to_owned(),
            },
        },
    })
}

async fn all(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<String> {
    let mut text = String::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_string(&mut text).await?;
    }
    Ok(text)
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
