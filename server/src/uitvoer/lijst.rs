//! Hit lists: which columns each profile has and what stands in them, streamed from the index into a file. Never holds
//! more than one document at a time, and never writes a list with fewer or more rows than were recorded.

mod derde;
mod intern;
mod load;
mod naar_buiten;

use super::bestand::disk;
use super::oordelen::Oordelen;
use super::productierapport::Groep;
use super::tabel::{self, Cel, Kolom, Tabel};
use super::verzameling::Verzameling;
use crate::problem::Problem;
use crate::web::labels::count;
use crate::zaken::Zaak;
use crate::zaken::indeling::Deel;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use utoipa::ToSchema;

pub use load::{Nummers, ORIGINELEN, TEKST, extension, with_extension};
pub use naar_buiten::file_name;

/// Welke lijst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = LijstProfiel)]
pub enum Profiel {
    /// Alles wat bekend is, ook paden; alleen voor eigen gebruik.
    VolledigIntern,
    /// De lijst die met de documenten naar een publicatieplatform gaat.
    Productierapport,
    /// De lijst bij een besluit.
    InventarislijstPubliek,
    /// Een lijst voor reviewprogramma's: DAT en OPT, samen in een zip.
    LoadFile,
    /// De lijst waarop een belanghebbende zijn zienswijze geeft: alleen zijn documenten. Een belanghebbende krijgt geen
    /// andere lijst.
    Zienswijzelijst,
}

impl Profiel {
    /// The name in the API, in records and in the name of the file.
    pub fn name(self) -> &'static str {
        match self {
            Profiel::VolledigIntern => "volledig-intern",
            Profiel::Productierapport => "productierapport",
            Profiel::InventarislijstPubliek => "inventarislijst-publiek",
            Profiel::LoadFile => "load-file",
            Profiel::Zienswijzelijst => "zienswijzelijst",
        }
    }
}

/// Wat voor bestand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = LijstVorm)]
pub enum Vorm {
    /// CSV.
    #[default]
    Csv,
    /// Excel.
    Xlsx,
    /// OpenDocument.
    Ods,
    /// DAT en OPT; alleen bij load-file.
    Dat,
}

impl Vorm {
    /// How `profiel` is written in this form; nothing when it is not a table.
    pub fn tabel(self, profiel: Profiel) -> Result<Option<tabel::Vorm>, Problem> {
        let wrong = || {
            Problem::refused("Een load-file heeft de vorm dat; de andere lijsten csv, xlsx of ods.")
        };
        Ok(Some(match (self, profiel) {
            (Vorm::Dat, Profiel::LoadFile) => return Ok(None),
            (Vorm::Dat, _) | (_, Profiel::LoadFile) => return Err(wrong()),
            (Vorm::Csv, Profiel::Productierapport) => tabel::Vorm::CsvKomma,
            (Vorm::Csv, _) => tabel::Vorm::Csv,
            (Vorm::Xlsx, _) => tabel::Vorm::Xlsx,
            (Vorm::Ods, _) => tabel::Vorm::Ods,
        }))
    }
}

/// What a list came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uitkomst {
    /// Documents.
    pub rijen: u64,
    /// Cells that were too long for the form.
    pub ingekort: u64,
    /// Documents whose judgement is not final yet.
    pub voorlopig: u64,
}

impl Uitkomst {
    /// What who gets the list must know of it, in plain letters.
    pub fn waarschuwing(&self) -> Option<String> {
        let mut said = Vec::new();
        if self.ingekort > 0 {
            let cells = count(self.ingekort, "cel was", "cellen waren");
            said.push(format!(
                "{cells} te lang voor XLSX en is of zijn ingekort; CSV en ODS hebben alles"
            ));
        }
        if self.voorlopig > 0 {
            let judgements = count(self.voorlopig, "beoordeling is", "beoordelingen zijn");
            said.push(format!("{judgements} nog niet definitief"));
        }
        (!said.is_empty()).then(|| said.join(". "))
    }
}

/// A list to be written.
pub struct Lijst<'a> {
    /// Which.
    pub profiel: Profiel,
    /// In which form.
    pub vorm: Vorm,
    /// What the receiver of a productierapport groups by.
    pub groep: Groep,
    /// Of which case.
    pub zaak: &'a Zaak,
    /// What the case says of the documents.
    pub oordelen: &'a Oordelen,
    /// The documents.
    pub set: &'a Verzameling,
    /// The deelbesluit or belanghebbende whose documents they are.
    pub deel: Option<Deel>,
}

impl Lijst<'_> {
    /// Writes it to `to`; what does not fit in memory goes to `werkmap`.
    ///
    /// # Errors
    /// When a document lacks what the list needs, when the receiver would refuse a row, or when the documents are not as
    /// many as were recorded.
    pub fn write(&self, to: &File, werkmap: &Path) -> Result<Uitkomst, Problem> {
        let mut provisional = 0;
        let written = match (self.vorm.tabel(self.profiel)?, self.profiel) {
            (None, _) => load::write(self, to, werkmap)?,
            (Some(vorm), Profiel::Productierapport) => {
                let kolommen = super::productierapport::kolommen(self.groep);
                let table = Tabel::new(vorm, "Productierapport", &kolommen, out(to), werkmap)?;
                naar_buiten::productierapport(self, table, &kolommen, &mut provisional)?
            }
            (Some(vorm), Profiel::InventarislijstPubliek) => {
                let kolommen = super::inventaris::KOLOMMEN;
                let table = Tabel::new(vorm, "Inventarislijst", &kolommen, out(to), werkmap)?;
                naar_buiten::inventaris(self, table)?
            }
            (Some(vorm), Profiel::Zienswijzelijst) => {
                let table =
                    Tabel::new(vorm, "Zienswijzelijst", &derde::KOLOMMEN, out(to), werkmap)?;
                derde::write(self, table)?
            }
            (Some(vorm), _) => {
                let table = Tabel::new(vorm, "Treffers", &intern::KOLOMMEN, out(to), werkmap)?;
                intern::write(self, table)?
            }
        };
        self.set.must_be_whole(written.rijen)?;
        Ok(Uitkomst {
            rijen: written.rijen,
            ingekort: written.ingekort,
            voorlopig: provisional,
        })
    }
}

fn out(to: &File) -> BufWriter<&File> {
    BufWriter::with_capacity(1 << 18, to)
}

/// Writes the cells of a row, all text.
fn text_row<W: Write + Send>(table: &mut Tabel<W>, cells: &[String]) -> Result<(), Problem> {
    let cells: Vec<Cel<'_>> = cells.iter().map(|cell| Cel::Tekst(cell)).collect();
    Ok(table.row(&cells)?)
}

/// The names of columns.
fn names(kolommen: &[Kolom<'_>]) -> Vec<String> {
    let names = kolommen.iter().map(Kolom::naam);
    names.map(str::to_owned).collect()
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        disk(&error)
    }
}
