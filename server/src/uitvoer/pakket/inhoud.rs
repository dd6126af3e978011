//! What goes into a package for the house itself: of each document its original, the metadata that lay beside that in the
//! source, what is known of it here, and its text on request; and the manifest of all that. Never leaves something out
//! without a line in `ontbreekt.csv`.

use super::leden::Zip;
use super::{Pakket, TOGETHER, pretty};
use crate::api::{DocumentBody, Originals};
use crate::audit::{Event, Head};
use crate::problem::Problem;
use crate::uitvoer::lijst::{Nummers, ORIGINELEN, TEKST, extension, with_extension};
use crate::uitvoer::oordelen::Stand;
use crate::uitvoer::tabel::{Cel, Kolom, Tabel, Vorm};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Seek};
use std::path::Path;
use zv_indexer::sidecar::Sidecars;
use zv_shared::Document;
use zv_shared::index::IndexError;

const MANIFEST: [Kolom<'static>; 9] = [
    Kolom::new("Bestand"),
    Kolom::id("SHA-256"),
    Kolom::new("Bytes"),
    Kolom::new("Bron"),
    Kolom::new("Pad"),
    Kolom::id("Document ID"),
    Kolom::id("Documentnummer"),
    Kolom::new("Herkomst"),
    Kolom::new("Soort"),
];

const ONTBREEKT: [Kolom<'static>; 5] = [
    Kolom::id("Naam in dit pakket"),
    Kolom::id("Document ID"),
    Kolom::new("Bron"),
    Kolom::new("Pad"),
    Kolom::new("Reden"),
];

/// Where a member that was made here comes from.
const MADE_HERE: &str = "Zoek & Vind";

type Lijst<'a> = Tabel<BufWriter<&'a File>>;

/// A package that is being filled.
pub(super) struct Inhoud<'a> {
    pakket: &'a Pakket<'a>,
    zip: Zip<'a>,
    manifest: Lijst<'a>,
    missing: Lijst<'a>,
    originals: Originals,
    sidecars: Sidecars,
    /// Records of downloads that still have to be written.
    events: Vec<Event>,
    /// Originals in it.
    packed: u64,
}

/// A document with the names that it has in the package.
struct Stuk<'a> {
    document: &'a Document,
    stand: &'a Stand,
    name: String,
    id: String,
    path: String,
}

/// A file in the package.
struct Lid<'a> {
    name: &'a str,
    hash: &'a (String, u64),
    path: &'a str,
    herkomst: &'a str,
    soort: &'a str,
}

impl<'a> Inhoud<'a> {
    /// An empty package; `lists` are for its manifest and for what is missing.
    pub fn new(
        pakket: &'a Pakket<'a>,
        zip: Zip<'a>,
        lists: &'a [File; 3],
        werkmap: &Path,
    ) -> Result<Self, Problem> {
        let table = |name, kolommen: &[Kolom<'_>], to| {
            Tabel::new(Vorm::Csv, name, kolommen, BufWriter::new(to), werkmap)
        };
        Ok(Inhoud {
            pakket,
            zip,
            manifest: table("Manifest", &MANIFEST, &lists[0])?,
            missing: table("Ontbreekt", &ONTBREEKT, &lists[1])?,
            originals: Originals::new(&pakket.app.folder),
            sidecars: Sidecars::new(&pakket.app.folder),
            events: Vec::new(),
            packed: 0,
        })
    }

    /// Puts in what there is of each document.
    pub fn fill(&mut self) -> Result<(), Problem> {
        let Pakket { set, oordelen, .. } = self.pakket;
        let nummers = Nummers::new(&self.pakket.zicht.zaak, oordelen);
        let (none, mut place) = (Stand::default(), 0);
        let found = set.each(|document| {
            place += 1;
            let stuk = Stuk {
                stand: oordelen.get(&document.id).unwrap_or(&none),
                name: nummers.of(document.id, place),
                id: document.id.to_string(),
                path: document.place.to_string(),
                document: &document,
            };
            self.add(&stuk)
        })?;
        for id in &set.verdwenen {
            let nummer = oordelen.get(id).and_then(|stand| stand.nummer.as_deref());
            let why = "het document staat niet meer in de index";
            let id = id.to_string();
            let cells = [nummer.unwrap_or_default(), id.as_str(), "", "", why].map(Cel::Tekst);
            self.missing.row(&cells)?;
        }
        set.must_be_whole(found + set.verdwenen.len() as u64)?;
        self.pakket.note(&mut self.events)
    }

    fn add(&mut self, stuk: &Stuk<'_>) -> Result<(), Problem> {
        let member = with_extension(&stuk.name, &extension(stuk.document));
        let member = format!("{ORIGINELEN}/{member}");
        let Pakket { tekst, set, .. } = self.pakket;
        let (zip, from) = (&mut self.zip, &mut self.originals);
        match self
            .pakket
            .original(zip, from, &member, stuk.document, stuk.stand)?
        {
            Ok(packed) => {
                let lid = Lid {
                    name: &member,
                    hash: &(packed.sha256, packed.bytes),
                    path: &stuk.path,
                    herkomst: packed.herkomst,
                    soort: "origineel",
                };
                self.listed(stuk, &lid)?;
                self.packed += 1;
                self.events.push(self.pakket.taken(stuk.document));
                self.sidecars(stuk)?;
            }
            Err(why) => self.lacks(stuk, &why)?,
        }
        if *tekst {
            match set.snapshot.text(stuk.document) {
                Ok(text) => {
                    let name = format!("{TEKST}/{}.txt", stuk.name);
                    self.made(stuk, &name, text.as_bytes(), "gelezen tekst")?;
                }
                Err(IndexError::TextLost) => {
                    self.lacks(stuk, "de gelezen tekst is niet bewaard")?
                }
                Err(error) => return Err(error.into()),
            }
        }
        let about = pretty(&about(stuk.document.clone(), stuk.stand))?;
        let name = format!("metadata/{}.json", stuk.name);
        self.made(stuk, &name, &about, "metadata van Zoek & Vind")?;
        match self.events.len() >= TOGETHER {
            true => self.pakket.note(&mut self.events),
            false => Ok(()),
        }
    }

    /// Copies the metadata that lay beside the original in its source.
    fn sidecars(&mut self, stuk: &Stuk<'_>) -> Result<(), Problem> {
        let found = match self.sidecars.of(stuk.document) {
            Ok(found) => found,
            Err(error) => {
                tracing::debug!(%error, "the folder of an original could not be looked through");
                let why = "of er metadata naast dit bestand lag, is nu niet na te gaan";
                return self.lacks(stuk, why);
            }
        };
        for sidecar in found {
            let path = String::from_utf8_lossy(&sidecar.path).into_owned();
            let name = format!("metadata/{}{}", stuk.name, sidecar.ending);
            match sidecar.bytes {
                Ok(bytes) => {
                    let hash = self.zip.add(&name, &mut bytes.as_slice())?;
                    let lid = Lid {
                        name: &name,
                        hash: &hash,
                        path: &path,
                        herkomst: "bron",
                        soort: "metadata uit de bron",
                    };
                    self.listed(stuk, &lid)?;
                }
                Err(why) => self.lacks(stuk, &format!("het metadatabestand {path}: {why}"))?,
            }
        }
        Ok(())
    }

    /// Adds a file that is made here.
    fn made(
        &mut self,
        stuk: &Stuk<'_>,
        name: &str,
        mut bytes: &[u8],
        soort: &str,
    ) -> Result<(), Problem> {
        let hash = self.zip.add(name, &mut bytes)?;
        let lid = Lid {
            name,
            hash: &hash,
            path: &stuk.path,
            herkomst: MADE_HERE,
            soort,
        };
        self.listed(stuk, &lid)
    }

    fn listed(&mut self, stuk: &Stuk<'_>, lid: &Lid<'_>) -> Result<(), Problem> {
        let (sha256, bytes) = lid.hash;
        let nummer = stuk.stand.nummer.as_deref().unwrap_or_default();
        Ok(self.manifest.row(&[
            Cel::Tekst(lid.name),
            Cel::Tekst(sha256),
            Cel::Getal(*bytes),
            Cel::Tekst(&stuk.document.bron),
            Cel::Tekst(lid.path),
            Cel::Tekst(&stuk.id),
            Cel::Tekst(nummer),
            Cel::Tekst(lid.herkomst),
            Cel::Tekst(lid.soort),
        ])?)
    }

    fn lacks(&mut self, stuk: &Stuk<'_>, why: &str) -> Result<(), Problem> {
        let bron = stuk.document.bron.as_str();
        let cells = [stuk.name.as_str(), &stuk.id, bron, &stuk.path, why].map(Cel::Tekst);
        Ok(self.missing.row(&cells)?)
    }

    /// Ends the package with its lists; gives how many originals are in it, and what is missing.
    pub fn finish(
        mut self,
        file: &File,
        lists: &[File; 3],
        hoofd: &Head,
    ) -> Result<(u64, u64), Problem> {
        let missing = self.missing.finish()?.rijen;
        let about = pretty(&json!({"zaak": self.pakket.zicht.zaak.intake.nummer,
            "zoekactie": self.pakket.set.zoekactie, "gemaakt": Timestamp::now(), "hoofd": hoofd.to_string(),
            "originelen": self.packed, "ontbreekt": missing}))?;
        let mut list = &lists[1];
        list.rewind()?;
        let parts = [
            ("ontbreekt.csv", self.zip.add("ontbreekt.csv", &mut list)?),
            (
                "pakket.json",
                self.zip.add("pakket.json", &mut about.as_slice())?,
            ),
        ];
        // Every file of the package stands in the manifest but itself and the list of hashes, where it stands.
        for (name, (sha256, bytes)) in &parts {
            let none = Cel::Leeg;
            let (name, sha256, bytes) = (Cel::Tekst(name), Cel::Tekst(sha256), Cel::Getal(*bytes));
            let (by, soort) = (Cel::Tekst(MADE_HERE), Cel::Tekst("lijst"));
            let cells = [name, sha256, bytes, none, none, none, none, by, soort];
            self.manifest.row(&cells)?;
        }
        self.manifest.finish()?;
        let mut list = &lists[0];
        list.rewind()?;
        self.zip.add("manifest.csv", &mut list)?;
        self.zip.finish(file, &lists[2])?;
        Ok((self.packed, missing))
    }
}

/// What goes beside an original.
fn about(document: Document, stand: &Stand) -> Value {
    let judged = stand.beoordeling.as_ref().map(|one| {
        let codes: Vec<&str> = one.gronden.iter().map(|grond| grond.code).collect();
        json!({"oordeel": one.oordeel.naam(), "gronden": codes, "toelichting": one.toelichting,
            "dubbel_van": one.dubbel_van, "link": one.publieke_link, "definitief": one.definitief})
    });
    json!({"nummer": stand.nummer, "document": DocumentBody::from(document),
        "schifting": stand.schifting.as_deref(), "beoordeling": judged})
}
