//! What was asked of whom in a case, literally, and what came of it (the court's points c and d). An answer that comes
//! later is a new version of the same question; none is ever changed.

use super::reeks::{self, Reeks, Weigering};
use super::{Zaak, at_most, filled};
use crate::mensen::{Actor, Rol};
use crate::store::{Store, StoreError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

const WEIGERING: Weigering = Weigering {
    ontbreekt: "deze vraag bestaat niet",
    intussen: "iemand anders heeft deze vraag intussen bijgewerkt; bekijk die eerst",
};

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
pub type Gevraagd = Reeks<Navraag>;

impl Store {
    /// What was asked in a case, in order.
    pub fn navragen(&self, zaak: &str) -> Result<Vec<Gevraagd>, StoreError> {
        reeks::read(&self.connection(), "navraag", zaak)
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
            let by = (actor, zaak);
            let (nummer, versie) =
                reeks::write(change, "navraag", by, earlier, navraag, &WEIGERING)?;
            change.log(&zaak.did(
                actor,
                "navraag.vastgelegd",
                nummer.to_string(),
                json!({"versie": versie}),
            ))?;
            Ok(nummer)
        })
    }
}
