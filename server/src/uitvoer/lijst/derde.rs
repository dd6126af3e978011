//! The list on which a belanghebbende gives a zienswijze: the documents about them, and nothing of anybody else. Never
//! holds what the house wrote for itself, where a document lies, or another document.

use super::naar_buiten::{Missing, besluitnaam, file_name, openbaar_nummer};
use super::{Lijst, text_row};
use crate::problem::Problem;
use crate::uitvoer::oordelen::Stand;
use crate::uitvoer::productierapport::grondcel;
use crate::uitvoer::tabel::{Geschreven, Kolom, Tabel};
use std::io::Write;

/// The columns of the public inventory that a belanghebbende may see, and room for what they say. Why each is there:
///
/// * `Document ID`: the file in the package has this name;
/// * `Documentnummer`: the same document has this number in the inventory of the decision, so that the zienswijze can
///   refer to it;
/// * `Bestandsnaam`: to recognise the document, without the folder that it lies in;
/// * `Voorgenomen beoordeling`, `Beoordelingsgrond`: what a zienswijze is about. Empty as long as nobody judged; not yet
///   the decision, hence *voorgenomen*;
/// * `Besluitnaam`: the request that it belongs to;
/// * the last three are empty: there the belanghebbende says whether there are objections, to which parts, and why.
///
/// Not there: `Toelichting` (our own words, which may name others), `Gerelateerd Documentnummer` and its place (another
/// document, perhaps of somebody else), `Publieke link`, `Locatie document ID` and `Opgeschort` (they tell of a decision
/// that is not taken yet).
pub const KOLOMMEN: [Kolom<'static>; 9] = [
    Kolom::id("Document ID"),
    Kolom::id("Documentnummer"),
    Kolom::new("Bestandsnaam"),
    Kolom::new("Voorgenomen beoordeling"),
    Kolom::new("Beoordelingsgrond"),
    Kolom::new("Besluitnaam"),
    Kolom::new("Zienswijze: bezwaar (ja, nee of deels)"),
    Kolom::new("Zienswijze: tegen welke delen"),
    Kolom::new("Zienswijze: waarom"),
];

/// Writes the rows.
pub fn write<W: Write + Send>(
    lijst: &Lijst<'_>,
    mut table: Tabel<W>,
) -> Result<Geschreven, Problem> {
    let (none, mut unnumbered) = (Stand::default(), Missing::default());
    lijst.set.each(|document| {
        let stand = lijst.oordelen.get(&document.id).unwrap_or(&none);
        let Some(nummer) = &stand.nummer else {
            unnumbered.add(&document, stand);
            return Ok(());
        };
        let judged = stand.beoordeling.as_deref();
        let cells = [
            nummer.to_string(),
            openbaar_nummer(lijst.zaak, nummer),
            file_name(&document).as_str().to_owned(),
            judged.map_or("", |one| one.oordeel.naam()).to_owned(),
            // That it has the content of another document is not for who does not have that one.
            judged.map_or_else(String::new, |one| grondcel(&one.gronden, false)),
            besluitnaam(lijst),
            String::new(),
            String::new(),
            String::new(),
        ];
        text_row(&mut table, &cells)
    })?;
    unnumbered.or_refuse("nummer")?;
    Ok(table.finish()?)
}
