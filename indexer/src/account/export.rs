//! What an export of a document system lacks or holds back: counted while a run goes on. Never decides what a fault is.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use super::{add, value};

/// Of so many restrictions each is told by name; the rest together.
const VALUES: usize = 200;
/// The name of the rest.
const OTHERS: &str = "(andere)";

/// A fault of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFault {
    /// A description, or a row of a list, of a file that is not there.
    ZonderBestand,
    /// A file without one, where others have one.
    ZonderBeschrijving,
    /// Another checksum or size than the export says.
    Afwijkend,
    /// A name that two documents have.
    Dubbel,
    /// Something in a form that is not known.
    Onbekend,
    /// Other numbers than the pakbon says.
    Pakbon,
}

/// Counts while a run goes on.
#[derive(Debug, Default)]
pub struct ExportTally {
    faults: [AtomicU64; 6],
    /// Descriptions and rows that were found.
    pub descriptions: AtomicU64,
    /// Documents that are too secret for the source.
    pub too_secret: AtomicU64,
    /// Documents that nobody may see.
    pub closed: AtomicU64,
    /// Documents with a warning.
    pub warned: AtomicU64,
    /// Documents that should have been destroyed.
    pub past: AtomicU64,
    restrictions: Mutex<BTreeMap<String, u64>>,
}

impl ExportTally {
    /// Counts a fault.
    pub fn fault(&self, fault: ExportFault) {
        add(&self.faults[fault as usize], 1);
    }

    /// Counts a restriction.
    pub fn restriction(&self, name: &str) {
        let mut all = self
            .restrictions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let name = match all.len() < VALUES || all.contains_key(name) {
            true => name,
            false => OTHERS,
        };
        *all.entry(name.to_owned()).or_default() += 1;
    }

    /// The counts, when there is an export at all.
    pub fn told(&self) -> Option<ExportAccount> {
        let of = |fault: ExportFault| value(&self.faults[fault as usize]);
        let told = ExportAccount {
            beschrijvingen: value(&self.descriptions),
            zonder_bestand: of(ExportFault::ZonderBestand),
            zonder_beschrijving: of(ExportFault::ZonderBeschrijving),
            afwijkend: of(ExportFault::Afwijkend),
            dubbel: of(ExportFault::Dubbel),
            onbekend: of(ExportFault::Onbekend),
            pakbon: of(ExportFault::Pakbon),
            boven_plafond: value(&self.too_secret),
            gesloten: value(&self.closed),
            met_waarschuwing: value(&self.warned),
            termijn_verstreken: value(&self.past),
            beperkingen: self
                .restrictions
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        };
        (told != ExportAccount::default()).then_some(told)
    }
}

/// The account of an export. Faults are those of the whole export, in every run; what stands below them is of the documents
/// that this run looked at. Field names are a contract with scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportAccount {
    /// Descriptions and rows of lists.
    pub beschrijvingen: u64,
    /// Of these, without the file that they are about.
    pub zonder_bestand: u64,
    /// Files without a description, where others have one.
    pub zonder_beschrijving: u64,
    /// Files with another checksum or size than the export says.
    pub afwijkend: u64,
    /// Names that two documents have.
    pub dubbel: u64,
    /// Descriptions in a form that is not known.
    pub onbekend: u64,
    /// Numbers that differ from a pakbon.
    pub pakbon: u64,
    /// Documents that are not indexed because they are too secret.
    pub boven_plafond: u64,
    /// Documents that nobody may see.
    pub gesloten: u64,
    /// Documents that are shown with a warning.
    pub met_waarschuwing: u64,
    /// Documents that should have been destroyed by now.
    pub termijn_verstreken: u64,
    /// How often each restriction was met.
    pub beperkingen: BTreeMap<String, u64>,
}
