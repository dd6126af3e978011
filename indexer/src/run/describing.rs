//! What an export says of a file that is to be indexed: its descriptions are read by a reader process, taken together, and
//! held against the file and the rules of the source. Never decides by names: that is for `export`.

use super::RunError;
use super::context::lock;
use super::export::{Above, Beside, Export};
use super::reading::{FileReader, Job};
use super::rows::{Rows, Told, all_rows};
use crate::account::{ExportFault, Line, Note, Outcome, add};
use crate::around::Around;
use crate::dms::pairs::{self, Role};
use crate::dms::{self, Described, Properties, key, opex, pakbon};
use crate::fetch::Fetching;
use crate::progress::Phase;
use crate::walk::join;
use jiff::Timestamp;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use zv_shared::{ContentHash, PartialDate};

/// A description of more bytes is something else.
const MOST_BYTES: u64 = 16 << 20;
/// Descriptions of folders that are remembered: those of the folders that are being read.
const REMEMBERED: usize = 512;
/// Names of documents that are remembered until a commit is sure to hold them.
const NAMES: usize = 1_000_000;
/// Why something with the name of a description is a document.
pub(super) const UNKNOWN: &str =
    "heet als een beschrijving, maar heeft een vorm die niet bekend is; als document gelezen";
/// The key of a warning on a document.
const WARNING: &str = "let op";

impl FileReader<'_> {
    /// Takes up what describes the file of a job, and accounts for the descriptions beside it. Gives why the file must not
    /// be indexed, if so.
    pub fn describe(&mut self, job: &mut Job) -> Result<Option<String>, RunError> {
        let Some(export) = job.export.take() else {
            return Ok(None);
        };
        let above = self.above(&export.above)?;
        let mut described = match &export.role {
            Some(role) => self.description(job, role, &above)?,
            None => self.file_described(job, &export, &above)?,
        };
        if let Some((of, number)) = pairs::version(name_of(&job.path)) {
            let of = String::from_utf8_lossy(of);
            let told = format!("{number}, een oudere versie van {of}");
            described.properties.push(("versie".to_owned(), told));
        }
        let verdict = self.context.source.rules.judge(&described);
        let tally = &self.context.tally.export;
        for value in &described.archief.beperkingen {
            tally.restriction(value);
        }
        if let Some(reason) = verdict.too_secret {
            add(&tally.too_secret, 1);
            // Nothing of it is kept but where it lies.
            return Ok(Some(reason));
        }
        add(&tally.closed, u64::from(verdict.closed));
        add(&tally.warned, u64::from(!verdict.warnings.is_empty()));
        let today = PartialDate::from_timestamp(Timestamp::now());
        add(&tally.past, u64::from(described.archief.is_past(today)));
        described.closed = verdict.closed;
        let warnings = verdict.warnings.into_iter();
        described
            .properties
            .extend(warnings.map(|warning| (WARNING.to_owned(), warning)));
        job.around.faulty |= self.names_twice(job, &described)?;
        job.around.described = described;
        Ok(None)
    }

    /// Has the documents of the source fetched, if that is needed.
    pub fn fetch(&mut self) -> Result<(), RunError> {
        let context = self.context;
        let (Some(fetch), Some(list)) = (context.fetch, context.source.rules.list()) else {
            return Ok(());
        };
        context.phase(Phase::Ophalen);
        let limits = context.settings.limits();
        let reader = self.reader()?;
        let mut rows = |file: &File| all_rows(file, &list, reader, &limits);
        let found = fetch.fetch(Fetching {
            root: context.root_path,
            rows: &mut rows,
            tell: &|number| {
                context.fetched.store(number, Ordering::Relaxed);
                context.tell(None);
            },
            stop: &|| context.stopping(),
        });
        let missing = found.map_err(RunError::Fetch)?;
        let _ = context.not_fetched.set(missing);
        context.phase(Phase::Inlezen);
        Ok(())
    }

    /// Reads the list of the export, before anything else is read.
    pub fn take_list(&mut self) -> Result<(), RunError> {
        let context = self.context;
        let Some(list) = context.source.rules.list() else {
            return Ok(());
        };
        let limits = context.settings.limits();
        let rows = Rows::read(context.root, &list, self.reader()?, &limits)?;
        add(&context.tally.export.descriptions, rows.len());
        let _ = context.rows.set(rows);
        Ok(())
    }

    fn file_described(
        &mut self,
        job: &mut Job,
        export: &Export,
        above: &[Arc<Properties>],
    ) -> Result<Described, RunError> {
        let (mut beside, mut names) = (Vec::new(), Vec::new());
        let mut all_known = true;
        for one in &export.beside {
            let found = self.read_description(&one.path)?;
            // Until it is a document this file is looked at again: nothing may be lost in between.
            all_known &= found.is_some();
            if one.counts {
                self.count_description(job, one, &export.above, found.is_some())?;
            }
            if let Some(found) = found.filter(|found| is_about(found, one, &job.path)) {
                let path = String::from_utf8_lossy(&one.path).into_owned();
                let own =
                    dms::all(&found, key::IDENTITY).map(|name| (name.to_owned(), path.clone()));
                names.extend(own);
                beside.push(found);
            }
        }
        if let Some(rows) = self.context.rows.get() {
            // The last row is of the newest version: what it says goes first.
            for Told { list, row } in rows.of(&job.path)?.into_iter().rev() {
                let place = format!("{list}, regel {}", row.nr);
                let own = dms::all(&row.velden, key::IDENTITY).map(str::to_owned);
                names.extend(own.map(|name| (name, place.clone())));
                beside.push(row.velden);
            }
        }
        let mut described = Described::file(beside, above);
        described.archief.kenmerken = names;
        job.around.faulty = !all_known;
        Ok(described)
    }

    /// A file with the name of a description, which is a document of its own.
    fn description(
        &mut self,
        job: &mut Job,
        role: &Role,
        above: &[Arc<Properties>],
    ) -> Result<Described, RunError> {
        let Some(own) = self.read_description(&job.path)? else {
            self.context
                .fault(&job.path, ExportFault::Onbekend, UNKNOWN)?;
            // Of one beside a file the comparison tells it in every run.
            job.around.faulty = *role != Role::Files;
            return Ok(Described::file(Vec::new(), above));
        };
        let mut described = Described::description(&own, above);
        described.folder = matches!(role, Role::Folder | Role::FolderBeside(_));
        let path = String::from_utf8_lossy(&job.path).into_owned();
        let names = dms::all(&own, key::IDENTITY).map(|name| (name.to_owned(), path.clone()));
        described.archief.kenmerken = names.collect();
        Ok(described)
    }

    /// Gives a description its outcome: it is part of another document, or one itself when nobody knows its form.
    fn count_description(
        &mut self,
        job: &Job,
        one: &Beside,
        above: &Arc<Above>,
        is_known: bool,
    ) -> Result<(), RunError> {
        if is_known {
            if let Some(before) = &one.known {
                // It was a document until its form was known, or its file came.
                lock(&self.context.no_documents).push(before.id);
            }
            let of = String::from_utf8_lossy(name_of(&job.path));
            self.context.tally.outcome(Outcome::Overgeslagen);
            let reason = format!("beschrijving van {of}");
            return self
                .context
                .line(&Line::at(&one.path, Note::Overgeslagen, reason));
        }
        let mut own = Job {
            path: one.path.clone(),
            stat: Some(one.stat),
            around: Around {
                description: one.description,
                ..self.context.around(&one.path)
            },
            known: one.known.clone(),
            export: Some(Box::new(Export {
                beside: Vec::new(),
                above: Arc::clone(above),
                role: Some(Role::Files),
            })),
        };
        self.file(&mut own)
    }

    /// What the descriptions of folders say, the outermost first.
    fn above(&mut self, above: &Above) -> Result<Vec<Arc<Properties>>, RunError> {
        let mut found = Vec::new();
        for level in above.levels() {
            let mut said = Properties::new();
            for path in level {
                said.extend(self.remembered(&path)?.iter().cloned());
            }
            if !said.is_empty() {
                found.push(Arc::new(said));
            }
        }
        Ok(found)
    }

    fn remembered(&mut self, path: &[u8]) -> Result<Arc<Properties>, RunError> {
        if let Some(known) = lock(&self.context.descriptions).get(path) {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(self.read_description(path)?.unwrap_or_default());
        let mut all = lock(&self.context.descriptions);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(path.to_vec(), Arc::clone(&found));
        Ok(found)
    }

    /// What a description says; `None` when it cannot be had or its form is not known.
    fn read_description(&mut self, path: &[u8]) -> Result<Option<Properties>, RunError> {
        let opened = self.context.root.file(path);
        let sound = |file: &File| {
            let found = file.metadata();
            found.is_ok_and(|found| found.is_file() && found.len() <= MOST_BYTES)
        };
        let Some(file) = opened.ok().filter(sound) else {
            return Ok(None);
        };
        let limits = self.context.settings.limits();
        let name = String::from_utf8_lossy(name_of(path)).into_owned();
        let reading = self.reader()?.read(&file, &name, &limits)?;
        let known = dms::first(&reading.properties, key::LAYOUT).is_some();
        Ok(known.then_some(reading.properties))
    }

    /// Whether another description gives another document the same name.
    fn names_twice(&self, job: &Job, described: &Described) -> Result<bool, RunError> {
        let context = self.context;
        let mut twice = false;
        for (name, path) in &described.archief.kenmerken {
            let mut others: Vec<String> = context
                .write
                .same_identity(context.bron, name)?
                .into_iter()
                .filter(|other| other.place.path != job.path)
                .flat_map(|other| other.archief.kenmerken)
                .filter(|(theirs, from)| theirs == name && from != path)
                .map(|(_, from)| from)
                .collect();
            let mut seen = lock(&context.names);
            if seen.len() >= NAMES {
                // What was first seen then is in the index by now.
                seen.clear();
            }
            let first = seen.entry(name.clone()).or_insert_with(|| path.clone());
            if first != path {
                others.push(first.clone());
            }
            drop(seen);
            others.sort_unstable();
            if let Some(other) = others.first() {
                twice = true;
                let reason = format!("kenmerk {name} staat ook in {other}");
                context.fault(&job.path, ExportFault::Dubbel, &reason)?;
            }
        }
        Ok(twice)
    }

    /// Holds the size and the checksums that the export gives against the file. `hash` is its SHA-256; `file` is opened
    /// when another checksum asks for its bytes.
    pub fn compare_with_export(
        &mut self,
        job: &mut Job,
        size: u64,
        hash: ContentHash,
        file: Option<&mut File>,
    ) -> Result<(), RunError> {
        let described = &mut job.around.described;
        let told = dms::first(&described.properties, "omvang volgens export");
        let told = told.and_then(|told| told.trim().parse::<u64>().ok());
        let mut wrong: Vec<String> = told
            .filter(|told| *told != size)
            .map(|told| format!("volgens de export {told} bytes, het bestand heeft er {size}"))
            .into_iter()
            .collect();
        let checksums = dms::checksums(&described.properties);
        if !checksums.is_empty() {
            let own = hash.to_string();
            let mut opened;
            let mut file = file;
            let mut fits = true;
            for checksum in checksums {
                fits &= match checksum.fits_sha256(&own) {
                    Some(fits) => fits,
                    None => {
                        let file = match &mut file {
                            Some(file) => &mut **file,
                            None => match self.context.root.file(&job.path) {
                                Ok(found) => {
                                    opened = found;
                                    &mut opened
                                }
                                // It is told elsewhere that it cannot be opened.
                                Err(_) => continue,
                            },
                        };
                        fits_bytes(checksum, file).unwrap_or(true)
                    }
                };
            }
            if !fits {
                wrong.push("de checksum in de export is niet die van het bestand".to_owned());
            }
        }
        for reason in wrong {
            self.context
                .fault(&job.path, ExportFault::Afwijkend, &reason)?;
            let warning = (WARNING.to_owned(), reason);
            let known = &mut job.around.described.properties;
            if !known.contains(&warning) {
                known.push(warning);
            }
            job.around.faulty = true;
        }
        Ok(())
    }

    /// Holds the manifests of OPEX, and what METS lists, against the folders that they are about.
    pub fn compare_manifests(&mut self) -> Result<(), RunError> {
        let manifests = std::mem::take(&mut *lock(&self.context.manifests));
        for (path, folder) in manifests {
            let said = self.read_description(&path)?.unwrap_or_default();
            let listed: Vec<_> = dms::all(&said, opex::MANIFEST).map(opex::listed).collect();
            for one in dms::all(&said, dms::METS_FILE).map(dms::Listed::parse) {
                let file = join(&folder, one.place.as_bytes());
                if std::fs::symlink_metadata(self.context.absolute(&file)).is_err() {
                    let reason = format!("noemt {}, en dat is er niet", one.place);
                    self.context
                        .fault(&path, ExportFault::ZonderBestand, &reason)?;
                }
            }
            let Ok(names) = self.context.root.names(&folder) else {
                continue;
            };
            if !listed.is_empty() {
                self.compare_manifest(&path, &folder, &listed, &names)?;
            }
        }
        Ok(())
    }

    fn compare_manifest(
        &self,
        path: &[u8],
        folder: &[u8],
        listed: &[(&str, Option<u64>)],
        names: &[Vec<u8>],
    ) -> Result<(), RunError> {
        let context = self.context;
        let size = |name: &[u8]| {
            let found = std::fs::symlink_metadata(context.absolute(&join(folder, name)));
            found
                .ok()
                .filter(|found| found.is_file())
                .map(|found| found.len())
        };
        for (name, told) in listed {
            let found = names.iter().any(|one| one == name.as_bytes());
            if !found {
                let reason = format!("het manifest noemt {name}, en dat is er niet");
                context.fault(path, ExportFault::ZonderBestand, &reason)?;
            }
            if let (Some(told), Some(size)) = (told, size(name.as_bytes()))
                && *told != size
            {
                let reason =
                    format!("volgens het manifest {told} bytes, het bestand heeft er {size}");
                context.fault(
                    &join(folder, name.as_bytes()),
                    ExportFault::Afwijkend,
                    &reason,
                )?;
            }
        }
        for name in names {
            let is_listed = listed.iter().any(|(one, _)| one.as_bytes() == name);
            let own = join(folder, name) == path;
            if !is_listed && !own && size(name).is_some() {
                let reason = "staat niet in het manifest van de map";
                context.fault(&join(folder, name), ExportFault::ZonderBeschrijving, reason)?;
            }
        }
        Ok(())
    }

    /// Compares a pakbon with what was counted below it.
    pub fn compare_deliveries(&mut self) -> Result<(), RunError> {
        let deliveries = std::mem::take(&mut *lock(&self.context.deliveries));
        for delivery in deliveries {
            let limits = self.context.settings.limits();
            let name = String::from_utf8_lossy(name_of(&delivery.path)).into_owned();
            let Ok(file) = self.context.root.file(&delivery.path) else {
                continue;
            };
            let reading = self.reader()?.read(&file, &name, &limits)?;
            let found = pakbon::differences(&reading.properties, &reading.text, delivery.counts());
            let unclear = || vec!["geen aantallen gevonden om mee te vergelijken".to_owned()];
            let (fault, reasons) = match found {
                Some(reasons) => (ExportFault::Pakbon, reasons),
                None => (ExportFault::Onbekend, unclear()),
            };
            for reason in reasons {
                self.context.fault(&delivery.path, fault, &reason)?;
            }
        }
        Ok(())
    }
}

/// The name of the file at a path.
fn name_of(path: &[u8]) -> &[u8] {
    let start = path.iter().rposition(|byte| *byte == b'/');
    &path[start.map_or(0, |slash| slash + 1)..]
}

/// Whether a description is about this file: one without the ending of the file in its name may be about another of the
/// same name, and then it says so.
fn is_about(found: &Properties, one: &Beside, path: &[u8]) -> bool {
    let (name, own) = (name_of(path), name_of(&one.path));
    let by_whole_name = own.len() > name.len() && own[..name.len()].eq_ignore_ascii_case(name);
    let told = dms::first(found, key::FILE);
    by_whole_name || told.is_none_or(|told| told.as_bytes().eq_ignore_ascii_case(name))
}

fn fits_bytes(checksum: dms::Checksum, file: &mut File) -> io::Result<bool> {
    file.rewind()?;
    let mut comparing = checksum.begin();
    let mut block = vec![0; 128 * 1024];
    loop {
        match file.read(&mut block) {
            Ok(0) => break,
            Ok(number) => comparing.take(&block[..number]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    file.rewind()?;
    Ok(comparing.fits())
}
