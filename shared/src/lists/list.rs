//! One list: its rows, what a row may hold, and its version. Never reads a file format and never looks a word up.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use zv_analyzers::written;

/// A list holds this many terms at most.
pub const MAX_TERMS: usize = 100_000;
/// A term has this many characters at most.
pub const MAX_TERM_LENGTH: usize = 200;
/// So many terms can mean the same at most: each of them is looked for when one is asked for.
pub const MAX_ROW: usize = 100;
/// So many digits of its hash are shown in a version.
const SHOWN_DIGITS: usize = 12;

/// Where a list comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Part of the program.
    Ingebouwd,
    /// Of this installation.
    Installatie,
    /// Of one case.
    Zaak,
}

impl Origin {
    /// All of them, in the order in which their lists are asked.
    pub const ALL: [Origin; 3] = [Origin::Ingebouwd, Origin::Installatie, Origin::Zaak];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Ingebouwd => "ingebouwd",
            Origin::Installatie => "installatie",
            Origin::Zaak => "zaak",
        }
    }
}

/// Names one version of a list, to tell where a synonym comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListName {
    /// Where the list comes from.
    pub origin: Origin,
    /// How it is called.
    pub name: String,
    /// Its version, with what names its content.
    pub version: String,
}

/// Why a list cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("regel {regel}: {melding}")]
pub struct ListError {
    /// The line, from 1.
    pub regel: usize,
    /// What is wrong and what to do about it.
    pub melding: String,
}

impl ListError {
    pub(super) fn new(regel: usize, melding: impl Into<String>) -> Self {
        ListError {
            regel,
            melding: melding.into(),
        }
    }
}

/// Terms that mean the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What is looked up.
    pub terms: Vec<String>,
    /// When not empty: `terms` find these, and not the other way around. For what stands for something else only when
    /// written just so: `OM` finds "openbaar ministerie", but "om" does not, nor does "openbaar ministerie" find "om".
    pub only_to: Vec<String>,
}

/// A list of words that mean the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    name: String,
    origin: Origin,
    stated: Option<String>,
    rows: Vec<Row>,
    hash: String,
}

impl List {
    /// A list of rows that are known already, each checked as a line of a file is; an error names the row.
    pub fn of_rows(
        name: &str,
        origin: Origin,
        stated: Option<String>,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<Self, ListError> {
        let mut builder = Builder {
            stated,
            ..Builder::default()
        };
        let mut last = 0;
        for (row, line) in rows.into_iter().zip(1..) {
            let checked = |terms: Vec<String>| -> Result<Vec<String>, ListError> {
                terms.iter().map(|term| Builder::term(term, line)).collect()
            };
            let row = Row {
                terms: checked(row.terms)?,
                only_to: checked(row.only_to)?,
            };
            builder.add(row, line)?;
            last = line;
        }
        builder.finish(name, origin, last)
    }

    /// The same list under another version.
    #[must_use]
    pub fn with_version(self, stated: Option<String>) -> Self {
        List { stated, ..self }
    }

    /// How it is called: the file name, for a list from a file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it comes from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The version that the list itself states.
    pub fn stated(&self) -> Option<&str> {
        self.stated.as_deref()
    }

    /// Its rows, in order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// SHA-256 of its rows, so that the same list has the same in every file format.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Names its content: another content has another version.
    pub fn version(&self) -> String {
        version(self.stated(), &self.hash)
    }

    /// What tells it from other lists and versions.
    pub fn known_as(&self) -> ListName {
        ListName {
            origin: self.origin,
            name: self.name.clone(),
            version: self.version(),
        }
    }

    /// How many terms it holds.
    pub fn terms(&self) -> usize {
        self.rows
            .iter()
            .map(|row| row.terms.len() + row.only_to.len())
            .sum()
    }
}

/// What names a version of a list: what it states itself, and the begin of the SHA-256 of its rows.
pub fn version(stated: Option<&str>, hash: &str) -> String {
    let short = hash.get(..SHOWN_DIGITS).unwrap_or_default();
    match stated {
        Some(stated) => format!("{stated} ({short})"),
        None => short.to_owned(),
    }
}

/// Gathers the rows of a list while it is read.
#[derive(Default)]
pub(super) struct Builder {
    pub stated: Option<String>,
    rows: Vec<Row>,
    terms: usize,
}

impl Builder {
    /// A term of line `line`, checked: with single spaces, without those around it.
    pub fn term(text: &str, line: usize) -> Result<String, ListError> {
        let term = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let wrong = |melding: String| Err(ListError::new(line, melding));
        if term.chars().any(char::is_control) {
            return wrong(
                "In deze term staat een onzichtbaar stuurteken. Haal het weg.".to_owned(),
            );
        }
        if term.chars().nth(MAX_TERM_LENGTH).is_some() {
            let begin: String = term.chars().take(40).collect();
            return wrong(format!(
                "De term die begint met \"{begin}\" is te lang: hoogstens {MAX_TERM_LENGTH} tekens. Staat er ergens \
                 een aanhalingsteken te veel?"
            ));
        }
        if term.contains('*') {
            return wrong(format!(
                "In de term \"{term}\" staat een sterretje. Een lijst heeft geen jokertekens: schrijf de woorden uit."
            ));
        }
        if written(&term).parts.is_empty() {
            return wrong(format!(
                "In de term \"{term}\" staat geen letter of cijfer. Verbeter of verwijder deze regel."
            ));
        }
        Ok(term)
    }

    /// Adds what line `line` holds. A term that stands there twice counts once.
    pub fn add(&mut self, mut row: Row, line: usize) -> Result<(), ListError> {
        once(&mut row.terms);
        once(&mut row.only_to);
        let count = row.terms.len() + row.only_to.len();
        if count > MAX_ROW {
            return Err(ListError::new(
                line,
                format!(
                    "Hier staan {count} termen die hetzelfde betekenen. Hoogstens {MAX_ROW} kan: splits de groep."
                ),
            ));
        }
        self.terms += count;
        if self.terms > MAX_TERMS {
            return Err(ListError::new(
                line,
                "Tot en met deze regel heeft de lijst meer dan 100.000 termen. Splits de lijst in delen.",
            ));
        }
        self.rows.push(row);
        Ok(())
    }

    /// The list; `line` is its last line.
    pub fn finish(self, name: &str, origin: Origin, line: usize) -> Result<List, ListError> {
        if self.rows.is_empty() {
            return Err(ListError::new(
                line.max(1),
                "In deze lijst staan geen termen die hetzelfde betekenen. Zet op elke regel een term en een synoniem, \
                 zoals AVG;Algemene verordening gegevensbescherming.",
            ));
        }
        let hash = hash(&self.rows);
        Ok(List {
            name: name.to_owned(),
            origin,
            stated: self.stated,
            rows: self.rows,
            hash,
        })
    }
}

fn once(terms: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    terms.retain(|term| seen.insert(term.clone()));
}

fn hash(rows: &[Row]) -> String {
    let mut hasher = Sha256::new();
    for row in rows {
        for (terms, end) in [(&row.terms, "\u{1}"), (&row.only_to, "\u{2}")] {
            for term in terms {
                hasher.update(term);
                hasher.update("\u{0}");
            }
            hasher.update(end);
        }
    }
    let mut hex = String::new();
    for byte in hasher.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
