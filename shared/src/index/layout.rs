//! What of a document goes into an index, whatever the engine: the values of its facets and dates, the keys that it is found
//! by, and what a plain word finds besides the text. Never knows an engine.

use super::{DateField, FacetField};
use crate::{DayRange, Document, Public, Readability};
use sha2::{Digest, Sha256};

/// Longest facet value in bytes; a term index cannot hold much longer ones.
pub const FACET_BYTES: usize = 1_000;

/// The days of one date field of a document; `None` when it lacks that date.
pub fn day_range(document: &Document, field: DateField) -> Option<DayRange> {
    let dates = &document.dates;
    let date = match field {
        DateField::Datum => dates.effective().map(|dated| dated.date),
        DateField::Verzonden => dates.sent,
        DateField::Document => dates.document.map(|dated| dated.date),
        DateField::Gewijzigd => dates.changed,
    };
    date.map(|date| date.days())
}

/// The values of a string facet of a document.
pub fn facet_values(document: &Document, facet: FacetField) -> Vec<String> {
    let values = match facet {
        FacetField::Bron => vec![document.bron.clone()],
        FacetField::Map => folders(document),
        FacetField::Soort => vec![document.kind.clone()],
        FacetField::Formaat => vec![document.format.clone()],
        FacetField::Afzender => document.from.clone(),
        FacetField::Ontvanger => document.to.clone(),
        FacetField::Betrokkene => document.people.clone(),
        FacetField::Custodian => document.custodian.clone().into_iter().collect(),
        FacetField::Dubbel => vec![document.relations.likeness.name().to_owned()],
        FacetField::Openbaar => {
            vec![Public::value(document.relations.published.as_ref()).to_owned()]
        }
        FacetField::Taal => document.language.clone().into_iter().collect(),
        FacetField::Leesbaarheid => vec![document.readability.name().to_owned()],
        FacetField::Dossier => document.archief.dossier.clone().into_iter().collect(),
        FacetField::Beperking => document.archief.beperkingen.clone(),
        FacetField::Waardering => document.archief.waardering.clone().into_iter().collect(),
        FacetField::Jaar | FacetField::Maand => Vec::new(),
    };
    let mut values: Vec<String> = values.into_iter().map(shortened).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// `bron`, `bron/a`, `bron/a/b` for a file in folder `a/b`; children lie in the folder of their file.
fn folders(document: &Document) -> Vec<String> {
    let whole = format!(
        "{}/{}",
        document.bron,
        String::from_utf8_lossy(document.place.folder())
    );
    let whole = whole.trim_end_matches('/');
    let slashes = whole
        .match_indices('/')
        .map(|(at, _)| at)
        .filter(|at| *at >= document.bron.len());
    slashes
        .map(|at| whole[..at].to_owned())
        .chain([whole.to_owned()])
        .collect()
}

/// As a facet has it.
pub fn shortened(mut value: String) -> String {
    if value.len() > FACET_BYTES {
        let end = (0..=FACET_BYTES)
            .rev()
            .find(|at| value.is_char_boundary(*at))
            .unwrap_or(0);
        value.truncate(end);
    }
    value
}

/// Everything but the text that a plain word finds: the properties and the file name, each behind a gap that
/// no phrase crosses.
pub fn header(document: &Document) -> String {
    let name = document.place.name();
    let mut units = vec![""];
    units.extend(document.header());
    units.push(&name);
    separated(units.into_iter())
}

/// Behind each other, with a gap between each two that no phrase crosses.
pub fn separated<'a>(units: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for (i, unit) in units.enumerate() {
        if i > 0 {
            out.push('\u{1e}');
        }
        // A separator inside a unit would only move its own words apart.
        out.push_str(unit);
    }
    out
}

/// The sort key of the order by path: it keeps a family together, in the order of its members.
pub fn path_order(document: &Document) -> String {
    let file = String::from_utf8_lossy(&document.place.path);
    shortened(format!(
        "{}/{}\u{1}{:08}",
        document.bron, file, document.ordinal
    ))
}

/// Key of a top-level file; a folder's files lie side by side and apart from its subfolders.
pub fn place_key(bron: &str, folder: &[u8], name: &[u8]) -> Vec<u8> {
    [bron.as_bytes(), &[0], folder, &[0], name].concat()
}

/// Key of the documents that an export calls by this name, however long that is.
pub fn identity_key(bron: &str, name: &str) -> Vec<u8> {
    [bron.as_bytes(), &[0], &Sha256::digest(name)[..]].concat()
}

/// Key of the files with this size and modification time.
pub fn size_and_time_key(bron: &str, size: u64, mtime: i64) -> Vec<u8> {
    [
        bron.as_bytes(),
        &[0],
        &size.to_be_bytes(),
        &mtime.to_be_bytes(),
    ]
    .concat()
}

/// How a state is stored.
pub fn state_code(readability: Readability, complete: bool) -> u64 {
    let code = match readability {
        Readability::Leesbaar => 0,
        Readability::Gedeeltelijk => 1,
        Readability::Onleesbaar => 2,
    };
    code | if complete { 0 } else { 4 }
}

/// The inverse: readability and completeness.
pub fn state_of(code: u64) -> (Readability, bool) {
    let readability = match code & 3 {
        0 => Readability::Leesbaar,
        1 => Readability::Gedeeltelijk,
        _ => Readability::Onleesbaar,
    };
    (readability, code & 4 == 0)
}
