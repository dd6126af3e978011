//! A delivery in one archive (a SIP): what lies in it that describes its other members. Reads those descriptions alone, and
//! never decides what is made of a member.

use super::RunError;
use super::reading::FileReader;
use crate::account::{ExportFault, Line, Note, add};
use crate::dms::pairs::{Name, Pairs, Role, is_description};
use crate::dms::{self, Described, Listed, Properties, key};
use crate::read::key as known;
use crate::worker::SpooledChild;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::Arc;
use zv_shared::Place;

/// A description of more bytes is something else.
const MOST_BYTES: u64 = 16 << 20;

/// What is known of one member.
#[derive(Debug, Default)]
pub(super) struct Member {
    /// What describes it.
    pub described: Described,
    /// Why it must not be indexed.
    pub too_secret: Option<String>,
    /// It describes another, and is no document.
    pub is_description: bool,
}

/// The descriptions in an archive.
struct Sip<'s> {
    path: &'s [u8],
    children: &'s [SpooledChild],
    /// What each description says.
    said: HashMap<usize, Arc<Properties>>,
    /// Of each described file its descriptions.
    of: HashMap<usize, Vec<usize>>,
    roles: HashMap<usize, Role>,
    /// Descriptions of each folder.
    folders: BTreeMap<String, Vec<Arc<Properties>>>,
    /// What METS and PREMIS say of a member.
    listed: HashMap<usize, Properties>,
}

fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('/').unwrap_or(("", name))
}

impl<'a> FileReader<'a> {
    /// What describes the members of the archive at `path`, one for each; empty when nothing does.
    pub fn members(
        &mut self,
        path: &[u8],
        children: &[SpooledChild],
    ) -> Result<Vec<Member>, RunError> {
        let of_sip = |child: &SpooledChild| {
            let (_, name) = split(&child.name);
            is_description(name.as_bytes()) || is_list(name)
        };
        if !children.iter().any(of_sip) {
            return Ok(Vec::new());
        }
        let mut sip = Sip {
            path,
            children,
            said: HashMap::new(),
            of: HashMap::new(),
            roles: HashMap::new(),
            folders: BTreeMap::new(),
            listed: HashMap::new(),
        };
        sip.pair();
        self.read_sip(&mut sip)?;
        self.names_twice_in(&sip)?;
        sip.lay_out();
        self.lists(&mut sip)?;
        let members = 0..children.len();
        members.map(|at| self.member(&sip, at)).collect()
    }

    fn read_sip(&mut self, sip: &mut Sip<'_>) -> Result<(), RunError> {
        for (at, child) in sip.children.iter().enumerate() {
            let (_, name) = split(&child.name);
            let wanted = sip.roles.contains_key(&at) || is_list(name);
            if !wanted || child.size > MOST_BYTES || child.unreadable.is_some() {
                continue;
            }
            let Ok(file) = child.open() else { continue };
            let limits = self.context.settings.limits();
            let reading = self.reader()?.read(&file, name, &limits)?;
            if dms::first(&reading.properties, key::LAYOUT).is_some() {
                sip.said.insert(at, Arc::new(reading.properties));
            }
        }
        let number = sip.roles.len() as u64;
        add(&self.context.tally.export.descriptions, number);
        Ok(())
    }

    /// Tells of each name that two descriptions in the archive give.
    fn names_twice_in(&self, sip: &Sip<'_>) -> Result<(), RunError> {
        let mut said: Vec<_> = sip.said.iter().collect();
        said.sort_by_key(|(at, _)| **at);
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (at, properties) in said {
            let names = properties.iter().filter(|(name, _)| name == key::IDENTITY);
            for (_, name) in names {
                let other = *first.entry(name).or_insert(*at);
                if other != *at {
                    let other = &sip.children[other].name;
                    let reason = format!("kenmerk {name} staat ook in {other}");
                    self.fault(sip, *at, ExportFault::Dubbel, &reason)?;
                }
            }
        }
        Ok(())
    }

    /// Lays what METS and PREMIS say at the members they mean.
    fn lists(&self, sip: &mut Sip<'_>) -> Result<(), RunError> {
        let lists: Vec<(usize, Arc<Properties>)> = sip
            .said
            .iter()
            .filter(|(at, _)| is_list(split(&sip.children[**at].name).1))
            .map(|(at, said)| (*at, Arc::clone(said)))
            .collect();
        let names = sip.children.iter().enumerate();
        let by_name: HashMap<String, usize> =
            names.map(|(at, child)| (child.name.clone(), at)).collect();
        let by_part = sip.by_part();
        for (at, said) in lists {
            let (folder, _) = split(&sip.children[at].name);
            for one in dms::all(&said, dms::METS_FILE).map(Listed::parse) {
                let wanted = match folder {
                    "" => one.place.clone(),
                    folder => format!("{folder}/{}", one.place),
                };
                match by_name.get(&wanted) {
                    Some(found) => sip.list(*found, &one),
                    None => {
                        let reason = format!("noemt {}, en dat is er niet", one.place);
                        self.fault(sip, at, ExportFault::ZonderBestand, &reason)?;
                    }
                }
            }
            for one in dms::all(&said, dms::PREMIS_OBJECT).map(Listed::parse) {
                // An object with several files tells nothing of each.
                if let Some([only]) = by_part.get(&one.place).map(Vec::as_slice) {
                    sip.list(*only, &one);
                }
            }
        }
        Ok(())
    }

    fn fault(
        &self,
        sip: &Sip<'_>,
        at: usize,
        fault: ExportFault,
        reason: &str,
    ) -> Result<(), RunError> {
        self.context.tally.export.fault(fault);
        let place = sip.place(at);
        self.context.line(&Line::new(&place, Note::Export, reason))
    }

    fn member(&mut self, sip: &Sip<'_>, at: usize) -> Result<Member, RunError> {
        let child = &sip.children[at];
        let role = sip.roles.get(&at);
        let said = sip.said.get(&at);
        if role == Some(&Role::Files) && said.is_some() {
            let place = sip.place(at);
            let reason = "beschrijving van een onderdeel ernaast";
            self.context
                .line(&Line::new(&place, Note::Overgeslagen, reason))?;
            return Ok(Member {
                is_description: true,
                ..Member::default()
            });
        }
        match (role, said) {
            (Some(_), None) => {
                let reason = super::describing::UNKNOWN;
                self.fault(sip, at, ExportFault::Onbekend, reason)?;
            }
            (Some(Role::Nothing), _) => {
                let reason =
                    "beschrijving van een bestand of map die er niet is; als document gelezen";
                self.fault(sip, at, ExportFault::ZonderBestand, reason)?;
            }
            _ => {}
        }
        let (folder, _) = split(&child.name);
        let folder = match role {
            Some(Role::Folder) => split(folder).0,
            _ => folder,
        };
        let mut above = sip.above(folder);
        if role == Some(&Role::Folder) && !child.name.contains('/') {
            above.clear();
        }
        let mut described = match (role, said) {
            (Some(role), Some(said)) => {
                let mut described = Described::description(said, &above);
                described.folder = matches!(role, Role::Folder | Role::FolderBeside(_));
                described
            }
            _ => {
                let beside = sip.of.get(&at).into_iter().flatten();
                let beside = beside.filter_map(|one| sip.said.get(one));
                let mut all: Vec<Properties> = beside.map(|one| one.to_vec()).collect();
                all.extend(sip.listed.get(&at).cloned());
                Described::file(all, &above)
            }
        };
        described.inside = true;
        self.judge_member(sip, at, described)
    }

    fn judge_member(
        &mut self,
        sip: &Sip<'_>,
        at: usize,
        mut described: Described,
    ) -> Result<Member, RunError> {
        let tally = &self.context.tally.export;
        for value in &described.archief.beperkingen {
            tally.restriction(value);
        }
        let verdict = self.context.source.rules.judge(&described);
        if let Some(reason) = verdict.too_secret {
            add(&tally.too_secret, 1);
            return Ok(Member {
                too_secret: Some(reason),
                ..Member::default()
            });
        }
        add(&tally.closed, u64::from(verdict.closed));
        add(&tally.warned, u64::from(!verdict.warnings.is_empty()));
        described.closed = verdict.closed;
        for warning in verdict.warnings {
            described.properties.push(("let op".to_owned(), warning));
        }
        let checksums = dms::checksums(&described.properties);
        let child = &sip.children[at];
        let mut fits = true;
        for checksum in checksums {
            fits &= fits_member(checksum, child);
        }
        if !fits {
            let reason = "de checksum in de export is niet die van het bestand";
            self.fault(sip, at, ExportFault::Afwijkend, reason)?;
            described
                .properties
                .push(("let op".to_owned(), reason.to_owned()));
        }
        Ok(Member {
            described,
            ..Member::default()
        })
    }
}

/// Whether this is a list of METS or PREMIS.
fn is_list(name: &str) -> bool {
    let small = name.to_ascii_lowercase();
    matches!(small.as_str(), "mets.xml" | "premis.xml") || small.ends_with(".premis.xml")
}

/// Whether a member has this checksum; one that cannot be had is told elsewhere.
fn fits_member(checksum: dms::Checksum, child: &SpooledChild) -> bool {
    if let Ok(hash) = child.hash()
        && let Some(fits) = checksum.fits_sha256(&hash.to_string())
    {
        return fits;
    }
    let Ok(mut file) = child.open() else {
        return true;
    };
    let mut comparing = checksum.begin();
    let mut block = vec![0; 128 * 1024];
    while let Ok(number) = file.read(&mut block) {
        if number == 0 {
            return comparing.fits();
        }
        comparing.take(&block[..number]);
    }
    true
}

impl Sip<'_> {
    fn place(&self, at: usize) -> Place {
        Place {
            path: self.path.to_vec(),
            inner: vec![self.children[at].name.clone()],
        }
    }

    /// Which member describes which, folder by folder.
    fn pair(&mut self) {
        let mut folders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, child) in self.children.iter().enumerate() {
            folders.entry(split(&child.name).0).or_default().push(at);
        }
        for (folder, members) in &folders {
            let names: Vec<Name<'_>> = members
                .iter()
                .map(|at| Name {
                    name: split(&self.children[*at].name).1.as_bytes(),
                    read: true,
                })
                .collect();
            let is_folder = |name: &[u8]| {
                let name = String::from_utf8_lossy(name);
                let path = match *folder {
                    "" => name.into_owned(),
                    folder => format!("{folder}/{name}"),
                };
                let inside = format!("{path}/");
                let next = folders.range(inside.as_str()..).next();
                folders.contains_key(path.as_str())
                    || next.is_some_and(|(other, _)| other.starts_with(&inside))
            };
            let own = split(folder).1.as_bytes();
            let pairs = Pairs::new(own, &names, &is_folder);
            for (file, list) in pairs.of {
                let list = list.into_iter().map(|one| members[one]);
                self.of.insert(members[file], list.collect());
            }
            let roles = pairs.roles.into_iter();
            self.roles
                .extend(roles.map(|(at, role)| (members[at], role)));
        }
    }

    /// The members that are no description, by each part of their path, with and without its ending.
    fn by_part(&self) -> HashMap<String, Vec<usize>> {
        let mut all: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, child) in self.children.iter().enumerate() {
            if is_description(split(&child.name).1.as_bytes()) {
                continue;
            }
            for part in child.name.split('/') {
                let stem = part.split('.').next().unwrap_or(part);
                for name in [part, stem] {
                    let list = all.entry(name.to_owned()).or_default();
                    if list.last() != Some(&at) {
                        list.push(at);
                    }
                }
            }
        }
        all
    }

    /// Which folders are described.
    fn lay_out(&mut self) {
        for (at, role) in &self.roles {
            let Some(said) = self.said.get(at) else {
                continue;
            };
            let (folder, _) = split(&self.children[*at].name);
            let path = match role {
                Role::Folder => folder.to_owned(),
                Role::FolderBeside(name) => {
                    let name = String::from_utf8_lossy(name);
                    format!("{folder}/{name}")
                        .trim_start_matches('/')
                        .to_owned()
                }
                Role::Files | Role::LeftOut | Role::Nothing => continue,
            };
            self.folders.entry(path).or_default().push(Arc::clone(said));
        }
    }

    /// What describes a folder and those above it, the outermost first.
    fn above(&self, folder: &str) -> Vec<Arc<Properties>> {
        let ends = folder.match_indices('/').map(|(at, _)| &folder[..at]);
        let mut ways: Vec<&str> = std::iter::once("").chain(ends).collect();
        if !folder.is_empty() {
            ways.push(folder);
        }
        let levels = ways.into_iter().filter_map(|way| self.folders.get(way));
        levels
            .map(|level| Arc::new(level.iter().flat_map(|one| one.iter().cloned()).collect()))
            .collect()
    }

    /// What a list says of a member. Its title goes last: a description knows better.
    fn list(&mut self, at: usize, one: &Listed) {
        let said = self.listed.entry(at).or_default();
        for (key, value) in [(key::CHECKSUM, &one.checksum), (known::TITLE, &one.name)] {
            if !value.is_empty() {
                said.push((key.to_owned(), value.clone()));
            }
        }
    }
}
