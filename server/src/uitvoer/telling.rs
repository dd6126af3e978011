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
    /// What is counted of a case now.
    pub fn tellingen(&self, zaak: &str) -> Result<Tellingen, StoreError> {
        let mut schifting = Schiftingstelling::default();
        self.each_geschift(zaak, None, |one| {
            if let Some(value) = one.schifting {
                count(&mut schifting.per_waarde, value.waarde.label());
                if let Some(reason) = value.reden {
                    count(&mut schifting.per_reden, reason.label());
                }
            }
            Ok(true)
        })?;
        let mut beoordeling = Beoordelingstelling::default();
        for one in self.beoordelingen_now(zaak)? {
            count(&mut beoordeling.per_waarde, one.beoordeling.oordeel.naam());
            for grond in &one.beoordeling.gronden {
                count(&mut beoordeling.per_grond, grond);
            }
        }
        Ok(Tellingen {
            schifting: (!schifting.per_waarde.is_empty()).then_some(schifting),
            beoordeling: (!beoordeling.per_waarde.is_empty()).then_some(beoordeling),
        })
    }
}

fn count(counts: &mut BTreeMap<String, u64>, value: &str) {
    *counts.entry(value.to_owned()).or_default() += 1;
}
