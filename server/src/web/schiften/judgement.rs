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

/// The form for a document, with what holds now.
pub(super) fn judgement(
    app: &App,
    zicht: &Zicht,
    document: DocId,
    names: &BTreeMap<String, String>,
) -> Result<Judgement, Problem> {
    let mut all = app
        .store
        .beoordelingen_of(&zicht.zaak.id, document)?
        .into_iter();
    let last = all.next();
    let day = app.store.decision_day(&zicht.zaak, document)?;
    let given = last.as_ref().map(|last| &last.beoordeling);
    let chosen = |grond: &Grond| {
        given.is_some_and(|given| given.gronden.iter().any(|code| code == grond.code))
    };
    let law = GRONDEN.iter().filter(|grond| grond.wet == wet_op(day));
    let text = |of: fn(&Beoordeling) -> &String| given.map(of).cloned().unwrap_or_default();
    let name = |id: &str| names.get(id).cloned().unwrap_or_default();
    Ok(Judgement {
        values: Oordeel::ALL
            .map(|one| {
                (
                    oordeel_name(one),
                    one.naam(),
                    given.is_some_and(|given| given.oordeel == one),
                )
            })
            .into(),
        grounds: law
            .map(|grond| (grond.code, grond.tekst, chosen(grond)))
            .collect(),
        toelichting: text(|given| &given.toelichting),
        motivering: text(|given| &given.motivering),
        link: text(|given| &given.link),
        dubbel_van: given
            .and_then(|given| given.dubbel_van)
            .map_or_else(String::new, |other| other.to_string()),
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
