//! What is kept of a case when it is closed: its account in both versions, its figures, what left the program, and what
//! the case says of each document, as files in the state folder with their hashes in the database and the audit trail. A
//! closed case does not change: what a program that was killed had not kept, is kept at the next start, and nothing is
//! opened again before that. Never changes a file that is recorded.

use super::bestand::{disk, hash};
use super::lijst::{Lijst, Profiel, Vorm};
use super::oordelen::{Oordelen, Stand, oordelen};
use super::productierapport::{Groep, grondcel};
use super::tabel::{self, Cel, Kolom, Tabel};
use super::verantwoording::{Verantwoording, Versie, html, tekst};
use super::verzameling::{Verzameling, Weg};
use crate::deel;
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::zaken::Zaak;
use crate::zaken::zaakversie::{Bewaard, Bewaardbestand, Cijfers, Gebeurd, versie_folder};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use zv_shared::DocId;
use zv_shared::index::Scope;

/// What is not in the index any more has no list of its own columns: this is what the case itself knows of it.
const VERDWENEN: [Kolom<'static>; 7] = [
    Kolom::id("Documentnummer"),
    Kolom::id("Document ID"),
    Kolom::id("SHA-256"),
    Kolom::new("Schifting"),
    Kolom::new("Beoordeling"),
    Kolom::new("Gronden"),
    Kolom::new("Definitief"),
];

/// One version is kept at a time: two at once would write the same files.
static KEEPING: Mutex<()> = Mutex::new(());

impl App {
    /// Closes a case and keeps what it says. Closing again what was closed and not wholly kept, keeps it.
    pub fn sluit_zaak(&self, actor: &Actor, zaak: &Zaak) -> Result<(), Problem> {
        let waits = || Ok::<_, Problem>(self.waiting_version(&zaak.id)?.is_some());
        if !(actor.is_any(&[Rol::Regisseur]) && waits()?) {
            self.store.close_zaak(actor, zaak)?;
        }
        self.bewaar(&zaak.id)
    }

    /// Opens a closed case again, when everything of the closed version is kept.
    pub fn heropen_zaak(&self, actor: &Actor, zaak: &Zaak, reden: &str) -> Result<(), Problem> {
        if actor.is_any(&[Rol::Regisseur]) {
            self.bewaar(&zaak.id)?;
        }
        Ok(self.store.reopen_zaak(actor, zaak, reden)?)
    }

    /// Keeps what was not kept yet when the program stopped; gives how many versions that were.
    pub fn bewaar_rest(&self) -> Result<usize, Problem> {
        let waiting = self.store.versies_to_keep()?;
        for (zaak, _) in &waiting {
            if let Err(problem) = self.bewaar(zaak) {
                // It is tried again at the next start, and before the case is opened again.
                tracing::error!(detail = problem.detail, "a closed case could not be kept");
            }
        }
        Ok(waiting.len())
    }

    fn waiting_version(&self, zaak: &str) -> Result<Option<u32>, Problem> {
        let waiting = self.store.versies_to_keep()?;
        let own = waiting.into_iter().find(|(id, _)| id == zaak);
        Ok(own.map(|(_, versie)| versie))
    }

    /// Keeps the closed version of a case, when it is not kept yet.
    fn bewaar(&self, id: &str) -> Result<(), Problem> {
        let _one = KEEPING.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(versie), Some(zaak)) = (self.waiting_version(id)?, self.store.zaak(id)?) else {
            return Ok(());
        };
        let all = self.store.zaakversies(id)?;
        let closed = all.into_iter().find(|one| one.versie == versie);
        let Some(closed) = closed.and_then(|one| one.gesloten) else {
            return Ok(());
        };
        let bewaarder = Bewaarder {
            app: self,
            folder: versie_folder(&self.folder, id, versie),
            zaak: &zaak,
        };
        let bewaard = bewaarder.keep(&closed)?;
        Ok(self.store.record_kept(&zaak, versie, &bewaard)?)
    }
}

/// Keeps one version.
struct Bewaarder<'a> {
    app: &'a App,
    folder: PathBuf,
    zaak: &'a Zaak,
}

impl Bewaarder<'_> {
    fn keep(&self, closed: &Gebeurd) -> Result<Bewaard, Problem> {
        fs::create_dir_all(&self.folder).map_err(|error| disk(&error))?;
        let store = &self.app.store;
        let actor = Actor {
            id: closed.door.clone(),
            ..Actor::program()
        };
        let build =
            |versie| Verantwoording::build(store, &self.app.folder, self.zaak, &actor, versie);
        let (mut intern, mut publiek) = (build(Versie::Intern)?, build(Versie::Publiek)?);
        // As it was when the case was closed, also when this is done at a later start.
        (intern.gemaakt, publiek.gemaakt) = (closed.wanneer, closed.wanneer);
        publiek.hoofd = intern.hoofd.clone();
        let (laatste_schifting, laatste_beoordeling) = store.last_records(&self.zaak.id)?;
        let cijfers = Cijfers {
            cijfers: intern.cijfers(),
            laatste_schifting,
            laatste_beoordeling,
        };
        let mut bestanden = Vec::new();
        for v in [&intern, &publiek] {
            let page = html::bestand(&tekst::stuk(v)).map_err(Problem::fault)?;
            let naam = format!("verantwoording-{}.html", v.versie.name());
            bestanden.push(self.text(&naam, page.as_bytes())?);
        }
        let figures = serde_json::to_vec_pretty(&cijfers).map_err(Problem::fault)?;
        bestanden.push(self.text("cijfers.json", &figures)?);
        let left = store.uitvoeren(&self.zaak.id)?;
        let left = serde_json::to_vec_pretty(&left).map_err(Problem::fault)?;
        bestanden.push(self.text("uitvoer.json", &left)?);
        bestanden.extend(self.documents()?);
        Ok(Bewaard { cijfers, bestanden })
    }

    /// What the case says of each of its documents: those in the index with all that is known of them, the others apart.
    fn documents(&self) -> Result<Vec<Bewaardbestand>, Problem> {
        let said = oordelen(&self.app.store, self.zaak)?;
        if said.is_empty() {
            return Ok(Vec::new());
        }
        let bronnen = self.app.store.bronnen_of_zaak(&self.zaak.id)?;
        let mut ids: Vec<DocId> = said.keys().copied().collect();
        ids.sort_unstable();
        // Without an index there is nothing more to know of a document than the case says.
        let here = match self.app.snapshot_for_repeat(&Scope::everything()) {
            Err(error) => {
                tracing::warn!(%error, "a case is kept without what the index knows of its documents");
                None
            }
            Ok(snapshot) => Some(Verzameling::of_documents(
                snapshot,
                ids.clone(),
                Weg::default(),
            )?),
        };
        let mut bestanden = Vec::new();
        let gone = match here {
            None => ids,
            Some(set) => {
                let gone = set.verdwenen.clone();
                if (set.aantal as usize) > gone.len() {
                    let set = set.without_gone();
                    let write = |file: &File| self.list(file, &said, &set);
                    bestanden.push(self.file("documenten.csv", &bronnen, write)?);
                }
                gone
            }
        };
        if !gone.is_empty() {
            let write = |file: &File| self.gone(file, &said, &gone);
            bestanden.push(self.file("niet-in-index.csv", &bronnen, write)?);
        }
        Ok(bestanden)
    }

    fn list(&self, file: &File, said: &Oordelen, set: &Verzameling) -> Result<(), Problem> {
        let lijst = Lijst {
            profiel: Profiel::VolledigIntern,
            vorm: Vorm::Csv,
            groep: Groep::default(),
            zaak: self.zaak,
            oordelen: said,
            set,
            deel: None,
        };
        lijst.write(file, &self.folder)?;
        Ok(())
    }

    fn gone(&self, file: &File, said: &Oordelen, gone: &[DocId]) -> Result<(), Problem> {
        let out = BufWriter::new(file);
        let mut table = Tabel::new(tabel::Vorm::Csv, "Verdwenen", &VERDWENEN, out, &self.folder)?;
        let none = Stand::default();
        for id in gone {
            let stand = said.get(id).unwrap_or(&none);
            let (schifting, judged) = (stand.schifting.as_deref(), stand.beoordeling.as_deref());
            let cells = [
                stand.nummer.as_deref().unwrap_or_default().to_owned(),
                id.to_string(),
                stand
                    .inhoud
                    .map(|hash| hash.to_string())
                    .unwrap_or_default(),
                schifting.map_or("", |one| one.waarde.label()).to_owned(),
                judged.map_or("", |one| one.oordeel.naam()).to_owned(),
                judged.map_or_else(String::new, |one| {
                    grondcel(&one.gronden, one.dubbel_van.is_some())
                }),
                judged
                    .map_or("", |one| if one.definitief { "ja" } else { "nee" })
                    .to_owned(),
            ];
            let cells: Vec<Cel<'_>> = cells.iter().map(|cell| Cel::Tekst(cell)).collect();
            table.row(&cells)?;
        }
        table.finish()?;
        Ok(())
    }

    fn text(&self, naam: &str, bytes: &[u8]) -> Result<Bewaardbestand, Problem> {
        self.file(naam, &BTreeSet::new(), |mut file: &File| {
            file.write_all(bytes).map_err(|error| disk(&error))
        })
    }

    /// Writes a file under this name: whole, or not at all.
    fn file(
        &self,
        naam: &str,
        bronnen: &BTreeSet<String>,
        write: impl FnOnce(&File) -> Result<(), Problem>,
    ) -> Result<Bewaardbestand, Problem> {
        let path = self.folder.join(naam);
        let part = deel::part(&path);
        let open = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&part);
        let mut file = open.map_err(|error| disk(&error))?;
        write(&file)?;
        let (sha256, bytes) = self
            .named(&mut file, &part, &path)
            .map_err(|error| disk(&error))?;
        Ok(Bewaardbestand {
            naam: naam.to_owned(),
            sha256,
            bytes,
            bronnen: bronnen.clone(),
        })
    }
    /// Gives a file that was written its own name; gives its hash and size.
    fn named(&self, file: &mut File, part: &Path, path: &Path) -> io::Result<(String, u64)> {
        file.sync_all()?;
        let found = hash(file)?;
        fs::rename(part, path)?;
        File::open(&self.folder)?.sync_all()?;
        Ok(found)
    }
}
