//! Holding what is stored of every zoekactie against the audit trail: the text of its report and of its counts, and the
//! list of what it found. Never mends anything.

use super::telling::{Telling, load_results, results_file};
use crate::audit::{Entry, hex};
use crate::store::{Store, StoreError};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

/// A zoekactie as its texts are stored.
struct Kept {
    zaak: String,
    zaaknummer: String,
    nummer: u32,
    verslag: String,
    telling: Option<String>,
}

/// Hashes in the trail, by case and number of the zoekactie: number of the record, and the hash.
type Known = BTreeMap<(String, String), (u64, String)>;

impl Store {
    /// What is wrong with the stored zoekacties, each in a sentence; nothing when all of it is as the trail says.
    /// `state` is the state folder, in which the lists of what was found lie.
    pub fn check_zoekacties(&self, state: &Path) -> Result<Vec<String>, StoreError> {
        let known = |actie, field| self.known_hashes(actie, field);
        let (mut verslagen, mut tellingen) = (
            known("zoekactie.uitgevoerd", "verslag")?,
            known("zoekactie.geteld", "telling")?,
        );
        let mut faults = Vec::new();
        for kept in self.recorded_texts()? {
            let name = format!("zoekactie {} van zaak {}", kept.nummer, kept.zaaknummer);
            let key = (kept.zaak.clone(), kept.nummer.to_string());
            faults.extend(held(
                "het verslag",
                &name,
                &kept.verslag,
                verslagen.remove(&key),
            ));
            let counted = tellingen.remove(&key);
            match &kept.telling {
                None if counted.is_some() => faults.push(format!("{name}: de tellingen zijn weg")),
                None => {}
                Some(telling) => {
                    faults.extend(held("de tellingen", &name, telling, counted));
                    faults.extend(list_fault(state, &kept, telling, &name));
                }
            }
        }
        let gone = verslagen.into_iter().map(|((_, nummer), (record, _))| {
            format!("zoekactie {nummer} uit regel {record} van het auditspoor is weg")
        });
        faults.extend(gone);
        Ok(faults)
    }

    fn recorded_texts(&self) -> Result<Vec<Kept>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT a.zaak, z.nummer, a.nummer, a.verslag, a.telling
             FROM zoekactie a JOIN zaak z ON z.id = a.zaak ORDER BY a.id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Kept {
                zaak: row.get(0)?,
                zaaknummer: row.get(1)?,
                nummer: row.get(2)?,
                verslag: row.get(3)?,
                telling: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn known_hashes(&self, actie: &str, field: &str) -> Result<Known, StoreError> {
        let entries = self.audit_entries(actie)?.into_iter();
        let hash = |entry: Entry| {
            let hash = entry
                .gegevens
                .get(field)
                .and_then(|hash| hash.as_str())
                .unwrap_or_default()
                .to_owned();
            ((entry.zaak, entry.object), (entry.nummer, hash))
        };
        Ok(entries.map(hash).collect())
    }
}

/// What is wrong with a text that the trail knows the hash of.
fn held(what: &str, name: &str, text: &str, known: Option<(u64, String)>) -> Option<String> {
    match known {
        None => Some(format!("{name}: {what} staat niet in het auditspoor")),
        Some((record, hash)) if hash != hex(&Sha256::digest(text)) => Some(format!(
            "{name}: {what} is niet meer die van regel {record} van het auditspoor"
        )),
        Some(_) => None,
    }
}

/// What is wrong with the list of what a zoekactie found.
fn list_fault(state: &Path, kept: &Kept, telling: &str, name: &str) -> Option<String> {
    let telling: Telling = match serde_json::from_str(telling) {
        Ok(telling) => telling,
        Err(_) => return Some(format!("{name}: de tellingen zijn onleesbaar")),
    };
    if telling.gemist.is_some() {
        return None;
    }
    let file = results_file(state, &kept.zaak, kept.nummer);
    match load_results(&file, &telling.uitkomst) {
        Ok(_) => None,
        Err(error) if error.kind() == ErrorKind::InvalidData => Some(format!(
            "{name}: de bewaarde lijst van documenten is gewijzigd"
        )),
        Err(error) => Some(format!(
            "{name}: de bewaarde lijst van documenten is niet te lezen: {error}"
        )),
    }
}
