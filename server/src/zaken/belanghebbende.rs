//! Belanghebbenden: third parties whom documents of a case are about, and who may say what they think of making those
//! public. Their names are for who works on the case; a public account knows them by what they are. A change is a new
//! version; none is ever changed. What was asked of them is in `zienswijze`.

use super::indeling::may_arrange;
use super::reeks::{self, Reeks, Weigering};
use super::{Zaak, at_most, filled};
use crate::mensen::Actor;
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

const TABLE: &str = "belanghebbende";
const WEIGERING: Weigering = Weigering {
    ontbreekt: "deze belanghebbende bestaat niet",
    intussen: "iemand anders heeft deze belanghebbende intussen gewijzigd; bekijk dat eerst",
};

/// What a belanghebbende is when nothing more is said.
pub const DERDE: &str = "een derde";

fn derde() -> String {
    DERDE.to_owned()
}

/// Een derde over wie documenten gaan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Belanghebbende {
    /// De naam. Die komt alleen in de interne verantwoording.
    #[schema(min_length = 1, max_length = 500)]
    pub naam: String,
    /// Wat diegene is, zonder naam: zo staat het in de publieke verantwoording.
    #[serde(default = "derde")]
    #[schema(min_length = 1, max_length = 200, example = "een bedrijf")]
    pub categorie: String,
    /// Voor uzelf; staat in geen enkele lijst en in geen enkele verantwoording.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub opmerking: String,
}

impl Belanghebbende {
    fn checked(&self) -> Result<Self, StoreError> {
        at_most(&self.opmerking, "de opmerking", 2_000)?;
        Ok(Belanghebbende {
            naam: filled(&self.naam, "de naam", 500)?,
            categorie: filled(&self.categorie, "wat de belanghebbende is", 200)?,
            opmerking: self.opmerking.trim().to_owned(),
        })
    }
}

impl Store {
    /// The belanghebbenden of a case, in order.
    pub fn belanghebbenden(&self, zaak: &str) -> Result<Vec<Reeks<Belanghebbende>>, StoreError> {
        reeks::read(&self.connection(), TABLE, zaak)
    }

    /// Writes a belanghebbende, or with `earlier` (the number, and the last version that was seen) a change to one; gives
    /// the number. The audit trail does not learn the name.
    pub fn set_belanghebbende(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        earlier: Option<(u32, u32)>,
        belanghebbende: &Belanghebbende,
    ) -> Result<u32, StoreError> {
        let belanghebbende = belanghebbende.checked()?;
        self.change(|change| {
            may_arrange(change, actor, zaak)?;
            let by = (actor, zaak);
            let (nummer, versie) =
                reeks::write(change, TABLE, by, earlier, &belanghebbende, &WEIGERING)?;
            let gegevens = json!({"versie": versie});
            let object = nummer.to_string();
            change.log(&zaak.did(actor, "belanghebbende.vastgelegd", object, gegevens))?;
            Ok(nummer)
        })
    }
}
