//! The zoekplan of a case: what will be searched for, in which sources, and which sources not and why. Every change is
//! a new version; somebody else approves one.

use super::{Versie, Zaak, add_version, filled, versions};
use crate::mensen::{Actor, Rol};
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Een begrip met de woorden ervoor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Begrip {
    /// Het begrip.
    #[schema(max_length = 500)]
    pub naam: String,
    /// Termen, synoniemen en afkortingen.
    pub termen: Vec<String>,
}

/// Een bron die niet doorzocht wordt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NietDoorzocht {
    /// De bron; ook een die niet in dit programma staat.
    #[schema(max_length = 500)]
    pub bron: String,
    /// Waarom niet.
    #[schema(min_length = 1, max_length = 2000)]
    pub reden: String,
}

/// Een zoekplan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Zoekplan {
    /// Waarnaar gezocht wordt.
    pub begrippen: Vec<Begrip>,
    /// De bronnen die doorzocht worden.
    pub bronnen: BTreeSet<String>,
    /// Bronnen die niet doorzocht worden, met de reden.
    pub niet_doorzocht: Vec<NietDoorzocht>,
    /// Wat er van de bronnen bekend ontbreekt, zoals mail van de laatste tien weken.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub bekende_gaten: String,
    /// De eerste dag van de periode.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub van: Option<Date>,
    /// De laatste dag van de periode.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub tot: Option<Date>,
    /// Hoe er gezocht wordt.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub toelichting: String,
}

impl Zoekplan {
    /// The sources of `known` of which the plan says nothing.
    pub fn without_reason<'a>(&self, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        let named = |bron: &str| {
            self.bronnen.contains(bron)
                || self.niet_doorzocht.iter().any(|other| other.bron == bron)
        };
        known.into_iter().filter(|bron| !named(bron)).collect()
    }
}

/// That somebody approved a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goedkeuring {
    /// Which version.
    pub versie: u32,
    /// Key of who did.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

impl Store {
    /// All versions, the oldest first.
    pub fn zoekplannen(&self, zaak: &str) -> Result<Vec<Versie<Zoekplan>>, StoreError> {
        versions(&self.connection(), "zoekplan", zaak)
    }

    /// Adds a version after `seen`, the last one that its writer saw.
    pub fn set_zoekplan(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        seen: u32,
        plan: &Zoekplan,
    ) -> Result<u32, StoreError> {
        if !actor.is_any(&[Rol::Informatiespecialist, Rol::WooJurist]) {
            return Err(StoreError::refused("uw rol wijzigt het zoekplan niet"));
        }
        for other in &plan.niet_doorzocht {
            filled(&other.bron, "de bron die niet doorzocht wordt", 500)?;
            filled(
                &other.reden,
                "de reden waarom een bron niet doorzocht wordt",
                2_000,
            )?;
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let number = add_version(change, "zoekplan", (actor, zaak), seen, plan)?;
            change.log(&zaak.did(actor, "zoekplan.gewijzigd", number.to_string(), json!({})))?;
            Ok(number)
        })
    }

    /// Approves a version; where people have accounts, somebody else than its writer does.
    pub fn approve_zoekplan(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        versie: u32,
    ) -> Result<(), StoreError> {
        if !actor.is_any(&[Rol::Regisseur, Rol::WooJurist]) {
            return Err(StoreError::refused(
                "alleen een regisseur of Woo-jurist keurt een zoekplan goed",
            ));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let writer: Option<String> = change
                .query_row(
                    "SELECT door FROM zoekplan WHERE zaak = ? AND versie = ? AND goedgekeurd_op IS NULL",
                    params![zaak.id, versie],
                    |row| row.get(0),
                )
                .optional()?;
            let writer = writer.ok_or(StoreError::Missing("dit zoekplan bestaat niet of is al goedgekeurd"))?;
            if writer == actor.id && !actor.is_local() {
                return Err(StoreError::refused("een ander dan de schrijver keurt het zoekplan goed"));
            }
            change.execute(
                "UPDATE zoekplan SET goedgekeurd_door = ?, goedgekeurd_op = ? WHERE zaak = ? AND versie = ?",
                params![actor.id, Timestamp::now().to_string(), zaak.id, versie],
            )?;
            change.log(&zaak.did(actor, "zoekplan.goedgekeurd", versie.to_string(), json!({})))
        })
    }

    /// The approvals of a zoekplan, by version.
    pub fn goedkeuringen(&self, zaak: &str) -> Result<Vec<Goedkeuring>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT versie, goedgekeurd_door, goedgekeurd_op FROM zoekplan
             WHERE zaak = ? AND goedgekeurd_op IS NOT NULL ORDER BY versie",
        )?;
        let rows = statement.query_map([zaak], |row| {
            Ok(Goedkeuring {
                versie: row.get(0)?,
                door: row.get(1)?,
                wanneer: super::parsed(&row.get::<_, String>(2)?)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
