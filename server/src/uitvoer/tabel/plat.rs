//! Both kinds of CSV. Never lets a spreadsheet take text for a formula, nor the other receiver take a backslash for
//! an escape.

use std::borrow::Cow;
use std::io::{self, Write};

use zv_indexer::account::plain_cell;

use super::{Cel, Vorm};

/// A CSV file on its way.
pub struct Plat<W: Write> {
    uit: csv::Writer<W>,
    vorm: Vorm,
    ids: Vec<bool>,
}

impl<W: Write> Plat<W> {
    /// Begins a file with its header.
    pub fn new(vorm: Vorm, koppen: &[String], ids: Vec<bool>, mut uit: W) -> io::Result<Self> {
        let mut bouw = csv::WriterBuilder::new();
        if vorm == Vorm::CsvKomma {
            bouw.terminator(csv::Terminator::Any(b'\n'));
        } else {
            uit.write_all("\u{feff}".as_bytes())?;
            bouw.delimiter(b';').terminator(csv::Terminator::CRLF);
        }
        let mut plat = Self {
            uit: bouw.from_writer(uit),
            vorm,
            ids,
        };
        for kop in koppen {
            plat.text(kop, false)?;
        }
        plat.end()?;
        Ok(plat)
    }

    /// Writes a row.
    pub fn row(&mut self, cellen: &[Cel<'_>]) -> io::Result<()> {
        for (at, cel) in cellen.iter().enumerate() {
            match cel {
                Cel::Tekst(text) => {
                    let id = self.ids.get(at).copied().unwrap_or_default();
                    self.text(text, id)?;
                }
                Cel::Getal(number) => self.field(&number.to_string())?,
                Cel::Breuk(number) if number.is_finite() => {
                    let shown = number.to_string();
                    self.field(&match self.vorm {
                        Vorm::CsvKomma => shown,
                        _ => shown.replace('.', ","),
                    })?;
                }
                Cel::Datum(date) => self.field(&date.to_string())?,
                Cel::Breuk(_) | Cel::Leeg => self.field("")?,
            }
        }
        self.end()
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<()> {
        self.uit.flush()
    }

    fn text(&mut self, text: &str, id: bool) -> io::Result<()> {
        let text = if id && harmless(text) {
            Cow::Borrowed(text)
        } else {
            neutral(text)
        };
        match self.vorm {
            Vorm::CsvKomma => self.field(&no_escape(&text)),
            _ => self.field(&text),
        }
    }

    fn field(&mut self, field: &str) -> io::Result<()> {
        self.uit.write_field(field).map_err(fault)
    }

    fn end(&mut self) -> io::Result<()> {
        self.uit.write_record(None::<&[u8]>).map_err(fault)
    }
}

/// What the disk said: the error of the CSV writer hides it.
fn fault(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Whether a value looks like an ID, or like several of them: no spreadsheet makes a formula of it that does
/// anything.
fn harmless(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || ".-_~;,() ".contains(c))
}

/// Text that no spreadsheet takes for a formula. Only what would be taken for one costs a copy.
fn neutral(text: &str) -> Cow<'_, str> {
    match text.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => Cow::Owned(plain_cell(text)),
        _ => Cow::Borrowed(text),
    }
}

/// A space behind each backslash that would escape a quote or the end of the cell.
fn no_escape(text: &str) -> Cow<'_, str> {
    if !text.ends_with('\\') && !text.contains("\\\"") {
        return Cow::Borrowed(text);
    }
    let mut whole = text.replace("\\\"", "\\ \"");
    if whole.ends_with('\\') {
        whole.push(' ');
    }
    Cow::Owned(whole)
}
