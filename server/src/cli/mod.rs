//! The command line: arguments, exit codes, and one file per subcommand. A contract with scripts: options,
//! JSON shapes and exit codes stay. Never prints control characters of documents on a terminal.
//!
//! | file | owns |
//! |---|---|
//! | `args` | subcommands and options |
//! | `exit` | exit codes and messages |
//! | `index` | one index run |
//! | `generaties` | the index made anew, gone back to, confirmed |
//! | `zoek` | questions |
//! | `lees` | what the reader makes of one file |
//! | `analyseer` | the terms of a text |
//! | `audit` | a recorded search again, and whether the audit trail is sound |
//! | `spoor` | reading the audit trail, and as a file |
//! | `serve` | the server alone |
//! | `gebruiker` | accounts |
//! | `instellingen` | the settings that hold |
//! | `shell` | completions and man pages |
//! | `reservekopie` | a copy of the state, checked, and put back |
//! | `bron` | sources, rules, schedules, proefscan |
//! | `start` | the server and an index run together |
//! | `progress` | the progress of a run on a terminal |
//! | `signals` | Ctrl-C and its like |

mod analyseer;
mod args;
mod audit;
mod bron;
mod exit;
mod gebruiker;
mod generaties;
mod index;
mod instellingen;
mod lees;
mod progress;
mod reservekopie;
mod serve;
mod shell;
mod signals;
mod spoor;
mod start;
mod zoek;

use crate::audit::Event;
use crate::mensen::{Actor, Via};
use crate::store::Store;
use args::{Arguments, Command};
use clap::Parser;
use exit::Failure;
use serde_json::json;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Runs the program.
pub fn run() -> ExitCode {
    if let Some(code) = zv_indexer::worker::take_over() {
        return code;
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::usage(&error),
    };
    // Warnings, and the head of the audit trail: whoever keeps the log can hold the trail against it.
    let shown = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target(crate::audit::anker::TARGET, LevelFilter::INFO);
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .with(shown)
        .init();
    match execute(arguments) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn execute(arguments: Arguments) -> Result<ExitCode, Failure> {
    let state = || state_folder(arguments.staat.as_deref());
    let command = arguments.command.name();
    let done = match arguments.command {
        Command::Index(options) => index::run(&state()?, &options),
        Command::Zoek(options) => zoek::run(&state()?, &options),
        Command::Lees(options) => lees::run(&options),
        Command::Analyseer(options) => analyseer::run(&options),
        Command::Serve(options) => serve::run(&state()?, options.adres),
        Command::Bron(options) => bron::run(&state()?, &options),
        Command::Gebruiker(options) => gebruiker::run(&state()?, &options),
        Command::Instellingen(options) => instellingen::run(&state()?, options.json),
        Command::Aanvulling(options) => shell::completions(options.shell),
        Command::Handleidingen(options) => shell::manuals(&options.map),
        // The state that a copy is put back into is not made before it is.
        Command::Reservekopie(options) => reservekopie::run(arguments.staat.as_deref(), &options),
        Command::Start(options) => start::run(&state()?, options.map.as_deref()),
        Command::Audit(options) => audit::run(&state()?, &options),
    };
    if let Err(failure) = &done
        && failure.is_refusal()
    {
        let actor = Actor::local(Via::Opdracht);
        let event = Event::done(&actor, "opdracht.geweigerd", command, json!({}));
        Store::open(&state()?)?.log(&event.refused())?;
    }
    done
}

/// The state folder, made when it is not there: only its owner may look inside.
fn state_folder(chosen: Option<&Path>) -> Result<PathBuf, Failure> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let folder = chosen
        .map(Path::to_owned)
        .or_else(|| {
            variable("XDG_DATA_HOME")
                .filter(|path| path.is_absolute())
                .map(|path| path.join("zoekenvind"))
        })
        .or_else(|| variable("HOME").map(|path| path.join(".local/share/zoekenvind")))
        .ok_or_else(|| Failure::usage("kies een map voor de staat met --staat MAP"))?;
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder);
    made.map_err(|error| {
        Failure::new(format!(
            "de map {} is niet te gebruiken: {error}",
            folder.display()
        ))
    })?;
    Ok(folder)
}

/// Text of a document or path, made harmless for a terminal: no escape sequences, one line.
fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\nc\u{9b}1m"), "a [2Jb c 1m");
    }

    #[test]
    fn the_state_folder_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().expect("folder");
        let state = state_folder(Some(&parent.path().join("a/b"))).expect("made");
        let mode = std::fs::metadata(state)
            .expect("metadata")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
