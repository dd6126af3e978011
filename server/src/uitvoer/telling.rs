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
    /// What is counted of a case: no table of this program holds a schifting or beoordeling.
    pub fn tellingen(&self, _zaak: &str) -> Result<Tellingen, StoreError> {
        Ok(Tellingen::default())
    }
}
