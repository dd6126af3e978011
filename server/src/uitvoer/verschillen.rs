//! The difference between two rounds or two zoekacties as a table: a row for each document. Documents that are not in the
//! index any more, or that who asks may not see, have no row; how many they are is told.

use super::tabel::{Cel, Fout, Geschreven, Kolom, Tabel, Vorm};
use super::verzameling::Weg;
use crate::problem::Problem;
use crate::web::labels;
use crate::zaken::herhaling::Regel;
use crate::zaken::vergelijking::{Deel, Paar, Verschillen};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering;
use zv_shared::index::Snapshot;
use zv_shared::{DocId, Document};

const KOLOMMEN: [Kolom<'static>; 8] = [
    Kolom::new("Verschil"),
    Kolom::id("Kenmerk"),
    Kolom::new("Titel"),
    Kolom::new("Bron"),
    Kolom::new("Pad"),
    Kolom::new("Datum"),
    Kolom::id("SHA-256 in de tweede"),
    Kolom::id("SHA-256 in de eerste"),
];

/// What was written.
pub struct Lijst {
    /// The table.
    pub geschreven: Geschreven,
    /// Documents with a row.
    pub rijen: u64,
    /// Documents without one.
    pub zonder: u64,
}

/// The document of a pair, as far as it exists for who asks.
pub fn document(snapshot: &dyn Snapshot, (was, is): &Paar) -> Result<Option<Document>, Problem> {
    match is.or(*was) {
        Some((id, _)) => Ok(snapshot.doc(DocId(id))?),
        None => Ok(None),
    }
}

/// Writes it.
pub fn write<W: Write + Send>(
    found: &Verschillen,
    snapshot: &dyn Snapshot,
    (vorm, to, werkmap): (Vorm, W, &Path),
    weg: &Weg,
) -> Result<Lijst, Problem> {
    let mut table = Tabel::new(vorm, "Verschillen", &KOLOMMEN, to, werkmap)?;
    let (mut rijen, mut zonder) = (0, 0);
    for deel in Deel::ALL {
        for pair in found.deel(deel) {
            if weg.load(Ordering::Relaxed) {
                return Err(Problem::fault("nobody waits for this export any more"));
            }
            let Some(document) = document(snapshot, pair)? else {
                zonder += 1;
                continue;
            };
            row(&mut table, deel, pair, &document)?;
            rijen += 1;
        }
    }
    Ok(Lijst {
        geschreven: table.finish()?,
        rijen,
        zonder,
    })
}

fn row<W: Write + Send>(
    table: &mut Tabel<W>,
    deel: Deel,
    (was, is): &Paar,
    document: &Document,
) -> Result<(), Fout> {
    let line = Regel::new(was.as_ref(), is.as_ref());
    let place = document.place.to_string();
    let dated = document.dates.effective();
    let dated = dated.map_or_else(String::new, |dated| labels::date(dated.date));
    table.row(&[
        Cel::Tekst(deel.name()),
        Cel::Tekst(&line.document),
        Cel::Tekst(&document.title),
        Cel::Tekst(&document.bron),
        Cel::Tekst(&place),
        Cel::Tekst(&dated),
        Cel::Tekst(&line.was),
        Cel::Tekst(&line.wordt),
    ])
}
