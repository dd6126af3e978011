//! XLSX, row by row into a temporary file that becomes the workbook at the end. Never holds more than one row.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Bladen, Cel, Fout, as_text, cut, for_sheet};

/// Characters (UTF-16) that a cell holds.
const MEESTE_TEKENS: usize = 32_767;
/// How text that was cut ends.
const INGEKORT: &str = "[ingekort; zie CSV]";
/// Columns are wide enough for a date.
const SMALSTE: f64 = 12.0;
/// What a cell takes at most besides its text.
const OMHULSEL: u64 = 96;

/// A workbook on its way.
pub struct Xlsx<W: Write + Send> {
    boek: Workbook,
    uit: W,
    werkmap: PathBuf,
    bladen: Bladen,
    /// Sheets so far.
    blad: usize,
    /// The row that comes next on this sheet; 0 is the header.
    rij: u32,
    ingekort: u64,
    /// Bytes that this sheet has at most.
    omvang: u64,
    datum: Format,
}

impl<W: Write + Send> Xlsx<W> {
    /// Begins a workbook with its first header.
    pub fn new(bladen: Bladen, uit: W, werkmap: &Path) -> Result<Self, Fout> {
        let mut xlsx = Self {
            boek: Workbook::new(),
            uit,
            werkmap: werkmap.to_owned(),
            bladen,
            blad: 0,
            rij: 0,
            ingekort: 0,
            omvang: 0,
            datum: Format::new().set_num_format("yyyy-mm-dd"),
        };
        guarded(werkmap, || {
            xlsx.boek.set_tempdir(werkmap)?;
            xlsx.sheet()
        })?;
        Ok(xlsx)
    }

    /// Writes a row, on a further sheet when this one is full.
    pub fn row(&mut self, cellen: &[Cel<'_>]) -> Result<(), Fout> {
        let werkmap = self.werkmap.clone();
        guarded(&werkmap, || {
            if self.rij > self.bladen.rijen || self.omvang > self.bladen.bytes {
                self.sheet()?;
            }
            self.cells(cellen)
        })
    }

    /// Ends the workbook: sheets, and cells that were cut.
    pub fn finish(mut self) -> Result<(usize, u64), Fout> {
        guarded(&self.werkmap, || self.boek.save_to_writer(&mut self.uit))?;
        self.uit.flush()?;
        Ok((self.blad, self.ingekort))
    }

    fn sheet(&mut self) -> Result<(), XlsxError> {
        self.blad += 1;
        let naam = self.bladen.naam(self.blad);
        let blad = self.boek.add_worksheet_with_constant_memory()?;
        blad.set_name(naam)?.set_freeze_panes(1, 0)?;
        let vet = Format::new().set_bold();
        for (at, kop) in (0u16..).zip(&self.bladen.koppen) {
            let letters = u16::try_from(kop.chars().count()).unwrap_or(u16::MAX);
            blad.set_column_width(at, (f64::from(letters) + 2.0).clamp(SMALSTE, 60.0))?;
            let kop = for_sheet(kop);
            blad.write_string_with_format(0, at, cut(&kop, MEESTE_TEKENS), &vet)?;
        }
        self.rij = 1;
        self.omvang = 0;
        Ok(())
    }

    fn cells(&mut self, cellen: &[Cel<'_>]) -> Result<(), XlsxError> {
        let blad = self.boek.worksheet_from_index(self.blad - 1)?;
        let rij = self.rij;
        for (at, cel) in (0u16..).zip(cellen) {
            self.omvang += OMHULSEL;
            match (as_text(cel), cel) {
                (Some(text), _) => _ = blad.write_string(rij, at, text)?,
                (None, Cel::Tekst(text)) => {
                    self.omvang += escaped(text);
                    self.ingekort += u64::from(write_text(blad, rij, at, text)?);
                }
                (None, Cel::Getal(number)) => _ = blad.write_number(rij, at, *number as f64)?,
                (None, Cel::Breuk(number)) if number.is_finite() => {
                    blad.write_number(rij, at, *number)?;
                }
                (None, Cel::Datum(date)) => match moment(*date)? {
                    Some(moment) => {
                        blad.write_datetime_with_format(rij, at, &moment, &self.datum)?;
                    }
                    None => _ = blad.write_string(rij, at, date.to_string())?,
                },
                (None, Cel::Breuk(_) | Cel::Leeg) => {}
            }
        }
        self.rij += 1;
        Ok(())
    }
}

/// Writes text; tells whether it had to be cut.
fn write_text(blad: &mut Worksheet, rij: u32, at: u16, text: &str) -> Result<bool, XlsxError> {
    let text = for_sheet(text);
    let fits = cut(&text, MEESTE_TEKENS).len() == text.len();
    if fits {
        blad.write_string(rij, at, text.as_ref())?;
    } else {
        let begin = cut(&text, MEESTE_TEKENS - INGEKORT.len());
        blad.write_string(rij, at, format!("{begin}{INGEKORT}"))?;
    }
    Ok(!fits)
}

/// Bytes of text as XML, at most.
fn escaped(text: &str) -> u64 {
    let longer = text.bytes().filter(|byte| b"&<>_".contains(byte)).count();
    (text.len() + 6 * longer) as u64
}

fn moment(date: Date) -> Result<Option<ExcelDateTime>, XlsxError> {
    let parts = (
        u16::try_from(date.year()),
        u8::try_from(date.month()),
        u8::try_from(date.day()),
    );
    match parts {
        (Ok(year), Ok(month), Ok(day)) => ExcelDateTime::from_ymd(year, month, day).map(Some),
        _ => Ok(None),
    }
}

/// Runs a step of the workbook. Its writer panics when a temporary file cannot grow, as on a full disk: that is an
/// error for us like any other.
fn guarded<T>(werkmap: &Path, step: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, Fout> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(done) => done.map_err(fault),
        Err(_) => Err(Fout::Werkmap {
            map: werkmap.to_owned(),
            oorzaak: "de schijf is vol of de map is weg".to_owned(),
        }),
    }
}

fn fault(error: XlsxError) -> Fout {
    match error {
        XlsxError::IoError(error) => Fout::Schrijven(error),
        XlsxError::ZipError(error) => Fout::Schrijven(io::Error::from(error)),
        XlsxError::TempFileError(map, error) => Fout::Werkmap {
            map,
            oorzaak: error.to_string(),
        },
        other => Fout::Vorm(other.to_string()),
    }
}
