//! One streaming writer for tables: CSV for people, CSV for the receiver of a productierapport, XLSX and ODS. A
//! million rows take no more memory than ten. Never knows what the columns mean.
//!
//! What differs per form, and why:
//!
//! * **Formulas.** A spreadsheet runs CSV text that begins with `=`, `+`, `-`, `@`, tab or CR. Such text gets an
//!   apostrophe in front, in both kinds of CSV. In XLSX and ODS a cell of text is never a formula: nothing changes.
//!   A value in a column of IDs stays as it is as long as it looks like an ID; anything else there is text.
//! * **Backslashes** (`CsvKomma`). The receiver reads with a backslash as escape character: one before a quote or at
//!   the end of a cell would swallow what follows. Such a backslash gets a space behind it. That keeps every
//!   character of a Windows path in its place; a slash instead would be another path.
//! * **Control characters** that XML does not know become U+FFFD in XLSX and ODS, and every line end becomes LF.
//!   CSV holds what was given.
//! * **Long text.** A cell of XLSX holds 32,767 characters (UTF-16): longer text is cut and ends in
//!   `[ingekort; zie CSV]`. [`Geschreven::ingekort`] counts such cells. The other forms hold everything.
//! * **Many rows.** A sheet holds 1,048,576 rows with its header, and 4 GB of XML in XLSX: further rows come on a
//!   second sheet, "… (2)". All sheets of an ODS together have at most 4 GB: more is refused with [`Fout::TeGroot`].
//! * **Dates** before 1900 and numbers above 2^53 are text in XLSX and ODS, because a sheet cannot hold them.

mod ods;
mod plat;
mod xlsx;

pub(in crate::uitvoer) use ods::line;

#[cfg(test)]
pub mod tests;

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

/// Rows of a sheet under its header.
const RIJEN_PER_BLAD: u32 = 1_048_575;

/// Bytes of XML before a plain ZIP file is full, with room for one row and the end.
const BYTES_PER_DEEL: u64 = u32::MAX as u64 - (64 << 20);

/// The highest number that every sheet holds exactly.
const GROOTSTE_GETAL: u64 = 1 << 53;

/// The kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vorm {
    /// For a Dutch spreadsheet: `;`, UTF-8 with byte order mark, CRLF, a comma in fractions.
    Csv,
    /// For the receiver of a productierapport: `,`, UTF-8 without byte order mark, LF.
    CsvKomma,
    /// Excel.
    Xlsx,
    /// OpenDocument.
    Ods,
}

impl Vorm {
    /// How a file name ends, without the dot.
    pub fn extensie(self) -> &'static str {
        match self {
            Vorm::Csv | Vorm::CsvKomma => "csv",
            Vorm::Xlsx => "xlsx",
            Vorm::Ods => "ods",
        }
    }

    /// The media type.
    pub fn mediatype(self) -> &'static str {
        match self {
            Vorm::Csv | Vorm::CsvKomma => "text/csv; charset=utf-8",
            Vorm::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Vorm::Ods => ods::MEDIATYPE,
        }
    }
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cel<'a> {
    /// Text, as it is.
    Tekst(&'a str),
    /// A count.
    Getal(u64),
    /// A fraction. What is no number (0 / 0) leaves the cell empty.
    Breuk(f64),
    /// A day.
    Datum(Date),
    /// Nothing.
    Leeg,
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kolom<'a> {
    naam: &'a str,
    id: bool,
}

impl<'a> Kolom<'a> {
    /// A column of anything.
    pub const fn new(naam: &'a str) -> Self {
        Self { naam, id: false }
    }

    /// A column of IDs: they are never altered.
    pub const fn id(naam: &'a str) -> Self {
        Self { naam, id: true }
    }

    /// What stands above it.
    pub const fn naam(&self) -> &'a str {
        self.naam
    }
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Fout {
    /// The file itself.
    #[error("{}", schrijffout(.0))]
    Schrijven(#[source] io::Error),
    /// The folder for temporary files.
    #[error("In de werkmap {} kan niet worden geschreven: {oorzaak}", map.display())]
    Werkmap {
        /// Which.
        map: PathBuf,
        /// In words.
        oorzaak: String,
    },
    /// A row with too many or too few cells.
    #[error("Rij {rij} heeft {gekregen} cellen, maar de kop heeft er {verwacht}.")]
    Breedte {
        /// As a spreadsheet numbers it: the header is row 1.
        rij: u64,
        /// Columns.
        verwacht: usize,
        /// Cells.
        gekregen: usize,
    },
    /// More than an ODS file can hold.
    #[error("De tabel is te groot voor ODS (4 GB). Kies CSV of XLSX.")]
    TeGroot,
    /// The form cannot hold it.
    #[error("De tabel past niet in dit soort bestand: {0}")]
    Vorm(String),
}

impl From<io::Error> for Fout {
    fn from(error: io::Error) -> Self {
        Fout::Schrijven(error)
    }
}

fn schrijffout(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "De schijf is vol: het bestand is niet af.".to_owned()
        }
        _ => format!("Het bestand kon niet worden geschreven: {error}"),
    }
}

/// What a finished table holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Geschreven {
    /// Rows, without headers.
    pub rijen: u64,
    /// Sheets; 1 for CSV.
    pub bladen: usize,
    /// Cells whose text was too long for the form.
    pub ingekort: u64,
}

/// A table on its way to `W`: the header stands, rows follow one by one.
pub struct Tabel<W: Write + Send> {
    kolommen: usize,
    rijen: u64,
    schrijver: Schrijver<W>,
}

enum Schrijver<W: Write + Send> {
    Csv(Box<plat::Plat<W>>),
    Xlsx(Box<xlsx::Xlsx<W>>),
    Ods(Box<ods::Ods<W>>),
}

impl<W: Write + Send> Tabel<W> {
    /// Begins a table with its header. `naam` names the sheets. XLSX keeps its rows as a file in `werkmap` until
    /// the end (about as large as the CSV and 50 bytes per cell); the other forms write to `uit` as they go.
    pub fn new(
        vorm: Vorm,
        naam: &str,
        kolommen: &[Kolom<'_>],
        uit: W,
        werkmap: &Path,
    ) -> Result<Self, Fout> {
        let bladen = Bladen {
            naam: naam.to_owned(),
            koppen: kolommen.iter().map(|kolom| kolom.naam.to_owned()).collect(),
            rijen: RIJEN_PER_BLAD,
            bytes: BYTES_PER_DEEL,
        };
        let ids: Vec<bool> = kolommen.iter().map(|kolom| kolom.id).collect();
        Self::with_sheets(vorm, bladen, ids, uit, werkmap)
    }

    fn with_sheets(
        vorm: Vorm,
        bladen: Bladen,
        ids: Vec<bool>,
        uit: W,
        werkmap: &Path,
    ) -> Result<Self, Fout> {
        Ok(Self {
            kolommen: ids.len(),
            rijen: 0,
            schrijver: match vorm {
                Vorm::Csv | Vorm::CsvKomma => {
                    Schrijver::Csv(Box::new(plat::Plat::new(vorm, &bladen.koppen, ids, uit)?))
                }
                Vorm::Xlsx => Schrijver::Xlsx(Box::new(xlsx::Xlsx::new(bladen, uit, werkmap)?)),
                Vorm::Ods => Schrijver::Ods(Box::new(ods::Ods::new(bladen, uit)?)),
            },
        })
    }

    /// Writes the next row.
    pub fn row(&mut self, cellen: &[Cel<'_>]) -> Result<(), Fout> {
        if cellen.len() != self.kolommen {
            return Err(Fout::Breedte {
                rij: self.rijen + 2,
                verwacht: self.kolommen,
                gekregen: cellen.len(),
            });
        }
        match &mut self.schrijver {
            Schrijver::Csv(plat) => plat.row(cellen)?,
            Schrijver::Xlsx(xlsx) => xlsx.row(cellen)?,
            Schrijver::Ods(ods) => ods.row(cellen)?,
        }
        self.rijen += 1;
        Ok(())
    }

    /// Ends the table. Without this the file is not whole.
    pub fn finish(self) -> Result<Geschreven, Fout> {
        let (bladen, ingekort) = match self.schrijver {
            Schrijver::Csv(plat) => (plat.finish().map(|()| 1)?, 0),
            Schrijver::Xlsx(xlsx) => xlsx.finish()?,
            Schrijver::Ods(ods) => (ods.finish()?, 0),
        };
        Ok(Geschreven {
            rijen: self.rijen,
            bladen,
            ingekort,
        })
    }
}

/// What all sheets of a file have in common.
struct Bladen {
    naam: String,
    koppen: Vec<String>,
    /// Rows that fit under a header.
    rijen: u32,
    /// Bytes of XML after which no row may begin.
    bytes: u64,
}

impl Bladen {
    /// The name of the sheet with this number, from 1: as Excel and LibreOffice take it, at most 31 characters.
    fn naam(&self, nummer: usize) -> String {
        const MEESTE: usize = 31;
        let achter = match nummer {
            0 | 1 => String::new(),
            nummer => format!(" ({nummer})"),
        };
        let schoon: String = self
            .naam
            .chars()
            .map(|c| {
                if c.is_control() || "[]:*?/\\\u{fffe}\u{ffff}".contains(c) {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        let kort = cut(&schoon, MEESTE - achter.len());
        let kort = kort.trim_matches(|c: char| c == '\'' || c.is_whitespace());
        // Excel keeps the name History for itself.
        if kort.is_empty() || kort.eq_ignore_ascii_case("history") {
            format!("Tabel{achter}")
        } else {
            format!("{kort}{achter}")
        }
    }
}

/// The beginning of a text, in at most so many units of UTF-16.
fn cut(text: &str, most: usize) -> &str {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > most {
            return &text[..at];
        }
    }
    text
}

/// Text as a sheet may hold it: no character that XML forbids, one kind of line end.
pub(in crate::uitvoer) fn for_sheet(text: &str) -> Cow<'_, str> {
    let odd = |c: char| (c < ' ' && c != '\t' && c != '\n') || c == '\u{fffe}' || c == '\u{ffff}';
    if !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => {
                rest.next_if_eq(&'\n');
                whole.push('\n');
            }
            c if odd(c) => whole.push(char::REPLACEMENT_CHARACTER),
            c => whole.push(c),
        }
    }
    Cow::Owned(whole)
}

/// What a sheet cannot hold as a date or a number is text there.
fn as_text(cel: &Cel<'_>) -> Option<String> {
    match cel {
        Cel::Datum(date) if date.year() < 1900 => Some(date.to_string()),
        Cel::Getal(number) if *number > GROOTSTE_GETAL => Some(number.to_string()),
        _ => None,
    }
}
