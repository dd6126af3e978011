//! The package for a belanghebbende: the originals of their documents under the numbers of their list. Never holds an
//! original with somebody else's document in it, nor what the house knows of a document: no source, no path, no
//! metadata, no judgement, no technical reason.

use super::leden::{Zip, read_back};
use super::{Gepakt, MUST_HAVE_NUMBER, Pakket, pretty};
use crate::problem::Problem;
use crate::uitvoer::bestand::unnamed;
use crate::uitvoer::lijst::{ORIGINELEN, TEKST, extension, file_name, with_extension};
use crate::uitvoer::oordelen::Stand;
use crate::uitvoer::tabel::{Cel, Kolom, Tabel, Vorm};
use jiff::Timestamp;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Seek};
use std::path::Path;
use zv_shared::index::{IndexError, Snapshot};
use zv_shared::{DocId, Document, Readability};

const MANIFEST: [Kolom<'static>; 5] = [
    Kolom::id("Document ID"),
    Kolom::new("Bestandsnaam"),
    Kolom::new("Bestand"),
    Kolom::id("SHA-256"),
    Kolom::new("Bytes"),
];

const ONTBREEKT: [Kolom<'static>; 3] = [
    Kolom::id("Document ID"),
    Kolom::new("Bestandsnaam"),
    Kolom::new("Reden"),
];

const NOT_HAD: &str = "het bestand kon niet worden meegegeven";
const NO_TEXT: &str = "de tekst kon niet worden meegegeven";
const HOLDS_OTHERS: &str =
    "in dit bestand zitten ook andere documenten; daarom is het niet meegegeven";

impl Pakket<'_> {
    /// Makes the package for a belanghebbende, and reads it back.
    pub fn make_for_derde(&self, werkmap: &Path) -> Result<Gepakt, Problem> {
        let own = self.own_documents()?;
        let file = unnamed(werkmap)?;
        let lists = [unnamed(werkmap)?, unnamed(werkmap)?, unnamed(werkmap)?];
        let mut zip = Zip::new(&file, &lists[2]);
        let hoofd = self.app.store.audit_head()?;
        let (packed, missing) = self.fill_for_derde(&mut zip, &lists, werkmap, &own)?;
        for (name, list) in ["manifest.csv", "ontbreekt.csv"].into_iter().zip(&lists) {
            let mut list = list;
            list.rewind()?;
            zip.add(name, &mut list)?;
        }
        let about = json!({"zaak": self.zicht.zaak.intake.nummer, "gemaakt": Timestamp::now(),
            "hoofd": hoofd.to_string(), "originelen": packed, "ontbreekt": missing});
        zip.add("pakket.json", &mut pretty(&about)?.as_slice())?;
        zip.finish(&file, &lists[2])?;
        read_back(&file, &lists[2])?;
        Ok(Gepakt {
            file,
            originelen: packed,
            ontbreekt: missing,
            hoofd,
        })
    }

    /// The documents of the package, all of which have a number.
    fn own_documents(&self) -> Result<HashSet<DocId>, Problem> {
        let mut own = HashSet::new();
        self.set.each(|document| {
            own.insert(document.id);
            Ok(())
        })?;
        let numbered = |id: &&DocId| {
            let stand = self.oordelen.get(id);
            stand.is_some_and(|stand| stand.nummer.is_some())
        };
        let all = own.len() + self.set.verdwenen.len();
        match own
            .iter()
            .chain(&self.set.verdwenen)
            .filter(numbered)
            .count()
            == all
        {
            true => Ok(own),
            false => Err(Problem::refused(MUST_HAVE_NUMBER)),
        }
    }

    fn fill_for_derde(
        &self,
        zip: &mut Zip<'_>,
        lists: &[File; 3],
        werkmap: &Path,
        own: &HashSet<DocId>,
    ) -> Result<(u64, u64), Problem> {
        let table = |name, kolommen: &[Kolom<'_>], to| {
            Tabel::new(Vorm::Csv, name, kolommen, BufWriter::new(to), werkmap)
        };
        let mut manifest = table("Manifest", &MANIFEST, &lists[0])?;
        let mut missing = table("Ontbreekt", &ONTBREEKT, &lists[1])?;
        let mut originals = crate::api::Originals::new(&self.app.folder);
        let (none, mut events) = (Stand::default(), Vec::new());
        let found = self.set.each(|document| {
            let stand = self.oordelen.get(&document.id).unwrap_or(&none);
            let nummer = stand.nummer.as_deref().unwrap_or_default();
            let name = file_name(&document);
            let mut lacks = |why| missing.row(&[nummer, name.as_str(), why].map(Cel::Tekst));
            let held = self.held_back(&document, stand, own)?;
            let member = with_extension(nummer, &extension(&document));
            let member = format!("{ORIGINELEN}/{member}");
            let packed = match held {
                Some(_) => None,
                None => self
                    .original(zip, &mut originals, &member, &document, stand)?
                    .ok(),
            };
            match packed {
                Some(packed) => {
                    let texts = [nummer, name.as_str(), &member, &packed.sha256].map(Cel::Tekst);
                    let [a, b, c, d] = texts;
                    manifest.row(&[a, b, c, d, Cel::Getal(packed.bytes)])?;
                    events.push(self.taken(&document));
                }
                None => lacks(held.map_or(NOT_HAD, |(why, _)| why))?,
            }
            let sound = held.is_none_or(|(_, text_is_sound)| text_is_sound);
            if self.tekst && !(sound && self.add_text(zip, nummer, &document)?) {
                lacks(NO_TEXT)?;
            }
            if events.len() >= super::TOGETHER {
                self.note(&mut events)?;
            }
            Ok(())
        })?;
        for id in &self.set.verdwenen {
            let stand = self.oordelen.get(id).unwrap_or(&none);
            let nummer = stand.nummer.as_deref().unwrap_or_default();
            missing.row(&[nummer, "", NOT_HAD].map(Cel::Tekst))?;
        }
        self.set
            .must_be_whole(found + self.set.verdwenen.len() as u64)?;
        self.note(&mut events)?;
        Ok((manifest.finish()?.rijen, missing.finish()?.rijen))
    }

    /// Why the original of a document may not go along, and whether what was read of it may.
    fn held_back(
        &self,
        document: &Document,
        stand: &Stand,
        own: &HashSet<DocId>,
    ) -> Result<Option<(&'static str, bool)>, Problem> {
        // What it holds now nobody judged, and what it held then nobody can look into.
        if stand.inhoud.is_some() && stand.inhoud != document.content {
            return Ok(Some((NOT_HAD, false)));
        }
        let others = holds_others(&*self.set.snapshot, document, own)?;
        // What was read of a message is its own text; of another container it may tell what is in it.
        let text_is_sound = document.relations.mail.is_some();
        Ok(others.then_some((HOLDS_OTHERS, text_is_sound)))
    }

    /// Puts in what was read of a document; says whether there is anything.
    fn add_text(
        &self,
        zip: &mut Zip<'_>,
        nummer: &str,
        document: &Document,
    ) -> Result<bool, Problem> {
        match self.set.snapshot.text(document) {
            Ok(text) => zip.add(&format!("{TEKST}/{nummer}.txt"), &mut text.as_bytes())?,
            Err(IndexError::TextLost) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        Ok(true)
    }
}

/// Whether the bytes of a document hold another one that is not among `own`: a mail with an attachment about somebody else
/// would tell it. Of a container that was not, or not yet, read to its end nobody knows.
fn holds_others(
    snapshot: &dyn Snapshot,
    document: &Document,
    own: &HashSet<DocId>,
) -> Result<bool, Problem> {
    if !document.complete {
        return Ok(true);
    }
    let family = snapshot.family(document.family)?;
    let parents: HashMap<DocId, DocId> = family
        .iter()
        .filter_map(|one| Some((one.id, one.parent?)))
        .collect();
    let inside = |id: DocId| {
        // Everything lies in the outermost; a chain is never longer than the family.
        let mut at = id;
        let above = std::iter::from_fn(|| {
            at = *parents.get(&at)?;
            Some(at)
        });
        id != document.id
            && (document.id == document.family
                || above.take(family.len()).any(|parent| parent == document.id))
    };
    let partly = document.readability != Readability::Leesbaar;
    let mut within = family.iter().filter(|one| inside(one.id));
    Ok(within.any(|one| partly || !own.contains(&one.id)))
}
