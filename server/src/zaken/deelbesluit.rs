//! Deelbesluiten: a request that is too large for one decision is decided in parts, in an order agreed with who asked
//! (Woo 4.2a). Each has its own day of decision and its own clock. A change is a new version; none is ever changed.
//! Never decides which documents belong to one: that is `indeling`.

use super::beoordeling::reference_day;
use super::indeling::lezen::deelbesluit_of;
use super::indeling::may_arrange;
use super::reeks::{self, Reeks, Weigering};
use super::termijn::{self, Stand, Stap, Verlenging};
use super::zaakversie::last_reopening;
use super::zienswijze::{Gevraagde, Zienswijze};
use super::{Zaak, at_most, filled};
use crate::mensen::Actor;
use crate::store::{Store, StoreError};
use jiff::civil::Date;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use zv_shared::DocId;
use zv_shared::date::amsterdam;

const TABLE: &str = "deelbesluit";
const WEIGERING: Weigering = Weigering {
    ontbreekt: "dit deelbesluit bestaat niet",
    intussen: "iemand anders heeft dit deelbesluit intussen gewijzigd; bekijk dat eerst",
};
/// The last place in the order.
const MOST: u32 = 9_999;

/// Een deel van het verzoek waarover apart besloten wordt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deelbesluit {
    /// Waar het over gaat. Staat in de verantwoording.
    #[schema(min_length = 1, max_length = 200)]
    pub naam: String,
    /// Voor uzelf; staat in geen enkele verantwoording.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub opmerking: String,
    /// De plaats in de volgorde die met de verzoeker is afgesproken (Woo 4.2a).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9999)]
    pub volgorde: Option<u32>,
    /// Hoe de volgorde met de verzoeker is afgesproken.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub afgestemd_hoe: String,
    /// Wanneer.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub afgestemd_op: Option<Date>,
    /// De laatste dag die met de verzoeker is afgesproken.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub uiterlijk: Option<Date>,
    /// De dag van het besluit; leeg zolang het er niet is.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub besluit_op: Option<Date>,
}

impl Deelbesluit {
    fn checked(&self) -> Result<Self, StoreError> {
        let naam = filled(&self.naam, "waar het deelbesluit over gaat", 200)?;
        at_most(&self.opmerking, "de opmerking", 2_000)?;
        at_most(&self.afgestemd_hoe, "hoe het is afgestemd", 500)?;
        if self
            .volgorde
            .is_some_and(|place| !(1..=MOST).contains(&place))
        {
            let detail = format!("de volgorde is een getal van 1 tot en met {MOST}");
            return Err(StoreError::Refused(detail));
        }
        Ok(Deelbesluit {
            naam,
            opmerking: self.opmerking.trim().to_owned(),
            afgestemd_hoe: self.afgestemd_hoe.trim().to_owned(),
            ..self.clone()
        })
    }
}

/// How the clock of a deelbesluit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Klok {
    /// The day of its decision.
    pub besloten_op: Option<Date>,
    /// The last day that was agreed with who asked.
    pub afgesproken: Option<Date>,
    /// The legal term, of which only those suspensions count that are about its documents.
    pub stand: Stand,
    /// The last day of a suspension that runs today.
    pub stil_tot: Option<Date>,
}

impl Klok {
    /// Of a deelbesluit, on a day.
    fn of(zaak: &Zaak, one: &Deelbesluit, stappen: &[Stap], today: Date) -> Self {
        let runs = stappen.iter().filter(|stap| stap.van <= today);
        Klok {
            besloten_op: one.besluit_op,
            afgesproken: one.uiterlijk,
            stand: termijn::stand(zaak.intake.soort, zaak.intake.ontvangen, stappen),
            stil_tot: runs
                .filter(|stap| stap.soort != Verlenging::Verdaging)
                .filter_map(|stap| stap.tot)
                .filter(|tot| *tot >= today)
                .max(),
        }
    }
}

/// Of what stretched the term of a case that which is about a deelbesluit: the suspensions for a zienswijze of somebody
/// who has a document in it, until the last of those gave it; and those that nobody in particular was asked for.
fn own_steps(all: &[Stap], asked: &[&Zienswijze], concerned: &[&Zienswijze]) -> Vec<Stap> {
    let mut own = Vec::new();
    for stap in all {
        let of = |list: &[&Zienswijze]| {
            let same = list.iter().filter(|one| one.stil_vanaf() == Some(stap.van));
            same.map(|one| one.stil_tot()).max()
        };
        match (stap.soort, of(asked)) {
            (Verlenging::Zienswijze, Some(_)) => own.extend(of(concerned).map(|tot| Stap {
                tot: Some(tot),
                ..stap.clone()
            })),
            _ => own.push(stap.clone()),
        }
    }
    own.retain(|stap| stap.tot.is_none_or(|tot| tot >= stap.van));
    own
}

/// The day by which the law and the age of a document are reckoned: that of its deelbesluit when it has one in this version
/// of the case, else that of the case, or today. A decision from before the case was opened again is not the one that is
/// taken now: on bezwaar the law of the new day holds.
pub(crate) fn decision_day(
    connection: &Connection,
    zaak: &Zaak,
    document: DocId,
) -> Result<Date, StoreError> {
    let Some(nummer) = deelbesluit_of(connection, &zaak.id, document)? else {
        return Ok(reference_day(zaak));
    };
    let all: Vec<Reeks<Deelbesluit>> = reeks::read(connection, TABLE, &zaak.id)?;
    let own = reeks::nu(&all).find(|(known, _)| *known == nummer);
    let day = own.and_then(|(_, one)| one.besluit_op);
    let begun = last_reopening(connection, &zaak.id)?;
    let begun = begun.map(|begun| begun.to_zoned(amsterdam()).date());
    Ok(day
        .filter(|day| begun.is_none_or(|begun| *day >= begun))
        .unwrap_or_else(|| reference_day(zaak)))
}

impl Store {
    /// The deelbesluiten of a case, in order.
    pub fn deelbesluiten(&self, zaak: &str) -> Result<Vec<Reeks<Deelbesluit>>, StoreError> {
        reeks::read(&self.connection(), TABLE, zaak)
    }

    /// Writes a deelbesluit, or with `earlier` (its number, and the last version that was seen) a change to one; gives its
    /// number.
    pub fn set_deelbesluit(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        earlier: Option<(u32, u32)>,
        deelbesluit: &Deelbesluit,
    ) -> Result<u32, StoreError> {
        let deelbesluit = deelbesluit.checked()?;
        self.change(|change| {
            may_arrange(change, actor, zaak)?;
            let by = (actor, zaak);
            let (nummer, versie) =
                reeks::write(change, TABLE, by, earlier, &deelbesluit, &WEIGERING)?;
            let gegevens = json!({"versie": versie, "besluit_op": deelbesluit.besluit_op});
            change.log(&zaak.did(
                actor,
                "deelbesluit.vastgelegd",
                nummer.to_string(),
                gegevens,
            ))?;
            Ok(nummer)
        })
    }

    /// How the clock of each deelbesluit of a case stands on a day, in order of number.
    pub fn klokken(&self, zaak: &Zaak, today: Date) -> Result<Vec<(u32, Klok)>, StoreError> {
        let all = self.termijn(&zaak.id)?;
        let asked = self.zienswijzen(&zaak.id)?;
        let asked: Vec<&Gevraagde> = reeks::nu(&asked).map(|(_, one)| one).collect();
        let said: Vec<&Zienswijze> = asked.iter().map(|one| &one.zienswijze).collect();
        let mut klokken = Vec::new();
        for (nummer, one) in reeks::nu(&self.deelbesluiten(&zaak.id)?) {
            let theirs: BTreeSet<u32> = self
                .belanghebbenden_in(&zaak.id, nummer)?
                .into_iter()
                .collect();
            let concerned = asked
                .iter()
                .filter(|one| theirs.contains(&one.belanghebbende));
            let concerned: Vec<&Zienswijze> = concerned.map(|one| &one.zienswijze).collect();
            let stappen = own_steps(&all, &said, &concerned);
            klokken.push((nummer, Klok::of(zaak, one, &stappen, today)));
        }
        Ok(klokken)
    }

    /// The day by which the law and the age of a document are reckoned.
    pub fn decision_day(&self, zaak: &Zaak, document: DocId) -> Result<Date, StoreError> {
        decision_day(&self.connection(), zaak, document)
    }
}
