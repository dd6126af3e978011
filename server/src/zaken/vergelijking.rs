//! What two zoekacties, or two rounds, found that the other did not, and why. Never guesses: each reason is a
//! difference between their records.

use super::acties::{Verslag, Zoekactie};
use super::herhaling::verschil;
use super::telling::{Member, load_results, results_file};
use serde::Serialize;
use std::io;
use std::path::Path;
use utoipa::ToSchema;

/// Wat er verschilt tussen twee keer zoeken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Vergelijking {
    /// Wat alleen de eerste vond.
    pub nieuw: u64,
    /// Wat alleen de tweede vond.
    pub verdwenen: u64,
    /// Wat beide vonden, met dezelfde inhoud.
    pub gelijk: u64,
    /// Wat beide vonden, met een andere inhoud.
    pub gewijzigd: u64,
    /// Waardoor het verschil kan komen.
    pub redenen: Vec<String>,
}

/// What the zoekacties found together, in order of id; of each the list that was recorded and no other.
pub fn found(state: &Path, zaak: &str, acties: &[&Zoekactie]) -> io::Result<Vec<Member>> {
    let mut all = Vec::new();
    for actie in acties {
        let recorded = actie
            .telling
            .as_ref()
            .map_or("", |telling| &telling.uitkomst);
        let file = results_file(state, zaak, actie.nummer);
        all.extend(load_results(&file, recorded)?);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Compares two sorted lists of what was found.
pub fn compare(ours: &[Member], theirs: &[Member]) -> Vergelijking {
    let found = verschil(theirs, ours);
    let (nieuw, gewijzigd) = (found.toegevoegd.len(), found.gewijzigd.len());
    Vergelijking {
        nieuw: nieuw as u64,
        verdwenen: found.verdwenen.len() as u64,
        gelijk: (ours.len() - nieuw - gewijzigd) as u64,
        gewijzigd: gewijzigd as u64,
        redenen: Vec::new(),
    }
}

/// What is different between two records that can change what is found.
pub fn reasons(ours: &Verslag, theirs: &Verslag) -> Vec<String> {
    let names = |verslag: &Verslag| {
        verslag
            .bronnen
            .iter()
            .map(|bron| bron.naam.clone())
            .collect::<Vec<_>>()
    };
    let differs = [
        (ours.canoniek != theirs.canoniek, "de vraag is anders"),
        (
            ours.zoekvraag.breedte != theirs.zoekvraag.breedte,
            "de woorden zijn ruimer of smaller opgevat",
        ),
        (
            ours.zoekvraag.filters != theirs.zoekvraag.filters
                || ours.zoekvraag.datumveld != theirs.zoekvraag.datumveld
                || ours.zoekvraag.ongedateerd != theirs.zoekvraag.ongedateerd,
            "de filters zijn anders",
        ),
        (
            ours.woorden != theirs.woorden,
            "de woorden stonden voor andere woorden",
        ),
        (
            ours.lijsten != theirs.lijsten,
            "de lijsten met synoniemen zijn gewijzigd",
        ),
        (
            ours.stand != theirs.stand,
            "de index is intussen bijgewerkt",
        ),
        (
            ours.analyse != theirs.analyse,
            "de index is met andere taalregels gemaakt",
        ),
        (
            names(ours) != names(theirs),
            "er zijn andere bronnen doorzocht",
        ),
        (
            ours.machtigingen != theirs.machtigingen,
            "er is onder een andere machtiging gezocht",
        ),
    ];
    let said = differs.into_iter().filter(|(differs, _)| *differs);
    said.map(|(_, reason)| reason.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn every_document_is_counted_once(
            ours in proptest::collection::btree_map(0u8..20, 0u8..2, 0..15),
            theirs in proptest::collection::btree_map(0u8..20, 0u8..2, 0..15),
        ) {
            let list = |found: &BTreeMap<u8, u8>| -> Vec<Member> {
                found.iter().map(|(id, content)| ([*id; 16], [*content; 32])).collect()
            };
            let result = compare(&list(&ours), &list(&theirs));
            let both = ours.iter().filter(|(id, _)| theirs.contains_key(id));
            let (same, other): (Vec<_>, Vec<_>) = both.partition(|(id, content)| theirs[id] == **content);
            prop_assert_eq!(result.gelijk, same.len() as u64);
            prop_assert_eq!(result.gewijzigd, other.len() as u64);
            prop_assert_eq!(result.nieuw + result.gelijk + result.gewijzigd, ours.len() as u64);
            prop_assert_eq!(result.verdwenen + result.gelijk + result.gewijzigd, theirs.len() as u64);
        }
    }
}
