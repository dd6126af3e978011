//! What two zoekacties, or two rounds, found that the other did not, and why. Never guesses: each reason is a
//! difference between their records.

use super::Zaak;
use super::acties::{Verslag, Zoekactie};
use super::herhaling::verschil;
use super::telling::{Member, load_results, results_file};
use crate::problem::Problem;
use crate::state::App;
use serde::{Deserialize, Serialize};
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

/// Wat er vergeleken wordt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Vergeleken)]
pub enum Wat {
    /// Twee rondes, elk met al haar zoekacties.
    #[default]
    Rondes,
    /// Twee zoekacties.
    Zoekacties,
}

impl Wat {
    /// The name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Wat::Rondes => "rondes",
            Wat::Zoekacties => "zoekacties",
        }
    }
}

/// Een deel van het verschil.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Verschildeel)]
pub enum Deel {
    /// Wat alleen de eerste vond.
    #[default]
    Nieuw,
    /// Wat alleen de tweede vond.
    Verdwenen,
    /// Wat beide vonden, met een andere inhoud.
    Gewijzigd,
    /// Wat beide vonden, met dezelfde inhoud.
    Gelijk,
}

impl Deel {
    /// All parts.
    pub const ALL: [Deel; 4] = [Deel::Nieuw, Deel::Verdwenen, Deel::Gewijzigd, Deel::Gelijk];

    /// The name in an address and in a list.
    pub fn name(self) -> &'static str {
        match self {
            Deel::Nieuw => "nieuw",
            Deel::Verdwenen => "verdwenen",
            Deel::Gewijzigd => "gewijzigd",
            Deel::Gelijk => "gelijk",
        }
    }
}

/// A document as the second found it, and as the first did.
pub type Paar = (Option<Member>, Option<Member>);

/// Everything that two groups of zoekacties found, by what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verschillen {
    /// How much that is, and why.
    pub telling: Vergelijking,
    nieuw: Vec<Paar>,
    verdwenen: Vec<Paar>,
    gewijzigd: Vec<Paar>,
    gelijk: Vec<Paar>,
}

impl Verschillen {
    /// The documents of one part, in order of id.
    pub fn deel(&self, deel: Deel) -> &[Paar] {
        match deel {
            Deel::Nieuw => &self.nieuw,
            Deel::Verdwenen => &self.verdwenen,
            Deel::Gewijzigd => &self.gewijzigd,
            Deel::Gelijk => &self.gelijk,
        }
    }
}

/// What the zoekacties found together, in order of id, each document once; of each zoekactie the list that was recorded and
/// no other. Of a document that changed in between, what the last of them found holds.
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
    // Stable: of one document the last one found stands last.
    all.sort_by_key(|(id, _)| *id);
    all.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            *earlier = *later;
        }
        same
    });
    Ok(all)
}

/// Compares two lists of what was found; both are sorted by id and have each id once.
pub fn compare(ours: &[Member], theirs: &[Member]) -> Verschillen {
    let found = verschil(theirs, ours);
    let known = |id: &[u8; 16]| theirs.binary_search_by_key(id, |(id, _)| *id).ok();
    let same = ours.iter().filter_map(|one| {
        let at = known(&one.0)?;
        (theirs[at].1 == one.1).then_some((Some(theirs[at]), Some(*one)))
    });
    let gelijk: Vec<Paar> = same.collect();
    let new = found.toegevoegd.into_iter();
    let gone = found.verdwenen.into_iter();
    let changed = found.gewijzigd.into_iter();
    let nieuw: Vec<Paar> = new.map(|one| (None, Some(one))).collect();
    let verdwenen: Vec<Paar> = gone.map(|one| (Some(one), None)).collect();
    let gewijzigd: Vec<Paar> = changed.map(|(was, is)| (Some(was), Some(is))).collect();
    Verschillen {
        telling: Vergelijking {
            nieuw: nieuw.len() as u64,
            verdwenen: verdwenen.len() as u64,
            gelijk: gelijk.len() as u64,
            gewijzigd: gewijzigd.len() as u64,
            redenen: Vec::new(),
        },
        nieuw,
        verdwenen,
        gewijzigd,
        gelijk,
    }
}

impl App {
    /// What `een` found against what `ander` found: two rounds or two zoekacties of a case, by their numbers. Both must
    /// have been counted.
    pub fn vergelijk(
        &self,
        zaak: &Zaak,
        wat: Wat,
        een: u32,
        ander: u32,
    ) -> Result<Verschillen, Problem> {
        let all = self.store.zoekacties(&zaak.id)?;
        let of = |number: u32| -> Result<Vec<&Zoekactie>, Problem> {
            let mine = all.iter().filter(|actie| match wat {
                Wat::Rondes => actie.ronde == Some(number),
                Wat::Zoekacties => actie.nummer == number,
            });
            let mine: Vec<&Zoekactie> = mine.collect();
            match (mine.is_empty(), wat) {
                (false, _) => Ok(mine),
                (true, Wat::Zoekacties) => Err(Problem::not_found("Deze zoekactie bestaat niet.")),
                (true, Wat::Rondes) => Err(Problem::not_found(
                    "Deze ronde bestaat niet, of er staat nog geen zoekactie in.",
                )),
            }
        };
        let (ours, theirs) = (of(een)?, of(ander)?);
        let uncounted = |actie: &&&Zoekactie| {
            actie
                .telling
                .as_ref()
                .is_none_or(|telling| telling.gemist.is_some())
        };
        if let Some(actie) = ours.iter().chain(&theirs).find(uncounted) {
            let nummer = actie.nummer;
            let detail = format!("De tellingen van zoekactie {nummer} zijn er nog niet.");
            return Err(Problem::refused(detail));
        }
        let found = |acties| found(&self.folder, &zaak.id, acties).map_err(Problem::fault);
        let mut result = compare(&found(&ours)?, &found(&theirs)?);
        let said = &mut result.telling.redenen;
        for (one, other) in ours
            .iter()
            .flat_map(|one| theirs.iter().map(move |other| (one, other)))
        {
            for reason in reasons(&one.verslag, &other.verslag) {
                if !said.contains(&reason) {
                    said.push(reason);
                }
            }
        }
        Ok(result)
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
            let compared = compare(&list(&ours), &list(&theirs));
            let mut told: Vec<u8> = Deel::ALL.iter()
                .flat_map(|deel| compared.deel(*deel))
                .map(|(was, is)| is.or(*was).expect("one of them").0[0])
                .collect();
            told.sort_unstable();
            let all: std::collections::BTreeSet<u8> = ours.keys().chain(theirs.keys()).copied().collect();
            prop_assert_eq!(told, all.into_iter().collect::<Vec<_>>());
            let result = compared.telling;
            let both = ours.iter().filter(|(id, _)| theirs.contains_key(id));
            let (same, other): (Vec<_>, Vec<_>) = both.partition(|(id, content)| theirs[id] == **content);
            prop_assert_eq!(result.gelijk, same.len() as u64);
            prop_assert_eq!(result.gewijzigd, other.len() as u64);
            prop_assert_eq!(result.nieuw + result.gelijk + result.gewijzigd, ours.len() as u64);
            prop_assert_eq!(result.verdwenen + result.gelijk + result.gewijzigd, theirs.len() as u64);
        }
    }
}
