//! Exit codes and messages, in one place:
//!
//! | code | when |
//! |---|---|
//! | 0 | done (unreadable files included) |
//! | 1 | failure, or an audit trail that is not sound |
//! | 2 | the question or the arguments are wrong |
//! | 3 | deletions were withheld |
//! | 4 | the index is of another generation |
//! | 5 | another run holds the state folder |

use crate::problem::{Kind, Problem};
use crate::reservekopie::CopyError;
use crate::schijf::Kwaal;
use crate::store::StoreError;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::io::{self, Write};
use std::process::ExitCode;
use zv_indexer::run::RunError;
use zv_indexer::worker::WorkerError;
use zv_shared::ParseError;
use zv_shared::config::ConfigError;
use zv_shared::index::IndexError;
use zv_shared::lists::ListsError;

/// Why a subcommand did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
    /// Whether a rule of the domain refused it.
    refusal: bool,
}

impl Failure {
    fn with(code: u8, message: impl Into<String>) -> Self {
        Failure {
            code,
            message: message.into(),
            refusal: false,
        }
    }

    /// Code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self::with(1, message)
    }

    /// Code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::with(2, message)
    }

    /// Whether a rule of the domain refused it, or somebody else was first.
    pub fn is_refusal(&self) -> bool {
        self.refusal
    }

    /// Code 2, with a caret under the place in the question.
    pub fn question(question: &str, error: &ParseError) -> Self {
        Failure::usage(format!(
            "{}\n{}",
            error.melding,
            crate::search::caret(question, error.positie)
        ))
    }

    /// Tells the user, and gives the code.
    pub fn report(self) -> ExitCode {
        if !self.message.is_empty() {
            // Nobody can be told when even this cannot be written.
            let _ = writeln!(io::stderr(), "zoekenvind: {}", self.message);
        }
        ExitCode::from(self.code)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The reader of our output has seen enough, such as `head`.
            io::ErrorKind::BrokenPipe => Failure::with(0, ""),
            _ => match Kwaal::of(&error) {
                Some(trouble) => Failure::new(format!("{error}\n{}", trouble.advice())),
                None => Failure::new(error.to_string()),
            },
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        let code = match error {
            IndexError::OtherGeneration => 4,
            IndexError::TooWide(_) | IndexError::NotExactly(_) => 2,
            _ => 1,
        };
        Failure::with(code, error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if let Some(trouble) = Kwaal::of(&error) {
            return Failure::new(format!("{error}\n{}", trouble.advice()));
        }
        let refusal = matches!(error, StoreError::Refused(_) | StoreError::Conflict(_));
        Failure {
            refusal,
            ..Failure::new(error.to_string())
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let refusal = matches!(problem.kind, Kind::MagNiet | Kind::IntussenGewijzigd);
        Failure {
            refusal,
            ..Failure::new(problem.detail)
        }
    }
}

impl From<ListsError> for Failure {
    fn from(error: ListsError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let code = match error {
            ConfigError::Io(..) => 1,
            ConfigError::Wrong(..) | ConfigError::Former(_) => 2,
        };
        Failure::with(code, error.to_string())
    }
}

impl From<CopyError> for Failure {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Refused(sentence) => Failure::usage(sentence),
            CopyError::Store(error) => error.into(),
            error => Failure::new(error.to_string()),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Failure::with(error.exit_code(), error.to_string())
    }
}

impl From<WorkerError> for Failure {
    fn from(error: WorkerError) -> Self {
        Failure::new(error.to_string())
    }
}

/// Answers arguments that cannot be understood, and requests for help.
pub fn usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = write!(io::stdout(), "{}", error.render());
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = write!(io::stderr(), "{}", error.render());
            ExitCode::from(2)
        }
        _ => Failure::usage(format!("{}\nMeer uitleg: zoekenvind --help", dutch(error))).report(),
    }
}

fn dutch(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::UnknownArgument => format!("'{argument}' is geen bekende optie"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "'{}' is geen bekende opdracht",
                text(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingSubcommand => "geef een opdracht".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("hier ontbreekt: {argument}"),
        ErrorKind::ArgumentConflict => {
            format!(
                "'{argument}' gaat niet samen met '{}'",
                text(ContextKind::PriorArg)
            )
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue);
            match std::error::Error::source(error) {
                Some(reason) => format!("'{value}' kan niet bij '{argument}': {reason}"),
                None if value.is_empty() => format!("achter '{argument}' hoort een waarde"),
                None => format!(
                    "'{value}' kan niet bij '{argument}'; kies uit {}",
                    text(ContextKind::ValidValue)
                ),
            }
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("te veel waarden bij '{argument}'")
        }
        _ => "de aanroep klopt niet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(Failure::from(closed).code, 0);
        assert_eq!(Failure::from(IndexError::OtherGeneration).code, 4);
        assert_eq!(Failure::from(IndexError::Missing).code, 1);
    }

    #[test]
    fn wrong_arguments_are_explained_in_dutch() {
        use clap::Parser;
        let explain = |arguments: &[&str]| {
            let all = std::iter::once(&"zoekenvind").chain(arguments);
            dutch(&super::super::args::Arguments::try_parse_from(all).expect_err("refused"))
        };
        assert_eq!(explain(&["dans"]), "'dans' is geen bekende opdracht");
        assert_eq!(
            explain(&["zoek", "a", "--snel"]),
            "'--snel' is geen bekende optie"
        );
        assert!(
            explain(&["zoek", "a", "--filter", "kleur=rood"])
                .contains("onbekend veld; kies uit bron, map")
        );
        assert!(explain(&["zoek", "a", "--wijze", "geen"]).contains("kies uit alle, een"));
        assert!(explain(&["zoek"]).starts_with("hier ontbreekt: <VRAAG>"));
        assert_eq!(
            explain(&["gebruiker", "wis"]),
            "'wis' is geen bekende opdracht"
        );
        let role = explain(&["gebruiker", "maak", "els", "--rol", "baas"]);
        assert!(
            role.contains(
                "'baas' kan niet bij '--rol <ROL>': kies uit informatiespecialist, woo-jurist"
            ),
            "{role}"
        );
    }
}
