//! What a case holds of a file that is there and changed: asked before the file is written again, and let go of when no case
//! holds it any more or it came back. Never looks at files that are gone: that is `cleanup`.

use super::RunError;
use super::context::Context;
use crate::account::{Line, Note, add};
use crate::family::Held;
use crate::orders::Asked;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use zv_shared::{DocId, Document, Place};

const CHANGED: &str = "is gewijzigd of weg in de bron; een zaak houdt vast wat er stond";

/// What must stay of the family of a file, whatever the file holds now. `resumes` when a run that was killed wrote a part of
/// it.
pub(super) fn held(context: &Context<'_>, id: DocId, resumes: bool) -> Result<Held, RunError> {
    if context.fresh {
        return Ok(Held::default());
    }
    if resumes {
        return Ok(Held::resumed(context.write.family(id)?));
    }
    // Where that is not known, everything stays until it is.
    let known = context.orders.any();
    if known == Ok(false) || context.write.get(id)?.is_none() {
        return Ok(Held::default());
    }
    let mut before = context.write.family(id)?;
    before.retain(|state| state.content.is_some() && !context.removed.has(state));
    let asked: Vec<Asked> = before.iter().map(Asked::state).collect();
    let held = known.and_then(|_| context.orders.held(&asked));
    let held = held.unwrap_or_else(|why| {
        context.warn(format!(
            "van gewijzigde bestanden blijft bewaard wat er stond: {why}"
        ));
        vec![true; asked.len()]
    });
    Ok(Held::new(with_containers(before, &held)))
}

/// Those that are wanted, and what they lie in.
fn with_containers(all: Vec<Document>, wanted: &[bool]) -> Vec<Document> {
    let wanted = all.iter().zip(wanted).filter(|(_, wanted)| **wanted);
    let mut ids: BTreeSet<DocId> = wanted.map(|(state, _)| state.id).collect();
    let parents: BTreeMap<DocId, Option<DocId>> =
        all.iter().map(|state| (state.id, state.parent)).collect();
    for mut id in ids.clone() {
        while let Some(Some(parent)) = parents.get(&id)
            && ids.insert(*parent)
        {
            id = *parent;
        }
    }
    all.into_iter()
        .filter(|state| ids.contains(&state.id))
        .collect()
}

/// Accounts for what stays of one file.
pub(super) fn tell(context: &Context<'_>, staying: &[Place]) -> Result<(), RunError> {
    if !staying.is_empty() {
        context.keeps_earlier.store(true, Ordering::Relaxed);
    }
    add(&context.tally.written, staying.len() as u64);
    let mut lines = staying.iter();
    lines.try_for_each(|place| context.line(&Line::new(place, Note::Verdwenen, CHANGED)))
}

/// Removes what stayed of files that are there, and no case holds any more or is back; and notes with the cases what they
/// hold. When it is not known what they hold, everything stays.
pub(super) fn settle(context: &Context<'_>) -> Result<(), RunError> {
    if context.stopping() {
        return Ok(());
    }
    let mut gone = context.write.gone(context.bron)?;
    let written = context.keeps_earlier.load(Ordering::Relaxed);
    if context.tally.changed() && (written || !gone.is_empty()) {
        context.write.commit("voor wat zaken vasthouden")?;
        gone = context.write.gone(context.bron)?;
    }
    let mut families: BTreeMap<DocId, Vec<Document>> = BTreeMap::new();
    for document in gone {
        families.entry(document.family).or_default().push(document);
    }
    for (file, members) in families {
        let there = context.write.get(file)?;
        if there.is_some_and(|file| file.gone.is_none()) {
            settle_family(context, members)?;
        }
    }
    Ok(())
}

fn settle_family(context: &Context<'_>, members: Vec<Document>) -> Result<(), RunError> {
    let all: BTreeSet<DocId> = members.iter().map(|member| member.id).collect();
    let mut staying = Vec::new();
    for member in members {
        if !is_back(context, &member)? {
            staying.push(member);
        }
    }
    let asked: Vec<Asked> = staying.iter().map(Asked::state).collect();
    let held = match context.orders.hold(context.bron, &asked) {
        Ok(held) => held,
        Err(why) => {
            context.warn(format!("wat zaken vasthielden, blijft in de index: {why}"));
            add(&context.tally.lost, staying.len() as u64);
            return Ok(());
        }
    };
    let staying = with_containers(staying, &held).into_iter();
    let staying: BTreeSet<DocId> = staying.map(|member| member.id).collect();
    add(&context.tally.lost, staying.len() as u64);
    let going: BTreeSet<DocId> = all.difference(&staying).copied().collect();
    if !going.is_empty() {
        context.write.remove(&going)?;
        add(&context.tally.written, going.len() as u64);
    }
    Ok(())
}

/// Whether the document has the content again that it had.
fn is_back(context: &Context<'_>, state: &Document) -> Result<bool, RunError> {
    let Some(known_as) = state.earlier_of else {
        return Ok(false);
    };
    let now = context.write.get(known_as)?;
    Ok(now.is_some_and(|now| now.gone.is_none() && now.content == state.content))
}
