//! Lists as CSV: on each line terms that mean the same. Owns how such a file is read and written; what a term may be
//! is in `list`.
//!
//! ```text
//! # versie: 2024-1
//! term;synoniem
//! AVG;Algemene verordening gegevensbescherming;GDPR
//! OM;=>;Openbaar Ministerie
//! ```
//!
//! The first line and the header may be missing; `,` and tab separate too; a field may stand between quotes. What
//! stands before a field `=>` finds what stands behind it, and not the other way around.

use super::list::{Builder, List, ListError, Origin, Row};

const VERSION: &str = "# versie:";
const ONLY_TO: &str = "=>";
const SEPARATORS: [char; 3] = [';', '\t', ','];
/// What a header calls its columns; a number may follow.
const HEADERS: [&str; 14] = [
    "term",
    "termen",
    "woord",
    "woorden",
    "synoniem",
    "synoniemen",
    "afkorting",
    "afkortingen",
    "voluit",
    "betekenis",
    "uitgeschreven",
    "synonym",
    "synonyms",
    "variant",
];

/// Reads a list.
pub fn parse(name: &str, origin: Origin, bytes: &[u8]) -> Result<List, ListError> {
    let text = decoded(bytes);
    let mut builder = Builder::default();
    let (content, first) = match version(&text) {
        Some((stated, rest)) => {
            builder.stated = (!stated.is_empty())
                .then(|| Builder::term(stated, 1))
                .transpose()?;
            (rest, 2)
        }
        None => (text.as_str(), 1),
    };
    let mut reader = Reader::new(content, first);
    let mut header_possible = true;
    while let Some((line, cells)) = reader.row()? {
        let header = std::mem::take(&mut header_possible) && cells.iter().all(|cell| is_name(cell));
        if !header {
            builder.add(row(&cells, line)?, line)?;
        }
    }
    let last = reader.line;
    builder.finish(name, origin, last)
}

/// Writes a list; reading it back gives the same one.
pub fn export(list: &List) -> String {
    let mut out = String::new();
    if let Some(stated) = list.stated() {
        out.push_str(&format!("{VERSION} {stated}\n"));
    }
    out.push_str("term;synoniem\n");
    for row in list.rows() {
        let arrow = (!row.only_to.is_empty()).then(|| ONLY_TO.to_owned());
        let cells: Vec<String> = row
            .terms
            .iter()
            .map(|term| quoted(term))
            .chain(arrow)
            .chain(row.only_to.iter().map(|term| quoted(term)))
            .collect();
        out.push_str(&cells.join(";"));
        out.push('\n');
    }
    out
}

/// The text of a file, in the encoding that it announces, else UTF-8, else Windows-1252.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let (encoding, mark) = encoding_rs::Encoding::for_bom(bytes).unwrap_or_else(|| {
        let encoding = if std::str::from_utf8(bytes).is_ok() {
            encoding_rs::UTF_8
        } else {
            encoding_rs::WINDOWS_1252
        };
        (encoding, 0)
    });
    let text = bytes.get(mark..).unwrap_or_default();
    encoding.decode_without_bom_handling(text).0.into_owned()
}

/// What the first line states as the version, and what follows that line.
fn version(text: &str) -> Option<(&str, &str)> {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let begin = line.get(..VERSION.len())?;
    // A spreadsheet puts a separator behind it for every column.
    begin.eq_ignore_ascii_case(VERSION).then(|| {
        (
            line[VERSION.len()..].trim().trim_end_matches(SEPARATORS),
            rest,
        )
    })
}

fn is_name(cell: &str) -> bool {
    let name = cell.to_lowercase();
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == '_');
    HEADERS.contains(&name)
}

fn row(cells: &[String], line: usize) -> Result<Row, ListError> {
    let mut row = Row::default();
    let mut arrow = false;
    for cell in cells {
        if cell == ONLY_TO {
            if std::mem::replace(&mut arrow, true) {
                return Err(ListError::new(
                    line,
                    "Op deze regel staat => twee keer. Maak er twee regels van.",
                ));
            }
            continue;
        }
        let term = Builder::term(cell, line)?;
        if arrow {
            row.only_to.push(term);
        } else {
            row.terms.push(term);
        }
    }
    if row.terms.len() + row.only_to.len() < 2
        || row.terms.is_empty()
        || arrow == row.only_to.is_empty()
    {
        let melding = if arrow {
            "Voor en achter => hoort ten minste één term, zoals OM;=>;Openbaar Ministerie."
        } else {
            "Op deze regel staan geen twee termen met een puntkomma, tab of komma ertussen, zoals AVG;Algemene \
             verordening gegevensbescherming. Staat er een komma in een term, gebruik dan de puntkomma."
        };
        return Err(ListError::new(line, melding));
    }
    Ok(row)
}

/// Quoted wherever a reader could take it for something else.
fn quoted(term: &str) -> String {
    if term.contains([';', '"']) {
        format!("\"{}\"", term.replace('"', "\"\""))
    } else {
        term.to_owned()
    }
}

/// Reads the fields of line after line.
struct Reader<'t> {
    rest: &'t str,
    line: usize,
    separator: char,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, line: usize) -> Self {
        let first = text.lines().find(|line| !line.trim().is_empty());
        let separates = |separator: &char| {
            let mut quoted = false;
            first.is_some_and(|line| {
                line.chars().any(|c| {
                    quoted ^= c == '"';
                    c == *separator && !quoted
                })
            })
        };
        let separator = SEPARATORS.into_iter().find(separates).unwrap_or(';');
        Reader {
            rest: text,
            line,
            separator,
        }
    }

    /// The fields of the next row that are not empty, and its line.
    fn row(&mut self) -> Result<Option<(usize, Vec<String>)>, ListError> {
        while !self.rest.is_empty() {
            let line = self.line;
            let mut cells = Vec::new();
            let mut more = true;
            while more {
                let cell;
                (cell, more) = self.cell(line)?;
                let cell = cell.trim();
                if !cell.is_empty() {
                    cells.push(cell.to_owned());
                }
            }
            if !cells.is_empty() {
                return Ok(Some((line, cells)));
            }
        }
        Ok(None)
    }

    /// The next field, and whether another one follows on the same row.
    fn cell(&mut self, line: usize) -> Result<(String, bool), ListError> {
        let blank = |c: char| c.is_whitespace() && c != '\n' && c != '\r' && c != self.separator;
        let begin = self.rest.trim_start_matches(blank);
        let Some(mut behind) = begin.strip_prefix('"') else {
            let ends = |c: char| c == self.separator || c == '\n' || c == '\r';
            let end = self.rest.find(ends).unwrap_or(self.rest.len());
            let (cell, rest) = self.rest.split_at(end);
            return Ok((cell.to_owned(), self.step(rest)));
        };
        let mut cell = String::new();
        loop {
            let Some((inside, rest)) = behind.split_once('"') else {
                return Err(ListError::new(
                    line,
                    "Op deze regel begint een aanhalingsteken dat nergens sluit.",
                ));
            };
            self.line += inside.matches('\n').count();
            cell.push_str(inside);
            match rest.strip_prefix('"') {
                Some(rest) => {
                    cell.push('"');
                    behind = rest;
                }
                None => {
                    behind = rest.trim_start_matches(blank);
                    break;
                }
            }
        }
        if !(behind.is_empty() || behind.starts_with([self.separator, '\n', '\r'])) {
            return Err(ListError::new(
                line,
                "Achter een aanhalingsteken dat sluit staat nog tekst. Schrijf een aanhalingsteken in een term dubbel.",
            ));
        }
        Ok((cell, self.step(behind)))
    }

    /// Steps over what ends a field; answers whether the row goes on.
    fn step(&mut self, rest: &'t str) -> bool {
        if let Some(rest) = rest.strip_prefix(self.separator) {
            self.rest = rest;
            return true;
        }
        let behind = rest.strip_prefix('\r').unwrap_or(rest);
        self.rest = behind.strip_prefix('\n').unwrap_or(behind);
        self.line += usize::from(!rest.is_empty());
        false
    }
}

#[cfg(test)]
#[path = "csv/tests.rs"]
mod tests;
