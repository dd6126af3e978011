//! The form for a beoordeling on the page of a document, with what was judged so far.

use super::Line;
use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Zicht;
use crate::uitvoer::gronden::{GRONDEN, Grond, Oordeel, wet_op};
use crate::web::labels;
use crate::zaken::beoordeling::{Beoordeeld, Beoordeling, FINALS, oordeel_name};
use std::collections::BTreeMap;
use zv_shared::DocId;

/// The form for a beoordeling.
pub(super) struct Judgement {
    /// Values: name, label, chosen.
    pub(super) values: Vec<(String, &'static str, bool)>,
    /// Grounds: code, words, chosen.
    pub(super) grounds: Vec<(&'static str, &'static str, bool)>,
    /// Grounds that were typed and refused.
    pub(super) typed: String,
    /// Whether the form stands open.
    pub(super) open: bool,
    /// Whether a ground or a double was chosen.
    pub(super) chosen: bool,
    pub(super) toelichting: String,
    pub(super) motivering: String,
    pub(super) link: String,
    pub(super) dubbel_van: String,
    pub(super) seen: u64,
    /// What holds now, in words.
    pub(super) now: Option<Line>,
    /// How it was judged before.
    pub(super) history: Vec<Line>,
    pub(super) missing: Vec<String>,
    pub(super) is_final: Option<String>,
    pub(super) may_finish: bool,
}

/// What somebody filled in.
pub(super) struct Given {
    pub(super) oordeel: String,
    pub(super) gronden: Vec<String>,
    /// Grounds that were typed.
    pub(super) getypt: String,
    pub(super) toelichting: String,
    pub(super) motivering: String,
    pub(super) link: String,
    pub(super) dubbel_van: String,
}

impl Given {
    /// What was filled in when that was saved.
    fn saved(one: &Beoordeling) -> Self {
        Given {
            oordeel: oordeel_name(one.oordeel),
            gronden: one.gronden.clone(),
            getypt: String::new(),
            toelichting: one.toelichting.clone(),
            motivering: one.motivering.clone(),
            link: one.link.clone(),
            dubbel_van: one
                .dubbel_van
                .map_or_else(String::new, |other| other.to_string()),
        }
    }

    fn nothing() -> Self {
        Given {
            oordeel: String::new(),
            gronden: Vec::new(),
            getypt: String::new(),
            toelichting: String::new(),
            motivering: String::new(),
            link: String::new(),
            dubbel_van: String::new(),
        }
    }
}

/// The form for a document, with what holds now; filled in with what was refused, or else with that.
pub(super) fn judgement(
    app: &App,
    zicht: &Zicht,
    document: DocId,
    (names, refused): (&BTreeMap<String, String>, Option<&Given>),
) -> Result<Judgement, Problem> {
    let mut all = app
        .store
        .beoordelingen_of(&zicht.zaak.id, document)?
        .into_iter();
    let last = all.next();
    let day = app.store.decision_day(&zicht.zaak, document)?;
    let law = GRONDEN.iter().filter(|grond| grond.wet == wet_op(day));
    let saved = match &last {
        Some(last) => Given::saved(&last.beoordeling),
        None => Given::nothing(),
    };
    let given = refused.unwrap_or(&saved);
    let value = |one: Oordeel| {
        let name = oordeel_name(one);
        let chosen = name == given.oordeel;
        (name, one.naam(), chosen)
    };
    let chosen = |grond: &Grond| given.gronden.iter().any(|code| code == grond.code);
    let name = |id: &str| names.get(id).cloned().unwrap_or_default();
    Ok(Judgement {
        values: Oordeel::ALL.map(value).into(),
        grounds: law
            .map(|grond| (grond.code, grond.tekst, chosen(grond)))
            .collect(),
        typed: given.getypt.clone(),
        open: refused.is_some(),
        chosen: !given.gronden.is_empty() || !given.dubbel_van.is_empty(),
        toelichting: given.toelichting.clone(),
        motivering: given.motivering.clone(),
        link: given.link.clone(),
        dubbel_van: given.dubbel_van.clone(),
        seen: last.as_ref().map_or(0, |last| last.record),
        now: last.as_ref().map(|last| judged(last, &name(&last.door))),
        history: all.map(|one| judged(&one, &name(&one.door))).collect(),
        missing: last
            .as_ref()
            .map_or_else(Vec::new, |last| last.beoordeling.missing(last.datum, day)),
        is_final: last
            .as_ref()
            .and_then(|last| last.definitief.as_ref())
            .map(|done| {
                format!(
                    "{}, {} ({})",
                    name(&done.door),
                    labels::moment(done.wanneer),
                    done.wijze
                )
            }),
        may_finish: may_finish(zicht, last.as_ref()),
    })
}

fn may_finish(zicht: &Zicht, last: Option<&Beoordeeld>) -> bool {
    let actor = &zicht.actor;
    actor.is_any(&FINALS)
        && last.is_some_and(|last| {
            last.definitief.is_none() && (actor.is_local() || last.door != actor.id)
        })
}

fn judged(last: &Beoordeeld, name: &str) -> Line {
    let given = &last.beoordeling;
    let grounds = match given.gronden.is_empty() {
        true => String::new(),
        false => format!(" ({})", given.gronden.join(", ")),
    };
    Line {
        what: format!("{}{grounds}", given.oordeel.naam()),
        who: format!("{name}, {}", labels::moment(last.wanneer)),
    }
}
