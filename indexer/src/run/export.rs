//! An export of a document system as the walk meets it: which file of a folder describes which, and which folders are
//! described. Never opens a file; what descriptions say is for `describing`.

use super::RunError;
use super::context::{Context, lock};
use super::rows::{Rows, Told};
use crate::account::{ExportFault, add};
use crate::dms::pairs::{Name, Pairs, Role, is_description};
use crate::dms::pakbon::Counts;
use crate::walk::{Found, Listed, Stat, join};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use zv_shared::index::KnownFile;

/// What describes a folder and the folders that it lies in.
#[derive(Default)]
pub(super) struct Above {
    parent: Option<Arc<Above>>,
    /// Paths of what describes this folder.
    own: Vec<Vec<u8>>,
    /// Descriptions of folders in it that lie beside them, by the path of the folder.
    folders: HashMap<Vec<u8>, (Vec<u8>, u64)>,
    /// Tells all this from others; 0 when nothing is described.
    hash: u64,
    /// The nearest delivery that a pakbon counts.
    delivery: Option<Arc<Delivery>>,
}

impl Above {
    /// Paths of all descriptions, the outermost first; those of one folder together.
    pub fn levels(&self) -> Vec<Vec<Vec<u8>>> {
        let mut levels = Vec::new();
        let mut here = Some(self);
        while let Some(above) = here {
            if !above.own.is_empty() {
                levels.push(above.own.clone());
            }
            here = above.parent.as_deref();
        }
        levels.reverse();
        levels
    }
}

/// What lies below a pakbon, as the walk counts it.
#[derive(Debug)]
pub(super) struct Delivery {
    /// Where the pakbon lies.
    pub path: Vec<u8>,
    files: AtomicU64,
    objects: AtomicU64,
    bytes: AtomicU64,
}

impl Delivery {
    /// What was counted.
    pub fn counts(&self) -> Counts {
        Counts {
            files: self.files.load(Ordering::Relaxed),
            objects: self.objects.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    fn count(&self, list: &[(Listed, Option<KnownFile>)]) {
        for (entry, _) in list {
            let small = entry.name.to_ascii_lowercase();
            let Found::File(stat) = &entry.found else {
                continue;
            };
            let of_pakbon = small.windows(6).any(|part| part == b"pakbon");
            match small.ends_with(b".mdto.xml") || small == b"mdto.xml" {
                true if small.ends_with(b".bestand.mdto.xml") => {}
                true => add(&self.objects, 1),
                false if of_pakbon => {}
                false => {
                    add(&self.files, 1);
                    add(&self.bytes, stat.size);
                }
            }
        }
    }
}

/// A description beside a file.
pub(super) struct Beside {
    /// Where it lies.
    pub path: Vec<u8>,
    /// As the walk saw it.
    pub stat: Stat,
    /// The document that it is in the index, if it is one.
    pub known: Option<KnownFile>,
    /// Whether it is accounted for with this file.
    pub counts: bool,
    /// Tells what describes it as a document.
    pub description: u64,
}

/// What describes a file.
pub(super) struct Export {
    /// What lies beside it.
    pub beside: Vec<Beside>,
    /// What describes its folders.
    pub above: Arc<Above>,
    /// What it describes itself, when it has the name of a description.
    pub role: Option<Role>,
}

/// The descriptions of one folder.
pub(super) struct Plan {
    pairs: Pairs,
    /// What describes this folder.
    above: Arc<Above>,
    /// The same without its own description.
    outside: Arc<Above>,
    policy: u64,
    /// What the list of the export says of each file that it names.
    rows: HashMap<usize, u64>,
}

/// Tells something from others.
pub(super) fn digest(parts: &[&[u8]]) -> u64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize()[..8]);
    u64::from_be_bytes(first).max(1)
}

fn digest_of(name: &[u8], stat: &Stat) -> [u8; 8] {
    let numbers = [
        stat.size.to_be_bytes(),
        stat.mtime.to_be_bytes(),
        stat.ctime.to_be_bytes(),
    ];
    digest(&[name, &numbers.concat()]).to_be_bytes()
}

fn mixed(hashes: &[u64]) -> u64 {
    let parts: Vec<[u8; 8]> = hashes.iter().map(|hash| hash.to_be_bytes()).collect();
    digest(&parts.iter().map(|part| &part[..]).collect::<Vec<_>>())
}

impl Plan {
    /// Of what lies in `folder`; counts what the export lacks.
    pub fn new(
        context: &Context<'_>,
        folder: &[u8],
        list: &[(Listed, Option<KnownFile>)],
        above: &Arc<Above>,
    ) -> Result<Plan, RunError> {
        let names: Vec<Name<'_>> = list
            .iter()
            .map(|(entry, _)| Name {
                name: &entry.name,
                read: matches!(entry.found, Found::File(_) | Found::Refused),
            })
            .collect();
        let is_folder = |name: &[u8]| {
            let found = std::fs::symlink_metadata(context.absolute(&join(folder, name)));
            found.is_ok_and(|found| found.is_dir())
        };
        let pairs = Pairs::new(own_name(context, folder), &names, &is_folder);
        let outside = Arc::clone(above);
        let above = inside(context, folder, list, &pairs, above);
        if let Some(delivery) = &above.delivery {
            delivery.count(list);
        }
        let plan = Plan {
            pairs,
            above,
            outside,
            policy: context.policy,
            rows: rows(context, folder, list),
        };
        plan.tell(context, folder, list)?;
        Ok(plan)
    }

    /// For the folders in this one.
    pub fn above(&self) -> Arc<Above> {
        Arc::clone(&self.above)
    }

    /// Faults that show in the names alone: they are told in every run.
    fn tell(
        &self,
        context: &Context<'_>,
        folder: &[u8],
        list: &[(Listed, Option<KnownFile>)],
    ) -> Result<(), RunError> {
        add(
            &context.tally.export.descriptions,
            self.pairs.roles.len() as u64,
        );
        for (at, (entry, _)) in list.iter().enumerate() {
            let path = || join(folder, &entry.name);
            match self.pairs.roles.get(&at) {
                Some(Role::Nothing) => context.fault(
                    &path(),
                    ExportFault::ZonderBestand,
                    "beschrijving van een bestand of map die er niet is; als document gelezen",
                )?,
                Some(_) => {}
                None if self.pairs.describes_files()
                    && !self.pairs.of.contains_key(&at)
                    && !self.rows.contains_key(&at)
                    && matches!(entry.found, Found::File(_) | Found::Refused) =>
                {
                    context.fault(
                        &path(),
                        ExportFault::ZonderBeschrijving,
                        "geen beschrijving, terwijl andere bestanden in deze map er een hebben",
                    )?;
                }
                None if self.misses_row(context, at, folder, entry) => context.fault(
                    &path(),
                    ExportFault::ZonderBeschrijving,
                    "staat niet in de lijst van de export",
                )?,
                None => {}
            }
        }
        Ok(())
    }

    /// Whether the list of the export should name this file and does not.
    fn misses_row(&self, context: &Context<'_>, at: usize, folder: &[u8], entry: &Listed) -> bool {
        let is_file = matches!(entry.found, Found::File(_) | Found::Refused);
        let covers = |rows: &Rows| rows.covers(&join(folder, &entry.name));
        let described = self.rows.contains_key(&at) || self.pairs.of.contains_key(&at);
        is_file && !described && !is_pakbon(&entry.name) && context.rows.get().is_some_and(covers)
    }

    /// Whether something in this folder is part of an export.
    pub fn is_export(&self) -> bool {
        self.above.hash != 0
            || self.outside.hash != 0
            || !self.pairs.roles.is_empty()
            || !self.rows.is_empty()
    }

    /// Tells the descriptions of one file from others; 0 when it has none. A description that is a document, because
    /// its form is not known, does not count: whether it is one `is_document` tells by its place in the list.
    pub fn hash(
        &self,
        at: usize,
        list: &[(Listed, Option<KnownFile>)],
        is_document: &dyn Fn(usize) -> bool,
    ) -> u64 {
        // An archive may hold descriptions of its own: what is decided about those holds inside it.
        let archive = is_archive(&list[at].0.name);
        if !self.is_export() {
            return if archive { self.policy } else { 0 };
        }
        let mut hashes = vec![self.policy, self.above_of(at).hash];
        let beside = self.pairs.of.get(&at).into_iter().flatten();
        for &one in beside.filter(|one| !is_document(**one)) {
            if let Found::File(stat) = &list[one].0.found {
                hashes.push(u64::from_be_bytes(digest_of(&list[one].0.name, stat)));
            }
        }
        hashes.push(self.rows.get(&at).copied().unwrap_or(0));
        // One that described nothing until its file came is no document any more.
        let role = self.pairs.roles.get(&at);
        let number = role.map_or(0, |role| match role {
            Role::Files => 1,
            Role::Folder | Role::FolderBeside(_) => 2,
            Role::LeftOut | Role::Nothing => 3,
        });
        hashes.push(number);
        match hashes[1..].iter().all(|hash| *hash == 0) {
            true if archive => self.policy,
            true => 0,
            false => mixed(&hashes),
        }
    }

    /// The descriptions of the file at this place.
    pub fn beside(&self, at: usize) -> &[usize] {
        self.pairs.of.get(&at).map_or(&[], Vec::as_slice)
    }

    /// Whether the file at this place describes files beside it.
    pub fn describes_files(&self, at: usize) -> bool {
        self.pairs.roles.get(&at) == Some(&Role::Files)
    }

    /// What describes the folders of the file at this place. A description of a folder lies in the folder above that.
    fn above_of(&self, at: usize) -> &Arc<Above> {
        match self.pairs.roles.get(&at) {
            Some(Role::Folder) => &self.outside,
            _ => &self.above,
        }
    }

    /// What describes the file at this place; `beside` are its descriptions.
    pub fn export(&self, at: usize, beside: Vec<Beside>) -> Option<Box<Export>> {
        self.is_export().then(|| {
            Box::new(Export {
                beside,
                above: Arc::clone(self.above_of(at)),
                role: self.pairs.roles.get(&at).cloned(),
            })
        })
    }
}

fn own_name<'n>(context: &'n Context<'_>, folder: &'n [u8]) -> &'n [u8] {
    match folder.rsplit(|byte| *byte == b'/').next() {
        Some(name) if !name.is_empty() => name,
        _ => context
            .root_path
            .file_name()
            .map_or(&[], |name| name.as_bytes()),
    }
}

/// What describes a folder, with what lies in it.
fn inside(
    context: &Context<'_>,
    folder: &[u8],
    list: &[(Listed, Option<KnownFile>)],
    pairs: &Pairs,
    above: &Arc<Above>,
) -> Arc<Above> {
    let mut here = Above::default();
    let mut hashes = vec![above.hash];
    if let Some((path, hash)) = above.folders.get(folder) {
        here.own.push(path.clone());
        hashes.push(*hash);
    }
    for (at, (entry, _)) in list.iter().enumerate() {
        let Found::File(stat) = &entry.found else {
            continue;
        };
        let path = join(folder, &entry.name);
        match pairs.roles.get(&at) {
            Some(Role::Folder) => {
                note_manifest(context, &path, folder.to_vec());
                hashes.push(u64::from_be_bytes(digest_of(&path, stat)));
                here.own.push(path);
            }
            Some(Role::FolderBeside(name)) => {
                note_manifest(context, &path, join(folder, name));
                let hash = u64::from_be_bytes(digest_of(&path, stat));
                here.folders.insert(join(folder, name), (path, hash));
            }
            _ if entry.name.eq_ignore_ascii_case(b"mets.xml") => {
                lock(&context.manifests).push((path, folder.to_vec()));
            }
            _ if is_pakbon(&entry.name) => {
                let delivery = Arc::new(Delivery {
                    path,
                    files: AtomicU64::new(0),
                    objects: AtomicU64::new(0),
                    bytes: AtomicU64::new(0),
                });
                lock(&context.deliveries).push(Arc::clone(&delivery));
                here.delivery = Some(delivery);
            }
            _ => {}
        }
    }
    if here.own.is_empty() && here.folders.is_empty() && here.delivery.is_none() {
        return Arc::clone(above);
    }
    here.hash = match here.own.is_empty() {
        true => above.hash,
        false => mixed(&hashes),
    };
    here.delivery = here.delivery.or_else(|| above.delivery.clone());
    here.parent = Some(Arc::clone(above));
    Arc::new(here)
}

/// Remembers a description of OPEX of a folder: its manifest is looked at when the walk is done.
fn note_manifest(context: &Context<'_>, path: &[u8], folder: Vec<u8>) {
    if path.to_ascii_lowercase().ends_with(b".opex") {
        lock(&context.manifests).push((path.to_vec(), folder));
    }
}

/// What the list of the export says of each file in a folder, left out or not.
fn rows(
    context: &Context<'_>,
    folder: &[u8],
    list: &[(Listed, Option<KnownFile>)],
) -> HashMap<usize, u64> {
    let Some(rows) = context.rows.get() else {
        return HashMap::new();
    };
    let all = list.iter().enumerate();
    all.filter_map(|(at, (entry, _))| Some((at, rows.hash(&join(folder, &entry.name))?)))
        .collect()
}

/// Tells of which rows there was no file.
pub(super) fn missing_rows(context: &Context<'_>) -> Result<(), RunError> {
    let Some(rows) = context.rows.get() else {
        return Ok(());
    };
    for (path, why) in &rows.missing {
        let reason = format!("deze sitemap is niet gelezen: {why}");
        context.fault(path, ExportFault::ZonderBestand, &reason)?;
    }
    let mut not_fetched = context.not_fetched.get().cloned().unwrap_or_default();
    rows.each_missing(|path, Told { list, row }| {
        let number = row.nr;
        let why = not_fetched.remove(&*String::from_utf8_lossy(path));
        let reason = match why {
            Some(why) => format!("regel {number} van {list}: niet opgehaald, {why}"),
            None => format!("regel {number} van {list} noemt een bestand dat er niet is"),
        };
        context.fault(path, ExportFault::ZonderBestand, &reason)
    })?;
    for (path, why) in not_fetched {
        let reason = format!("niet opnieuw opgehaald, {why}; dit is wat er eerder stond");
        context.fault(path.as_bytes(), ExportFault::Afwijkend, &reason)?;
    }
    Ok(())
}

/// Whether the name is that of an archive in which a delivery comes.
fn is_archive(name: &[u8]) -> bool {
    let small = name.to_ascii_lowercase();
    [&b".zip"[..], b".sip", b".tar", b".7z"]
        .iter()
        .any(|end| small.ends_with(end))
}

/// Whether this is the note that comes with a delivery.
fn is_pakbon(name: &[u8]) -> bool {
    let small = name.to_ascii_lowercase();
    small.starts_with(b"pakbon") && !is_description(name)
}
