//! The table of a bundle with every row of every list with synonyms: of those that something was searched with, and of
//! all versions of those of the case. A list is written row by row. Never leaves one out.

use super::tabellen::{Lijst as Tabel, Uit};
use crate::store::Store;
use crate::uitvoer::tabel::{Cel, Fout};
use crate::uitvoer::verantwoording::{Verantwoording, tekst};
use crate::zaken::woordenlijst::gebruik::Lijst;
use std::io;
use std::path::Path;
use zv_shared::lists::Origin;

/// Writes it: a line for each term. What stands in one `rij` means the same; a term that `vindt` finds the ones that
/// are `gevonden`, and not the other way around.
pub fn schrijf(
    store: &Store,
    v: &Verantwoording,
    uit: Uit<'_>,
    werkmap: &Path,
) -> Result<(), Fout> {
    let koppen = [
        "herkomst", "lijst", "versie", "sha256", "rij", "term", "werking",
    ];
    let mut tabel = Tabel::new(v, &koppen, uit, werkmap)?;
    for list in all(v) {
        one(store, &list, &mut tabel)?;
    }
    tabel.finish()
}

/// Each version of each list once.
fn all(v: &Verantwoording) -> Vec<Lijst> {
    let used = tekst::lists(v).into_iter().map(|(list, _)| list.clone());
    let of_case = v.woordenlijsten.iter().map(|one| Lijst {
        herkomst: Origin::Zaak,
        naam: one.naam.clone(),
        versie: Some(one.versie.to_string()),
        sha256: one.sha256.clone(),
        termen: one.termen as usize,
    });
    let mut found: Vec<Lijst> = Vec::new();
    for list in used.chain(of_case) {
        if !found.contains(&list) {
            found.push(list);
        }
    }
    found
}

fn one(store: &Store, list: &Lijst, tabel: &mut Tabel<'_>) -> Result<(), Fout> {
    let rows = store.list_rows(&list.sha256).map_err(io::Error::other)?;
    let rows = rows.ok_or_else(|| io::Error::other("the rows of a list are gone"))?;
    for (number, row) in (1..).zip(&rows) {
        let kinds = match row.only_to.is_empty() {
            true => ["zelfde", ""],
            false => ["vindt", "gevonden"],
        };
        for (terms, kind) in [&row.terms, &row.only_to].into_iter().zip(kinds) {
            for term in terms {
                tabel.row(&[
                    Cel::Tekst(list.herkomst.name()),
                    Cel::Tekst(&list.naam),
                    Cel::Tekst(list.versie.as_deref().unwrap_or("")),
                    Cel::Tekst(&list.sha256),
                    Cel::Getal(number),
                    Cel::Tekst(term),
                    Cel::Tekst(kind),
                ])?;
            }
        }
    }
    Ok(())
}
