//! Zienswijzen: what a belanghebbende was asked, literally, what came of it, and that the term stands still meanwhile
//! (Woo 4.4, third paragraph). The suspension itself is a step of `termijn`, written here with the days that follow from
//! the request and the answer. A change is a new version; none is ever changed.

use super::indeling::{Deel, may_arrange, must_exist};
use super::reeks::{self, Reeks, Weigering};
use super::termijn::{self, Stap, Verlenging};
use super::{Zaak, at_most, filled};
use crate::mensen::Actor;
use crate::store::{Change, Store, StoreError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

const TABLE: &str = "zienswijze";
const WEIGERING: Weigering = Weigering {
    ontbreekt: "deze zienswijze bestaat niet",
    intussen: "iemand anders heeft deze zienswijze intussen bijgewerkt; bekijk die eerst",
};

/// Wat een belanghebbende van openbaarmaking vindt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strekking {
    /// Er is geen bezwaar.
    GeenBezwaar,
    /// Tegen een deel is bezwaar.
    DeelsBezwaar,
    /// Er is bezwaar.
    Bezwaar,
}

impl Strekking {
    /// All of them.
    pub const ALL: [Strekking; 3] = [
        Strekking::GeenBezwaar,
        Strekking::DeelsBezwaar,
        Strekking::Bezwaar,
    ];

    /// The name in the API and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Strekking::GeenBezwaar => "geen-bezwaar",
            Strekking::DeelsBezwaar => "deels-bezwaar",
            Strekking::Bezwaar => "bezwaar",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Strekking::GeenBezwaar => "geen bezwaar",
            Strekking::DeelsBezwaar => "deels bezwaar",
            Strekking::Bezwaar => "bezwaar",
        }
    }
}

/// Een verzoek om een zienswijze, en wat erop kwam.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Zienswijze {
    /// Wanneer om de zienswijze gevraagd is.
    #[schema(value_type = String, format = Date)]
    pub gevraagd_op: Date,
    /// De laatste dag om haar te geven.
    #[schema(value_type = String, format = Date)]
    pub uiterlijk: Date,
    /// Het letterlijke verzoek.
    #[schema(min_length = 1, max_length = 10_000)]
    pub verzoek: String,
    /// De dag waarop de verzoeker hoorde dat om zienswijzen gevraagd is. Vanaf de dag erna staat de termijn stil (Woo 4.4,
    /// derde lid), tot en met de dag van de zienswijze of de laatste dag ervoor. Zonder staat hij niet stil.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub bericht_op: Option<Date>,
    /// Wanneer de zienswijze kwam; leeg zolang zij er niet is.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub ontvangen_op: Option<Date>,
    /// De letterlijke zienswijze.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    pub reactie: String,
    /// Waar zij op neerkomt.
    #[serde(default)]
    pub strekking: Option<Strekking>,
    /// Moet openbaarmaking van de documenten wachten, omdat deze belanghebbende er naar verwachting bezwaar tegen heeft
    /// (Woo 4.4, vijfde lid)? Ze staan dan in lijsten bij een besluit als opgeschort.
    #[serde(default)]
    pub openbaarmaking_wacht: bool,
}

/// A request with whom it was put to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gevraagde {
    /// Number of the belanghebbende.
    pub belanghebbende: u32,
    /// What was asked, and what came of it.
    pub zienswijze: Zienswijze,
}

impl Zienswijze {
    /// The first day on which the term stands still for it.
    pub fn stil_vanaf(&self) -> Option<Date> {
        self.bericht_op.and_then(|day| day.tomorrow().ok())
    }

    /// The last day on which the term stands still for it: that of the zienswijze, or the last one for giving it.
    pub fn stil_tot(&self) -> Date {
        self.ontvangen_op
            .map_or(self.uiterlijk, |day| day.min(self.uiterlijk))
    }

    fn checked(&self) -> Result<Self, StoreError> {
        let verzoek = filled(&self.verzoek, "het letterlijke verzoek", 10_000)?;
        at_most(&self.reactie, "de zienswijze", 10_000)?;
        if self.uiterlijk < self.gevraagd_op {
            return Err(StoreError::refused(
                "de laatste dag ligt voor de dag waarop om de zienswijze gevraagd is",
            ));
        }
        if self.ontvangen_op.is_some_and(|day| day < self.gevraagd_op) {
            return Err(StoreError::refused(
                "de zienswijze kwam voordat erom gevraagd is",
            ));
        }
        let said = !self.reactie.trim().is_empty() || self.strekking.is_some();
        if said && self.ontvangen_op.is_none() {
            return Err(StoreError::refused("vul in: wanneer de zienswijze kwam"));
        }
        Ok(Zienswijze {
            verzoek,
            reactie: self.reactie.trim().to_owned(),
            ..self.clone()
        })
    }
}

impl Store {
    /// What belanghebbenden of a case were asked, in order.
    pub fn zienswijzen(&self, zaak: &str) -> Result<Vec<Reeks<Gevraagde>>, StoreError> {
        reeks::read(&self.connection(), TABLE, zaak)
    }

    /// Notes that a belanghebbende was asked for a zienswijze; gives its number within the case.
    pub fn ask_zienswijze(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        belanghebbende: u32,
        zienswijze: &Zienswijze,
    ) -> Result<u32, StoreError> {
        let asked = Gevraagde {
            belanghebbende,
            zienswijze: zienswijze.checked()?,
        };
        self.change(|change| {
            may_arrange(change, actor, zaak)?;
            must_exist(change, &zaak.id, Deel::Belanghebbende(belanghebbende))?;
            write(change, (actor, zaak), None, &asked)
        })
    }

    /// Notes what came of it, or another day: a later version of the zienswijze with this number. `seen` is the last
    /// version that its writer saw.
    pub fn update_zienswijze(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        (nummer, seen): (u32, u32),
        zienswijze: &Zienswijze,
    ) -> Result<(), StoreError> {
        let zienswijze = zienswijze.checked()?;
        self.change(|change| {
            may_arrange(change, actor, zaak)?;
            let all: Vec<Reeks<Gevraagde>> = reeks::read(change, TABLE, &zaak.id)?;
            let before = reeks::nu(&all).find(|(known, _)| *known == nummer);
            let (_, before) = before.ok_or(StoreError::Missing(WEIGERING.ontbreekt))?;
            let asked = Gevraagde {
                belanghebbende: before.belanghebbende,
                zienswijze,
            };
            write(change, (actor, zaak), Some((nummer, seen)), &asked)?;
            // The old first day may have changed: what was written for it is set right too.
            match before.zienswijze.stil_vanaf() {
                Some(van) => suspend(change, actor, zaak, van),
                None => Ok(()),
            }
        })
    }
}

/// Writes a version, with the suspension that follows from it.
fn write(
    change: &Change<'_>,
    (actor, zaak): (&Actor, &Zaak),
    earlier: Option<(u32, u32)>,
    asked: &Gevraagde,
) -> Result<u32, StoreError> {
    let by = (actor, zaak);
    let (nummer, versie) = reeks::write(change, TABLE, by, earlier, asked, &WEIGERING)?;
    let said = &asked.zienswijze;
    let gegevens = json!({
        "belanghebbende": asked.belanghebbende, "versie": versie, "ontvangen": said.ontvangen_op.is_some(),
    });
    change.log(&zaak.did(actor, "zienswijze.vastgelegd", nummer.to_string(), gegevens))?;
    if let Some(van) = said.stil_vanaf() {
        if !termijn::has_term(zaak.intake.soort) {
            return Err(StoreError::refused(
                "deze soort zaak heeft geen wettelijke termijn die stil kan staan",
            ));
        }
        suspend(change, actor, zaak, van)?;
    }
    Ok(nummer)
}

/// Sets right for how long the term stands still from a day on: until the last of the zienswijzen that began then. When
/// none did any more, it did not stand still.
fn suspend(change: &Change<'_>, actor: &Actor, zaak: &Zaak, van: Date) -> Result<(), StoreError> {
    let all: Vec<Reeks<Gevraagde>> = reeks::read(change, TABLE, &zaak.id)?;
    let began = reeks::nu(&all)
        .map(|(_, asked)| &asked.zienswijze)
        .filter(|one| one.stil_vanaf() == Some(van));
    let tot = began.map(Zienswijze::stil_tot).max();
    let before = van.yesterday().unwrap_or(van);
    let stap = Stap {
        soort: Verlenging::Zienswijze,
        van,
        tot: Some(tot.unwrap_or(before).max(before)),
        toelichting: "zienswijzen van belanghebbenden".to_owned(),
    };
    let known = termijn::stappen(change, &zaak.id)?;
    let same = |one: &&Stap| one.soort == stap.soort && one.van == stap.van;
    let holds = known.iter().find(same).and_then(|one| one.tot);
    let never_began =
        holds.is_none() && stap.tot < Some(van) && !known.iter().any(|one| same(&one));
    match holds == stap.tot || never_began {
        true => Ok(()),
        false => termijn::note(change, actor, zaak, &stap),
    }
}
