//! The bundle of a case: its account in two versions, with tables of everything that stands in it, in one ZIP file with
//! the SHA-256 of each part. Written to a file of its own that goes with the answer; what could not be read of the
//! archive streams from the index. The tables are for the file of the case: they hold names, never who asked.
//!
//! | file | owns |
//! |---|---|
//! | `tabellen` | the tables |
//! | `woordenlijsten` | every row of every list with synonyms |

mod tabellen;
mod woordenlijsten;

use super::bestand::{Hashed, hash, unnamed, work_folder};
use super::tabel::Fout;
use super::verantwoording::{Verantwoording, Versie, html, tekst};
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::state::App;
use crate::zaken::Zaak;
use crate::zaken::woordenlijst::gebruik::{Lijst, lijsten};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;
use zv_shared::index::Snapshot;

/// A bundle on disk, under no name: it is gone with its last reader.
pub struct Bundel {
    /// The file, at its beginning.
    pub bestand: File,
    /// Its size.
    pub grootte: u64,
}

/// Makes the bundle of a case and records it.
pub fn maak(app: &App, actor: &Actor, zaak: &Zaak) -> Result<Bundel, Problem> {
    let build = |versie| Verantwoording::build(&app.store, &app.folder, zaak, actor, versie);
    let (intern, mut publiek) = (build(Versie::Intern)?, build(Versie::Publiek)?);
    // One moment and one head for both.
    (publiek.gemaakt, publiek.hoofd) = (intern.gemaakt, intern.hoofd.clone());
    let archief = match app.why_no_zicht(actor, zaak)? {
        Some(why) => Err(why),
        None => {
            let zicht = app.zicht(actor, Some(&zaak.id))?;
            app.snapshot(&zicht).map_err(|error| error.to_string())
        }
    };
    let mut bestand = unnamed(&work_folder(&app.folder)).map_err(Problem::fault)?;
    let parts = Parts {
        app,
        intern: &intern,
        publiek: &publiek,
        archief,
        lijsten: lijsten(&*app.lists_now(&zaak.id)?),
    };
    parts.write(&mut bestand).map_err(Problem::fault)?;
    let (sha256, grootte) = hash(&mut bestand).map_err(Problem::fault)?;
    let zoekacties = intern.acties.len() as u64;
    let (store, soort) = (&app.store, "bundel.zip");
    store.record_uitvoer((actor, zaak), soort, &sha256, zoekacties, &intern.hoofd)?;
    Ok(Bundel { bestand, grootte })
}

/// What goes into a bundle.
struct Parts<'a> {
    app: &'a App,
    intern: &'a Verantwoording,
    publiek: &'a Verantwoording,
    /// The archive as who asks may see it; a sentence when that is nothing.
    archief: Result<Arc<dyn Snapshot>, String>,
    /// The lists that a question would be asked with now.
    lijsten: Vec<Lijst>,
}

/// The ZIP file with what is in it so far.
struct Pak<'a> {
    zip: ZipWriter<&'a mut File>,
    manifest: String,
}

impl Pak<'_> {
    fn add(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), Fout>,
    ) -> Result<(), Fout> {
        // The list of what could not be read may be longer than an ordinary member.
        let options = SimpleFileOptions::default().large_file(name == "niet-leesbaar.csv");
        self.zip
            .start_file(name, options)
            .map_err(io::Error::from)?;
        let mut member = Hashed::new(&mut self.zip);
        write(&mut member)?;
        let hash = member.hash();
        self.manifest.push_str(&format!("{hash}  {name}\n"));
        Ok(())
    }
}

impl Parts<'_> {
    fn write(&self, file: &mut File) -> Result<(), Fout> {
        let mut pak = Pak {
            zip: ZipWriter::new(file),
            manifest: String::new(),
        };
        let werkmap = work_folder(&self.app.folder);
        let v = self.intern;
        let why = self.archief.as_ref().err();
        pak.add("samenvatting.csv", |uit| {
            tabellen::samenvatting(v, why, uit, &werkmap)
        })?;
        pak.add("zoekacties.csv", |uit| {
            tabellen::zoekacties(v, uit, &werkmap)
        })?;
        pak.add("termen.csv", |uit| tabellen::termen(v, uit, &werkmap))?;
        pak.add("woordenlijsten.csv", |uit| {
            woordenlijsten::schrijf(&self.app.store, v, uit, &werkmap)
        })?;
        pak.add("bronnen.csv", |uit| tabellen::bronnen(v, uit, &werkmap))?;
        pak.add("vragen-aan-personen.csv", |uit| {
            tabellen::vragen(v, uit, &werkmap)
        })?;
        pak.add("schifting.csv", |uit| tabellen::schifting(v, uit, &werkmap))?;
        pak.add("steekproeven.csv", |uit| {
            tabellen::steekproeven(v, uit, &werkmap)
        })?;
        let archief = self.archief.as_deref().ok();
        pak.add("niet-leesbaar.csv", |uit| {
            tabellen::niet_leesbaar(archief, uit, &werkmap)
        })?;
        pak.add("instellingen.json", |uit| {
            let text = serde_json::to_vec_pretty(&self.instellingen()).map_err(io::Error::from)?;
            Ok(uit.write_all(&text)?)
        })?;
        for v in [self.intern, self.publiek] {
            let page = html::bestand(&tekst::stuk(v)).map_err(io::Error::other)?;
            let name = format!("verantwoording-{}.html", v.versie.name());
            pak.add(&name, |uit| Ok(uit.write_all(page.as_bytes())?))?;
        }
        let manifest = format!("{}# auditspoor {}\n", pak.manifest, v.hoofd);
        let mut zip = pak.zip;
        zip.start_file("manifest.sha256", SimpleFileOptions::default())
            .map_err(io::Error::from)?;
        zip.write_all(manifest.as_bytes())?;
        zip.finish().map_err(io::Error::from)?.sync_all()?;
        Ok(())
    }

    /// With which settings and versions everything was done.
    fn instellingen(&self) -> Value {
        let v = self.intern;
        let actie = |actie: &crate::zaken::acties::Zoekactie| {
            let verslag = &actie.verslag;
            json!({
                "nummer": actie.nummer,
                "zoekvraag": verslag.zoekvraag,
                "machtigingen": verslag.machtigingen,
                "machtiging_wijze": verslag.machtiging_wijze,
                "stand": verslag.stand,
                "analyse": verslag.analyse,
                "lijsten": verslag.lijsten,
                "programma": verslag.programma,
                "verslag_sha256": actie.hash,
            })
        };
        let settings = json!({
            "programma": env!("CARGO_PKG_VERSION"),
            "gemaakt": v.gemaakt,
            "auditspoor": v.hoofd.to_string(),
            "zaak": v.zaak.intake.nummer,
            "lokaal": v.zaak.is_local(),
            "machtiging": self.app.settings.machtiging,
            "lijsten": self.lijsten,
            "analyse": zv_analyzers::fingerprint(),
            "gemaskeerde_termen": v.gemaskeerd,
            "index_nu": self.archief.as_ref().ok().map(|snapshot| snapshot.id()),
            "zoekacties": v.acties.iter().map(actie).collect::<Vec<_>>(),
        });
        cleaned(v, settings)
    }
}

/// The same with every text as this version may say it.
fn cleaned(v: &Verantwoording, value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(v.schoon(&text)),
        Value::Array(items) => items.into_iter().map(|item| cleaned(v, item)).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, field)| (name, cleaned(v, field)))
            .collect(),
        other => other,
    }
}
