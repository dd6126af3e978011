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

/// Where a list comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Part of the program.
    Ingebouwd,
    /// Of this installation.
    Installatie,
    /// Of one case.
    Zaak,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

    /// Names its content: another content has another version.
    pub fn version(&self) -> String {
        match &self.stated {
            Some(stated) => format!("{stated} ({})", self.hash),
            None => self.hash.clone(),
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

/// Of the rows, so that the same list has the same version in every file format.
fn hash(rows: &[Row]) -> String {
    const SHOWN_BYTES: usize = 6;
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
    for byte in hasher.finalize().iter().take(SHOWN_BYTES) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
