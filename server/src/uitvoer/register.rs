//! The record of what left the program of a case: kind, SHA-256, how much, and the head of the audit trail that stands
//! in it. Every export comes through here before it is sent. Never makes an export.

use crate::audit::Head;
use crate::mensen::{Actor, Rol};
use crate::store::{Store, StoreError};
use crate::zaken::Zaak;
use jiff::Timestamp;
use rusqlite::params;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// Who takes the account of a case out of the program.
pub const VOERT_UIT: [Rol; 3] = [Rol::Informatiespecialist, Rol::WooJurist, Rol::Regisseur];

/// Iets wat het programma verlaten heeft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Uitvoer {
    /// Kenmerk.
    pub id: String,
    /// Wat het is.
    #[schema(example = "verantwoording-publiek.odt")]
    pub soort: String,
    /// SHA-256 van het bestand.
    pub sha256: String,
    /// Hoeveel erin staat: zoekacties in een verantwoording of bundel, rijen in een lijst.
    pub aantal: u64,
    /// Het hoofd van het auditspoor dat in het bestand staat, als `NUMMER:HASH`.
    pub hoofd: String,
    /// Kenmerk van wie het ophaalde.
    pub door: String,
    /// Wanneer (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub wanneer: Timestamp,
}

impl Store {
    /// Records an export.
    pub fn record_uitvoer(
        &self,
        (actor, zaak): (&Actor, &Zaak),
        soort: &str,
        sha256: &str,
        aantal: u64,
        hoofd: &Head,
    ) -> Result<Uitvoer, StoreError> {
        self.change(|change| {
            let uitvoer = Uitvoer {
                id: change.new_id()?,
                soort: soort.to_owned(),
                sha256: sha256.to_owned(),
                aantal,
                hoofd: hoofd.to_string(),
                door: actor.id.clone(),
                wanneer: Timestamp::now(),
            };
            change.execute(
                "INSERT INTO uitvoer VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    uitvoer.id,
                    zaak.id,
                    soort,
                    sha256,
                    i64::try_from(aantal).unwrap_or(i64::MAX),
                    uitvoer.hoofd,
                    actor.id,
                    uitvoer.wanneer.to_string()
                ],
            )?;
            let gegevens = json!({"soort": soort, "sha256": sha256, "aantal": aantal});
            change.log(&zaak.did(actor, "uitvoer.gemaakt", &uitvoer.id, gegevens))?;
            Ok(uitvoer)
        })
    }

    /// What left the program of a case, the newest first.
    pub fn uitvoeren(&self, zaak: &str) -> Result<Vec<Uitvoer>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT id, soort, sha256, aantal, hoofd, door, wanneer FROM uitvoer
             WHERE zaak = ? ORDER BY wanneer DESC, id",
        )?;
        let rows = statement.query_map([zaak], |row| {
            Ok(Uitvoer {
                id: row.get(0)?,
                soort: row.get(1)?,
                sha256: row.get(2)?,
                aantal: row.get::<_, i64>(3)?.unsigned_abs(),
                hoofd: row.get(4)?,
                door: row.get(5)?,
                wanneer: crate::zaken::parsed(&row.get::<_, String>(6)?)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
