//! What was asked of whom in a case, literally, and what came of it (the court's points c and d). An answer that comes
//! later is a new version of the same question; none is ever changed.

use super::{Versie, Zaak, at_most, filled, next_number, parsed};
use crate::mensen::{Actor, Rol};
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Een vraag aan iemand die documenten kan hebben.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Navraag {
    /// De functie; die komt in de verantwoording.
    #[schema(min_length = 1, max_length = 500)]
    pub functie: String,
    /// De naam; die komt alleen in de interne verantwoording.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub persoon: String,
    /// Wanneer het gevraagd is.
    #[schema(value_type = String, format = Date)]
    pub datum: Date,
    /// De letterlijke vraag.
    #[schema(min_length = 1, max_length = 10_000)]
    pub vraag: String,
    /// Het antwoord; leeg zolang het er niet is.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    pub antwoord: String,
    /// Wanneer het kwam.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub antwoord_op: Option<Date>,
    /// Hoeveel documenten erbij kwamen.
    #[serde(default)]
    pub documenten: Option<u64>,
    /// Welke schifting daarin gemaakt is.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    pub schifting: String,
}

/// A question with all its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gevraagd {
    /// Number within the case, from 1.
    pub nummer: u32,
    /// The oldest first; never empty.
    pub versies: Vec<Versie<Navraag>>,
}

impl Store {
    /// What was asked in a case, in order.
    pub fn navragen(&self, zaak: &str) -> Result<Vec<Gevraagd>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT nummer, versie, inhoud, door, wanneer FROM navraag WHERE zaak = ? ORDER BY nummer, versie",
        )?;
        let rows = statement.query_map([zaak], |row| {
            let inhoud: String = row.get(2)?;
            let wanneer: Timestamp = parsed(&row.get::<_, String>(4)?)?;
            Ok((
                row.get::<_, u32>(0)?,
                row.get(1)?,
                inhoud,
                row.get(3)?,
                wanneer,
            ))
        })?;
        let mut found: Vec<Gevraagd> = Vec::new();
        for row in rows {
            let (nummer, versie, inhoud, door, wanneer) = row?;
            let inhoud = serde_json::from_str(&inhoud)?;
            let versie = Versie {
                nummer: versie,
                inhoud,
                door,
                wanneer,
            };
            match found.last_mut().filter(|last| last.nummer == nummer) {
                Some(last) => last.versies.push(versie),
                None => found.push(Gevraagd {
                    nummer,
                    versies: vec![versie],
                }),
            }
        }
        Ok(found)
    }

    /// Notes a question, or with `nummer` and the last version that its writer saw a later state of one; gives its
    /// number.
    pub fn ask(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        earlier: Option<(u32, u32)>,
        navraag: &Navraag,
    ) -> Result<u32, StoreError> {
        if !actor.is_any(&[Rol::Informatiespecialist, Rol::WooJurist, Rol::Regisseur]) {
            return Err(StoreError::refused("uw rol legt geen vragen vast"));
        }
        filled(&navraag.functie, "de functie", 500)?;
        filled(&navraag.vraag, "de letterlijke vraag", 10_000)?;
        at_most(&navraag.persoon, "de naam", 500)?;
        at_most(&navraag.antwoord, "het antwoord", 10_000)?;
        at_most(&navraag.schifting, "de schifting", 10_000)?;
        self.change(|change| {
            zaak.must_be_open(change)?;
            let (nummer, versie) = match earlier {
                None => (next_number(change, "navraag", "nummer", &zaak.id)?, 1),
                Some((nummer, seen)) => {
                    let last: u32 = change.query_row(
                        "SELECT coalesce(max(versie), 0) FROM navraag WHERE zaak = ? AND nummer = ?",
                        params![zaak.id, nummer],
                        |row| row.get(0),
                    )?;
                    match last {
                        0 => return Err(StoreError::Missing("deze vraag bestaat niet")),
                        last if last != seen => {
                            return Err(StoreError::Conflict(
                                "iemand anders heeft deze vraag intussen bijgewerkt; bekijk die eerst".into(),
                            ));
                        }
                        last => (nummer, last + 1),
                    }
                }
            };
            let text = serde_json::to_string(navraag)?;
            change.execute(
                "INSERT INTO navraag VALUES (?, ?, ?, ?, ?, ?)",
                params![zaak.id, nummer, versie, text, actor.id, Timestamp::now().to_string()],
            )?;
            change.log(&zaak.did(actor, "navraag.vastgelegd", nummer.to_string(), json!({"versie": versie})))?;
            Ok(nummer)
        })
    }
}
