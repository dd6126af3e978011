//! What a request is about, as it was agreed with the applicant. Every change is a new version; none is ever lost.

use super::{Versie, Zaak, add_version, at_most, filled, versions};
use crate::mensen::{Actor, Rol};
use crate::store::{Store, StoreError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Waar het verzoek over gaat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Afbakening {
    /// De bestuurlijke aangelegenheid.
    #[schema(min_length = 1, max_length = 2000)]
    pub onderwerp: String,
    /// De eerste dag van de periode.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub van: Option<Date>,
    /// De laatste dag van de periode.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub tot: Option<Date>,
    /// Wat niet meer gevraagd wordt.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub uitgesloten: String,
    /// Hoe dit met de verzoeker is afgestemd, zoals "telefonisch" of "brief"; leeg als dat niet gebeurd is.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub afgestemd_hoe: String,
    /// Wanneer dat was.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub afgestemd_op: Option<Date>,
}

impl Store {
    /// All versions, the oldest first.
    pub fn afbakeningen(&self, zaak: &str) -> Result<Vec<Versie<Afbakening>>, StoreError> {
        versions(&self.connection(), "afbakening", zaak)
    }

    /// Adds a version after `seen`, the last one that its writer saw.
    pub fn set_afbakening(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        seen: u32,
        inhoud: &Afbakening,
    ) -> Result<u32, StoreError> {
        if !actor.is_any(&[Rol::Regisseur, Rol::WooJurist, Rol::Informatiespecialist]) {
            return Err(StoreError::refused("uw rol wijzigt de afbakening niet"));
        }
        filled(&inhoud.onderwerp, "het onderwerp", 2_000)?;
        at_most(&inhoud.uitgesloten, "wat niet meer gevraagd wordt", 2_000)?;
        at_most(&inhoud.afgestemd_hoe, "hoe het is afgestemd", 500)?;
        if inhoud
            .van
            .zip(inhoud.tot)
            .is_some_and(|(van, tot)| tot < van)
        {
            return Err(StoreError::refused("de periode eindigt voor ze begint"));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let number = add_version(change, "afbakening", (actor, zaak), seen, inhoud)?;
            change.log(&zaak.did(actor, "afbakening.gewijzigd", number.to_string(), json!({})))?;
            Ok(number)
        })
    }
}
