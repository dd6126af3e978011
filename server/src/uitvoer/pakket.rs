//! A package of originals: files under their document number in a ZIP, with a manifest and what is known of each. Every
//! original comes through the shielded readers, must be what was indexed, and is read back from the finished file before
//! that leaves. Never hides what could not be had: that has a list of its own.

mod derde;

use super::bestand::{Hashed, copy, unnamed};
use super::lijst::{Nummers, ORIGINELEN, extension, with_extension};
use super::oordelen::{Oordelen, Stand};
use super::tabel::{Cel, Kolom, Tabel, Vorm};
use super::verzameling::Verzameling;
use crate::api::{DocumentBody, Originals};
use crate::audit::{Event, Head};
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Zicht;
use crate::zaken::schifting::veilig;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};
use zv_indexer::original::OriginalError;
use zv_shared::index::IndexError;
use zv_shared::{ContentHash, Document};

/// What is said when a document for somebody outside has no number.
const MUST_HAVE_NUMBER: &str = "Geef eerst alle documenten een nummer: zonder nummer kan een belanghebbende er niet naar verwijzen.";

/// Records of downloads that are written together.
const TOGETHER: usize = 1_000;

const MANIFEST: [Kolom<'static>; 8] = [
    Kolom::new("Bestand"),
    Kolom::id("SHA-256"),
    Kolom::new("Bytes"),
    Kolom::new("Bron"),
    Kolom::new("Pad"),
    Kolom::id("Document ID"),
    Kolom::id("Documentnummer"),
    Kolom::new("Herkomst"),
];

const ONTBREEKT: [Kolom<'static>; 5] = [
    Kolom::id("Naam in dit pakket"),
    Kolom::id("Document ID"),
    Kolom::new("Bron"),
    Kolom::new("Pad"),
    Kolom::new("Reden"),
];

/// What is to be packed.
pub struct Pakket<'a> {
    /// What all requests share.
    pub app: &'a App,
    /// Who asks, in which case.
    pub zicht: &'a Zicht,
    /// What the case says of the documents.
    pub oordelen: &'a Oordelen,
    /// The documents.
    pub set: &'a Verzameling,
    /// Whether the text that was read goes along.
    pub tekst: bool,
}

/// A finished package.
pub struct Gepakt {
    /// The ZIP.
    pub file: File,
    /// Originals in it.
    pub originelen: u64,
    /// What is not in it.
    pub ontbreekt: u64,
    /// The head of the audit trail that stands in it.
    pub hoofd: Head,
}

/// An original in the package.
struct Packed {
    sha256: String,
    bytes: u64,
    herkomst: &'static str,
}

impl Pakket<'_> {
    /// Makes it, and reads it back.
    pub fn make(&self, werkmap: &Path) -> Result<Gepakt, Problem> {
        let file = unnamed(werkmap)?;
        let lists = [unnamed(werkmap)?, unnamed(werkmap)?, unnamed(werkmap)?];
        let mut zip = Zip {
            writer: ZipWriter::new(BufWriter::new(&file)),
            hashes: BufWriter::new(&lists[2]),
        };
        let hoofd = self.app.store.audit_head()?;
        let (packed, missing) = self.fill(&mut zip, &lists, werkmap)?;
        for (name, list) in ["manifest.csv", "ontbreekt.csv"].into_iter().zip(&lists) {
            let mut list = list;
            list.rewind()?;
            zip.add(name, &mut list)?;
        }
        let about = json!({"zaak": self.zicht.zaak.intake.nummer, "zoekactie": self.set.zoekactie,
            "gemaakt": Timestamp::now(), "hoofd": hoofd.to_string(), "originelen": packed,
            "ontbreekt": missing});
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

    /// Puts in what there is of each document; gives how many originals are in it, and what is missing.
    fn fill(
        &self,
        zip: &mut Zip<'_>,
        lists: &[File; 3],
        werkmap: &Path,
    ) -> Result<(u64, u64), Problem> {
        let table = |name, kolommen: &[Kolom<'_>], to| {
            Tabel::new(Vorm::Csv, name, kolommen, BufWriter::new(to), werkmap)
        };
        let mut manifest = table("Manifest", &MANIFEST, &lists[0])?;
        let mut missing = table("Ontbreekt", &ONTBREEKT, &lists[1])?;
        let nummers = Nummers::new(&self.zicht.zaak, self.oordelen);
        let mut originals = Originals::new(&self.app.folder);
        let (none, mut events, mut place) = (Stand::default(), Vec::new(), 0);
        let found = self.set.each(|document| {
            place += 1;
            let stand = self.oordelen.get(&document.id).unwrap_or(&none);
            let name = nummers.of(document.id, place);
            let id = document.id.to_string();
            let path = document.place.to_string();
            let mut lacks = |why: &str| {
                let cells = [&name, &id, &document.bron, &path, why].map(Cel::Tekst);
                missing.row(&cells)
            };
            let member = with_extension(&name, &extension(&document));
            let member = format!("{ORIGINELEN}/{member}");
            match self.original(zip, &mut originals, &member, &document, stand)? {
                Ok(packed) => {
                    manifest.row(&[
                        Cel::Tekst(&member),
                        Cel::Tekst(&packed.sha256),
                        Cel::Getal(packed.bytes),
                        Cel::Tekst(&document.bron),
                        Cel::Tekst(&path),
                        Cel::Tekst(&id),
                        Cel::Tekst(stand.nummer.as_deref().unwrap_or_default()),
                        Cel::Tekst(packed.herkomst),
                    ])?;
                    events.push(self.taken(&document));
                }
                Err(why) => lacks(&why)?,
            }
            if self.tekst {
                match self.set.snapshot.text(&document) {
                    Ok(text) => zip.add(&format!("tekst/{name}.txt"), &mut text.as_bytes())?,
                    Err(IndexError::TextLost) => lacks("de gelezen tekst is niet bewaard")?,
                    Err(error) => return Err(error.into()),
                }
            }
            let about = pretty(&about(document, stand))?;
            zip.add(&format!("metadata/{name}.json"), &mut about.as_slice())?;
            if events.len() >= TOGETHER {
                self.note(&mut events)?;
            }
            Ok(())
        })?;
        let gone = &self.set.verdwenen;
        for id in gone {
            let nummer = self
                .oordelen
                .get(id)
                .and_then(|stand| stand.nummer.as_deref());
            let why = "het document staat niet meer in de index";
            let id = id.to_string();
            let cells = [nummer.unwrap_or_default(), id.as_str(), "", "", why].map(Cel::Tekst);
            missing.row(&cells)?;
        }
        self.set.must_be_whole(found + gone.len() as u64)?;
        self.note(&mut events)?;
        Ok((manifest.finish()?.rijen, missing.finish()?.rijen))
    }

    /// Puts an original in, from its source or from the copy that the case keeps; else says in Dutch why not.
    fn original(
        &self,
        zip: &mut Zip<'_>,
        originals: &mut Originals,
        member: &str,
        document: &Document,
        stand: &Stand,
    ) -> Result<Result<Packed, String>, Problem> {
        let Some(wanted) = stand.inhoud.or(document.content) else {
            return Ok(Err("dit document heeft zelf geen inhoud".to_owned()));
        };
        let changed = "het bestand is gewijzigd sinds het is geïndexeerd";
        let from_source = match document.content == Some(wanted) {
            false => Err("het bestand is gewijzigd sinds het is geschift".to_owned()),
            true => match originals.open(document) {
                Err(error) => Err(reason(&error)),
                Ok(original) if original.changed => Err(changed.to_owned()),
                Ok(original) => {
                    let mut bytes = original.file.take(original.size);
                    match zip.original(member, &mut bytes, wanted)? {
                        None => Err(changed.to_owned()),
                        Some(size) => Ok((size, "bron")),
                    }
                }
            },
        };
        let packed = match from_source {
            Ok(packed) => Some(packed),
            Err(_) => {
                let copy = veilig::folder(&self.app.folder).join(wanted.to_string());
                match File::open(copy) {
                    Ok(mut copy) => {
                        let size = zip.original(member, &mut copy, wanted)?;
                        size.map(|size| (size, "kopie van de zaak"))
                    }
                    Err(_) => None,
                }
            }
        };
        Ok(match (packed, from_source) {
            (Some((bytes, herkomst)), _) => Ok(Packed {
                sha256: wanted.to_string(),
                bytes,
                herkomst,
            }),
            (None, Err(why)) => Err(why),
            (None, Ok(_)) => Err(changed.to_owned()),
        })
    }

    fn taken(&self, document: &Document) -> Event {
        let content = document.content.map(|content| content.to_string());
        self.zicht.did(
            "document.opgehaald",
            document.id.to_string(),
            json!({"inhoud": content}),
        )
    }

    fn note(&self, events: &mut Vec<Event>) -> Result<(), Problem> {
        let written = self
            .app
            .store
            .change(|change| events.iter().try_for_each(|event| change.log(event)));
        events.clear();
        Ok(written?)
    }
}

/// Why an original cannot be had, without what the system said.
fn reason(error: &OriginalError) -> String {
    match error {
        OriginalError::Worker(_) | OriginalError::Source(_) => {
            tracing::error!(%error, "an original could not be packed");
            "het bestand kon nu niet worden gelezen".to_owned()
        }
        OriginalError::Refused(_) => "het bestand kan niet worden geopend".to_owned(),
        _ => error.to_string(),
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

fn pretty(value: &Value) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec_pretty(value).map_err(Problem::fault)
}

/// The ZIP with the hash of each member so far.
struct Zip<'a> {
    writer: ZipWriter<BufWriter<&'a File>>,
    hashes: BufWriter<&'a File>,
}

impl Zip<'_> {
    /// Begins a member.
    fn start(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().large_file(true);
        Ok(self.writer.start_file(name, options)?)
    }

    fn noted(&mut self, name: &str, hash: &str) -> io::Result<()> {
        writeln!(self.hashes, "{hash}  {name}")
    }

    /// Adds a member.
    fn add(&mut self, name: &str, from: &mut impl Read) -> io::Result<()> {
        self.start(name)?;
        let mut hashed = Hashed::new(&mut self.writer);
        copy(from, &mut hashed)?;
        let hash = hashed.hash();
        self.noted(name, &hash)
    }

    /// Adds an original, unless it turns out to be something else; gives its size.
    fn original(
        &mut self,
        name: &str,
        from: &mut impl Read,
        wanted: ContentHash,
    ) -> io::Result<Option<u64>> {
        self.start(name)?;
        let mut hashed = Hashed::new(&mut self.writer);
        let copied = copy(&mut Source(from), &mut hashed);
        let hash = hashed.hash();
        match copied {
            Ok(size) if hash == wanted.to_string() => {
                self.noted(name, &hash)?;
                Ok(Some(size))
            }
            // What cannot be read to its end is no original; what cannot be written ends everything.
            Err(error) if !from_source(&error) => Err(error),
            _ => {
                self.writer.abort_file()?;
                Ok(None)
            }
        }
    }

    /// Ends the ZIP with the list of hashes.
    fn finish(mut self, file: &File, mut hashes: &File) -> io::Result<()> {
        self.hashes.flush()?;
        hashes.rewind()?;
        self.start("manifest.sha256")?;
        copy(&mut hashes, &mut self.writer)?;
        let mut out = self.writer.finish()?;
        out.flush()?;
        // Behind it may lie what is left of a member that was taken back.
        file.set_len(out.stream_position()?)
    }
}

/// Marks what goes wrong in reading, so that it is told apart from what goes wrong in writing.
struct Source<'a, R>(&'a mut R);

/// An error of a source.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct SourceFault(io::Error);

impl<R: Read> Read for Source<'_, R> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.0
            .read(block)
            .map_err(|error| io::Error::other(SourceFault(error)))
    }
}

fn from_source(error: &io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(|inner| inner.is::<SourceFault>())
}

/// Reads every member of a finished package and holds it against its hash.
fn read_back(file: &File, mut hashes: &File) -> Result<(), Problem> {
    let broken = |what: &str| Problem::fault(format!("a package cannot be read back: {what}"));
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(Problem::fault)?;
    hashes.rewind()?;
    let mut members = 0;
    for line in BufReader::new(hashes).lines() {
        let line = line?;
        let (hash, name) = line.split_once("  ").ok_or_else(|| broken("a line"))?;
        let mut member = zip.by_name(name).map_err(Problem::fault)?;
        let mut nothing = Hashed::new(io::sink());
        copy(&mut member, &mut nothing)?;
        if nothing.hash() != hash {
            return Err(broken(name));
        }
        members += 1;
    }
    // The list itself is the one that it does not name.
    match zip.len() == members + 1 {
        true => Ok(()),
        false => Err(broken("the number of files")),
    }
}
