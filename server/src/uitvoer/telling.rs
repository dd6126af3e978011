//! What schifting and beoordeling of a case came to, as the account and the bundle count it. The one place where these
//! counts come from. Never judges anything.

use crate::store::{Store, StoreError};
use std::collections::BTreeMap;

/// How many documents got which value in the schifting, and for which reason they were left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schiftingstelling {
    /// Documents per value.
    pub per_waarde: BTreeMap<String, u64>,
    /// Documents per reason, of those that were left out.
    pub per_reden: BTreeMap<String, u64>,
}

/// How many documents got which judgement, and on which ground they were refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beoordelingstelling {
    /// Documents per judgement.
    pub per_waarde: BTreeMap<String, u64>,
    /// Documents per ground; one document may have several.
    pub per_grond: BTreeMap<String, u64>,
}

/// Both; `None` while it was not begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tellingen {
    /// Schifting.
    pub schifting: Option<Schiftingstelling>,
    /// Beoordeling.
    pub beoordeling: Option<Beoordelingstelling>,
}

impl Store {
    /// What is counted of a case now: every document by the value that holds.
    pub fn tellingen(&self, zaak: &str) -> Result<Tellingen, StoreError> {
        let mut schifting = Schiftingstelling::default();
        self.each_geschift(zaak, None, |one| {
            if let Some(value) = one.schifting {
                add(&mut schifting.per_waarde, value.waarde.label());
                if let Some(reden) = value.reden {
                    add(&mut schifting.per_reden, reden.label());
                }
            }
            Ok(true)
        })?;
        let mut beoordeling = Beoordelingstelling::default();
        for one in self.beoordelingen_now(zaak)? {
            add(&mut beoordeling.per_waarde, one.beoordeling.oordeel.naam());
            for grond in &one.beoordeling.gronden {
                add(&mut beoordeling.per_grond, grond);
            }
        }
        Ok(Tellingen {
            schifting: (!schifting.per_waarde.is_empty()).then_some(schifting),
            beoordeling: (!beoordeling.per_waarde.is_empty()).then_some(beoordeling),
        })
    }
}

fn add(counts: &mut BTreeMap<String, u64>, value: &str) {
    *counts.entry(value.to_owned()).or_default() += 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mensen::{Actor, Via};
    use crate::uitvoer::gronden::Oordeel;
    use crate::zaken::beoordeling::Beoordeling;
    use crate::zaken::schifting::{Gezien, Handeling, Reden, Schifting, Stuk, Waarde};
    use zv_shared::DocId;

    fn stuk(number: u8) -> Stuk {
        Stuk {
            id: DocId([number; 16]),
            inhoud: None,
            bron: "archief".into(),
        }
    }

    #[test]
    fn each_document_counts_once_by_what_holds_now() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let zaak = store.zaak("lokaal").expect("asked").expect("local");
        let actor = Actor::local(Via::Api);
        assert_eq!(
            store.tellingen("lokaal").expect("counted"),
            Tellingen::default()
        );
        let judge = |numbers: &[u8], schifting: Schifting| {
            let handeling = Handeling {
                omvang: "selectie",
                van: String::new(),
                stukken: numbers.iter().copied().map(stuk).collect(),
                schifting,
                gezien: Gezien::Zaak(u64::MAX),
                overschrijven: false,
            };
            store.schift(&actor, &zaak, &handeling).expect("judged");
        };
        let outside = Schifting {
            reden: Some(Reden::Periode),
            ..Schifting::of(Waarde::BuitenReikwijdte)
        };
        judge(&[1, 2, 3], outside);
        judge(&[3], Schifting::of(Waarde::Relevant));
        let partly = Beoordeling {
            gronden: vec!["5.1.2e".into(), "5.2".into()],
            ..Beoordeling::of(Oordeel::DeelsOpenbaar)
        };
        store
            .beoordeel((&actor, &zaak), &[(stuk(3), None, 0)], &partly)
            .expect("judged");
        let counted = store.tellingen("lokaal").expect("counted");
        let schifting = counted.schifting.expect("begun");
        let of = |map: &BTreeMap<String, u64>| -> Vec<(String, u64)> {
            map.clone().into_iter().collect()
        };
        assert_eq!(
            of(&schifting.per_waarde),
            [
                ("buiten reikwijdte".to_owned(), 2),
                ("relevant".to_owned(), 1)
            ]
        );
        assert_eq!(
            of(&schifting.per_reden),
            [("buiten de periode".to_owned(), 2)]
        );
        let beoordeling = counted.beoordeling.expect("begun");
        assert_eq!(
            of(&beoordeling.per_waarde),
            [("deels openbaar".to_owned(), 1)]
        );
        assert_eq!(beoordeling.per_grond.len(), 2);
    }
}
