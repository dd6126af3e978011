//! Which sources of the archive were really searched in a case, how complete they were at that moment, and which were
//! not searched and why. Told from the records of the searches: never looks at how a source is now.

use crate::zaken::acties::{Bron, Verslag, Zoekactie};
use crate::zaken::plan::Zoekplan;
use std::collections::BTreeMap;
use zv_shared::index::FacetField;

/// How an index run ends when a source was wholly read.
const WHOLE: &str = "voltooid";

/// A source as it was searched: at one state, by some zoekacties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doorzocht {
    /// How complete it was.
    pub bron: Bron,
    /// The zoekacties in rounds.
    pub acties: Vec<u32>,
    /// Those outside rounds.
    pub verkennend: Vec<u32>,
}

impl Doorzocht {
    /// Why it was not wholly searched; `None` when it was.
    pub fn niet_volledig(&self) -> Option<String> {
        match self.bron.status.as_deref() {
            Some(WHOLE) => None,
            Some(status) => Some(format!(
                "het inlezen is {status}; wat niet gelezen is, kon niet gevonden worden"
            )),
            None => Some("het inlezen was nog nooit klaar".to_owned()),
        }
    }
}

/// All sources that were spoken of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bronnen {
    /// Searched, by name and run.
    pub doorzocht: Vec<Doorzocht>,
    /// Not searched: name and reason.
    pub niet: Vec<(String, String)>,
}

impl Bronnen {
    /// What the records and the last zoekplan tell.
    pub fn of(acties: &[Zoekactie], plan: Option<&Zoekplan>) -> Self {
        let mut found: BTreeMap<(&str, Option<u64>), Doorzocht> = BTreeMap::new();
        for actie in acties {
            for bron in searched(&actie.verslag) {
                let entry = found.entry((&bron.naam, bron.run));
                let one = entry.or_insert_with(|| Doorzocht {
                    bron: bron.clone(),
                    acties: Vec::new(),
                    verkennend: Vec::new(),
                });
                let numbers = match actie.ronde {
                    Some(_) => &mut one.acties,
                    None => &mut one.verkennend,
                };
                numbers.push(actie.nummer);
            }
        }
        let mut niet: BTreeMap<&str, String> = BTreeMap::new();
        for other in plan.iter().flat_map(|plan| &plan.niet_doorzocht) {
            niet.insert(&other.bron, other.reden.clone());
        }
        let known = |bron: &str| found.keys().any(|(name, _)| *name == bron);
        let mut add = |bron, reason: &str| {
            if !known(bron) {
                niet.entry(bron).or_insert_with(|| reason.to_owned());
            }
        };
        for verslag in acties.iter().map(|actie| &actie.verslag) {
            for bron in &verslag.buiten_machtiging {
                add(bron, "de machtiging geldt niet voor deze bron");
            }
        }
        for bron in plan.iter().flat_map(|plan| &plan.bronnen) {
            add(bron, "staat in het zoekplan, maar er is niet in gezocht");
        }
        for bron in acties.iter().flat_map(|actie| &actie.verslag.bronnen) {
            add(
                &bron.naam,
                "alle zoekacties waren beperkt tot andere bronnen",
            );
        }
        Bronnen {
            niet: niet
                .into_iter()
                .map(|(bron, reason)| (bron.to_owned(), reason))
                .collect(),
            doorzocht: found.into_values().collect(),
        }
    }
}

/// The sources that a search really looked in: those it might, as far as its filters let it.
pub fn searched(verslag: &Verslag) -> impl Iterator<Item = &Bron> {
    let filters = &verslag.zoekvraag.filters;
    let chosen = filters
        .get(&FacetField::Bron)
        .filter(|values| !values.is_empty());
    let folders = filters
        .get(&FacetField::Map)
        .filter(|values| !values.is_empty());
    verslag.bronnen.iter().filter(move |bron| {
        let below = |folder: &String| {
            let rest = folder.strip_prefix(bron.naam.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        chosen.is_none_or(|values| values.contains(&bron.naam))
            && folders.is_none_or(|values| values.iter().any(below))
    })
}
