//! An account as an accessible PDF (PDF/UA-1): a title, headings, lists, and tables whose header comes back on each page,
//! tagged and in Dutch. What it says goes to the typesetter as data and is never read as markup. Never reads a file,
//! the network or the clock: the same account gives the same bytes.
//!
//! | file | owns |
//! |---|---|
//! | `letters` | which characters can be shown, how wide they are, and where a long word breaks |
//! | `kolommen` | how wide the columns of a table are |
//! | `wereld` | all that the typesetter may reach |

mod kolommen;
mod letters;
mod wereld;

#[cfg(test)]
pub mod tests;

use super::tekst::{Blok, Stuk, Tabel};
use jiff::Timestamp;
use letters::Letters;
use std::sync::{Mutex, PoisonError};
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Array, Datetime, Dict, IntoValue, Smart, Value, array, dict};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use wereld::Wereld;

/// Sizes in points; the template gets them from here.
const A4: f64 = 595.27;
const MARGE: f64 = 56.0;
const TEKST: f64 = 10.0;
const KLEIN: f64 = 8.5;
const KOP: f64 = 18.0;
const CELRAND: f64 = 4.0;
const INSPRINGEN: f64 = 12.0;
/// Room between the margins.
const BREEDTE: f64 = A4 - 2.0 * MARGE;
/// Letters of a heading or a title are bold, and those of a heading at most this large.
const VET: f64 = 1.2;
const GROOTSTE_KOP: f64 = 13.0;

/// One at a time: a large account takes much memory, and what the typesetter remembers is dropped after each.
static BEURT: Mutex<()> = Mutex::new(());

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum Fout {
    /// The typesetter refused: a fault in our template, or a file that would not be PDF/UA.
    #[error("the typesetter refused: {0}")]
    Geweigerd(String),
    /// A moment outside what a PDF can tell.
    #[error("no moment for a PDF: {0}")]
    Moment(Timestamp),
}

/// The bytes of the file.
pub fn bestand(stuk: &Stuk, gemaakt: Timestamp) -> Result<Vec<u8>, Fout> {
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|error| Fout::Geweigerd(error.message().to_string()))?;
    let options = PdfOptions {
        creator: Smart::Custom(Some(format!("Zoek & Vind {}", env!("CARGO_PKG_VERSION")))),
        timestamp: Some(moment(gemaakt).ok_or(Fout::Moment(gemaakt))?),
        standards,
        ..PdfOptions::default()
    };
    let turn = BEURT.lock().unwrap_or_else(PoisonError::into_inner);
    let wereld = Wereld::new(inputs(stuk));
    let done = typst::compile::<PagedDocument>(&wereld)
        .output
        .and_then(|document| typst_pdf::pdf(&document, &options));
    comemo::evict(0);
    drop(turn);
    done.map_err(|errors| refused(&errors))
}

fn refused(errors: &[SourceDiagnostic]) -> Fout {
    let said: Vec<&str> = errors.iter().map(|one| one.message.as_str()).collect();
    Fout::Geweigerd(said.join("; "))
}

fn moment(gemaakt: Timestamp) -> Option<typst_pdf::Timestamp> {
    let at = gemaakt.to_zoned(jiff::tz::TimeZone::UTC);
    let [month, day, hour, minute, second] =
        [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(i8::unsigned_abs);
    let moment = Datetime::from_ymd_hms(at.year().into(), month, day, hour, minute, second)?;
    Some(typst_pdf::Timestamp::new_utc(moment))
}

/// The account as the template wants it.
fn inputs(stuk: &Stuk) -> Dict {
    let mut letters = Letters::new();
    let kop = letters.fit(&stuk.titel, BREEDTE / (KOP * VET));
    let blokken: Array = stuk
        .blokken
        .iter()
        .filter_map(|blok| block(&mut letters, blok))
        .map(Value::Dict)
        .collect();
    dict! {
        "titel" => letters.plain(&stuk.titel),
        "kop" => kop,
        "vooraf" => letters.unknown().map(IntoValue::into_value).into_iter().collect::<Array>(),
        "blokken" => blokken,
        "maten" => dict! {
            "marge" => MARGE,
            "tekst" => TEKST,
            "klein" => KLEIN,
            "kop" => KOP,
            "celrand" => CELRAND,
            "inspringen" => INSPRINGEN,
        },
    }
}

/// A part; nothing for a part that says nothing.
fn block(letters: &mut Letters, blok: &Blok) -> Option<Dict> {
    let mut text = |text: &str, width: f64, size: f64| letters.fit(text, width / size);
    Some(match blok {
        Blok::Kop(level, kop, _) => dict! {
            "soort" => "kop",
            "niveau" => i64::from(level.saturating_sub(1).max(1)),
            "tekst" => text(kop, BREEDTE, GROOTSTE_KOP * VET),
        },
        Blok::Alinea(alinea) if alinea.trim().is_empty() => return None,
        Blok::Alinea(alinea) => dict! {
            "soort" => "alinea",
            "tekst" => text(alinea, BREEDTE, TEKST),
        },
        Blok::Letterlijk(words) => dict! {
            "soort" => "letterlijk",
            "tekst" => text(words, BREEDTE - INSPRINGEN, TEKST),
        },
        Blok::Lijst(items) => {
            let item = |item: &String| text(item, BREEDTE - 2.0 * TEKST, TEKST).into_value();
            dict! {"soort" => "lijst", "regels" => items.iter().map(item).collect::<Array>()}
        }
        Blok::Gegevens(pairs) if pairs.is_empty() => return None,
        Blok::Gegevens(pairs) => {
            let pair = |(name, value): &(String, String)| {
                // Further lines begin two letters to the right.
                let room = BREEDTE - 2.0 * TEKST;
                let name = text(name, room, TEKST * VET);
                array![name, text(value, room, TEKST)].into_value()
            };
            dict! {"soort" => "gegevens", "paren" => pairs.iter().map(pair).collect::<Array>()}
        }
        Blok::Tabel(tabel) => table(letters, tabel),
    })
}

fn table(letters: &mut Letters, tabel: &Tabel) -> Dict {
    let widths = kolommen::widths(letters, tabel);
    let empty = String::new();
    let mut row = |cells: &[&String]| -> Array {
        let all = widths.iter().enumerate();
        let cell = |(at, width): (usize, &f64)| {
            let text = cells.get(at).copied().unwrap_or(&empty);
            letters.fit(text, width / KLEIN).into_value()
        };
        all.map(cell).collect()
    };
    let koppen: Vec<&String> = tabel.koppen.iter().map(|(name, _)| name).collect();
    let koppen = row(&koppen);
    let rijen = tabel.rijen.iter();
    let rijen: Array = rijen
        .map(|rij| row(&rij.iter().collect::<Vec<_>>()).into_value())
        .collect();
    let figures = |at: usize| tabel.koppen.get(at).is_some_and(|(_, figures)| *figures);
    dict! {
        "soort" => "tabel",
        "titel" => letters.fit(&tabel.titel, BREEDTE / (TEKST * VET)),
        "breedten" => widths.iter().map(|width| (width + 2.0 * CELRAND).into_value()).collect::<Array>(),
        "cijfers" => (0..widths.len()).map(|at| figures(at).into_value()).collect::<Array>(),
        "koppen" => koppen,
        "rijen" => rijen,
    }
}
